import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENESIS, headOf } from '../src/chain.ts';
import { pagesOf } from '../src/pages.ts';
import { sealedAfter, storeContract } from '../src/store/contract-suite.ts';
import { type Store, StoreCorrupt, StoreFull, StoreUnavailable } from '../src/store/port.ts';
import { history } from '../src/store/sqlite/history.ts';
import { sqliteStore } from '../src/store/sqlite/index.ts';
import { pragma, prepareDatabase } from '../src/store/sqlite/schema.ts';
import { Writer } from '../src/store/sqlite/writer.ts';
import { verify } from '../src/verify.ts';

const TYPESCRIPT = new URL('../../../bin/typescript.js', import.meta.url).href;
const APPENDER = new URL('./appender.ts', import.meta.url);

async function flipLastByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
  await writeFile(path, bytes);
}

const subject = (options: { threadFrom?: number }) => async () => {
  const directory = await mkdtemp(join(tmpdir(), 'reeve-ledger-'));
  const snapshot = (seq: number) => join(directory, `snapshot-${seq}`);
  return {
    store: await sqliteStore({ directory, ...options }),
    reopen: () => sqliteStore({ directory, ...options }),
    damageSnapshot: (seq: number) => flipLastByte(snapshot(seq)),
    truncateSnapshot: async (seq: number) => truncate(snapshot(seq), (await readFile(snapshot(seq))).length - 1),
    damageBlob: (digest: string) => flipLastByte(join(directory, 'blobs', digest.slice(0, 2), digest.slice(2))),
    cleanup: () => rm(directory, { recursive: true, force: true }),
  };
};

storeContract('the SQLite store', subject({}));
storeContract('the SQLite store that writes on a thread [LED110]', subject({ threadFrom: 0 }));

describe('the SQLite store on disk', () => {
  let directory: string;
  let path: string;
  const open: Store[] = [];

  const openStore = async (
    options: { maxBytes?: number; busyTimeoutMs?: number; threadFrom?: number } = {},
  ): Promise<Store> => {
    const store = await sqliteStore({ directory, ...options });
    open.push(store);
    return store;
  };
  const owner = async (store: Store): Promise<number> => {
    const granted = await store.lease.acquire('test', 1000, 0);
    return 'epoch' in granted ? granted.epoch : Number.NaN;
  };
  const raw = <T>(work: (db: InstanceType<typeof DatabaseSync>) => T): T => {
    const db = new DatabaseSync(path);
    try {
      return work(db);
    } finally {
      db.close();
    }
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'reeve-ledger-'));
    path = join(directory, 'ledger.db');
  });
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('[LED24] reads each record once, in pages too, also where somebody has cut holes', async () => {
    const store = await openStore();
    const records = sealedAfter(GENESIS, 1300);
    await store.append(GENESIS, await owner(store), records);
    raw((db) => db.exec('DELETE FROM records WHERE seq BETWEEN 300 AND 420 OR seq = 1000'));
    const left = records.filter((_, i) => !(i >= 299 && i < 420) && i !== 999);
    const one: unknown[] = [];
    for await (const record of store.load(0)) one.push(record);
    expect(one).toEqual(left);
    const paged: unknown[] = [];
    for await (const page of pagesOf(store.load(0))) paged.push(...page);
    expect(paged).toEqual(left);
    expect(await verify(store.load(0))).toMatchObject({ ok: false, count: 299, firstBad: { seq: 300, what: 'seq' } });
  });

  it.each([
    ['here', {}],
    ['on a thread', { threadFrom: 0 }],
  ])(
    '[LED32, LED110] written %s, fails a full disk as StoreFull and leaves the ledger exactly as it was',
    async (_where, options) => {
      const store = await openStore({ maxBytes: 64 * 1024, ...options });
      const epoch = await owner(store);
      await store.append(GENESIS, epoch, sealedAfter(GENESIS, 3));
      const head = await store.head();
      const big = sealedAfter(head, 50, () => ({ body: 'x'.repeat(4000) }));
      const failure = await store.append(head, epoch, big).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StoreFull);
      expect(failure).toMatchObject({ next: 'retryable' });
      expect(await store.head()).toEqual(head);
      await store.append(head, epoch, sealedAfter(head, 2));
      await store.close();
      const roomy = await openStore();
      expect(await verify(roomy.load(0))).toMatchObject({ ok: true, count: 5 });
      const after = await roomy.head();
      await roomy.append(
        after,
        epoch,
        sealedAfter(after, 50, () => ({ body: 'x'.repeat(4000) })),
      );
      expect(await verify(roomy.load(0))).toMatchObject({ ok: true, count: 55 });
    },
  );

  it('[LED33] refuses a file of a newer schema and a database of something else, and changes neither', async () => {
    await (await openStore()).close();
    raw((db) => db.exec('PRAGMA user_version = 4'));
    await expect(sqliteStore({ directory })).rejects.toThrow(/newer Reeve/);
    raw((db) => db.exec('PRAGMA user_version = 3; PRAGMA application_id = 7'));
    await expect(sqliteStore({ directory })).rejects.toBeInstanceOf(StoreCorrupt);
    expect(raw((db) => db.prepare('PRAGMA application_id').get())).toEqual({ application_id: 7 });
    await rm(path);
    raw((db) => db.exec('CREATE TABLE mine (a)'));
    await expect(sqliteStore({ directory })).rejects.toThrow(/not one of a Reeve ledger/);
    expect(raw((db) => db.prepare('PRAGMA journal_mode').get())).toEqual({ journal_mode: 'delete' });
    await rm(path);
    await writeFile(path, 'certainly not a database, but long enough to be looked at as one'.repeat(20));
    await expect(sqliteStore({ directory })).rejects.toBeInstanceOf(StoreCorrupt);
  });

  it('[LED33] adds what a file of an older schema lacks, and keeps what it has', async () => {
    const store = await openStore();
    const records = sealedAfter(GENESIS, 3);
    await store.append(GENESIS, await owner(store), records);
    await store.close();
    raw((db) =>
      db.exec(
        'DROP TABLE checkpoints; DROP TABLE words; DROP TABLE words_about; DROP TABLE words_state; PRAGMA user_version = 1',
      ),
    );
    const again = await openStore();
    expect(await verify(again.load(0))).toMatchObject({ ok: true, count: 3 });
    await again.checkpoint.put(await again.head(), 'log\n3\nroot\n\nsigned', []);
    expect(await again.checkpoint.latest()).toMatchObject({ size: 3 });
    expect(await again.words.begin('v1')).toBe(0);
  });

  it('[LED23] is whole in the one file once it is closed, so that this can be copied', async () => {
    const store = await openStore();
    await store.append(GENESIS, await owner(store), sealedAfter(GENESIS, 50));
    await store.close();
    for (const name of await readdir(directory))
      if (name.endsWith('-wal')) expect((await stat(join(directory, name))).size).toBe(0);
    expect(raw((db) => db.prepare('SELECT count(*) AS n FROM records').get())).toEqual({ n: 50 });
  });

  it('[LED110] begins to write on a thread when there is much to write, in one chain and whole when it is closed', async () => {
    const store = await openStore();
    const epoch = await owner(store);
    let head = GENESIS;
    for (let n = 0; n < 200; n++) {
      const records = sealedAfter(head, n % 3 === 0 ? 2 : 20);
      await store.append(head, epoch, records);
      head = headOf(records, head);
    }
    expect(await verify(store.load(0), { expected: head })).toMatchObject({ ok: true, count: head.seq });
    await store.close();
    const alone = join(directory, 'alone');
    await mkdir(alone);
    await copyFile(path, join(alone, 'ledger.db'));
    const copy = await sqliteStore({ directory: alone });
    expect(await copy.head()).toEqual(head);
    await copy.close();
  });

  it('[LED110] ends what waits for it when the thread is lost, and is not used again', async () => {
    const writer = new Writer({ path: join(directory, 'not', 'there.db'), timeout: 10, maxPages: null });
    await writer.started;
    expect(writer.usable).toBe(false);
    await writer.close();
  });

  it('[LED34, LED110] on a thread too, is retryable while another process holds the write lock', async () => {
    const store = await openStore({ busyTimeoutMs: 20, threadFrom: 0 });
    const epoch = await owner(store);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.append(GENESIS, epoch, sealedAfter(GENESIS, 1))).rejects.toMatchObject({ next: 'retryable' });
    other.exec('ROLLBACK');
    other.close();
    await store.append(GENESIS, epoch, sealedAfter(GENESIS, 1));
    expect((await store.head()).seq).toBe(1);
  });

  it('[LED34] is retryable while another process holds the write lock, and works once it lets go', async () => {
    const store = await openStore({ busyTimeoutMs: 20 });
    const epoch = await owner(store);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const failure = await store.append(GENESIS, epoch, sealedAfter(GENESIS, 1)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreUnavailable);
    expect(failure).toMatchObject({ next: 'retryable' });
    other.exec('ROLLBACK');
    other.close();
    await store.append(GENESIS, epoch, sealedAfter(GENESIS, 1));
    expect((await store.head()).seq).toBe(1);
  });

  it('[LED35] sets WAL and synchronous=FULL on every opening and refuses a file where they do not take', () => {
    for (let opening = 0; opening < 2; opening++) {
      raw((db) => {
        db.exec('PRAGMA synchronous = OFF');
        prepareDatabase(db, path);
        expect([pragma(db, 'journal_mode'), pragma(db, 'synchronous')]).toEqual(['wal', 2]);
      });
    }
    // A database in memory cannot do WAL, as some network file systems cannot.
    const memory = new DatabaseSync(':memory:');
    expect(() => prepareDatabase(memory, ':memory:')).toThrow(/journal_mode = memory instead of wal/);
    memory.close();
  });

  it('[LED30] believes no snapshot of another chain', async () => {
    const store = await openStore();
    await store.append(GENESIS, await owner(store), sealedAfter(GENESIS, 2));
    await store.snapshot.save(2, 'v1', new Uint8Array([1]));
    await store.close();
    await rm(path);
    const other = await openStore();
    expect(await other.snapshot.load()).toBeNull();
    await other.append(
      GENESIS,
      await owner(other),
      sealedAfter(GENESIS, 2, () => ({ body: 'another history' })),
    );
    expect(await other.snapshot.load()).toBeNull();
  });

  it('[LED27] scans long histories in slices and misses nothing where they meet', async () => {
    const store = await openStore();
    await store.append(GENESIS, await owner(store), sealedAfter(GENESIS, 50));
    const db = new DatabaseSync(path);
    for (const order of ['newest', 'oldest'] as const) {
      for (const query of [{}, { seat: 'seat-1' }, { text: 'record "4' }, { seq: { from: 6, to: 41 } }]) {
        for (const slice of [1, 7, 25, 49, 50]) {
          const sliced = await history(() => db, { ...query, order, limit: 20 }, 50, slice);
          expect(sliced).toEqual(await store.history({ ...query, order, limit: 20 }));
        }
      }
    }
    db.close();
  });

  it('[LED11] has its tampered rows named by verification', async () => {
    const store = await openStore();
    await store.append(GENESIS, await owner(store), sealedAfter(GENESIS, 30));
    raw((db) => db.exec(`UPDATE records SET body = replace(body, '"number":12', '"number":13') WHERE seq = 12`));
    expect(await verify(store.load(0))).toMatchObject({
      ok: false,
      count: 11,
      firstBad: { seq: 12, index: 11, what: 'body' },
    });
    raw((db) => db.exec('DELETE FROM records WHERE seq = 8'));
    expect(await verify(store.load(0))).toMatchObject({ firstBad: { seq: 8, index: 7, what: 'seq' } });
  });

  it('[LED36] leaves no temporary files behind and makes its directories for this user only', async () => {
    const inside = join(directory, 'orgs', 'acme');
    const store = await sqliteStore({ directory: inside });
    open.push(store);
    await store.append(GENESIS, await owner(store), sealedAfter(GENESIS, 1));
    const digest = await store.blob.put(new Uint8Array([1, 2, 3]));
    await store.snapshot.save(1, 'v1', new Uint8Array([1]));
    const names = await readdir(inside, { recursive: true });
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(names).toContain(join('blobs', digest.slice(0, 2), digest.slice(2)));
    expect(names).toContain('snapshot-1');
    if (process.platform !== 'win32') expect((await stat(inside)).mode & 0o777).toBe(0o700);
  });

  it('[LED37] loses nothing it acknowledged when the process is killed, and keeps a second process out (R-D26)', async () => {
    const child = spawn(process.execPath, ['--import', TYPESCRIPT, fileURLToPath(APPENDER), directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line);
      if (acknowledged >= 90) break;
    }
    const store = await openStore();
    expect(await store.lease.acquire('test', 1000, 0)).toMatchObject({ heldBy: 'appender' });
    const [head] = [await store.head(), child.kill('SIGKILL')];
    await once(child, 'exit');
    const result = await verify(store.load(0), { expected: head });
    expect(result).toMatchObject({ ok: true });
    expect(result.count).toBeGreaterThanOrEqual(Math.max(acknowledged, 90));
  });
});
