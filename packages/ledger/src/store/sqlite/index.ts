import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { GENESIS, type Head, type SealedRecord } from '../../chain.ts';
import { type Records, recordsIn } from '../../pages.ts';
import { Deposed, HeadMismatch } from '../errors.ts';
import type { CheckpointStore, HistoryPage, HistoryQuery, Lease, Store, WordIndex } from '../port.ts';
import { closedError, readBatch } from '../shared.ts';
import { appender, type Batch, type Place, type Verdict } from './appending.js';
import { fileBlobs } from './blobs.ts';
import { type Statement, tableCheckpoints } from './checkpoints.ts';
import { fileError, makeDirectory, syncDirectory } from './durable-file.ts';
import { sqliteError } from './errors.ts';
import { history } from './history.ts';
import { hashText, insertValues, linesOf, type Row } from './rows.ts';
import { closeDatabase, pragma, prepareDatabase } from './schema.ts';
import { fileSnapshots } from './snapshots.ts';
import { type Transactions, transactions } from './transaction.ts';
import { tableWords } from './words.ts';
import { Writer } from './writer.ts';

// Who may write: any number of processes may open the file; `append` checks epoch and head inside BEGIN IMMEDIATE, which
// SQLite grants to one connection at a time. Statements are synchronous, so a transaction never spans an await. Under load
// a thread with a connection of its own appends [LED110].

export interface SqliteOptions {
  /** Directory of one organisation: `ledger.db`, `snapshot-<seq>` and `blobs/`. Made, for this user only, if missing. */
  readonly directory: string;
  /** How long to wait for another process's transaction before giving up as retryable. 2000 unless told otherwise. */
  readonly busyTimeoutMs?: number;
  /** Largest size of the database file; beyond it appends fail with StoreFull. Unlimited unless told otherwise. */
  readonly maxBytes?: number;
  /**
   * Appends of at least so many records are written on a thread of their own, begun when there have been many of them; 0: all
   * are, from the opening. 8 unless told otherwise.
   */
  readonly threadFrom?: number;
}

const PAGE = 500;
/** SQLite writes hexadecimal text faster than it hands over bytes. */
const PAGE_SQL = 'SELECT header, body, lower(hex(hash)) AS hash FROM records WHERE seq > ? ORDER BY seq LIMIT ?';
const PAGE_END_SQL = 'SELECT max(seq) AS seq FROM (SELECT seq FROM records WHERE seq > ? ORDER BY seq LIMIT ?)';
/** Handing over fewer records costs more than writing them. */
const WORTH_A_THREAD = 8;
/** After so many appends of that size the thread is begun. */
const BUSY = 64;

/**
 * Opens the SQLite store of one organisation, creating it if it is not there.
 *
 * @throws StoreUnavailable (no permission, newer schema, settings that did not take), StoreCorrupt (not a ledger).
 */
export async function sqliteStore(options: SqliteOptions): Promise<Store> {
  const { directory, busyTimeoutMs = 2000, maxBytes, threadFrom = WORTH_A_THREAD } = options;
  const path = join(directory, 'ledger.db');
  try {
    await makeDirectory(directory);
    const { db, maxPages } = openDatabase(path, busyTimeoutMs, maxBytes);
    await syncDirectory(directory);
    const begin = () => new Writer({ path, timeout: busyTimeoutMs, maxPages });
    const writer = threadFrom === 0 ? begin() : null;
    await writer?.started;
    return new SqliteStore(db, directory, { from: threadFrom, begin, writer });
  } catch (error) {
    throw fileErrorUnlessOurs(path, error);
  }
}

function openDatabase(
  path: string,
  timeout: number,
  maxBytes: number | undefined,
): { db: DatabaseSyncInstance; maxPages: number | null } {
  let db: DatabaseSyncInstance | undefined;
  try {
    db = new DatabaseSync(path, { timeout });
    prepareDatabase(db, path);
    const maxPages =
      maxBytes === undefined ? null : Math.max(1, Math.floor(maxBytes / Number(pragma(db, 'page_size'))));
    if (maxPages !== null) db.exec(`PRAGMA max_page_count = ${maxPages}`);
    return { db, maxPages };
  } catch (error) {
    db?.close();
    throw sqliteError(path, error);
  }
}

function fileErrorUnlessOurs(path: string, error: unknown): unknown {
  return error instanceof Error && 'syscall' in error ? fileError(path, error) : error;
}

/** What `work` gives, or what it throws. */
function attempt<T>(work: () => T): { readonly value?: T; readonly error?: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

export { copyDatabase, copyLedger, destroyKeys } from './copy.ts';
export { inspectLedger, type LedgerFile } from './inspect.ts';

type Headers = ReturnType<typeof readBatch>;

interface Threading {
  /** Records. */
  readonly from: number;
  readonly begin: () => Writer;
  writer: Writer | null;
}

class SqliteStore implements Store {
  readonly checkpoint: CheckpointStore;
  readonly words: WordIndex;
  readonly snapshot;
  readonly blob;
  readonly lease: Lease;
  readonly #db: DatabaseSyncInstance;
  readonly #path: string;
  readonly #tx: Transactions;
  readonly #statements = new Map<string, StatementSyncInstance>();
  readonly #append: (batch: Batch) => Verdict;
  readonly #thread: Threading;
  #large = 0;
  /** What this store appended last, so that it need not be looked up. */
  #latest: (Head & { readonly at: number }) | null = null;

  constructor(db: DatabaseSyncInstance, directory: string, thread: Threading) {
    this.#db = db;
    this.#path = join(directory, 'ledger.db');
    this.#tx = transactions(db, this.#path, closedError);
    this.#append = appender(db);
    this.#thread = thread;
    const tables = {
      read: <T>(work: (statement: Statement) => T) => this.#tx.run(() => work((sql) => this.#statement(sql))),
      write: <T>(work: (statement: Statement) => T) => this.#tx.write(() => work((sql) => this.#statement(sql))),
    };
    this.words = tableWords(tables);
    this.checkpoint = tableCheckpoints({
      ...tables,
      hashAt: (seq) => this.#hashAt(seq),
    });
    this.snapshot = fileSnapshots(directory, (seq) => this.#tx.run(() => this.#hashAt(seq)));
    this.blob = fileBlobs(join(directory, 'blobs'), () => this.#use());
    this.lease = {
      acquire: async (holder, ttlMs, now) => this.#tx.write(() => this.#acquire(holder, ttlMs, now)),
      renew: async (epoch, ttlMs, now) =>
        this.#change('UPDATE lease SET until = ? WHERE epoch = ? AND holder IS NOT NULL', now + ttlMs, epoch),
      release: async (epoch) => {
        this.#change('UPDATE lease SET holder = NULL, until = 0 WHERE epoch = ?', epoch);
      },
    };
  }

  load(after: number, limit = Number.POSITIVE_INFINITY): Records {
    return recordsIn(() => this.#pages(after, limit));
  }

  async *#pages(after: number, limit: number): AsyncGenerator<SealedRecord[], void, undefined> {
    let last = after;
    for (let left = limit; left > 0; left -= PAGE) {
      const { rows, end } = this.#tx.run(() => this.#page(last, Math.min(PAGE, left)));
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE) return;
      last = end;
    }
  }

  /** Where a page ends is asked for: a ledger somebody has cut holes into is still read once, from front to back. */
  #page(after: number, limit: number): { rows: SealedRecord[]; end: number } {
    const rows = this.#statement(PAGE_SQL).all(after, limit) as SealedRecord[];
    return { rows, end: this.#statement(PAGE_END_SQL).get(after, limit).seq };
  }

  async head(): Promise<Head> {
    const { seq, hash } = this.#tx.run(() => this.#last());
    return { seq, hash };
  }

  async append(expected: Head, epoch: number, records: readonly SealedRecord[]): Promise<void> {
    const before = this.#latest?.seq === expected.seq ? this.#latest : this.#tx.run(() => this.#last());
    const read = attempt(() => readBatch(before, records));
    const place = { epoch, expected: { seq: expected.seq, hash: expected.hash } };
    // A batch with a fault is not written, but a lost lease or another head is told first.
    const verdict = await this.#commit(place, read.value ?? [], read.value ? records : []);
    if ('deposedBy' in verdict) throw new Deposed(epoch, verdict.deposedBy);
    if ('head' in verdict) throw new HeadMismatch(expected, verdict.head);
    if (read.error !== undefined) throw read.error;
    const [header, record] = [read.value?.at(-1), records.at(-1)];
    if (header && record) this.#latest = { seq: header.seq, at: header.at, hash: record.hash };
  }

  async #commit(place: Place, headers: Headers, records: readonly SealedRecord[]): Promise<Verdict> {
    this.#use();
    const thread = this.#thread;
    const large = headers.length >= thread.from;
    if (large && ++this.#large === BUSY) thread.writer ??= thread.begin();
    try {
      if (large && thread.writer?.usable) return await thread.writer.append({ ...place, lines: linesOf(records) });
      const values = headers.flatMap((header, i) => insertValues(header, records[i] as SealedRecord));
      return this.#append({ ...place, values });
    } catch (error) {
      throw sqliteError(this.#path, error);
    }
  }

  async history(query: HistoryQuery): Promise<HistoryPage> {
    try {
      return await history(() => this.#use(), query, (await this.head()).seq);
    } catch (error) {
      throw sqliteError(this.#path, error);
    }
  }

  async close(): Promise<void> {
    if (!this.#db.isOpen) return;
    await this.#thread.writer?.close();
    this.#thread.writer = null;
    this.#statements.clear();
    closeDatabase(this.#db);
  }

  #acquire(holder: string, ttlMs: number, now: number): Awaited<ReturnType<Lease['acquire']>> {
    const held = this.#leaseRow();
    if (held.holder !== null && held.holder !== holder && held.until > now) {
      return { heldBy: held.holder, until: held.until };
    }
    const epoch = held.epoch + 1;
    this.#statement('UPDATE lease SET epoch = ?, holder = ?, until = ?').run(epoch, holder, now + ttlMs);
    return { epoch };
  }

  #leaseRow(): { epoch: number; holder: string | null; until: number } {
    return this.#statement('SELECT epoch, holder, until FROM lease').get();
  }

  /** The last record's place in the chain, and its time. */
  #last(): Head & { at: number } {
    const row = this.#statement('SELECT seq, hash, at FROM records ORDER BY seq DESC LIMIT 1').get();
    return row === undefined ? { ...GENESIS, at: 0 } : { seq: row.seq, hash: hashText(row.hash), at: row.at };
  }

  #hashAt(seq: number): string | undefined {
    if (seq === 0) return GENESIS.hash;
    const row = this.#statement('SELECT hash FROM records WHERE seq = ?').get(seq) as Row | undefined;
    return row === undefined ? undefined : hashText(row.hash);
  }

  /** Runs one update in its own transaction: did it change anything? */
  #change(sql: string, ...values: unknown[]): boolean {
    return this.#tx.write(() => this.#statement(sql).run(...values).changes > 0);
  }

  #use(): DatabaseSyncInstance {
    if (!this.#db.isOpen) throw closedError();
    return this.#db;
  }

  #statement(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
