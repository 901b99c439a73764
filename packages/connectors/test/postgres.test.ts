/** PostgreSQL: the contract, faults around the commit, what statements may do. */
import { type TrialProxy, type TrialServer, trialProxy, trialServer, withoutPostgres } from '@reeve/ledger/trial';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ContractSubject, callOf, connectorContract } from '../src/contract-suite.ts';
import { type Connector, postgresConnector } from '../src/index.ts';
import { type CapabilityInput, capabilityOf, world } from './subjects.ts';

const ORDERS = `CREATE TABLE orders(id text PRIMARY KEY, total bigint NOT NULL, paid boolean NOT NULL DEFAULT true, at timestamptz NOT NULL DEFAULT '2026-11-21T10:00:00Z', about jsonb);
CREATE TABLE refunds(id serial PRIMARY KEY, order_id text NOT NULL REFERENCES orders(id), amount integer NOT NULL CHECK (amount > 0), key text NOT NULL);
INSERT INTO orders(id, total, about) VALUES ('o1', 900, '{"vip": true}'), ('o2', 50, NULL);`;
const ACTIONS: readonly CapabilityInput[] = [
  {
    ...{ id: 'orders.refund', effect: 'compensable', args: { order_id: 'string', amount: 'integer' } },
    config: {
      statements: [
        'UPDATE orders SET total = total - :amount WHERE id = :order_id',
        'INSERT INTO refunds(order_id, amount, key) VALUES (:order_id, :amount, :key)',
      ],
      expect: { changes: 1 },
      returning: 'SELECT id AS refund, amount FROM refunds WHERE key = :key',
    },
  },
  {
    id: 'orders.get',
    effect: 'read',
    args: { order_id: 'string' },
    config: { query: 'SELECT * FROM orders WHERE id = :order_id;', one: true },
  },
  { id: 'orders.many', effect: 'read', config: { query: 'SELECT n FROM generate_series(1, 2000) AS n' } },
  { id: 'orders.sneak', effect: 'read', config: { query: "SELECT nextval('refunds_id_seq') AS n" } },
];

const absent = withoutPostgres();
if (absent !== null) console.warn(`skipped: ${absent}`);
describe.skipIf(absent !== null)('postgres', () => {
  let server: TrialServer;
  beforeAll(async () => {
    server = await trialServer(['fsync = off']);
  });
  afterAll(() => server.remove());
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function database() {
    const url = new URL(await server.database());
    const asked = async (sql: string) => {
      const client = new Client({ connectionString: url.href });
      await client.connect();
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    };
    await asked(ORDERS);
    return { url, asked };
  }
  async function opened(port?: number, more: Record<string, unknown> = {}, password?: string, at = database()) {
    const { url, asked } = await at;
    const plain = { host: '127.0.0.1', port: port ?? Number(url.port), tls: 'none' };
    const config = {
      server: plain,
      database: url.pathname.slice(1),
      user: url.username,
      password: { secret: 'pg' },
      time: 3000,
      ...more,
    };
    const context = { ...(await world('postgres', config, ACTIONS)), secret: async () => password ?? url.password };
    const tool = await postgresConnector.open(context);
    cleanups.push(context.cleanup, () => tool.close());
    const ask = (id: string, args: object, key = 'k', attempt = 1) =>
      tool.call(callOf(capabilityOf(context, `orders.${id}`), { ...args }, { key, attempt }));
    const refunds = () => asked('SELECT order_id, amount, key FROM refunds ORDER BY id');
    return {
      context,
      tool,
      ask,
      asked,
      refunds,
      lookup: (key: string) => tool.lookup?.(key, context.capabilities[0]!),
    };
  }

  /** Making a database takes longer than a test of the contract: they have one, emptied for each. */
  let shared: ReturnType<typeof database> | undefined;
  async function subject(connector: Connector): Promise<ContractSubject> {
    shared ??= database();
    const { asked } = await shared;
    await asked("TRUNCATE refunds; DROP TABLE IF EXISTS reeve_effects; UPDATE orders SET total = 900 WHERE id = 'o1'");
    const { context, refunds } = await opened(undefined, {}, undefined, shared);
    return {
      connector,
      context,
      cleanup: async () => undefined,
      write: { capability: capabilityOf(context, 'orders.refund'), args: (n) => ({ order_id: 'o1', amount: n }) },
      read: { capability: capabilityOf(context, 'orders.get'), args: { order_id: 'o1' } },
      bad: [
        { why: 'an argument is missing', args: { order_id: 'o1' } },
        { why: 'no such order', args: { order_id: 'o9', amount: 1 } },
        { why: 'a constraint is violated', args: { order_id: 'o1', amount: -1 } },
        { why: 'not a number', args: { order_id: 'o1', amount: 'x' } },
      ],
      world: refunds,
      count: (world) => (world as unknown[]).length,
    };
  }
  connectorContract('postgres', () => subject(postgresConnector));

  const proxied = async (): Promise<TrialProxy> => {
    const proxy = await trialProxy({ port: server.port });
    cleanups.push(() => proxy.close());
    return proxy;
  };

  it('a connection lost before the commit changes nothing, for certain [CON141]', async () => {
    const proxy = await proxied();
    const { ask, refunds, lookup, asked } = await opened(proxy.port);
    // The write takes its time in the middle of its transaction, and is cut there.
    await asked(
      'CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NEW; END $$',
    );
    await asked('CREATE TRIGGER slow BEFORE INSERT ON refunds FOR EACH ROW EXECUTE FUNCTION slow()');
    const writing = ask('refund', { order_id: 'o1', amount: 5 }, 'k1');
    const failed = expect(writing).rejects.toMatchObject({ category: 'transient', uncertain: false });
    for (let seen = false; !seen; )
      seen = (await asked("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).length > 0;
    proxy.set('cut');
    await failed;
    proxy.set('pass');
    await asked('DROP TRIGGER slow ON refunds');
    expect(await lookup('k1')).toBeNull();
    await ask('refund', { order_id: 'o1', amount: 5 }, 'k1', 2);
    expect(await refunds()).toHaveLength(1);
  });

  it('a commit whose answer is lost is found by its key, also by another tool that never wrote it [CON141] [CON1]', async () => {
    const proxy = await proxied();
    const { ask, refunds, lookup, asked, context } = await opened(proxy.port);
    // At the commit the deferred trigger runs: the proxy stops answering there, and the commit goes on.
    await asked(
      'CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$',
    );
    await asked(
      'CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON refunds DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()',
    );
    const writing = ask('refund', { order_id: 'o1', amount: 5 }, 'k1');
    const failed = expect(writing).rejects.toMatchObject({ uncertain: true });
    for (let seen = false; !seen; )
      seen = (await asked("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).length > 0;
    proxy.set('cut');
    await failed;
    proxy.set('pass');
    // The lookup waits for the transaction that is still under way.
    const found = await lookup('k1');
    expect(found).toMatchObject({ value: { amount: 5 } });
    expect(await ask('refund', { order_id: 'o1', amount: 5 }, 'k1', 2)).toEqual(found);
    const elsewhere = await postgresConnector.open({ ...context, directory: `${context.directory}/other` });
    cleanups.push(() => elsewhere.close());
    expect(await elsewhere.lookup?.('k1', context.capabilities[0]!)).toEqual(found);
    expect(
      await elsewhere.call(callOf(context.capabilities[0]!, { order_id: 'o1', amount: 5 }, { key: 'k1' })),
    ).toEqual(found);
    expect(await refunds()).toHaveLength(1);
  });

  it('reads rows as plain data, at most a thousand, and writes nothing [CON140] [CON142] [T8]', async () => {
    const { ask, asked } = await opened();
    expect((await ask('get', { order_id: "o1' OR true --" })).value).toEqual({ found: false });
    expect((await ask('get', { order_id: 'o1' })).value).toEqual({
      found: true,
      id: 'o1',
      total: 900,
      paid: true,
      at: expect.stringContaining('2026-11-21'),
      about: { vip: true },
    });
    await expect(ask('many', {})).rejects.toThrow('more than 1000 rows');
    await expect(ask('sneak', {})).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
    expect(await asked('SELECT last_value::int AS n, is_called FROM refunds_id_seq')).toEqual([
      { n: 1, is_called: false },
    ]);
  });

  it('names a refused login, and does not go on without TLS [CON100] [CON104] [T13]', async () => {
    const wrong = await opened(undefined, {}, 'not-the-password');
    await expect(wrong.ask('get', { order_id: 'o1' })).rejects.toMatchObject({
      category: 'governance',
      uncertain: false,
    });
    const plain = await opened(undefined, { server: { host: 'localhost', port: server.port } });
    await expect(plain.ask('get', { order_id: 'o1' })).rejects.toThrow('no protected connection');
  });
});
