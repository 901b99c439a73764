import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { DatabaseSync } from '@photostructure/sqlite';
import { createState, evolve, type KernelRecord, type State } from '@reeve/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyLedger } from '../src/audit.ts';
import { headOf, open, seal } from '../src/chain.ts';
import { ERASED, reveal } from '../src/erasure/erasure.ts';
import { forgetCustomers, personalBlobs, sealedSnapshots } from '../src/erasure/forget.ts';
import { allForgottenKeys } from '../src/erasure/forgotten-keys.ts';
import { customerSubject, type KeyStore, memoryKeys, SNAPSHOTS } from '../src/erasure/keys.ts';
import type { SubjectKey } from '../src/erasure/sealing.ts';
import { sqliteKeys } from '../src/erasure/sqlite-keys.ts';
import { protectAll } from '../src/erasure/subjects.ts';
import { makeCheckpoint, storeReading } from '../src/log.ts';
import { generateKey, openSigner } from '../src/notes/signer.ts';
import { memoryDisk, memoryStore } from '../src/store/memory/index.ts';
import { type Store, StoreCorrupt, StoreUnavailable } from '../src/store/port.ts';
import { sqliteStore } from '../src/store/sqlite/index.ts';
import { Office } from './office.ts';

const only = async (keys: KeyStore, subject: string) => (await keys.ensure([subject])).get(subject) as SubjectKey;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'reeve-forget-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe.each([
  ['memory', async () => memoryKeys()],
  ['SQLite', () => sqliteKeys(join(directory, 'keys'))],
])('the key store in %s', (_, openKeys) => {
  let keys: KeyStore;
  beforeEach(async () => {
    keys = await openKeys();
  });
  afterEach(() => keys.close());

  it('[LED84] gives each subject one key, found again by its id', async () => {
    const [anna, bob] = [await only(keys, 'anna'), await only(keys, 'bob')];
    expect(await only(keys, 'anna')).toBe(anna);
    expect([keys.byId(anna.id), keys.byId(bob.id), keys.byId('none')]).toEqual([anna, bob, null]);
    expect(anna.id).toMatch(/^[\w-]{22}$/);
    expect([...(await keys.ensure(['bob', 'anna', 'bob'])).keys()].sort()).toEqual(['anna', 'bob']);
  });

  it('[LED84] destroys keys at once, in memory too, and gives another one when asked again', async () => {
    const [anna, bob] = [await only(keys, 'anna'), await only(keys, 'bob')];
    expect(await keys.destroy(['anna', 'nobody'])).toEqual([anna.id]);
    expect(anna.key.every((byte) => byte === 0)).toBe(true);
    expect([keys.byId(anna.id), keys.byId(bob.id)]).toEqual([null, bob]);
    expect(await keys.destroy(['anna'])).toEqual([]);
    expect((await only(keys, 'anna')).id).not.toBe(anna.id);
  });

  it('[LED84] destroys keys by their ids too, whosever they are, and passes over ids of none', async () => {
    const [anna, bob, cora] = [await only(keys, 'anna'), await only(keys, 'bob'), await only(keys, 'cora')];
    expect((await keys.destroy(['anna'], [bob.id, anna.id, 'none'])).sort()).toEqual([anna.id, bob.id].sort());
    expect(bob.key.every((byte) => byte === 0)).toBe(true);
    expect([keys.byId(anna.id), keys.byId(bob.id), keys.byId(cora.id)]).toEqual([null, null, cora]);
    expect(await keys.destroy([], [bob.id])).toEqual([]);
    expect((await only(keys, 'bob')).id).not.toBe(bob.id);
  });
});

describe('the key store on disk', () => {
  const path = () => join(directory, 'keys.db');

  it('[LED85] keeps keys through closing and opening, for this user only', async () => {
    const keys = await sqliteKeys(directory);
    const anna = structuredClone(await only(keys, 'anna'));
    if (process.platform !== 'win32')
      for (const name of await readdir(directory)) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    await keys.close();
    await keys.close();
    expect(() => keys.byId(anna.id)).toThrow(StoreUnavailable);
    const again = await sqliteKeys(directory);
    expect(again.byId(anna.id)).toEqual(anna);
    expect(await only(again, 'anna')).toEqual(anna);
    await again.close();
  });

  it('[LED85] leaves no byte of a destroyed key, and no name, in any file', async () => {
    const keys = await sqliteKeys(directory);
    const names = Array.from({ length: 300 }, (_, i) => `customer:anna${i}@example.org`);
    const all = [...(await keys.ensure(names)).values()].map(({ key }) => Buffer.from(key));
    expect(await found(directory, all)).toBeGreaterThan(0);
    await keys.destroy(names.slice(0, 150));
    expect(await found(directory, all.slice(0, 150))).toBe(0);
    expect(await found(directory, all.slice(150))).toBeGreaterThanOrEqual(150);
    expect(await found(directory, [Buffer.from('example.org')])).toBe(0);
    await keys.close();
  });

  it('[LED85] says so when another process keeps the log from being emptied, and can be asked again', async () => {
    const keys = await sqliteKeys(directory);
    await only(keys, 'anna');
    const reader = new DatabaseSync(path());
    reader.exec('BEGIN; SELECT * FROM keys');
    reader.prepare('SELECT * FROM keys').all();
    await expect(keys.destroy(['anna'])).rejects.toThrow(/another process reads/);
    reader.exec('ROLLBACK');
    reader.close();
    expect(await keys.destroy(['anna'])).toEqual([]);
    await keys.close();
  });

  it('[LED85] refuses a database of something else', async () => {
    const store = await sqliteStore({ directory });
    await store.close();
    await rm(path(), { force: true });
    await writeFile(path(), await readFile(join(directory, 'ledger.db')));
    await expect(sqliteKeys(directory)).rejects.toBeInstanceOf(StoreCorrupt);
  });
});

/** How many of the texts are found, in all files below a directory together. */
async function found(below: string, texts: readonly Buffer[]): Promise<number> {
  let count = 0;
  for (const entry of await readdir(below, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    count += texts.filter((text) => bytes.includes(text)).length;
  }
  return count;
}

describe('forgetting a customer', () => {
  const log = generateKey('reeve/acme');
  const signer = openSigner(log.secret);
  /** In everything Kim says, and in nothing else. */
  const mark = Buffer.from('ZEBRA');
  const kim = { customers: ['ZEBRA-kim@example.org'], keys: [] };
  let [store, keys] = [] as unknown as [Store, KeyStore];

  beforeEach(async () => {
    store = await sqliteStore({ directory });
    keys = await sqliteKeys(join(directory, 'keys'));
  });
  afterEach(async () => {
    await store.close();
    await keys.close();
  });

  /** Appends what the office has done since, as the runtime would. */
  async function append(office: Office, epoch: number): Promise<void> {
    const head = await store.head();
    const customerOf = (id: string) => office.state.cases.cases.get(id)?.customer;
    const records = await protectAll(office.log.slice(head.seq), customerOf, keys);
    const sealed = seal(head.hash, records);
    await store.append(head, epoch, sealed);
    expect((await store.head()).hash).toBe(headOf(sealed, head).hash);
  }

  async function replay(): Promise<{ state: State; records: KernelRecord[] }> {
    const [state, records] = [createState('acme'), [] as KernelRecord[]];
    for await (const record of store.load(0)) {
      const revealed = reveal(open(record), keys.byId) as KernelRecord;
      records.push(revealed);
      evolve(state, revealed);
    }
    return { state, records };
  }

  it('[LED86] leaves nothing of him in any file, a ledger that verifies, and a state that can be replayed', async () => {
    const granted = (await store.lease.acquire('test', 1000, 0)) as { epoch: number };
    const office = new Office();
    const [snapshots, blobs] = [sealedSnapshots(store.snapshot, keys), personalBlobs(store.blob, keys)];
    office.work('ZEBRA-kim@example.org', 'ZEBRA');
    office.work('lee@example.org', 'MAMBA');
    await append(office, granted.epoch);
    const note = await makeCheckpoint(store, signer);
    await snapshots.save(office.state.seq, 'v1', serialize(office.state));
    const digest = await blobs.put(Buffer.from('a scan of the passport of ZEBRA'), 'ZEBRA-kim@example.org');
    const other = await blobs.put(Buffer.from('a price list'), null);

    expect((await replay()).records).toEqual(structuredClone(office.log));
    expect(Buffer.from((await snapshots.load())?.bytes as Uint8Array).includes(mark)).toBe(true);
    // Nothing personal is ever on disk in the clear: a backup without the keys is erased with them.
    expect(await found(directory, [mark, Buffer.from('MAMBA')])).toBe(0);
    const keyBytes = Buffer.from((await only(keys, 'customer:ZEBRA-kim@example.org')).key);

    const { id } = await only(keys, 'customer:ZEBRA-kim@example.org');
    expect(await forgetCustomers(kim, { keys, snapshot: snapshots })).toEqual([id]);
    expect(await found(directory, [mark, keyBytes])).toBe(0);
    expect(await snapshots.load()).toBeNull();
    expect(await blobs.get(digest)).toBe('erased');
    expect(Buffer.from((await blobs.get(other)) as Uint8Array).toString()).toBe('a price list');

    const audit = await verifyLedger(() => storeReading(store, 'acme', [log.verifier]), { keys: [log.verifier] });
    expect(audit).toMatchObject({ ok: true, count: office.log.length, signed: { note, size: office.log.length } });
    const { state, records } = await replay();
    expect(JSON.stringify(records)).not.toContain('ZEBRA');
    expect(state.cases.cases.get('C-1')).toMatchObject({
      subject: ERASED,
      status: office.state.cases.cases.get('C-1')?.status,
    });
    expect(state.cases.cases.get('C-2')).toEqual(office.state.cases.cases.get('C-2'));
    expect(state.budget).toEqual(office.state.budget);
    expect(JSON.stringify(records)).toContain('MAMBA');
  });

  it('[LED86] can be done again after a crash in between, and lets what comes later be forgotten as well', async () => {
    const granted = (await store.lease.acquire('test', 1000, 0)) as { epoch: number };
    const office = new Office();
    office.work('ZEBRA-kim@example.org', 'ZEBRA');
    await append(office, granted.epoch);
    // The crash: the keys are gone, the snapshots are still there.
    const snapshots = sealedSnapshots(store.snapshot, keys);
    await snapshots.save(office.state.seq, 'v1', serialize(office.state));
    await keys.destroy(['customer:ZEBRA-kim@example.org', SNAPSHOTS]);
    expect(await snapshots.load()).toBeNull();
    expect(await forgetCustomers(kim, { keys, snapshot: snapshots })).toEqual([]);

    const { state } = await replay();
    const later = new Office(state);
    later.ok('case.message', { case: 'C-1', text: 'ZEBRA again' });
    const records = await protectAll(later.log, (id) => state.cases.cases.get(id)?.customer, keys);
    expect(JSON.stringify(records)).not.toContain('ZEBRA');
    const name = state.cases.cases.get('C-1')?.customer as string;
    expect(name).toMatch(/^\[erased [0-9a-f]{12}\]$/);
    await forgetCustomers({ customers: [name], keys: [] }, { keys, snapshot: snapshots });
    expect(JSON.stringify(records.map((record) => reveal(record, keys.byId)))).not.toContain('ZEBRA');
  });

  it('[LED88] names every key his records were sealed under before, and none of somebody else', async () => {
    const granted = (await store.lease.acquire('test', 1000, 0)) as { epoch: number };
    const office = new Office();
    const names = ['kim@example.org', 'lee@example.org'];
    for (const [i, name] of names.entries()) office.work(name, ['ZEBRA', 'MAMBA'][i] ?? '');
    await append(office, granted.epoch);
    const [first] = await Promise.all(names.map((name) => only(keys, customerSubject(name))));
    // His key is lost; what comes later gets another one, and a seat remembers something of Lee while it works for Kim.
    await keys.destroy([customerSubject('kim@example.org')]);
    office.ok('case.note', { case: 'C-1', text: 'ZEBRA again' }, { principal: 'boss-person', seat: 'boss' });
    const about = { case: 'C-1', customer: 'lee@example.org', statement: 'ZEBRA', layer: 'state' };
    office.ok('belief.record', about, { principal: 'boss-person', seat: 'boss' });
    await append(office, granted.epoch);
    const second = await only(keys, customerSubject('kim@example.org'));
    office.ok('customer.forget', { case: 'C-1', reason: 'asked' });
    await append(office, granted.epoch);
    expect((await allForgottenKeys(store)).sort()).toEqual([first?.id, second.id].sort());
    expect((await allForgottenKeys(store, 'C-1')).length).toBe(2);
    expect(await allForgottenKeys(store, 'C-2')).toEqual([]);
    // What is written later is his anew.
    await keys.destroy([], [second.id]);
    office.ok('case.note', { case: 'C-1', text: 'once more' }, { principal: 'boss-person', seat: 'boss' });
    await append(office, granted.epoch);
    expect((await allForgottenKeys(store)).sort()).toEqual([first?.id, second.id].sort());
  });

  it('[LED87] gives blobs back as they were put, also those that look like sealed ones', async () => {
    const blobs = personalBlobs(memoryStore(memoryDisk()).blob, keys);
    for (const text of ['', 'plain', 'RVS1 not sealed', 'RVP1 not escaped', 'RVS']) {
      for (const customer of [null, 'anna']) {
        const digest = await blobs.put(Buffer.from(text), customer);
        expect(await blobs.put(Buffer.from(text), customer)).toBe(digest);
        expect(Buffer.from((await blobs.get(digest)) as Uint8Array).toString()).toBe(text);
      }
    }
    expect(await blobs.get('0'.repeat(64))).toBeNull();
  });
});
