import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { type CapabilityDef, capability, tool } from '@reeve/kernel';
import { type ContractSubject, callOf } from '../src/contract-suite.ts';
import type { Connector, OpenContext, Tool } from '../src/port.ts';
import type { FakeProgram } from '../src/shell/fake.ts';

/** Runs TypeScript in a process that is started: `--import` this. */
export const TYPESCRIPT = join(import.meta.dirname, '../../../bin/typescript.js');
/** The same from the bundle, for what `bin/bundle-make.js` names: this is run, with the file as its first argument. */
export const RUN = join(import.meta.dirname, '../../../bin/run.js');

const SEED_SQL = `
CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL, total INTEGER NOT NULL, paid INTEGER NOT NULL DEFAULT 1, tags TEXT);
CREATE TABLE refunds (id INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders(id), amount INTEGER NOT NULL CHECK (amount > 0),
  key TEXT NOT NULL, operation TEXT NOT NULL, at INTEGER NOT NULL);
INSERT INTO orders (id, status, total, tags) VALUES ('o1', 'shipped', 900, '["vip"]'), ('o2', 'pending', 50, NULL);
`;

export const SEED_JSON = {
  orders: { '#1': { order_id: '#1', status: 'pending', items: [{ sku: 'a', price: 10.5 }], note: null } },
  users: { ann: { name: 'Ann', address: { zip: '10115' } }, bob: { name: 'Bob', address: { zip: '10115' } } },
  notes: {},
};

export type CapabilityInput = Record<string, unknown> & { id: string };

/** A tool with its capabilities in a fresh directory. */
export async function world(
  connector: string,
  config: Record<string, unknown>,
  capabilities: readonly CapabilityInput[],
): Promise<OpenContext & { cleanup(): Promise<void> }> {
  const base = await mkdtemp(join(tmpdir(), 'reeve-connectors-'));
  const [directory, packDirectory] = [join(base, 'data'), join(base, 'pack')];
  await Promise.all([mkdir(directory), mkdir(packDirectory)]);
  await writeFile(join(packDirectory, 'seed.sql'), SEED_SQL);
  await writeFile(join(packDirectory, 'seed.json'), JSON.stringify(SEED_JSON));
  return {
    ...contextOf(directory, packDirectory, connector, config, capabilities),
    cleanup: () => rm(base, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The same for directories that exist. */
export function contextOf(
  directory: string,
  packDirectory: string,
  connector: string,
  config: Record<string, unknown>,
  capabilities: readonly CapabilityInput[],
): OpenContext {
  return {
    tool: tool.parse({ id: 'it', connector, config }),
    capabilities: capabilities.map((one) => capability.parse({ tool: 'it', settle: 'native-key', ...one })),
    directory,
    packDirectory,
  };
}

export function capabilityOf(context: OpenContext, id: string): CapabilityDef {
  const found = context.capabilities.find((one) => one.id === id);
  if (!found) throw new Error(`no capability ${id} in this test`);
  return found;
}

/** What the first row of `sql` says, asked over a connection of its own. */
export function rowsOf(context: OpenContext, database: string, sql: string): unknown[] {
  const db = new DatabaseSync(join(context.directory, database), { readOnly: true });
  try {
    return db
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    db.close();
  }
}

export const read = async (tool: Tool, context: OpenContext, id: string, args: Record<string, unknown> = {}) =>
  (await tool.call(callOf(capabilityOf(context, id), args, { key: 'observer' }))).value;

export const SQL: readonly CapabilityInput[] = [
  {
    id: 'orders.refund',
    effect: 'compensable',
    args: { order_id: 'string', amount: 'integer' },
    config: {
      statements: [
        "UPDATE orders SET status = 'refunded', total = total - :amount WHERE id = :order_id",
        'INSERT INTO refunds(order_id, amount, key, operation, at) VALUES (:order_id, :amount, :key, :operation, :now)',
      ],
      expect: { changes: 1 },
      returning: 'SELECT id AS refund, amount FROM refunds WHERE key = :key',
    },
  },
  {
    id: 'orders.get',
    effect: 'read',
    args: { order_id: 'string' },
    returns: { paid: 'boolean', tags: { type: 'strings', optional: true } },
    config: { query: 'SELECT * FROM orders WHERE id = :order_id', one: true },
  },
  { id: 'refunds.list', effect: 'read', config: { query: 'SELECT * FROM refunds ORDER BY id' } },
];

export async function sqlSubject(connector: Connector, real: boolean): Promise<ContractSubject> {
  const context = await world('sql', { database: 'orders.db', seed: 'seed.sql' }, SQL);
  const all =
    "SELECT 'order' AS kind, id, status, total FROM orders UNION ALL SELECT 'refund', key, order_id, amount FROM refunds";
  return {
    connector,
    context,
    cleanup: context.cleanup,
    write: { capability: capabilityOf(context, 'orders.refund'), args: (n) => ({ order_id: 'o1', amount: n }) },
    read: { capability: capabilityOf(context, 'orders.get'), args: { order_id: 'o1' } },
    bad: [
      { why: 'an argument is missing', args: { order_id: 'o1' } },
      { why: 'no such order', args: { order_id: 'o9', amount: 1 } },
      { why: 'a constraint is violated', args: { order_id: 'o1', amount: -1 } },
      { why: 'not a number', args: { order_id: 'o1', amount: Number.NaN } },
    ],
    world: async (tool) =>
      real
        ? rowsOf(context, 'orders.db', all)
        : [
            await read(tool, context, 'orders.get', { order_id: 'o1' }),
            ...((await read(tool, context, 'refunds.list')).rows as unknown[]),
          ],
    count: (world) =>
      (world as Record<string, unknown>[]).filter((row) => row.kind === 'refund' || 'amount' in row).length,
  };
}

export const MAIL: readonly CapabilityInput[] = [
  {
    id: 'mail.send',
    effect: 'irreversible',
    args: { to: 'any', subject: 'string', body: 'string', in_reply_to: { type: 'string', optional: true } },
    config: { action: 'send' },
  },
  { id: 'mail.sent', effect: 'read', args: { to: { type: 'string', optional: true } }, config: { action: 'list' } },
];

export async function mailboxSubject(connector: Connector, real: boolean): Promise<ContractSubject> {
  const context = await world('mailbox', { from: 'Support <support@acme.example>' }, MAIL);
  const mail = { to: 'ann@home.example', subject: 'Hello', body: 'Hello Ann' };
  return {
    connector,
    context,
    cleanup: context.cleanup,
    write: { capability: capabilityOf(context, 'mail.send'), args: (n) => ({ ...mail, subject: `Hello ${n}` }) },
    read: { capability: capabilityOf(context, 'mail.sent'), args: {} },
    bad: [
      { why: 'no recipient', args: { ...mail, to: [] } },
      { why: 'header injection in to', args: { ...mail, to: 'ann@home.example\r\nBcc: eve@evil.example' } },
      { why: 'header injection in subject', args: { ...mail, subject: 'Hello\nBcc: eve@evil.example' } },
      { why: 'no body', args: { to: mail.to, subject: mail.subject } },
      { why: 'a reply to no message', args: { ...mail, in_reply_to: 'yesterday' } },
    ],
    world: async (tool) =>
      real ? filesOf(join(context.directory, 'outbox', 'new')) : (await read(tool, context, 'mail.sent')).rows,
    count: (world) => (world as unknown[]).length,
  };
}

/** Names and contents of a folder. */
export async function filesOf(folder: string): Promise<{ name: string; content: string }[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => ({ name, content: await readFile(join(folder, name), 'utf8') })));
}

export const DOCUMENTS: readonly CapabilityInput[] = [
  {
    id: 'documents.write',
    effect: 'reversible',
    args: { path: 'string', content: 'string' },
    config: { action: 'write' },
  },
  { id: 'documents.read', effect: 'read', args: { path: 'string' }, config: { action: 'read' } },
  {
    id: 'documents.list',
    effect: 'read',
    args: { path: { type: 'string', optional: true } },
    config: { action: 'list' },
  },
];

export async function documentsSubject(connector: Connector, real: boolean): Promise<ContractSubject> {
  const context = await world('documents', {}, DOCUMENTS);
  return {
    connector,
    context,
    cleanup: context.cleanup,
    write: {
      capability: capabilityOf(context, 'documents.write'),
      args: (n) => ({ path: `note-${n}.md`, content: `note ${n}` }),
    },
    read: { capability: capabilityOf(context, 'documents.list'), args: {} },
    bad: [
      { why: 'the folder itself', args: { path: '.', content: 'x' } },
      { why: 'outside the folder', args: { path: '../x', content: 'x' } },
      { why: 'no content', args: { path: 'a.md' } },
      { why: 'half a character', args: { path: 'a.md', content: '\ud800' } },
      { why: 'too large', args: { path: 'a.md', content: 'é'.repeat(3 * 1024 * 1024) } },
    ],
    world: async (tool) =>
      real ? filesOf(join(context.directory, 'documents')) : (await read(tool, context, 'documents.list')).rows,
    count: (world) => (world as unknown[]).length,
  };
}

export const JSON_STORE: readonly CapabilityInput[] = [
  { id: 'store.patch', effect: 'compensable', args: { changes: 'list' }, config: { action: 'patch', from: 'changes' } },
  {
    id: 'orders.get',
    effect: 'read',
    args: { order_id: 'string' },
    config: { action: 'get', collection: 'orders', id: 'order_id' },
  },
  {
    id: 'users.find',
    effect: 'read',
    args: { zip: 'string', name: { type: 'string', optional: true } },
    config: { action: 'find', collection: 'users', where: { 'address.zip': 'zip', name: 'name' } },
  },
  { id: 'notes.all', effect: 'read', config: { action: 'find', collection: 'notes', where: {} } },
];

export async function jsonStoreSubject(connector: Connector, real: boolean): Promise<ContractSubject> {
  const context = await world('json-store', { database: 'db.sqlite', seed: 'seed.json' }, JSON_STORE);
  const status = { path: ['orders', '#1', 'status'], old: 'pending', new: 'cancelled' };
  return {
    connector,
    context,
    cleanup: context.cleanup,
    write: {
      capability: capabilityOf(context, 'store.patch'),
      args: (n) => ({ changes: [{ path: ['notes', `n${n}`], op: 'add', new: { n } }] }),
    },
    read: { capability: capabilityOf(context, 'orders.get'), args: { order_id: '#1' } },
    bad: [
      { why: 'no changes', args: {} },
      { why: 'not what was expected', args: { changes: [status, { ...status, old: 'shipped' }] } },
      { why: 'no such collection', args: { changes: [status, { path: ['ghosts', 'g'], new: {} }] } },
      { why: 'nothing to hold it', args: { changes: [{ path: ['orders', '#1', 'a', 'b'], new: 1 }] } },
      { why: 'a prototype', args: { changes: [{ path: ['orders', '#1', '__proto__', 'x'], new: 1 }] } },
    ],
    world: async (tool) =>
      real
        ? rowsOf(context, 'db.sqlite', 'SELECT collection, id, body FROM documents ORDER BY 1, 2')
        : [
            await read(tool, context, 'orders.get', { order_id: '#1' }),
            ...((await read(tool, context, 'notes.all')).rows as unknown[]),
          ],
    count: (world) =>
      (world as Record<string, unknown>[]).filter((row) => row.collection === 'notes' || 'n' in row).length,
  };
}

export const FS: readonly CapabilityInput[] = [
  {
    id: 'files.write',
    effect: 'reversible',
    args: { path: 'string', content: 'string', version: { type: 'string', optional: true } },
    config: { action: 'write' },
  },
  { id: 'files.append', effect: 'reversible', config: { action: 'append' } },
  { id: 'files.move', effect: 'reversible', config: { action: 'move' } },
  { id: 'files.delete', effect: 'compensable', config: { action: 'delete' } },
  { id: 'files.restore', effect: 'reversible', config: { action: 'restore' } },
  { id: 'files.read', effect: 'read', config: { action: 'read' } },
  { id: 'files.list', effect: 'read', config: { action: 'list' } },
];

export async function fsSubject(connector: Connector, real: boolean): Promise<ContractSubject> {
  const context = await world('fs', {}, FS);
  return {
    connector,
    context,
    cleanup: context.cleanup,
    write: {
      capability: capabilityOf(context, 'files.write'),
      args: (n) => ({ path: `note-${n}.md`, content: `note ${n}` }),
    },
    read: { capability: capabilityOf(context, 'files.list'), args: {} },
    bad: [
      { why: 'the folder itself', args: { path: '.', content: 'x' } },
      { why: 'outside the folder', args: { path: '../x', content: 'x' } },
      { why: 'a protected file', args: { path: 'AGENTS.md', content: 'x' } },
      { why: 'no content', args: { path: 'a.md' } },
      { why: 'half a character', args: { path: 'a.md', content: '\ud800' } },
      { why: 'another version', args: { path: 'a.md', content: 'x', version: 'f'.repeat(64) } },
      { why: 'too large', args: { path: 'a.md', content: 'é'.repeat(3 * 1024 * 1024) } },
    ],
    world: async (tool) => {
      const { rows } = await read(tool, context, 'files.list');
      return real ? filesOf(join(context.directory, 'files')) : rows;
    },
    count: (world) => (world as unknown[]).length,
  };
}

export const SHELL_TOOL = {
  workspace: 'tool',
  isolation: 'preferred',
  programs: { touch: '/usr/bin/touch', ls: '/bin/ls', sh: '/bin/sh', node: process.execPath },
};

const SHELL: readonly CapabilityInput[] = [
  {
    id: 'shell.touch',
    effect: 'reversible',
    settle: 'ask',
    args: { name: 'string' },
    config: { program: 'touch', args: [{ arg: 'name' }] },
  },
  { id: 'shell.ls', effect: 'read', config: { action: 'read', program: 'ls', args: ['-1'] } },
];

export async function shellSubject(connector: Connector, real: boolean): Promise<ContractSubject> {
  const context = await world('shell', SHELL_TOOL, SHELL);
  return {
    connector,
    context,
    cleanup: context.cleanup,
    write: { capability: capabilityOf(context, 'shell.touch'), args: (n) => ({ name: `file-${n}` }) },
    read: { capability: capabilityOf(context, 'shell.ls'), args: {} },
    bad: [
      { why: 'an argument is missing', args: {} },
      { why: 'an option', args: { name: '--reference=/etc/passwd' } },
      { why: 'a NUL', args: { name: 'a\0b' } },
      { why: 'a list', args: { name: ['a'] } },
    ],
    world: async (tool) =>
      real
        ? (await readdir(join(context.directory, 'files')).catch(() => [])).filter((name) => name !== '.tmp').sort()
        : String((await read(tool, context, 'shell.ls')).stdout)
            .split('\n')
            .filter((name) => name !== ''),
    count: (world) => (world as unknown[]).length,
  };
}

/** `touch` and `ls` for the fake. */
export const FAKE_PROGRAMS: Readonly<Record<string, FakeProgram>> = {
  touch: ([name = ''], files) => {
    files.set(name, '');
    return {};
  },
  ls: (_, files) => ({ stdout: [...files.keys()].sort().join('\n') }),
};

const httpTool = (origin: string) => ({
  origins: [{ origin, paths: ['/v1/'], addresses: ['127.0.0.0/8', '::1'] }],
});

const httpCapabilities = (origin: string): readonly CapabilityInput[] => [
  {
    id: 'things.put',
    effect: 'reversible',
    args: { id: 'string', thing: 'any' },
    config: { method: 'PUT', url: `${origin}/v1/things/{id}`, body: { json: 'thing' }, repeatable: true },
  },
  {
    id: 'things.get',
    effect: 'read',
    args: { id: 'string' },
    config: { method: 'GET', url: `${origin}/v1/things/{id}`, missing: 'found' },
  },
];

export async function httpSubject(connector: Connector, real: boolean): Promise<ContractSubject> {
  const stored = new Map<string, string>();
  const server = real ? await storingServer(stored) : undefined;
  const origin = server?.origin ?? 'http://127.0.0.1:8080';
  const context = await world('http', httpTool(origin), httpCapabilities(origin));
  const ids = [1, 2, 3];
  return {
    connector,
    context,
    cleanup: async () => {
      await Promise.all([context.cleanup(), server?.close()]);
    },
    write: { capability: capabilityOf(context, 'things.put'), args: (n) => ({ id: `t${n}`, thing: { n } }) },
    read: { capability: capabilityOf(context, 'things.get'), args: { id: 't1' } },
    bad: [
      { why: 'no id', args: { thing: 1 } },
      { why: 'no body', args: { id: 't1' } },
      { why: 'a path upwards', args: { id: '..', thing: 1 } },
      { why: 'another part of a path', args: { id: 'a/b', thing: 1 } },
      { why: 'an encoded slash', args: { id: 'a%2fb', thing: 1 } },
      { why: 'half a character', args: { id: '\ud800', thing: 1 } },
    ],
    world: async (tool) => {
      if (real) return [...stored].sort();
      const all = await Promise.all(ids.map((id) => read(tool, context, 'things.get', { id: `t${id}` })));
      return all.filter(({ found }) => found);
    },
    count: (world) => (world as unknown[]).length,
  };
}

/** A server that keeps what is put, once for each key. */
async function storingServer(stored: Map<string, string>): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const path = request.url ?? '';
    if (request.method === 'PUT') stored.set(`${path} ${request.headers['idempotency-key']}`, body);
    const found = [...stored].find(([name]) => name.startsWith(`${path} `))?.[1];
    response.statusCode = found === undefined ? 404 : 200;
    response.end(found);
  });
  return listening(server);
}

/** Start a server on a free port of the loopback interface. */
export async function listening(server: Server | SecureServer): Promise<{ origin: string; close(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${port}`, close };
}
