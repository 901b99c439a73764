import { GENESIS, type Head, headOf, type SealedRecord } from '../../chain.ts';
import { Deposed, HeadMismatch, StoreUnavailable } from '../errors.ts';
import type { HistoryPage, HistoryQuery, Lease, Store } from '../port.ts';
import { closedError, readBatch } from '../shared.ts';
import { tableBlobs } from './blobs.ts';
import { tableCheckpoints } from './checkpoints.ts';
import { Database, type DatabaseOptions, type Runner } from './database.ts';
import { OutcomeUnknown } from './errors.ts';
import { history } from './history.ts';
import { type LeaseTime, Renewals, rowLease } from './lease.ts';
import { ARRAYS, insertArrays, type Row, toSealed } from './rows.ts';
import { tableSnapshots } from './snapshots.ts';
import { tableWords } from './words.ts';

export { Database, type DatabaseOptions, NOW, type Runner } from './database.ts';
export { OutcomeUnknown } from './errors.ts';
export { type FileRow, type Files, filesOfAll, tableFiles } from './files.ts';
export { type DatabaseSight, inspectDatabase } from './inspect.ts';
export { type KeyRing, postgresKeys, resealKeys, tagKeyOf } from './keys.ts';
export type { LeaseTime } from './lease.ts';
export { type NodeRow, Nodes, type Placement, type SecretInUse } from './nodes.ts';

// One statement is one transaction: it moves the head of the organisation's row if epoch and head are as expected, and
// inserts the records only if it did. Whoever else writes waits for the row and then finds another head.

const PAGE = 500;

const unnested = ARRAYS.map((type, i) => `$${i + 9}::${type}[]`).join(', ');
const APPEND = `WITH moved AS (
    UPDATE organisation SET seq = $5, hash = $6, at = $7
    WHERE id = $1 AND epoch = $2 AND holder IS NOT NULL AND seq = $3 AND hash = $4 AND at <= $8 RETURNING id),
  done AS (INSERT INTO record (org, seq, at, kind, stream, correlation, seat, header, body, hash)
    SELECT moved.id, r.* FROM moved, unnest(${unnested}) AS r RETURNING 1)
  SELECT count(*)::int AS count FROM done`;
const STATE = 'SELECT seq, hash, at, epoch, holder FROM organisation WHERE id = $1';
const LOAD = 'SELECT seq, header, body, hash FROM record WHERE org = $1 AND seq > $2 ORDER BY seq LIMIT $3';
const HASH_AT = 'SELECT hash FROM record WHERE org = $1 AND seq = $2';

/** How often an append whose outcome is not known is tried again, and the waits between, in milliseconds. */
const AGAIN = { times: 3, wait: 100 } as const;

interface State extends Head {
  readonly at: number;
  readonly epoch: number;
  readonly holder: string | null;
}

/** The ledgers of many organisations in one database. */
export interface PostgresStores {
  readonly database: Database;
  /** The store of one organisation, made if it is not there. Closing it closes it alone. */
  store(organisation: string, options?: { readonly leaseTime?: LeaseTime }): Promise<Store & { readonly id: number }>;
  /** Closes the connections; every store then throws StoreUnavailable. */
  close(): Promise<void>;
}

/**
 * Opens a PostgreSQL database for ledgers, making its tables (in the schema `reeve`) if they are not there.
 *
 * @throws StoreUnavailable: not reachable (retryable), not durable, no rights, written by a newer Reeve (terminal).
 */
export async function postgresStores(options: DatabaseOptions): Promise<PostgresStores> {
  const database = await Database.open(options);
  const renewals = new Renewals(database);
  return {
    database,
    store: async (organisation, { leaseTime = 'database' } = {}) =>
      new PostgresStore(database, renewals, await idOf(database, organisation), leaseTime),
    close: () => database.close(),
  };
}

async function idOf(database: Database, name: string): Promise<number> {
  const find = () => database.run<{ id: number }>('SELECT id FROM organisation WHERE name = $1', [name]);
  const [there] = await find();
  if (there !== undefined) return there.id;
  await database.run('INSERT INTO organisation (name) VALUES ($1) ON CONFLICT (name) DO NOTHING', [name]);
  const [made] = await find();
  if (made === undefined) throw new StoreUnavailable('retryable', `the organisation "${name}" was removed just now`);
  return made.id;
}

class PostgresStore implements Store {
  readonly id: number;
  readonly checkpoint;
  readonly snapshot;
  readonly blob;
  readonly words;
  readonly lease: Lease;
  readonly #database: Database;
  #closed = false;

  constructor(database: Database, renewals: Renewals, id: number, leaseTime: LeaseTime) {
    this.#database = database;
    this.id = id;
    const use = () => this.#use();
    const hashAt = (run: Runner, seq: number) => this.#hashAt(run, seq);
    this.checkpoint = tableCheckpoints(use, id, hashAt);
    this.snapshot = tableSnapshots(use, id, hashAt);
    this.blob = tableBlobs(use, id);
    this.words = tableWords(use, id);
    this.lease = rowLease(use, renewals, id, leaseTime);
  }

  async *load(after: number, limit = Number.POSITIVE_INFINITY): AsyncGenerator<SealedRecord> {
    let last = after;
    for (let left = limit; left > 0; left -= PAGE) {
      const rows = await this.#use().run<Row>(LOAD, [this.id, last, Math.min(PAGE, left)]);
      for (const row of rows) yield toSealed(row);
      const end = rows.at(-1);
      if (end === undefined || rows.length < PAGE) return;
      last = Number(end.seq);
    }
  }

  async head(): Promise<Head> {
    const { seq, hash } = await this.#state();
    return { seq, hash };
  }

  async append(expected: Head, epoch: number, records: readonly SealedRecord[]): Promise<void> {
    const fault = await this.#append(expected, epoch, records);
    if (fault !== null) throw fault;
  }

  history(query: HistoryQuery): Promise<HistoryPage> {
    return this.head().then(({ seq }) => history(this.#use(), this.id, query, seq));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** Null when written; else why not. A batch that cannot be read is refused after epoch and head, as the port says. */
  async #append(expected: Head, epoch: number, records: readonly SealedRecord[]): Promise<Error | null> {
    const [batch, unreadable] = prepare(expected, epoch, records);
    if (batch === null) return this.#faultOf(expected, epoch, records, unreadable);
    const values = [this.id, ...batch];
    for (let tries = 0; ; tries++) {
      try {
        const [{ count }] = (await this.#use().run<{ count: number }>(APPEND, values)) as [{ count: number }];
        if (count === records.length) return null;
        // [LED93] An earlier try of this very batch was committed: nobody else can have made this hash.
        const now = await this.#state();
        if (tries > 0 && now.epoch === epoch && now.hash === headOf(records, expected).hash) return null;
        return this.#faultOf(expected, epoch, records, null);
      } catch (error) {
        if (!(error instanceof OutcomeUnknown) || tries >= AGAIN.times || this.#closed) throw error;
        await new Promise((resolve) => setTimeout(resolve, AGAIN.wait * 2 ** tries));
      }
    }
  }

  async #faultOf(
    expected: Head,
    epoch: number,
    records: readonly SealedRecord[],
    unreadable: Error | null,
  ): Promise<Error | null> {
    const { seq, hash, at, epoch: current, holder } = await this.#state();
    if (holder === null || current !== epoch) return new Deposed(epoch, current, holder);
    if (seq !== expected.seq || hash !== expected.hash) return new HeadMismatch(expected, { seq, hash });
    if (unreadable !== null) return unreadable;
    readBatch({ seq, at }, records);
    return records.length === 0 ? null : new StoreUnavailable('retryable', 'nothing was written: try again');
  }

  async #state(): Promise<State> {
    type Raw = { seq: string; hash: Buffer; at: string; epoch: string; holder: string | null };
    const [row] = await this.#use().run<Raw>(STATE, [this.id]);
    if (row === undefined) throw new StoreUnavailable('terminal', 'the organisation was removed from the database');
    const { seq, hash, at, epoch, holder } = row;
    return { seq: Number(seq), hash: hash.toString('hex'), at: Number(at), epoch: Number(epoch), holder };
  }

  async #hashAt(run: Runner, seq: number): Promise<string | undefined> {
    if (seq === 0) return GENESIS.hash;
    const [row] = await run.run<{ hash: Buffer }>(HASH_AT, [this.id, seq]);
    return row?.hash.toString('hex');
  }

  #use(): Database {
    if (this.#closed) throw closedError();
    return this.#database;
  }
}

type Batch = (string | number | Buffer)[];

/** Parameters of the append after the id; null with nothing to write, or with what is wrong with the batch in itself. */
function prepare(expected: Head, epoch: number, records: readonly SealedRecord[]): [Batch | null, Error | null] {
  if (records.length === 0) return [null, null];
  try {
    const headers = readBatch({ seq: expected.seq, at: 0 }, records);
    const [first, last, head] = [headers[0]!, headers.at(-1)!, headOf(records, expected)];
    const place = [epoch, expected.seq, Buffer.from(expected.hash, 'hex'), head.seq, Buffer.from(head.hash, 'hex')];
    return [[...place, last.at, first.at, ...insertArrays(headers, records)], null];
  } catch (error) {
    return [null, error as Error];
  }
}
