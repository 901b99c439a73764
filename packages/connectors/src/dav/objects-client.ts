import { join } from 'node:path';
import type { z } from 'zod';
import { nameOf } from '../mailbox/wire.ts';
import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { assertNoSecret, cleaned } from '../shared/credentials.ts';
import { openPlans, type Plan, type Plans, unknownOutcome } from '../shared/planned.ts';
import { changesOf, KINDS, type Kind, MARK, markOf, newText } from './kinds.ts';
import { parseLines, property, withProperties } from './lines.ts';
import {
  assertVersion,
  calendarCapability,
  contactsCapability,
  type Kept,
  listing,
  type ObjectCapability,
  type ObjectsConfig,
  objectsConfig,
  queryOf,
  shown,
  uidOf,
  wantedOf,
  writesObjects,
} from './objects.ts';
import { type DavServer, davServer, etagOf } from './server.ts';
import { resourcesOf } from './xml.ts';

/** Events and tasks over CalDAV. */
export const calendarConnector: Connector = objectsConnector('calendar', calendarCapability);
/** Contacts over CardDAV. */
export const contactsConnector: Connector = objectsConnector('contacts', contactsCapability);

function objectsConnector(id: string, capability: z.ZodType<ObjectCapability>): Connector {
  return {
    id,
    config: objectsConfig,
    capabilityConfig: capability,
    open: async (context) => openObjects(context, id, capability),
  };
}

/** `name` is the UID; `before` the version that is replaced or deleted, empty for a new object. */
interface ObjectPlan extends Plan {
  readonly action: ObjectCapability['action'];
  readonly href: string;
  readonly before: string;
  readonly mark: string;
  readonly result: CallResult;
}

interface Objects {
  readonly context: OpenContext;
  readonly connector: string;
  readonly config: ObjectsConfig;
  readonly plans: Plans<ObjectPlan>;
  readonly closing: AbortController;
}

function openObjects(context: OpenContext, connector: string, schema: z.ZodType<ObjectCapability>): Tool {
  const config = parseConfig(objectsConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, schema, writesObjects);
  const closing = new AbortController();
  const plans = openPlans<ObjectPlan>(join(context.directory, '.reeve', 'plans.db'), {
    find: (plan) => find(own, plan),
  });
  const own: Objects = { context, connector, config, plans, closing };
  return closable({
    call: async (call) => {
      const found = capabilities.get(call.capability.id)?.config;
      if (!found) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      return carryOut(own, found, call);
    },
    lookup: (key) => plans.lookup(key),
    health: () => healthOf(own),
    close: async () => {
      closing.abort();
      plans.close();
    },
  });
}

async function carryOut(own: Objects, capability: ObjectCapability, call: Call): Promise<CallResult> {
  assertWanted(call);
  const server = await davServer(own.context, own.config, call, own.closing.signal);
  assertNoSecret(call, server.secrets);
  try {
    return server.secrets.redactor.clean(await done(own, server, capability, call));
  } catch (error) {
    throw cleaned(error, server.secrets.redactor, call.capability.id);
  }
}

async function done(
  own: Objects,
  server: DavServer,
  { kind: name, action, limit }: ObjectCapability,
  call: Call,
): Promise<CallResult> {
  const kind = KINDS[name];
  if (action === 'find') {
    const wanted = wantedOf(call);
    const body = queryOf(name, wanted);
    return { value: listing(kind, await query(server, body), wanted, limit) };
  }
  if (action === 'create') return create(own, server, kind, call);
  const uid = uidOf(call);
  const look = async () => (await query(server, queryOf(name, { uid }))).find(({ text }) => hasUid(text, uid));
  if (action === 'get') {
    const found = await look();
    return found ? { value: shown(kind, found), version: found.version } : { value: { found: false } };
  }
  return change(own, server, kind, action, call, look);
}

interface Found extends Kept {
  readonly href: string;
}

async function query({ base, ask }: DavServer, body: string): Promise<Found[]> {
  const headers = { depth: '1', 'content-type': 'application/xml; charset=utf-8' };
  const answer = await ask({ method: 'REPORT', url: base, headers, body }, [207]);
  return resourcesOf(answer.body).flatMap(({ href, data, etag }) =>
    data === '' ? [] : [{ text: data, version: etag, href: inside(base, href).href }],
  );
}

/** Where the server says an object is; one that leads elsewhere is not followed [T13]. */
export function inside(base: URL, href: string): URL {
  const url = URL.canParse(href, base) ? new URL(href, base) : undefined;
  if (url && url.origin === base.origin && url.pathname.startsWith(base.pathname)) return url;
  throw refused('the server names an object outside of the collection; it is not read');
}

const lineOf = (text: string, name: string): string => parseLines(text).find((line) => line.name === name)?.value ?? '';
const hasUid = (text: string, uid: string): boolean => lineOf(text, 'UID') === uid;

const place = ({ connector, config }: Objects): string => `${connector}:${config.url}`;
const planOf = (call: Call, rest: Omit<ObjectPlan, 'capability' | 'seat' | 'mark'>): ObjectPlan => ({
  ...{ capability: call.capability.id, seat: call.seat, mark: markOf(call.key) },
  ...rest,
});

/** A name of its own for each key, which nothing else has: a repeat meets the first one (`If-None-Match`). */
function create(own: Objects, server: DavServer, kind: Kind, call: Call): Promise<CallResult> {
  const uid = `${nameOf(call.key)}@reeve`;
  const url = new URL(`${nameOf(call.key)}.${kind.extension}`, server.base);
  const body = newText(kind, call, uid, own.config.organizer);
  const result = landed(place(own), call, { uid });
  return own.plans.once(
    call,
    () => planOf(call, { name: uid, action: 'create', href: url.href, before: '', result }),
    async (_, mark) => {
      mark();
      const headers = { 'content-type': kind.type, 'if-none-match': '*' };
      const answer = await server.ask({ method: 'PUT', url, headers, body }, [200, 201, 204]);
      return withVersion(result, etagOf(answer) || (await versionAt(server, url)));
    },
  );
}

const withVersion = (result: CallResult, version: string): CallResult =>
  version === '' ? result : { ...result, version };

async function versionAt({ ask }: DavServer, url: URL): Promise<string> {
  // The effect is there; that its version cannot be told changes nothing about that.
  return ask({ method: 'GET', url }, [200]).then(etagOf, () => '');
}

function change(
  own: Objects,
  server: DavServer,
  kind: Kind,
  action: 'update' | 'delete',
  call: Call,
  look: () => Promise<Found | undefined>,
): Promise<CallResult> {
  const uid = uidOf(call);
  const changes = action === 'update' ? changesOf(kind, call, own.config.organizer) : undefined;
  if (changes?.size === 0) throw refused(`${call.capability.id} changes nothing; give a field to change`);
  const result = landed(place(own), call, { uid });
  const current = async (): Promise<Found> => {
    const found = await look();
    if (!found) throw refused(`there is nothing with the uid "${uid}"; look for it again; nothing was changed`);
    assertVersion(call, found.version);
    return found;
  };
  return own.plans.once(
    call,
    async () => {
      const { href, version: before } = await current();
      return planOf(call, { name: uid, action, href, before, result });
    },
    async ({ href, before }, mark) => {
      const found = await current();
      if (found.version !== before) throw refused('it changed since it was read; read it again; nothing was changed');
      const url = inside(server.base, href);
      mark();
      if (!changes) {
        await server.ask({ method: 'DELETE', url, headers: { 'if-match': before } }, [200, 202, 204]);
        return result;
      }
      const body = withProperties(
        found.text,
        kind.component,
        new Map(changes).set(MARK, property(MARK, markOf(call.key))),
      );
      const headers = { 'content-type': kind.type, 'if-match': before };
      const answer = await server.ask({ method: 'PUT', url, headers, body }, [200, 201, 204]);
      return withVersion(result, etagOf(answer) || (await versionAt(server, url)));
    },
  );
}

/**
 * Look at the object. A request that is still on its way can do nothing once the version it expects is gone, so that what
 * is seen now is final.
 */
async function find(own: Objects, plan: ObjectPlan): Promise<CallResult | null> {
  const { signal } = own.closing;
  const server = await davServer(own.context, own.config, { seat: plan.seat ?? '', signal }, signal);
  const url = inside(server.base, plan.href);
  const answer = await server.ask({ method: 'GET', url }, [200, 404, 410]).catch((error: unknown) => {
    throw unknownOutcome(cleaned(error, server.secrets.redactor, 'looking').message);
  });
  const gone = answer.status !== 200;
  if (plan.action === 'delete') return gone ? plan.result : null;
  if (gone && plan.action === 'create') return null;
  if (gone) throw unknownOutcome(`${plan.name} was deleted by somebody else meanwhile`);
  if (plan.action === 'create' || lineOf(answer.body.toString('utf8'), MARK) === plan.mark)
    return withVersion(plan.result, etagOf(answer));
  if (etagOf(answer) === plan.before) return null;
  throw unknownOutcome(`${plan.name} was changed by somebody else meanwhile`);
}

async function healthOf(own: Objects): Promise<{ ok: boolean; message: string }> {
  const { signal } = own.closing;
  try {
    const { ask, base } = await davServer(own.context, own.config, { signal }, signal);
    await ask({ method: 'PROPFIND', url: base, headers: { depth: '0' } }, [207]);
    return { ok: true, message: `${own.config.url} answers` };
  } catch (error) {
    return { ok: false, message: `${own.config.url}: ${(error as Error).message}` };
  }
}
