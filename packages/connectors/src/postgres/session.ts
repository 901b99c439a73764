/** One transaction on a PostgreSQL server, and what its errors mean. */
import type { Client } from 'pg';
import { ToolError } from '../port.ts';
import type { Target } from '../shared/endpoint.ts';

export interface PgOptions {
  readonly target: Target;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  /** Milliseconds for connecting, and for each statement. */
  readonly time: number;
}

interface PgError extends Error {
  readonly code?: string;
}

/** Text of these is text for us: numbers that fit, moments and days as the server writes them, JSON as data. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  20: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text),
  ...Object.fromEntries([21, 23, 26, 700, 701].map((type) => [type, Number])),
  114: (text) => JSON.parse(text),
  3802: (text) => JSON.parse(text),
  17: (text) => Buffer.from(text.replace(/^\\x/, ''), 'hex'),
};
const asText = (text: string): string => text;

/**
 * Do `work` in one transaction and commit it.
 * @param commits called before the commit is sent: until then a lost connection changes nothing
 * @throws ToolError certain for everything the server said no to; other errors as they are
 */
export async function inTransaction<T>(
  options: PgOptions,
  how: 'READ ONLY' | 'READ WRITE',
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
  commits: () => void = () => undefined,
): Promise<T> {
  const client = await connected(options);
  const stop = () => void client.end().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  let sent = false;
  try {
    await client.query(`BEGIN ${how}`);
    const result = await work(client);
    if (signal.aborted) throw new ToolError('transient', 'it was cancelled; nothing was changed');
    commits();
    sent = true;
    await client.query('COMMIT');
    return result;
  } catch (error) {
    throw failureOf(error as PgError, sent);
  } finally {
    signal.removeEventListener('abort', stop);
    await client.end().catch(() => undefined);
  }
}

async function connected({ target, database, user, password, time }: PgOptions): Promise<Client> {
  const { Client: PgClient } = await import('pg');
  const { address: host, port, tls, secure } = target;
  const client = new PgClient({
    ...{ host, port, database, user, connectionTimeoutMillis: time, application_name: 'reeve' },
    ...{ statement_timeout: time, lock_timeout: time, idle_in_transaction_session_timeout: time },
    ...(password === undefined ? {} : { password }),
    ssl: tls === 'none' ? false : { ...secure },
    types: { getTypeParser: (type: number) => PARSERS[type] ?? asText },
  });
  // Errors arrive at the query under way as well; without a listener they would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw failureOf(error as PgError, false);
  }
}

const GOVERNANCE = /^(28|42501)/;
const WRONG = /^(0A|22|23|25006|42|44|P0)/;

/** What the server refused did not happen. A connection that broke before the commit was sent takes everything back. */
function failureOf(error: PgError, sent: boolean): Error {
  if (error instanceof ToolError) return error;
  const { code = '', message } = error;
  if (/certificate|self.signed|altnames|does not support SSL/i.test(message))
    return new ToolError('deterministic', `no protected connection: ${message}; correct host, tls or ca`);
  if (GOVERNANCE.test(code))
    return new ToolError(
      'governance',
      `the database does not permit it: ${message}; check user, secret and rights; nothing was changed`,
    );
  if (WRONG.test(code)) return new ToolError('deterministic', `the database answered: ${message}; nothing was changed`);
  if (/^[0-9A-Z]{5}$/.test(code) && !code.startsWith('08') && !(sent && code.startsWith('57')))
    return new ToolError('transient', `the database answered: ${message}; nothing was changed`);
  if (!sent) return new ToolError('transient', `the database cannot be reached: ${message}; nothing was changed`);
  return new Error(`the connection was lost while it committed: ${message}`);
}
