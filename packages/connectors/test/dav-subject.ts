/** What the tests of CalDAV, CardDAV and WebDAV share. */
import type { ContractSubject } from '../src/contract-suite.ts';
import type { Connector, OpenContext } from '../src/port.ts';
import { DAV_PASSWORD, type DavTrial } from './servers/dav.ts';
import { type CapabilityInput, capabilityOf, read, world } from './subjects.ts';

export type DavKind = 'calendar' | 'contacts' | 'webdav';

const objects = (kind: string, prefix: string): CapabilityInput[] =>
  (['find', 'get', 'create', 'update', 'delete'] as const).map((action) => ({
    id: `${prefix}.${action}`,
    effect: action === 'find' || action === 'get' ? 'read' : action === 'create' ? 'reversible' : 'compensable',
    config: { kind, action },
  }));
const ACTIONS: Readonly<Record<DavKind, readonly CapabilityInput[]>> = {
  calendar: [...objects('event', 'events'), ...objects('task', 'tasks')],
  contacts: objects('contact', 'people'),
  webdav: ['list', 'read', 'write', 'delete'].map((action) => ({
    id: `files.${action}`,
    effect: action === 'list' || action === 'read' ? 'read' : 'compensable',
    config: { action },
  })),
};

export type DavWorld = OpenContext & { cleanup(): Promise<void>; readonly path: string };

/** A tool on an empty collection. `port`: through something that stands in front of the server. */
export async function davWorld(
  kind: DavKind,
  server: DavTrial | undefined,
  more: Record<string, unknown> = {},
  port = server?.port,
): Promise<DavWorld> {
  const path = (await server?.collection(kind === 'webdav' ? 'files' : kind)) ?? '/ann/x/';
  const config = { url: `http://127.0.0.1:${port ?? 8080}${path}`, user: 'ann', password: { secret: 'dav' }, ...more };
  const context = await world(kind, config, ACTIONS[kind]);
  return { ...context, secret: async (name) => (name === 'dav' ? DAV_PASSWORD : undefined), path };
}

/** The names and texts in a collection, asked for without the tool. */
export async function outside(server: DavTrial, path: string): Promise<string[]> {
  const listed = await (await server.ask('PROPFIND', path, { headers: { depth: '1' } })).text();
  const hrefs = [...listed.matchAll(/<(?:\w+:)?href>([^<]+)</g)]
    .map(([, href = '']) => href)
    .filter((href) => /\.(ics|vcf|md)$/.test(href));
  return Promise.all([...new Set(hrefs)].sort().map(async (href) => (await server.ask('GET', href)).text()));
}

const EVENT = { summary: 'Meeting', start: '2026-11-21T10:00:00Z', end: '2026-11-21T11:00:00Z' };
const SUBJECTS = {
  calendar: {
    ...{ write: 'events.create', read: 'events.find', args: (n: number) => ({ ...EVENT, summary: `Meeting ${n}` }) },
    bad: [
      { why: 'no start', args: { summary: 'Meeting' } },
      { why: 'a day that is none', args: { ...EVENT, start: '2026-02-30' } },
      { why: 'a time without a zone', args: { ...EVENT, start: '2026-11-21T10:00' } },
      { why: 'another property in a rule', args: { ...EVENT, repeats: 'FREQ=DAILY\r\nATTACH:http://x' } },
      { why: 'guests of a calendar that invites nobody', args: { ...EVENT, attendees: ['ann@home.example'] } },
      { why: 'half a character', args: { ...EVENT, summary: '\ud800' } },
    ],
  },
  contacts: {
    ...{
      write: 'people.create',
      read: 'people.find',
      args: (n: number) => ({ name: `Ann ${n}`, emails: [`ann${n}@home.example`] }),
    },
    bad: [
      { why: 'no name', args: { emails: ['ann@home.example'] } },
      { why: 'no address', args: { name: 'Ann', emails: ['ann'] } },
      { why: 'a line in an address', args: { name: 'Ann', emails: ['ann@home.example\r\nNOTE:x'] } },
    ],
  },
  webdav: {
    ...{
      write: 'files.write',
      read: 'files.list',
      args: (n: number) => ({ path: `note-${n}.md`, content: `note ${n}` }),
    },
    bad: [
      { why: 'the folder itself', args: { path: '.', content: 'x' } },
      { why: 'outside the folder', args: { path: '../x', content: 'x' } },
      { why: 'an encoded slash', args: { path: 'a%2fb', content: 'x' } },
      { why: 'no content', args: { path: 'a.md' } },
      { why: 'half a character', args: { path: 'a.md', content: '\ud800' } },
      { why: 'another version', args: { path: 'a.md', content: 'x', version: '"other"' } },
    ],
  },
} as const;

export async function davSubject(
  kind: DavKind,
  connector: Connector,
  server: DavTrial | undefined,
): Promise<ContractSubject> {
  const context = await davWorld(kind, server);
  const { write, read: reading, args, bad } = SUBJECTS[kind];
  return {
    connector,
    context,
    cleanup: context.cleanup,
    write: { capability: capabilityOf(context, write), args },
    read: { capability: capabilityOf(context, reading), args: {} },
    bad,
    world: async (tool) => (server ? outside(server, context.path) : (await read(tool, context, reading)).rows),
    count: (world) => (world as unknown[]).length,
  };
}
