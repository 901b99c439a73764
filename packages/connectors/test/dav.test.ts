/** Calendars, tasks, contacts and documents against Radicale and Apache: the contract, and faults at the socket. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callOf, connectorContract } from '../src/contract-suite.ts';
import { CONNECTORS, fakeConnectors } from '../src/index.ts';
import { type DavKind, davSubject, davWorld, outside } from './dav-subject.ts';
import { apache, type DavTrial, radicale } from './servers/dav.ts';
import { without } from './servers/process.ts';
import { capabilityOf } from './subjects.ts';

const KINDS: readonly DavKind[] = ['calendar', 'contacts', 'webdav'];
for (const kind of KINDS)
  connectorContract(`the fake ${kind}`, () => davSubject(kind, fakeConnectors()[kind]!, undefined));

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A tool on a fresh collection; through `port` when something stands between. */
async function opened(kind: DavKind, server: DavTrial, more: Record<string, unknown> = {}, port?: number) {
  const context = await davWorld(kind, server, more, port);
  const tool = await CONNECTORS[kind]!.open(context);
  cleanups.push(context.cleanup, () => tool.close());
  const ask = (id: string, args: Record<string, unknown>, key = 'k', attempt = 1) =>
    tool.call(callOf(capabilityOf(context, id), args, { key, attempt }));
  return {
    ...{ context, tool, ask },
    value: async (id: string, args: Record<string, unknown> = {}) => (await ask(id, args)).value,
    lookup: (key: string) => tool.lookup?.(key, context.capabilities[0]!),
    everything: () => outside(server, context.path),
  };
}

type Fault = 'none' | 'before' | 'during' | 'after';
/** A proxy that cuts the next request that changes something: before the server has it, in the middle, or after its answer. */
async function faulty(target: number) {
  const state = { fault: 'none' as Fault };
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const changes = ['PUT', 'DELETE'].includes(request.method ?? '');
    const fault = changes ? state.fault : 'none';
    if (changes) state.fault = 'none';
    if (fault === 'before' || fault === 'during') return void request.socket.destroy();
    const dropped = ['host', 'connection', 'content-length', 'transfer-encoding'];
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      dropped.includes(name) ? [] : [[name, String(value)]],
    );
    const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
    const answer = await fetch(`http://127.0.0.1:${target}${request.url}`, {
      method: request.method ?? '',
      headers,
      ...body,
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (fault === 'after') return void request.socket.destroy();
    response.writeHead(
      answer.status,
      Object.fromEntries([...answer.headers].filter(([name]) => /etag|content-type/.test(name))),
    );
    response.end(bytes);
  };
  const server = createServer(
    (request, response) => void pass(request, response).catch(() => request.socket.destroy()),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, next: (fault: Fault) => (state.fault = fault) };
}

const WRITES = {
  calendar: { id: 'events.create', args: { summary: 'Meeting', start: '2026-11-21' } },
  contacts: { id: 'people.create', args: { name: 'Ann Example' } },
  webdav: { id: 'files.write', args: { path: 'deep/er/note.md', content: 'hello' } },
} as const;

function faultTests(kind: DavKind, server: () => DavTrial): void {
  it.each(['before', 'during', 'after'] as const)(
    `${kind}: a connection cut %s the effect leaves it once or not at all, and known [CON112] [CON1]`,
    async (fault) => {
      const between = await faulty(server().port);
      const { ask, lookup, tool, context } = await opened(kind, server(), {}, between.port);
      const { id, args } = WRITES[kind];
      between.next(fault);
      await expect(ask(id, args, 'k1')).rejects.toMatchObject({ category: 'transient', uncertain: true });
      const found = await lookup('k1');
      expect(found !== null).toBe(fault === 'after');
      const result = await ask(id, args, 'k1', 2);
      if (found) expect(result).toEqual(found);
      expect(await lookup('k1')).toEqual(result);
      const [find, wanted] =
        kind === 'webdav' ? ['files.read', { path: 'deep/er/note.md' }] : [id.replace('create', 'find'), {}];
      const seen = (await tool.call(callOf(capabilityOf(context, find), wanted))).value;
      expect(kind === 'webdav' ? seen.content : seen.count).toBe(kind === 'webdav' ? 'hello' : 1);
    },
  );
}

const noRadicale = without('radicale', 'radicale');
describe.skipIf(noRadicale !== null)('with Radicale', () => {
  let server: DavTrial;
  beforeAll(async () => {
    server = await radicale();
  });
  afterAll(() => server.stop());

  connectorContract('calendar with Radicale', () => davSubject('calendar', CONNECTORS.calendar!, server));
  connectorContract('contacts with Radicale', () => davSubject('contacts', CONNECTORS.contacts!, server));
  faultTests('calendar', () => server);
  faultTests('contacts', () => server);

  it('finds events in a time, also those that repeat, in whatever zone they were written [CON113]', async () => {
    const { ask, value, context } = await opened('calendar', server);
    await ask(
      'events.create',
      { summary: 'Today', start: '2026-11-21T10:00:00+01:00', end: '2026-11-21T11:00:00+01:00' },
      'k1',
    );
    await ask('events.create', { summary: 'Weekly', start: '2026-11-07', repeats: 'FREQ=WEEKLY' }, 'k2');
    await ask('events.create', { summary: 'Later', start: '2026-12-01T10:00:00Z' }, 'k3');
    const berlin = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:x',
      'BEGIN:VEVENT',
      'UID:berlin',
      'DTSTAMP:20261101T000000Z',
    ];
    const zoned = [
      ...berlin,
      'DTSTART;TZID=Europe/Berlin:20261121T090000',
      'SUMMARY:Zo\r\n ned\\, here',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ];
    await server.ask('PUT', `${context.path}berlin.ics`, {
      body: zoned.join('\r\n'),
      headers: { 'content-type': 'text/calendar' },
    });
    const { rows } = await value('events.find', { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' });
    const found = (rows as Record<string, unknown>[]).map(({ summary, start }) => [summary, start]);
    expect(found).toContainEqual(['Today', '2026-11-21T09:00:00.000Z']);
    expect(found).toContainEqual(['Zoned, here', '2026-11-21T08:00:00.000Z']);
    expect(found.map(([summary]) => summary)).toContain('Weekly');
    expect(found).toHaveLength(3);
    expect(await value('events.find', { text: 'later' })).toMatchObject({ count: 1 });
  });

  it('changes what is named and keeps the rest, only at the version that was seen [CON114]', async () => {
    const { ask, value, context, everything } = await opened('calendar', server);
    const text =
      'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:theirs\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261121T090000Z\r\nSUMMARY:Old\r\nX-THEIRS:kept\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Ring\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
    await server.ask('PUT', `${context.path}theirs.ics`, { body: text, headers: { 'content-type': 'text/calendar' } });
    const before = await value('events.get', { uid: 'theirs' });
    expect(before).toMatchObject({ found: true, summary: 'Old', start: '2026-11-21T09:00:00.000Z' });
    await ask('events.update', { uid: 'theirs', summary: 'New\nline; it, is', version: before.version }, 'k1');
    expect(await value('events.get', { uid: 'theirs' })).toMatchObject({
      summary: 'New\nline; it, is',
      description: '',
    });
    for (const kept of ['X-THEIRS:kept', 'DESCRIPTION:Ring']) expect((await everything())[0]).toContain(kept);
    const late = ask('events.update', { uid: 'theirs', summary: 'Late', version: before.version }, 'k2');
    await expect(late).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
    await expect(ask('events.delete', { uid: 'theirs', version: before.version }, 'k3')).rejects.toThrow(
      'changed since',
    );
    await ask('events.delete', { uid: 'theirs' }, 'k4');
    expect(await value('events.get', { uid: 'theirs' })).toEqual({ found: false });
  });

  it.each(['before', 'after'] as const)(
    'an update or deletion cut %s its effect is settled by its mark and version [CON112]',
    async (fault) => {
      const between = await faulty(server.port);
      const { ask, value, lookup } = await opened('calendar', server, {}, between.port);
      const { uid } = (await ask('tasks.create', { summary: 'Call Ann', due: '2026-11-30' }, 'k1')).value;
      between.next(fault);
      await expect(ask('tasks.update', { uid, done: true }, 'k2')).rejects.toMatchObject({ uncertain: true });
      expect((await lookup('k2')) !== null).toBe(fault === 'after');
      await ask('tasks.update', { uid, done: true }, 'k2', 2);
      expect(await value('tasks.find', { done: true })).toMatchObject({
        rows: [{ uid, summary: 'Call Ann', due: '2026-11-30', done: true }],
      });
      between.next(fault);
      await expect(ask('tasks.delete', { uid }, 'k3')).rejects.toMatchObject({ uncertain: true });
      expect((await lookup('k3')) !== null).toBe(fault === 'after');
      await ask('tasks.delete', { uid }, 'k3', 2);
      expect(await value('tasks.find')).toMatchObject({ count: 0 });
    },
  );

  it("an update that somebody else wrote over is nobody's to guess [CON112]", async () => {
    const between = await faulty(server.port);
    const { ask, value, lookup, context } = await opened('calendar', server, {}, between.port);
    const { uid } = (await ask('tasks.create', { summary: 'Call Ann' }, 'k1')).value;
    between.next('after');
    await expect(ask('tasks.update', { uid, summary: 'Call Bob' }, 'k2')).rejects.toMatchObject({ uncertain: true });
    const other = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:${uid}\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:Call Eve\r\nEND:VTODO\r\nEND:VCALENDAR\r\n`;
    await server.ask('PUT', `${context.path}${String(uid).split('@')[0]}.ics`, {
      body: other,
      headers: { 'content-type': 'text/calendar' },
    });
    await expect(lookup('k2')).rejects.toMatchObject({ uncertain: true });
    expect(await value('tasks.get', { uid })).toMatchObject({ summary: 'Call Eve' });
  });

  it('invites guests only for the organiser of the tool, and names a refused login [CON115] [T14]', async () => {
    const { ask, everything } = await opened('calendar', server, { organizer: 'ann@acme.example' });
    await ask('events.create', { summary: 'Meeting', start: '2026-11-21', attendees: ['bob@home.example'] }, 'k1');
    expect((await everything())[0]).toMatch(/ORGANIZER:mailto:ann@acme.example/);
    const wrong = await opened('calendar', server, { user: 'eve' });
    await expect(wrong.ask('events.find', {})).rejects.toMatchObject({ category: 'governance', uncertain: false });
  });

  it('keeps contacts with addresses and numbers, found by any of their words [CON113]', async () => {
    const { ask, value } = await opened('contacts', server);
    const ann = {
      name: 'Ann Example',
      organisation: 'Acme',
      emails: ['ann@home.example', 'ann@work.example'],
      phones: ['+49 30 1234'],
      note: 'a; b, c',
    };
    const { uid } = (await ask('people.create', ann, 'k1')).value;
    await ask('people.create', { name: 'Bob' }, 'k2');
    expect(await value('people.find', { text: 'WORK.example' })).toMatchObject({ count: 1, rows: [{ uid, ...ann }] });
    await ask('people.update', { uid, emails: [], note: '' }, 'k3');
    expect(await value('people.get', { uid })).toMatchObject({ ...ann, emails: [], note: '' });
  });
});

const noApache = without('apache2', 'apache2-bin');
describe.skipIf(noApache !== null)('with Apache', () => {
  let server: DavTrial;
  beforeAll(async () => {
    server = await apache();
  });
  afterAll(() => server.stop());

  connectorContract('webdav with Apache', () => davSubject('webdav', CONNECTORS.webdav!, server));
  faultTests('webdav', () => server);

  it('writes over and deletes only the version that was seen [CON114]', async () => {
    const { ask, value } = await opened('webdav', server);
    await ask('files.write', { path: 'a/b ü.md', content: 'one' }, 'k1');
    const { version } = await value('files.read', { path: 'a/b ü.md' });
    await ask('files.write', { path: 'a/b ü.md', content: 'two', version }, 'k2');
    const late = ask('files.write', { path: 'a/b ü.md', content: 'three', version }, 'k3');
    await expect(late).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
    expect(await value('files.read', { path: 'a/b ü.md' })).toMatchObject({ content: 'two' });
    expect(await value('files.list')).toMatchObject({ rows: [{ path: 'a', folder: true }] });
    expect(await value('files.list', { path: 'a' })).toMatchObject({
      rows: [{ path: 'a/b ü.md', folder: false, size: 3 }],
    });
    await ask('files.delete', { path: 'a/b ü.md' }, 'k4');
    expect(await value('files.read', { path: 'a/b ü.md' })).toEqual({ found: false });
    await expect(ask('files.delete', { path: 'a/b ü.md' }, 'k5')).rejects.toThrow('no document');
  });
});
