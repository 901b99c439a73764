import type { RecordEntry } from '@reeve/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENESIS, type Head, headOf, open, type SealedRecord, seal } from '../chain.ts';
import { sha256Node } from '../sha256-node.ts';
import { verify } from '../verify.ts';
import { Deposed, HeadMismatch, type HistoryQuery, type Store, StoreCorrupt, StoreUnavailable } from './port.ts';
import { indexing } from './words/contract-suite.ts';

/** A store under test, empty, and how to reach behind it. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Another handle on the same data, as a restarted or second process would open it. */
  readonly reopen?: () => Promise<Store>;
  /** Changes one byte of what is stored for the snapshot of `seq`. */
  readonly damageSnapshot?: (seq: number) => Promise<void>;
  /** Cuts what is stored for the snapshot of `seq` short. */
  readonly truncateSnapshot?: (seq: number) => Promise<void>;
  /** Changes one byte of what is stored for a blob. */
  readonly damageBlob?: (digest: string) => Promise<void>;
  readonly cleanup: () => Promise<void>;
}

/** An entry for tests, different for each `seq`; `over` replaces fields. */
export function entryFor(seq: number, over: Partial<RecordEntry> = {}): RecordEntry {
  return {
    seq,
    org: 'acme',
    at: 1_790_000_000_000 + seq,
    actor: seq % 3 === 0 ? { principal: 'human:ada' } : { principal: 'agent:mia', seat: `seat-${seq % 2}` },
    kind: seq % 2 === 0 ? 'case.opened' : 'operation.requested',
    v: 1,
    stream: `case/${seq % 5}`,
    causation: { command: `c-${seq}`, digest: 'd'.repeat(64) },
    correlation: `case-${seq % 7}`,
    visibility: 'organisation',
    body: { number: seq, note: `record "${seq}" of many` },
    ...over,
  };
}

/** Sealed entries that continue `head`. */
export function sealedAfter(
  head: Head,
  count: number,
  over: (seq: number) => Partial<RecordEntry> = () => ({}),
): SealedRecord[] {
  const entries = Array.from({ length: count }, (_, i) => entryFor(head.seq + 1 + i, over(head.seq + 1 + i)));
  return seal(head.hash, entries);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** Registers the tests every store must pass. A hook a store does not have leaves its tests out, by name. */
export function storeContract(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the store contract`, () => {
    let under: StoreUnderTest;
    let store: Store;
    let epoch: number;

    beforeEach(async () => {
      under = await makeStore();
      store = under.store;
      epoch = await grant(store, 'first', 0);
    });
    afterEach(async () => {
      await store.close();
      await under.cleanup();
    });

    const fill = async (count: number, over?: (seq: number) => Partial<RecordEntry>): Promise<SealedRecord[]> => {
      const head = await store.head();
      const records = sealedAfter(head, count, over);
      await store.append(head, epoch, records);
      return records;
    };

    appending(() => ({ store, epoch, fill, under }));
    leasing(() => ({ store, epoch, fill, under }));
    histories(() => ({ store, epoch, fill, under }));
    checkpointing(() => ({ store, epoch, fill, under }));
    indexing(() => ({ store, under }));
    snapshotting(() => ({ store, epoch, fill, under }));
    blobbing(() => ({ store, epoch, fill, under }));
  });
}

type Fill = (count: number, over?: (seq: number) => Partial<RecordEntry>) => Promise<SealedRecord[]>;
type Context = () => { store: Store; epoch: number; fill: Fill; under: StoreUnderTest };

async function grant(store: Store, holder: string, now: number, ttlMs = 1000): Promise<number> {
  const granted = await store.lease.acquire(holder, ttlMs, now);
  if (!('epoch' in granted)) throw new Error(`expected the lease, it is held by ${granted.heldBy}`);
  return granted.epoch;
}

function appending(context: Context): void {
  it('[LED20] starts empty at the genesis head and moves its head with each append', async () => {
    const { store, fill } = context();
    expect(await store.head()).toEqual(GENESIS);
    const records = await fill(3);
    expect(await store.head()).toEqual(headOf(records, GENESIS));
    expect(await collect(store.load(0))).toEqual(records);
  });

  it('[LED20] keeps every character of header and body', async () => {
    const { store, fill } = context();
    const body = { text: 'naïve 日本 🦊 \u0000 \u2028 "quoted" \\ \ud800', n: 1e-7, nested: [{ '': null }] };
    const [record] = await fill(1, () => ({ body, stream: 'case/ü🦊', actor: { principal: 'a"b' } }));
    const [stored] = await collect(store.load(0));
    expect(stored).toEqual(record);
    expect(open(stored as SealedRecord).body).toEqual(body);
  });

  it('[LED21] refuses a batch for another head and writes none of it', async () => {
    const { store, epoch, fill } = context();
    const records = await fill(2);
    const head = await store.head();
    const stale = sealedAfter(GENESIS, 1);
    const failure = await store.append(GENESIS, epoch, stale).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HeadMismatch);
    expect(failure).toMatchObject({ next: 'terminal', expected: GENESIS, actual: head });
    const fork = { seq: head.seq, hash: 'f'.repeat(64) };
    await expect(store.append(fork, epoch, sealedAfter(fork, 1))).rejects.toBeInstanceOf(HeadMismatch);
    expect(await collect(store.load(0))).toEqual(records);
  });

  it('[LED22] writes none of a batch whose last record does not continue the ledger', async () => {
    const { store, epoch, fill } = context();
    const kept = await fill(1);
    const head = await store.head();
    const batch = sealedAfter(head, 40);
    const swapped = [...batch.slice(0, 38), batch[39], batch[38]] as SealedRecord[];
    await expect(store.append(head, epoch, swapped)).rejects.toThrow(TypeError);
    const early = sealedAfter(head, 1, () => ({ at: 5 }));
    await expect(store.append(head, epoch, early)).rejects.toThrow(/earlier/);
    const broken = [...batch.slice(0, 39), { ...(batch[39] as SealedRecord), header: '{"seq":41}' }];
    await expect(store.append(head, epoch, broken)).rejects.toThrow(TypeError);
    expect(await collect(store.load(0))).toEqual(kept);
    await store.append(head, epoch, batch);
    expect((await store.head()).seq).toBe(41);
  });

  it('[LED21] checks epoch and head even when there is nothing to append', async () => {
    const { store, epoch } = context();
    await store.append(GENESIS, epoch, []);
    await expect(store.append({ seq: 1, hash: 'a'.repeat(64) }, epoch, [])).rejects.toBeInstanceOf(HeadMismatch);
    await expect(store.append(GENESIS, epoch + 1, [])).rejects.toBeInstanceOf(Deposed);
  });

  it('[LED23] finds everything again after closing and opening', async (test) => {
    const { store, fill, under } = context();
    if (under.reopen === undefined) return test.skip('this store cannot be reopened');
    const records = await fill(20);
    const digest = await store.blob.put(bytes('blob'));
    await store.snapshot.save(20, 'v1', bytes('state'));
    await store.close();
    await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.snapshot.load()).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.blob.get(digest)).rejects.toBeInstanceOf(StoreUnavailable);
    const again = await under.reopen();
    expect(await collect(again.load(0))).toEqual(records);
    expect(await again.snapshot.load()).toEqual({ seq: 20, version: 'v1', bytes: bytes('state') });
    expect(await again.blob.get(digest)).toEqual(bytes('blob'));
    expect(await again.lease.acquire('other', 1000, 999)).toEqual({ heldBy: 'first', until: 1000 });
    await again.close();
  });

  it('[LED24] loads 10,000 records in order, from anywhere, up to a limit, while more are appended', async () => {
    const { store, fill } = context();
    const records: SealedRecord[] = [];
    for (let i = 0; i < 10; i++) records.push(...(await fill(1000)));
    expect(await verify(store.load(0))).toEqual({ ok: true, count: 10_000, head: headOf(records, GENESIS) });
    expect(await collect(store.load(9_998))).toEqual(records.slice(9_998));
    expect(await collect(store.load(10_000))).toEqual([]);
    expect(await collect(store.load(700, 801))).toEqual(records.slice(700, 1501));
    expect(await collect(store.load(0, 0))).toEqual([]);
    const slow = store.load(9_990)[Symbol.asyncIterator]();
    await slow.next();
    await fill(1);
    expect(await store.head()).toMatchObject({ seq: 10_001 });
    await slow.return?.();
  });
}

function leasing(context: Context): void {
  it('[LED25] grants the lease to one holder until it lapses, then to the next with a higher epoch', async () => {
    const { store, epoch } = context();
    expect(await store.lease.acquire('second', 1000, 999)).toEqual({ heldBy: 'first', until: 1000 });
    const second = await grant(store, 'second', 1000);
    expect(second).toBeGreaterThan(epoch);
    expect(await store.lease.renew(epoch, 1000, 1001)).toBe(false);
    expect(await store.lease.renew(second, 1000, 1500)).toBe(true);
    expect(await store.lease.acquire('first', 1000, 2499)).toEqual({ heldBy: 'second', until: 2500 });
  });

  it('[LED26] fences a deposed owner: its epoch can append nothing, even at the right head', async () => {
    const { store, epoch, fill } = context();
    await fill(1);
    const second = await grant(store, 'second', 5000);
    const head = await store.head();
    const failure = await store.append(head, epoch, sealedAfter(head, 1)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Deposed);
    expect(failure).toMatchObject({ next: 'terminal', epoch, current: second });
    expect(await store.head()).toEqual(head);
    await store.append(head, second, sealedAfter(head, 1));
    expect(await store.head()).toMatchObject({ seq: 2 });
  });

  it('[LED25] lets an owner that was late renew a lapsed lease nobody took', async () => {
    const { store, epoch, fill } = context();
    await fill(1);
    expect(await store.lease.renew(epoch, 1000, 50_000)).toBe(true);
    expect(await store.lease.acquire('second', 1000, 50_999)).toEqual({ heldBy: 'first', until: 51_000 });
  });

  it('[LED25] gives a holder that comes back under its own name a new epoch at once', async () => {
    const { store, epoch } = context();
    const again = await grant(store, 'first', 1);
    expect(again).toBeGreaterThan(epoch);
    await expect(store.append(GENESIS, epoch, sealedAfter(GENESIS, 1))).rejects.toBeInstanceOf(Deposed);
  });

  it('[LED26] ends an epoch when it is released, and only by its own number', async () => {
    const { store, epoch } = context();
    await store.lease.release(epoch - 1);
    await store.append(GENESIS, epoch, sealedAfter(GENESIS, 1));
    await store.lease.release(epoch);
    const head = await store.head();
    await expect(store.append(head, epoch, sealedAfter(head, 1))).rejects.toBeInstanceOf(Deposed);
    expect(await store.lease.renew(epoch, 1000, 1)).toBe(false);
    expect(await grant(store, 'second', 1)).toBeGreaterThan(epoch);
  });

  it('[LED26] refuses the second of two processes that believe they own the ledger', async (test) => {
    const { store, epoch, under } = context();
    if (under.reopen === undefined) return test.skip('this store cannot be opened twice');
    const other = await under.reopen();
    const otherEpoch = await grant(other, 'second', 2000);
    await expect(store.append(GENESIS, epoch, sealedAfter(GENESIS, 1))).rejects.toBeInstanceOf(Deposed);
    await other.append(GENESIS, otherEpoch, sealedAfter(GENESIS, 1));
    expect((await store.head()).seq).toBe(1);
    await expect(other.append(GENESIS, otherEpoch, sealedAfter(GENESIS, 1))).rejects.toBeInstanceOf(HeadMismatch);
    await other.close();
  });
}

const QUERIES: readonly [string, HistoryQuery, (entry: RecordEntry) => boolean][] = [
  ['everything', {}, () => true],
  ['a correlation', { correlation: 'case-3' }, (e) => e.correlation === 'case-3'],
  ['a stream', { stream: 'case/2' }, (e) => e.stream === 'case/2'],
  ['a beginning of the kind', { kind: 'case.' }, (e) => e.kind.startsWith('case.')],
  ['a kind with wildcards in it, taken literally', { kind: 'c%' }, () => false],
  ['a seat', { seat: 'seat-1' }, (e) => e.actor.seat === 'seat-1'],
  ['a time range', { at: { from: 1_790_000_000_010, to: 1_790_000_000_030 } }, (e) => e.seq >= 10 && e.seq <= 30],
  ['a sequence range', { seq: { from: 5, to: 9 } }, (e) => e.seq >= 5 && e.seq <= 9],
  ['an empty range', { seq: { from: 9, to: 5 } }, () => false],
  ['text of the body, quotes included', { text: 'record "4' }, (e) => /^4/.test(String(e.seq))],
  ['text in another letter case, which is other text', { text: 'RECORD' }, () => false],
  [
    'all conditions together',
    { correlation: 'case-3', stream: 'case/2', kind: 'operation', seat: 'seat-1', at: { from: 0 }, seq: { to: 60 } },
    (e) => e.correlation === 'case-3' && e.stream === 'case/2' && e.actor.seat === 'seat-1' && e.seq <= 60,
  ],
];

function histories(context: Context): void {
  for (const [what, query, wanted] of QUERIES) {
    it(`[LED27] finds ${what}, newest or oldest first, over as many pages as it takes`, async () => {
      const { store, fill } = context();
      const expected = (await fill(90)).filter((record) => wanted(open(record)));
      expect(await allPages(store, { ...query, order: 'oldest', limit: 4 })).toEqual(expected);
      expect(await allPages(store, { ...query, limit: 7 })).toEqual(expected.toReversed());
    });
  }

  it('[LED28] ends with the page that holds the last record, and takes the order of pages from the cursor', async () => {
    const { store, fill } = context();
    const records = await fill(10);
    const first = await store.history({ limit: 5 });
    expect(first.records).toEqual(records.slice(5).toReversed());
    await fill(3);
    const second = await store.history({ limit: 5, cursor: first.next as string });
    expect(second).toEqual({ records: records.slice(0, 5).toReversed() });
  });

  it('[LED28] refuses limits and cursors that are none, and answers from an empty ledger', async () => {
    const { store } = context();
    expect(await store.history({})).toEqual({ records: [] });
    for (const limit of [0, 1001, 1.5, -1]) await expect(store.history({ limit })).rejects.toThrow(RangeError);
    for (const cursor of ['', 'x', '0', "1' OR 1=1"])
      await expect(store.history({ cursor })).rejects.toThrow(RangeError);
  });
}

async function allPages(store: Store, query: HistoryQuery): Promise<SealedRecord[]> {
  const all: SealedRecord[] = [];
  let page = await store.history(query);
  for (;;) {
    expect(page.records.length).toBeLessThanOrEqual(query.limit ?? 100);
    all.push(...page.records);
    if (page.next === undefined) return all;
    page = await store.history({ ...query, cursor: page.next });
  }
}

const note = (size: number, by = 'log') => `log\n${size}\nroot\n\n\u2014 ${by} c2ln\n`;

function checkpointing(context: Context): void {
  it('[LED67] keeps checkpoints in order of size, whole, and through closing and opening', async () => {
    const { store, fill, under } = context();
    expect(await store.checkpoint.latest()).toBeNull();
    await store.checkpoint.put(GENESIS, note(0), []);
    const records = await fill(250);
    const stored = records.map(({ hash }, i) => ({ size: i + 1, note: note(i + 1), frontier: [hash] }));
    for (const { size, note: text, frontier } of stored)
      await store.checkpoint.put({ seq: size, hash: frontier[0] as string }, text, frontier);
    expect(await store.checkpoint.latest()).toEqual(stored.at(-1));
    expect(await collect(store.checkpoint.load(-1))).toEqual([{ size: 0, note: note(0), frontier: [] }, ...stored]);
    expect(await collect(store.checkpoint.load(248))).toEqual(stored.slice(248));
    if (under.reopen === undefined) return;
    await store.close();
    await expect(store.checkpoint.latest()).rejects.toBeInstanceOf(StoreUnavailable);
    const again = await under.reopen();
    expect(await again.checkpoint.latest()).toEqual(stored.at(-1));
    await again.close();
  });

  it('[LED67] takes no checkpoint of records it does not have, none before the latest, and no second text of one size', async () => {
    const { store, fill } = context();
    const records = await fill(4);
    const at = (seq: number) => ({ seq, hash: (records[seq - 1] as SealedRecord).hash });
    const put = (seq: number, text: string) => store.checkpoint.put(at(seq), text, []);
    await expect(store.checkpoint.put({ seq: 5, hash: 'a'.repeat(64) }, note(5), [])).rejects.toThrow(RangeError);
    await expect(store.checkpoint.put({ seq: 4, hash: 'a'.repeat(64) }, note(4), [])).rejects.toThrow(/another one/);
    await put(3, note(3));
    await expect(put(2, note(2))).rejects.toThrow(/there is one of 3/);
    await expect(put(3, note(3).replace('root', 'other'))).rejects.toThrow(/fork/);
    await put(3, `${note(3)}\u2014 witness c2ln\n`);
    expect(await collect(store.checkpoint.load(-1))).toEqual([
      { size: 3, note: `${note(3)}\u2014 witness c2ln\n`, frontier: [] },
    ]);
  });
}

function snapshotting(context: Context): void {
  it('[LED29] returns the newest snapshot, keeps two, and none once deleted', async () => {
    const { store, fill, under } = context();
    await fill(9);
    expect(await store.snapshot.load()).toBeNull();
    await store.snapshot.save(3, 'v1', bytes('three'));
    await store.snapshot.save(6, 'v1', bytes('six'));
    await store.snapshot.save(9, 'v2', bytes('nine'));
    expect(await store.snapshot.load()).toEqual({ seq: 9, version: 'v2', bytes: bytes('nine') });
    await under.damageSnapshot?.(9);
    await under.damageSnapshot?.(6);
    if (under.damageSnapshot !== undefined) expect(await store.snapshot.load()).toBeNull();
    await store.snapshot.delete();
    await store.snapshot.delete();
    expect(await store.snapshot.load()).toBeNull();
  });

  it('[LED30] never returns a damaged snapshot: the intact one before it, or null', async (test) => {
    const { store, fill, under } = context();
    if (under.damageSnapshot === undefined || under.truncateSnapshot === undefined)
      return test.skip('no hook to damage');
    await fill(9);
    await store.snapshot.save(3, 'v1', bytes('three'));
    await store.snapshot.save(9, 'v1', bytes('nine'));
    await under.damageSnapshot(9);
    expect(await store.snapshot.load()).toEqual({ seq: 3, version: 'v1', bytes: bytes('three') });
    await under.truncateSnapshot(3);
    expect(await store.snapshot.load()).toBeNull();
    await store.snapshot.save(9, 'v1', bytes('again'));
    expect(await store.snapshot.load()).toMatchObject({ seq: 9, bytes: bytes('again') });
  });

  it('[LED30] takes no snapshot of a record that does not exist', async () => {
    const { store, fill } = context();
    await fill(2);
    await expect(store.snapshot.save(3, 'v1', bytes('ahead'))).rejects.toThrow(RangeError);
    await store.snapshot.save(2, 'v1', new Uint8Array(0));
    expect(await store.snapshot.load()).toEqual({ seq: 2, version: 'v1', bytes: new Uint8Array(0) });
  });
}

function blobbing(context: Context): void {
  it('[LED31] keeps blobs under their digest, once, and answers null for others', async () => {
    const { store } = context();
    const content = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) % 256);
    const digest = await store.blob.put(content);
    expect(digest).toBe(sha256Node(content));
    expect(await store.blob.put(content)).toBe(digest);
    expect(new Uint8Array((await store.blob.get(digest)) as Uint8Array)).toEqual(content);
    expect(await store.blob.get('0'.repeat(64))).toBeNull();
    await expect(store.blob.get('../../etc/passwd')).rejects.toThrow(TypeError);
  });

  it('[LED31] reports a damaged blob instead of returning it, and mends it when it is put again', async (test) => {
    const { store, under } = context();
    if (under.damageBlob === undefined) return test.skip('no hook to damage');
    const digest = await store.blob.put(bytes('evidence'));
    await under.damageBlob(digest);
    await expect(store.blob.get(digest)).rejects.toBeInstanceOf(StoreCorrupt);
    await store.blob.put(bytes('evidence'));
    expect(await store.blob.get(digest)).toEqual(bytes('evidence'));
  });
}
