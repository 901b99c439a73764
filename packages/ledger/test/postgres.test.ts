import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GENESIS, type SealedRecord } from '../src/chain.ts';
import { customerSubject } from '../src/erasure/keys.ts';
import { type StoreUnderTest, sealedAfter, storeContract } from '../src/store/contract-suite.ts';
import { Deposed, HeadMismatch, StoreCorrupt, StoreUnavailable } from '../src/store/port.ts';
import {
  Nodes,
  OutcomeUnknown,
  type PostgresStores,
  postgresKeys,
  postgresStores,
  resealKeys,
  tableFiles,
  tagKeyOf,
} from '../src/store/postgres/index.ts';
import { type TrialServer, trialProxy, trialServer, withoutPostgres } from '../src/trial/index.ts';
import { verify } from '../src/verify.ts';

const missing = withoutPostgres();
if (missing !== null) console.warn(`the PostgreSQL store is not tested: ${missing}`);

describe.skipIf(missing !== null)('with a PostgreSQL server', () => {
  let server: TrialServer;
  let stores: PostgresStores;
  let n = 0;
  const next = () => `org-${n++}`;
  const sql = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query('SET search_path = reeve');
    const { rows } = await client.query(text, values);
    await client.end();
    return rows as Record<string, unknown>[];
  };

  beforeAll(async () => {
    server = await trialServer();
    stores = await postgresStores({ url: server.url });
  });
  afterAll(async () => {
    await stores?.close();
    await server?.remove();
  });

  storeContract('the PostgreSQL store', async (): Promise<StoreUnderTest> => {
    const name = next();
    const open = () => stores.store(name, { leaseTime: 'caller' });
    const store = await open();
    const part = (change: string) => (seq: number) =>
      sql(`UPDATE snapshot_part SET bytes = ${change} WHERE org = $1 AND seq = $2`, [store.id, seq]).then(() => {});
    return {
      store,
      reopen: open,
      damageSnapshot: part('set_byte(bytes, 0, get_byte(bytes, 0) # 1)'),
      truncateSnapshot: part('substr(bytes, 1, length(bytes) - 1)'),
      damageBlob: async (digest) => {
        const values = [store.id, Buffer.from(digest, 'hex')];
        await sql(
          'UPDATE blob SET bytes = set_byte(bytes, 0, get_byte(bytes, 0) # 1) WHERE org = $1 AND digest = $2',
          values,
        );
      },
      cleanup: async () => {},
    };
  });

  const owned = async (through: PostgresStores, name = next()) => {
    const store = await through.store(name);
    const lease = await store.lease.acquire('node-a', 60_000, 0);
    return { store, name, epoch: 'epoch' in lease ? lease.epoch : Number.NaN };
  };

  it('[LED90] refuses a server that may lose what it acknowledged, and sets synchronous_commit right for itself', async () => {
    const weak = await trialServer(['fsync = off']);
    try {
      const failure = await postgresStores({ url: weak.url }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StoreUnavailable);
      expect(failure).toMatchObject({ next: 'terminal', message: expect.stringContaining('fsync = off') });
    } finally {
      await weak.remove();
    }
    await sql("ALTER ROLE reeve SET synchronous_commit = 'off'");
    const mine = await postgresStores({ url: server.url });
    expect(await mine.database.run('SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    await mine.close();
    await sql('ALTER ROLE reeve RESET synchronous_commit');
  });

  it('[LED91] refuses tables of a newer Reeve, and many processes may make the tables at once', async () => {
    await sql('CREATE DATABASE fresh');
    const url = server.url.replace(/postgres$/, 'fresh');
    const all = await Promise.all([1, 2, 3].map(() => postgresStores({ url, connections: 1 })));
    for (const each of all) await each.close();
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('UPDATE reeve.version SET version = 99');
    await client.end();
    await expect(postgresStores({ url })).rejects.toThrow(/newer Reeve \(schema 99/);
  });

  it('[LED92] lets leases lapse by the time of the database, whatever the clocks of the nodes say', async () => {
    const store = await stores.store(next());
    const first = await store.lease.acquire('node-a', 60_000, 0);
    const far = Date.now() + 10 ** 9;
    expect(await store.lease.acquire('node-b', 1000, far)).toMatchObject({ heldBy: 'node-a' });
    expect(await store.lease.renew('epoch' in first ? first.epoch : 0, 1000, 0)).toBe(true);
    const second = await store.lease.acquire('node-b', 1000, 0);
    expect(second).toMatchObject({ heldBy: 'node-a' });
    expect('until' in second && second.until).toBeGreaterThan(Date.now() - 60_000);
    await sql('UPDATE organisation SET until = 1 WHERE id = $1', [store.id]);
    expect(await store.lease.acquire('node-b', 1000, 0)).toEqual({ epoch: 2 });
  });

  it('[LED92] renews the leases of many organisations in few statements, and tells each of them whether it has it', async () => {
    const held = await Promise.all(Array.from({ length: 40 }, () => owned(stores)));
    await sql('UPDATE organisation SET epoch = epoch + 1 WHERE id = $1', [held[7]!.store.id]);
    const renewed = await Promise.all(held.map(({ store, epoch }) => store.lease.renew(epoch, 90_000, 0)));
    expect(renewed.map((each, i) => (each ? -1 : i)).filter((i) => i >= 0)).toEqual([7]);
  });

  it('[LED26] names the new owner to the deposed one', async () => {
    const { store, epoch } = await owned(stores);
    await sql("UPDATE organisation SET epoch = 9, holder = 'node-b' WHERE id = $1", [store.id]);
    const failure = await store.append(GENESIS, epoch, sealedAfter(GENESIS, 1)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Deposed);
    expect(failure).toMatchObject({ holder: 'node-b', message: expect.stringContaining('"node-b" owns') });
  });

  it('[LED93] finds out whether a batch was committed when the answer was lost, and writes it once', async () => {
    const proxy = await trialProxy({ port: server.port });
    const url = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
    const far = await postgresStores({ url, answerTimeoutMs: 1500, connectTimeoutMs: 300 });
    const { store, epoch } = await owned(far);
    const one = sealedAfter(GENESIS, 3);
    await store.append(GENESIS, epoch, one);
    const head = await store.head();
    // The server commits, but nothing it says comes back.
    proxy.set('deaf-down');
    const two = sealedAfter(head, 3);
    const appending = store.append(head, epoch, two);
    await until(async () => (await sql('SELECT seq FROM organisation WHERE id = $1', [store.id]))[0]?.seq === '6');
    proxy.set('cut');
    proxy.set('pass');
    await appending;
    expect(await all(store.load(0))).toEqual([...one, ...two]);
    // Nothing gets through at all: the outcome stays unknown, the next owner decides.
    proxy.set('cut');
    const later = sealedAfter(await (await stores.store('x')).head(), 1);
    await expect(store.append(await headIn(store.id), epoch, later)).rejects.toBeInstanceOf(OutcomeUnknown);
    proxy.set('pass');
    expect(await verify(store.load(0))).toMatchObject({ ok: true, count: 6 });
    await far.close();
    await proxy.close();
  });

  const headIn = async (id: number) => {
    const [row] = await sql("SELECT seq::int AS seq, encode(hash, 'hex') AS hash FROM organisation WHERE id = $1", [
      id,
    ]);
    return row as unknown as { seq: number; hash: string };
  };

  it('[LED94] loses nothing acknowledged when the server crashes in the middle of appends', async () => {
    const { store, epoch } = await owned(stores);
    let head = GENESIS;
    let acknowledged = 0;
    let failure: unknown;
    const writing = (async () => {
      for (;;) {
        const batch = sealedAfter(head, 16);
        await store.append(head, epoch, batch);
        head = { seq: head.seq + 16, hash: (batch.at(-1) as SealedRecord).hash };
        acknowledged = head.seq;
      }
    })().catch((error: unknown) => {
      failure = error;
    });
    await until(async () => acknowledged > 320);
    await server.crash();
    await writing;
    expect(failure).toBeInstanceOf(OutcomeUnknown);
    await server.start();
    const result = await verify(store.load(0));
    expect(result.ok).toBe(true);
    expect(result.count).toBeGreaterThanOrEqual(acknowledged);
    expect(result.count % 16).toBe(0);
    await expect(store.append(GENESIS, epoch, sealedAfter(GENESIS, 1))).rejects.toBeInstanceOf(HeadMismatch);
  });

  it('[LED95] keeps organisations apart in one database', async () => {
    const [a, b] = [await owned(stores), await owned(stores)];
    await a.store.append(GENESIS, a.epoch, sealedAfter(GENESIS, 4));
    await a.store.snapshot.save(4, 'v', new Uint8Array([1]));
    const digest = await a.store.blob.put(new Uint8Array([7]));
    expect(await b.store.head()).toEqual(GENESIS);
    expect(await all(b.store.load(0))).toEqual([]);
    expect(await b.store.history({})).toEqual({ records: [] });
    expect(await b.store.snapshot.load()).toBeNull();
    expect(await b.store.blob.get(digest)).toBeNull();
    await b.store.snapshot.delete();
    expect(await a.store.snapshot.load()).not.toBeNull();
  });

  it('[LED96] keeps keys of customers sealed under a secret the database does not have', async () => {
    const { id } = await stores.store(next());
    const secret = Buffer.alloc(32, 1);
    const keys = await postgresKeys(stores.database, { org: id, secret });
    const subject = customerSubject('ada@example.org');
    const [one, two] = await Promise.all([keys.ensure([subject]), keys.ensure([subject, 'other'])]);
    const key = one.get(subject)!;
    expect(two.get(subject)!.id).toBe(key.id);
    const [row] = await sql('SELECT * FROM subject_key WHERE org = $1 AND id = $2', [id, key.id]);
    expect((row!.key as Buffer).includes(Buffer.from(key.key))).toBe(false);
    const again = await postgresKeys(stores.database, { org: id, secret });
    expect(again.byId(key.id)?.key).toEqual(key.key);
    const added = (await keys.ensure(['later'])).get('later')!;
    expect(again.byId(added.id)).toBeNull();
    await again.refresh?.();
    expect(again.byId(added.id)?.key).toEqual(added.key);
    await keys.destroy(['later']);
    await again.refresh?.();
    expect(again.byId(added.id)).toBeNull();
    await expect(postgresKeys(stores.database, { org: id, secret: Buffer.alloc(32, 2) })).rejects.toThrow(StoreCorrupt);
    const byName = (await keys.ensure(['named'])).get('named')!;
    expect((await keys.destroy(['named', 'nobody'], [key.id, 'none'])).sort()).toEqual([byName.id, key.id].sort());
    expect(keys.byId(key.id)).toBeNull();
    expect(key.key).toEqual(new Uint8Array(32));
    expect((await postgresKeys(stores.database, { org: id, secret })).byId(key.id)).toBeNull();
    expect((await keys.ensure([subject])).get(subject)!.id).not.toBe(key.id);
    await keys.close();
  });

  it('[LED98] seals keys anew under another secret and finds their subjects as before', async () => {
    const { id } = await stores.store(next());
    const [from, to] = [Buffer.alloc(32, 3), Buffer.alloc(32, 4)];
    const before = await postgresKeys(stores.database, { org: id, secret: from });
    const key = (await before.ensure(['ada'])).get('ada')!;
    const ring = { sealing: to, known: [to, from] };
    const during = await postgresKeys(stores.database, { org: id, secret: ring, tags: tagKeyOf(from, id) });
    expect(during.byId(key.id)?.key).toEqual(key.key);
    const added = (await during.ensure(['bob'])).get('bob')!;
    expect((await resealKeys(stores.database, from, to)).changed).toBe(1);
    expect((await resealKeys(stores.database, from, to)).changed).toBe(0);
    const after = await postgresKeys(stores.database, { org: id, secret: to, tags: tagKeyOf(from, id) });
    expect((await after.ensure(['ada', 'bob'])).get('ada')!.id).toBe(key.id);
    expect(after.byId(added.id)?.key).toEqual(added.key);
    await expect(postgresKeys(stores.database, { org: id, secret: from })).rejects.toThrow(StoreCorrupt);
  });

  it('[LED98] nodes use another secret once all that live know it', async () => {
    const other = await postgresStores({ url: await server.database() });
    const nodes = new Nodes(other.database);
    expect(await nodes.secretInUse()).toBeNull();
    expect(await nodes.firstSecret('old')).toEqual({ secret: 'old', former: null });
    expect(await nodes.firstSecret('other')).toEqual({ secret: 'old', former: null });
    const node = { url: 'http://n', version: '1' };
    await nodes.enter({ ...node, name: 'n1', knows: ['new', 'old'] }, 'x', 60_000);
    await nodes.enter({ ...node, name: 'n2', knows: ['old'] }, 'x', 60_000);
    await nodes.enter({ ...node, name: 'gone' }, 'x', 0);
    expect(await nodes.useSecret('old', 'new')).toBe(false);
    await nodes.enter({ ...node, name: 'n2', knows: ['new', 'old'] }, 'y', 60_000);
    expect(await nodes.useSecret('other', 'new')).toBe(false);
    expect(await nodes.useSecret('old', 'new')).toBe(true);
    expect(await nodes.secretInUse()).toEqual({ secret: 'new', former: 'old' });
    expect(await nodes.useSecret('new', 'old')).toBe(false);
    await nodes.forgetFormer('old');
    expect(await nodes.secretInUse()).toEqual({ secret: 'new', former: null });
    await other.close();
  });

  it('[LED97] knows which nodes live, who owns what, and which organisations need an owner', async () => {
    const nodes = new Nodes(stores.database);
    await nodes.enter({ name: 'n1', url: 'http://n1', version: '1' }, 'first', 60_000);
    await nodes.enter({ name: 'n2', url: 'http://n2', version: '1' }, 'x', 0);
    expect((await nodes.live()).map(({ name }) => name)).toEqual(['n1']);
    expect(await nodes.beat('n1', 'first', 60_000, true)).toBe(true);
    expect((await nodes.live())[0]).toMatchObject({ draining: true, url: 'http://n1' });
    await nodes.enter({ name: 'n1', url: 'http://n1', version: '2' }, 'second', 60_000);
    expect(await nodes.beat('n1', 'first', 60_000, false)).toBe(false);
    const name = next();
    expect(await nodes.placementOf(name)).toBeNull();
    const store = await stores.store(name);
    const lease = await store.lease.acquire('n1', 60_000, 0);
    expect(await nodes.placementOf(name)).toEqual({ id: store.id, owner: { name: 'n1', url: 'http://n1' } });
    expect(await nodes.orphans(1000)).not.toContain(name);
    expect(await nodes.heldBy('n1')).toEqual([name]);
    await sql('UPDATE organisation SET until = 1 WHERE id = $1', [store.id]);
    expect(await nodes.placementOf(name)).toEqual({ id: store.id, owner: null });
    expect(await nodes.orphans(1000)).toContain(name);
    await store.lease.release('epoch' in lease ? lease.epoch : 0);
    expect(await nodes.orphans(1000)).not.toContain(name);
    await nodes.wakeAt(name, 1);
    expect(await nodes.orphans(1000)).toContain(name);
  });

  it('[LED97] keeps the first of two files put under one name, unless told to replace it', async () => {
    const { id } = await stores.store(next());
    const files = tableFiles(stores.database, id);
    expect(await files.get('keys')).toBeNull();
    expect(await files.put('keys', new Uint8Array([1]))).toEqual(new Uint8Array([1]));
    expect(await files.swap('swapped', new Uint8Array([9]), new Uint8Array([1]))).toBe(false);
    expect(await files.swap('swapped', null, new Uint8Array([1]))).toBe(true);
    expect(await files.swap('swapped', null, new Uint8Array([2]))).toBe(false);
    expect(await files.swap('swapped', new Uint8Array([1]), new Uint8Array([3]))).toBe(true);
    expect(await files.get('swapped')).toEqual(new Uint8Array([3]));
    expect(await files.put('keys', new Uint8Array([2]))).toEqual(new Uint8Array([1]));
    expect(await files.put('keys', new Uint8Array([2]), { replace: true })).toEqual(new Uint8Array([2]));
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 10));
}
