import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { type OpenContext, sqlConnector, type Tool } from '../src/index.ts';
import { toToolError } from '../src/shared/sqlite.ts';
import { type CapabilityInput, capabilityOf, contextOf, rowsOf, SQL, world } from './subjects.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function opened(capabilities: readonly CapabilityInput[] = SQL, config: Record<string, unknown> = {}) {
  const context = await world('sql', { database: 'orders.db', seed: 'seed.sql', ...config }, capabilities);
  cleanups.push(context.cleanup);
  return { context, tool: await open(context) };
}

async function open(context: OpenContext): Promise<Tool> {
  const tool = await sqlConnector.open(context);
  cleanups.push(() => tool.close());
  return tool;
}

const ask = (context: OpenContext, tool: Tool, id: string, args: Record<string, unknown>, key = 'k') =>
  tool.call(callOf(capabilityOf(context, id), args, { key }));
const readOf = (config: Record<string, unknown>, more: Record<string, unknown> = {}): CapabilityInput => ({
  id: 'it.read',
  effect: 'read',
  args: { id: 'string', extra: { type: 'any', optional: true } },
  config,
  ...more,
});
const writeOf = (config: Record<string, unknown>): CapabilityInput => ({
  id: 'it.write',
  effect: 'reversible',
  args: { id: 'string', n: { type: 'any', optional: true } },
  config,
});

describe('reads', () => {
  it('give one row with found, or say that there is none [CON24]', async () => {
    const { context, tool } = await opened();
    const { value, version } = await ask(context, tool, 'orders.get', { order_id: 'o1' });
    expect(value).toEqual({ found: true, id: 'o1', status: 'shipped', total: 900, paid: true, tags: ['vip'] });
    expect(version).toMatch(/^[0-9a-f]{64}$/);
    expect((await ask(context, tool, 'orders.get', { order_id: 'o9' })).value).toEqual({ found: false });
  });

  it('give the bare row, or an error, with missing: error [CON24]', async () => {
    const { context, tool } = await opened([
      readOf({ query: 'SELECT id FROM orders WHERE id = :id', one: true, missing: 'error' }),
    ]);
    expect((await ask(context, tool, 'it.read', { id: 'o1' })).value).toEqual({ id: 'o1' });
    await expect(ask(context, tool, 'it.read', { id: 'o9' })).rejects.toMatchObject({ category: 'deterministic' });
  });

  it('refuse several rows where one was meant [CON24]', async () => {
    const { context, tool } = await opened([readOf({ query: 'SELECT id FROM orders', one: true })]);
    await expect(ask(context, tool, 'it.read', {})).rejects.toThrow('more than one row');
  });

  it('give rows and their count, typed as declared [CON24]', async () => {
    const list = readOf(
      { query: 'SELECT id, paid FROM orders ORDER BY id' },
      { returns: { rows: { type: 'list', fields: { paid: 'boolean' } }, count: 'integer' } },
    );
    const { context, tool } = await opened([list]);
    const { value } = await ask(context, tool, 'it.read', {});
    expect(value).toEqual({
      rows: [
        { id: 'o1', paid: true },
        { id: 'o2', paid: true },
      ],
      count: 2,
    });
  });

  it('change their version with what they read [CON24]', async () => {
    const { context, tool } = await opened();
    const before = await ask(context, tool, 'orders.get', { order_id: 'o1' });
    await ask(context, tool, 'orders.refund', { order_id: 'o1', amount: 5 });
    expect((await ask(context, tool, 'orders.get', { order_id: 'o1' })).version).not.toBe(before.version);
  });

  it('stop at a thousand rows, and later reads see later writes [CON23] [T8]', async () => {
    const query =
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :id) SELECT i FROM n JOIN orders ON 1';
    const { context, tool } = await opened([readOf({ query }), ...SQL]);
    await expect(ask(context, tool, 'it.read', { id: 1e9 })).rejects.toMatchObject({
      category: 'deterministic',
      message: expect.stringContaining('1000 rows'),
    });
    expect((await ask(context, tool, 'it.read', { id: 500 })).value.count).toBe(1000);
    await ask(context, tool, 'orders.refund', { order_id: 'o1', amount: 5 });
    expect((await ask(context, tool, 'orders.get', { order_id: 'o1' })).value.total).toBe(895);
  });
});

describe('parameters', () => {
  const echo = readOf({
    query: 'SELECT :id AS id, typeof(:id) AS type, :extra AS extra, :key AS key, :operation AS operation, :now AS now',
    one: true,
    missing: 'error',
  });

  it('carry values of every kind, and the key, operation and time of the call [CON25]', async () => {
    const { context, tool } = await opened([echo]);
    const value = async (args: Record<string, unknown>) => (await ask(context, tool, 'it.read', args)).value;
    expect(await value({ id: "'; DROP TABLE orders; --" })).toMatchObject({
      id: "'; DROP TABLE orders; --",
      extra: null,
    });
    expect(await value({ id: 7 })).toMatchObject({ id: 7, type: 'integer' });
    expect(await value({ id: 1.5 })).toMatchObject({ id: 1.5, type: 'real' });
    expect(await value({ id: true })).toMatchObject({ id: 1 });
    expect(await value({ id: ['a'] })).toMatchObject({
      id: '["a"]',
      key: 'k',
      operation: 'op-1',
      now: 1_795_000_000_000,
    });
  });

  it('are not taken from what an argument inherits [CON25]', async () => {
    const { context, tool } = await opened([
      { ...echo, args: { toString: 'string' }, config: { query: 'SELECT :toString AS x' } },
    ]);
    await expect(ask(context, tool, 'it.read', {})).rejects.toThrow('needs the argument "toString"');
  });

  it('must be declared, and may not take a reserved name [CON25]', async () => {
    const undeclared = readOf({ query: 'SELECT :nobody' });
    await expect(opened([undeclared])).rejects.toThrow(':nobody is not among its args');
    await expect(
      opened([{ ...undeclared, args: { key: 'string' }, config: { query: 'SELECT :key' } }]),
    ).rejects.toThrow('set by the system');
  });
});

describe('writes', () => {
  it('roll back when another number of rows would change than expected [CON23]', async () => {
    const statements = ['UPDATE orders SET total = 0 WHERE id = :id', 'UPDATE orders SET total = 1 WHERE id = :n'];
    const { context, tool } = await opened([writeOf({ statements, expect: { changes: [1, 0] } })]);
    await expect(ask(context, tool, 'it.write', { id: 'o1', n: 'o2' })).rejects.toThrow(
      'statement 2 of it.write would change 1 rows instead of 0',
    );
    expect(rowsOf(context, 'orders.db', 'SELECT sum(total) AS total FROM orders')).toEqual([{ total: 950 }]);
    expect((await ask(context, tool, 'it.write', { id: 'o1', n: 'o9' })).value).toEqual({ changes: 1 });
  });

  it('change at most a thousand rows unless more are expected [CON23] [T8]', async () => {
    const many = 'INSERT INTO orders(id, status, total) SELECT :id || value, :n, 0 FROM json_each(:n)';
    const { context, tool } = await opened([writeOf({ statements: [many] })]);
    const n = Array.from({ length: 1001 }, (_, i) => i);
    await expect(ask(context, tool, 'it.write', { id: 'x', n })).rejects.toThrow('would change 1001 rows');
    expect(rowsOf(context, 'orders.db', 'SELECT count(*) AS n FROM orders')).toEqual([{ n: 2 }]);
    expect((await ask(context, tool, 'it.write', { id: 'x', n: n.slice(1) })).value).toEqual({ changes: 1000 });
  });

  it('roll back when the row to answer with is missing [CON23]', async () => {
    const config = {
      statements: ['UPDATE orders SET total = 0 WHERE id = :id'],
      returning: "SELECT 1 AS one WHERE 'o1' = :n",
    };
    const { context, tool } = await opened([writeOf(config)]);
    await expect(ask(context, tool, 'it.write', { id: 'o1', n: 'o2' })).rejects.toMatchObject({
      category: 'deterministic',
    });
    expect(rowsOf(context, 'orders.db', "SELECT total FROM orders WHERE id = 'o1'")).toEqual([{ total: 900 }]);
  });

  it('record key, operation, time and result with the effect [CON1]', async () => {
    const { context, tool } = await opened();
    const result = await ask(context, tool, 'orders.refund', { order_id: 'o1', amount: 5 });
    const [row] = rowsOf(context, 'orders.db', 'SELECT key, operation, at, result FROM reeve_effects');
    expect(row).toMatchObject({ key: 'k', operation: 'op-1', at: 1_795_000_000_000 });
    expect(JSON.parse((row as { result: string }).result)).toEqual(result);
  });

  it('wait their turn: a lock held elsewhere is transient and certain [CON11]', async () => {
    const { context, tool } = await opened();
    const other = new DatabaseSync(join(context.directory, 'orders.db'));
    other.exec('BEGIN IMMEDIATE');
    const refund = () => ask(context, tool, 'orders.refund', { order_id: 'o1', amount: 5 });
    await expect(refund()).rejects.toMatchObject({ category: 'transient', uncertain: false });
    other.close();
    await expect(refund()).resolves.toBeDefined();
  });
});

it.each([
  [5, 'transient', false],
  [517, 'transient', false],
  [10, 'transient', true],
  [13, 'transient', true],
  [275, 'deterministic', false],
  [9999 * 256 + 99, 'transient', true],
])('takes database error %i for %s, uncertain %s [CON11]', (errcode, category, uncertain) => {
  expect(toToolError(Object.assign(new Error('no'), { errcode }))).toMatchObject({ category, uncertain });
});

describe('opening', () => {
  it('refuses statements that the schema does not know or that hide a change [CON22]', async () => {
    await expect(opened([readOf({ query: 'SELECT colour FROM orders' })])).rejects.toThrow('no such column: colour');
    await expect(opened([readOf({ query: 'SELECT writefile(:id, 1)' })])).rejects.toThrow('no such function');
    await expect(opened([writeOf({ statements: ['DELETE FROM sqlite_master WHERE name = :id'] })])).rejects.toThrow(
      /may not be modified/,
    );
  });

  it('refuses a write whose trigger would forge effects [CON22] [T12]', async () => {
    const context = await world('sql', { database: 'orders.db', seed: 'seed.sql' }, [
      writeOf({ statements: ['DELETE FROM orders WHERE id = :id'] }),
    ]);
    cleanups.push(context.cleanup);
    const trigger = 'CREATE TRIGGER forge AFTER DELETE ON orders BEGIN DELETE FROM reeve_effects; END;';
    await writeFile(join(context.packDirectory, 'seed.sql'), `CREATE TABLE orders(id); ${trigger}`);
    await expect(sqlConnector.open(context)).rejects.toThrow('not authorized');
  });

  it('seeds a new database once, and remembers with what [CON26]', async () => {
    const { context, tool } = await opened();
    await ask(context, tool, 'orders.refund', { order_id: 'o1', amount: 5 });
    await tool.close();
    await writeFile(join(context.packDirectory, 'seed.sql'), 'CREATE TABLE other(a)');
    await open(context);
    expect(rowsOf(context, 'orders.db', 'SELECT count(*) AS n FROM refunds')).toEqual([{ n: 1 }]);
    expect(rowsOf(context, 'orders.db', 'SELECT name FROM reeve_seed')).toEqual([{ name: 'seed.sql' }]);
  });

  it.each([
    'INSERT INTO nothing VALUES (1);',
    'COMMIT;',
    'ROLLBACK;',
    "ATTACH 'other.db' AS other;",
    'PRAGMA synchronous = OFF;',
    'CREATE TABLE reeve_effects(key);',
  ])('applies a seed with %s not at all [CON26]', async (wrong) => {
    const context = await world('sql', { database: 'orders.db', seed: 'seed.sql' }, []);
    cleanups.push(context.cleanup);
    await writeFile(join(context.packDirectory, 'seed.sql'), `CREATE TABLE half(a);\n${wrong}`);
    await expect(sqlConnector.open(context)).rejects.toThrow();
    expect(rowsOf(context, 'orders.db', 'SELECT count(*) AS n FROM sqlite_master')).toEqual([{ n: 0 }]);
  });

  it('leaves a database alone that somebody else made [CON26]', async () => {
    const context = await world('sql', { database: 'orders.db', seed: 'seed.sql' }, []);
    cleanups.push(context.cleanup);
    const db = new DatabaseSync(join(context.directory, 'orders.db'));
    db.exec('CREATE TABLE mine(a)');
    db.close();
    await open(context);
    expect(rowsOf(context, 'orders.db', "SELECT name FROM sqlite_master WHERE name IN ('mine', 'orders')")).toEqual([
      { name: 'mine' },
    ]);
  });

  it('does not read a seed outside the pack [CON26]', async () => {
    expect(sqlConnector.config.safeParse({ database: 'a.db', seed: '../seed.sql' }).success).toBe(false);
    const context = contextOf('/nonexistent', '/nonexistent', 'sql', { database: '/etc/a.db' }, []);
    await expect(sqlConnector.open(context)).rejects.toThrow('absolute');
  });
});
