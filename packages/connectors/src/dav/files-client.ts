import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Incoming } from '../http/wire.ts';
import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { assertNoSecret, cleaned } from '../shared/credentials.ts';
import { openPlans, type Plan, type Plans, unknownOutcome } from '../shared/planned.ts';
import {
  contentOf,
  MAX_DOCUMENT,
  pathOf,
  textOf,
  type WebdavCapability,
  webdavCapability,
  webdavConfig,
  writesFiles,
} from './files.ts';
import { assertVersion } from './objects.ts';
import { inside } from './objects-client.ts';
import { type DavAccount, type DavServer, davServer, etagOf } from './server.ts';
import { type Resource, resourcesOf } from './xml.ts';

/** Documents in a folder of a WebDAV server. */
export const webdavConnector: Connector = {
  id: 'webdav',
  config: webdavConfig,
  capabilityConfig: webdavCapability,
  open: async (context) => openFiles(context),
};

/** `name` is the path; `content` the digest of what is written, empty when it is deleted. */
interface FilePlan extends Plan {
  readonly before: string;
  readonly content: string;
  readonly result: CallResult;
}

interface Files {
  readonly context: OpenContext;
  readonly config: DavAccount;
  readonly plans: Plans<FilePlan>;
  readonly closing: AbortController;
}

function openFiles(context: OpenContext): Tool {
  const config = parseConfig(webdavConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, webdavCapability, writesFiles);
  const closing = new AbortController();
  const plans = openPlans<FilePlan>(join(context.directory, '.reeve', 'plans.db'), {
    find: (plan) => find(files, plan),
  });
  const files: Files = { context, config, plans, closing };
  return closable({
    call: async (call) => {
      const found = capabilities.get(call.capability.id)?.config;
      if (!found) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      return carryOut(files, found, call);
    },
    lookup: (key) => plans.lookup(key),
    health: () => healthOf(files),
    close: async () => {
      closing.abort();
      plans.close();
    },
  });
}

async function carryOut(files: Files, { action }: WebdavCapability, call: Call): Promise<CallResult> {
  assertWanted(call);
  const server = await davServer(files.context, files.config, call, files.closing.signal);
  assertNoSecret(call, server.secrets);
  const act = { list, read, write, delete: remove }[action];
  try {
    return server.secrets.redactor.clean(await act(files, server, call));
  } catch (error) {
    throw cleaned(error, server.secrets.redactor, call.capability.id);
  }
}

/** A checked path has nothing in it that would lead elsewhere. */
const urlOf = ({ base }: DavServer, path: string): URL =>
  new URL(path.split('/').map(encodeURIComponent).join('/'), base);

const PROPERTIES =
  '<?xml version="1.0" encoding="utf-8"?><D:propfind xmlns:D="DAV:"><D:prop><D:getetag/><D:resourcetype/><D:getcontentlength/><D:getlastmodified/></D:prop></D:propfind>';

async function list(_: Files, server: DavServer, call: Call): Promise<CallResult> {
  const path = pathOf(call, true);
  const url = path === '' ? server.base : new URL(`${urlOf(server, path).href}/`);
  const headers = { depth: '1', 'content-type': 'application/xml; charset=utf-8' };
  const answer = await server.ask({ method: 'PROPFIND', url, headers, body: PROPERTIES }, [207]);
  const rows = resourcesOf(answer.body)
    .flatMap((resource) => rowOf(server.base, url, resource))
    .sort((a, b) => (String(a.path) < String(b.path) ? -1 : 1))
    .slice(0, 1000);
  return { value: { rows, count: rows.length } };
}

function rowOf(base: URL, folder: URL, resource: Resource): Record<string, unknown>[] {
  const url = inside(base, resource.href);
  if (url.pathname === folder.pathname || url.pathname === folder.pathname.replace(/\/$/, '')) return [];
  const path = decodeURIComponent(url.pathname.slice(base.pathname.length)).replace(/\/$/, '');
  const { folder: isFolder, size, etag } = resource;
  return [isFolder ? { path, folder: true } : { path, folder: false, size, version: etag }];
}

async function read(_: Files, server: DavServer, call: Call): Promise<CallResult> {
  const answer = await server.ask({ method: 'GET', url: urlOf(server, pathOf(call)) }, [200, 404]);
  if (answer.status === 404) return { value: { found: false } };
  if (answer.body.length > MAX_DOCUMENT)
    throw refused(`the document has ${answer.body.length} bytes; at most ${MAX_DOCUMENT} are read`);
  const version = etagOf(answer);
  return { value: { found: true, content: textOf(answer.body), version }, version };
}

/** Some servers give a weak ETag to what changed in the same second; a condition needs a strong one. */
const SETTLING = { tries: 3, pause: 700 } as const;

/** What is there now, with an ETag that a condition can name. */
async function present(server: DavServer, url: URL): Promise<Incoming> {
  for (let tries = 1; ; tries += 1) {
    const answer = await server.ask({ method: 'GET', url }, [200, 404]);
    const { etag } = answer.headers;
    if (answer.status === 404 || (typeof etag === 'string' && !etag.startsWith('W/'))) return answer;
    if (tries === SETTLING.tries)
      throw refused('the server gives no strong ETag, so that a change could overwrite another; nothing was changed');
    await sleep(SETTLING.pause);
  }
}

async function versionNow(server: DavServer, url: URL, call: Call): Promise<string> {
  const answer = await present(server, url);
  const version = answer.status === 404 ? '' : etagOf(answer);
  assertVersion(call, version);
  return version;
}

const condition = (before: string): Record<string, string> =>
  before === '' ? { 'if-none-match': '*' } : { 'if-match': before };
const digestOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

function write(files: Files, server: DavServer, call: Call): Promise<CallResult> {
  const [path, body] = [pathOf(call), contentOf(call)];
  const url = urlOf(server, path);
  const result = landed(`webdav:${files.config.url}${path}`, call, { path });
  const plan = async (): Promise<FilePlan> => ({
    ...{ capability: call.capability.id, seat: call.seat, name: path, content: digestOf(body), result },
    before: await versionNow(server, url, call),
  });
  return files.plans.once(call, plan, async ({ before }, mark) => {
    await makeFolders(server, path);
    mark();
    const headers = { 'content-type': 'text/plain; charset=utf-8', ...condition(before) };
    await server.ask({ method: 'PUT', url, headers, body }, [200, 201, 204]);
    const { version } = await server.ask({ method: 'GET', url }, [200]).then(
      (answer) => ({ version: etagOf(answer) }),
      () => ({ version: '' }),
    );
    return version === '' ? result : { ...result, version };
  });
}

/** The folders above a document. One that is there already is in order. */
async function makeFolders(server: DavServer, path: string): Promise<void> {
  const parts = path.split('/').slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const url = new URL(`${urlOf(server, parts.slice(0, depth).join('/')).href}/`);
    const { status } = await server.ask(
      { method: 'PROPFIND', url, headers: { depth: '0' }, body: PROPERTIES },
      [207, 404],
    );
    if (status === 404) await server.ask({ method: 'MKCOL', url }, [201, 405]);
  }
}

function remove(files: Files, server: DavServer, call: Call): Promise<CallResult> {
  const path = pathOf(call);
  const url = urlOf(server, path);
  const result = landed(`webdav:${files.config.url}${path}`, call, { path });
  const plan = async (): Promise<FilePlan> => {
    const before = await versionNow(server, url, call);
    if (before === '') throw refused(`there is no document "${path}"; list the folder again; nothing was changed`);
    return { capability: call.capability.id, seat: call.seat, name: path, content: '', before, result };
  };
  return files.plans.once(call, plan, async ({ before }, mark) => {
    mark();
    await server.ask({ method: 'DELETE', url, headers: condition(before) }, [200, 204]);
    return result;
  });
}

/** A request on its way can do nothing once the version it expects is gone: what is seen now is final, or shows our content. */
async function find(files: Files, plan: FilePlan): Promise<CallResult | null> {
  const { signal } = files.closing;
  const server = await davServer(files.context, files.config, { seat: plan.seat ?? '', signal }, signal);
  const answer = await server
    .ask({ method: 'GET', url: urlOf(server, plan.name) }, [200, 404])
    .catch((error: unknown) => {
      throw unknownOutcome(cleaned(error, server.secrets.redactor, 'looking').message);
    });
  const gone = answer.status === 404;
  if (plan.content === '') return gone ? plan.result : null;
  if (gone && plan.before === '') return null;
  if (!gone && digestOf(answer.body) === plan.content) return { ...plan.result, version: etagOf(answer) };
  if (!gone && etagOf(answer) === plan.before) return null;
  throw unknownOutcome(`"${plan.name}" was changed by somebody else meanwhile`);
}

async function healthOf({ context, config, closing }: Files): Promise<{ ok: boolean; message: string }> {
  try {
    const { ask, base } = await davServer(context, config, { signal: closing.signal }, closing.signal);
    await ask({ method: 'PROPFIND', url: base, headers: { depth: '0' }, body: PROPERTIES }, [207]);
    return { ok: true, message: `${config.url} answers` };
  } catch (error) {
    return { ok: false, message: `${config.url}: ${(error as Error).message}` };
  }
}
