import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import { StoreUnavailable } from '../errors.ts';
import { closedError } from '../shared.ts';
import { OutcomeUnknown, postgresError } from './errors.ts';
import { migrate, SCHEMA } from './schema.ts';
import { prepareConnection } from './settings.ts';

export interface DatabaseOptions {
  /** `postgres://…`: what the driver takes, sockets included (`?host=/path`). */
  readonly url: string;
  /** Connections at most; 10 unless told otherwise. */
  readonly connections?: number;
  /** Milliseconds to wait for a connection, and for an answer, before either counts as lost. 5,000 and 15,000. */
  readonly connectTimeoutMs?: number;
  readonly answerTimeoutMs?: number;
}

/** Values of parameters: binary where a Buffer is given. */
export type Values = readonly (string | number | Buffer | null)[];

/** What runs statements: the database (each in a transaction of its own), or a transaction. */
export interface Runner {
  run<R extends QueryResultRow>(sql: string, values?: Values): Promise<R[]>;
}

/** Milliseconds since 1970 by the clock of the database, the only one that all its users share. */
export const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/**
 * A database that many organisations share: a pool of connections that were each found to be durable. A connection that met
 * an error is never used again.
 */
export class Database implements Runner {
  /** Host and database, without user or password. */
  readonly where: string;
  readonly #pool: Pool;
  readonly #names = new Map<string, string>();
  #closed = false;

  private constructor(options: DatabaseOptions) {
    const { url, connections = 10, connectTimeoutMs = 5000, answerTimeoutMs = 15_000 } = options;
    this.where = placeOf(url);
    this.#pool = new Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: answerTimeoutMs,
      // The server gives up before the client does, so that what was given up does not go on there.
      statement_timeout: Math.max(1, answerTimeoutMs - 1000),
      idle_in_transaction_session_timeout: answerTimeoutMs,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5000,
      application_name: 'reeve',
      onConnect: async (client) => {
        // A connection that breaks fails the query under way, which is where it is noticed.
        client.on('error', () => {});
        await prepareConnection(client, this.where);
        await client.query(`SET search_path = ${SCHEMA}`);
      },
    });
    // An idle connection that breaks is replaced when it is needed.
    this.#pool.on('error', () => {});
  }

  /** @throws StoreUnavailable if it cannot be reached, is not durable, or was written by a newer Reeve. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const database = new Database(options);
    try {
      await database.#withClient((client) => migrate(client));
      return database;
    } catch (error) {
      await database.close();
      throw error instanceof OutcomeUnknown ? unanswered(database.where, error) : error;
    }
  }

  /** One statement, prepared once per connection. @throws OutcomeUnknown when the connection broke, and others of the store. */
  async run<R extends QueryResultRow>(sql: string, values: Values = []): Promise<R[]> {
    return this.#withClient((client) => this.#query<R>(client, sql, values));
  }

  /** All of `work` is committed, or nothing of it. */
  async transaction<T>(work: (tx: Runner) => Promise<T>): Promise<T> {
    return this.#withClient(async (client) => {
      await client.query('BEGIN');
      const result = await work({ run: (sql, values = []) => this.#query(client, sql, values) });
      await client.query('COMMIT');
      return result;
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pool.end();
  }

  async #query<R extends QueryResultRow>(client: PoolClient, text: string, values: Values): Promise<R[]> {
    const name = this.#names.get(text) ?? `reeve-${this.#names.size}`;
    this.#names.set(text, name);
    return (await client.query<R>({ name, text, values: values as unknown[] })).rows;
  }

  async #withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    if (this.#closed) throw closedError();
    let client: PoolClient | undefined;
    let failed: Error | undefined;
    try {
      client = await this.#pool.connect();
      return await work(client);
    } catch (error) {
      failed = error as Error;
      throw postgresError(this.where, error);
    } finally {
      // A transaction that failed ends with its connection.
      client?.release(failed);
    }
  }
}

/** Before anything was asked of it nothing can be unknown. */
function unanswered(where: string, { cause }: OutcomeUnknown): StoreUnavailable {
  const why = `${where} does not answer (${(cause as Error).message}): check that it runs, and address and port.`;
  return new StoreUnavailable('retryable', why, { cause });
}

function placeOf(url: string): string {
  try {
    const { host, pathname, searchParams } = new URL(url);
    return `the database ${host || (searchParams.get('host') ?? 'local socket')}${pathname}`;
  } catch {
    return 'the database';
  }
}
