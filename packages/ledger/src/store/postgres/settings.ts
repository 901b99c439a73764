import type { ClientBase } from 'pg';
import { StoreUnavailable } from '../errors.ts';

/** Oldest PostgreSQL that has all that is used here (`starts_with`, `sha256`). */
const OLDEST = 120_000;

const DURABLE = new Set(['on', 'remote_apply']);

interface Settings {
  readonly version: number;
  readonly standby: boolean;
  readonly synchronous: string;
  readonly fsync: string;
  readonly pages: string;
}

const SETTINGS = `SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS standby,
  current_setting('synchronous_commit') AS synchronous, current_setting('fsync', true) AS fsync,
  current_setting('full_page_writes', true) AS pages`;

/**
 * A connection is used only when what it commits stays committed [LED90]. A weaker `synchronous_commit` is set right for
 * the connection; what only an administrator can set right is refused.
 *
 * @throws StoreUnavailable: terminal, or retryable for a standby (it may be promoted).
 */
export async function prepareConnection(client: ClientBase, where: string): Promise<void> {
  let found = await settingsOf(client);
  if (!DURABLE.has(found.synchronous)) {
    await client.query('SET synchronous_commit = on');
    found = await settingsOf(client);
  }
  const [next, fault] = faultOf(found);
  if (fault !== null) throw new StoreUnavailable(next, `${where} ${fault}`);
}

async function settingsOf(client: ClientBase): Promise<Settings> {
  return (await client.query(SETTINGS)).rows[0] as Settings;
}

function faultOf(found: Settings): readonly ['terminal' | 'retryable', string | null] {
  const { version, standby, synchronous, fsync, pages } = found;
  if (version < OLDEST)
    return ['terminal', `is PostgreSQL ${Math.floor(version / 10_000)}: version 12 or later is needed.`];
  if (standby) return ['retryable', 'is a standby and takes no writes: use the address of the primary.'];
  const weak = Object.entries({ synchronous_commit: synchronous, fsync, full_page_writes: pages }).find(
    ([name, value]) => (name === 'synchronous_commit' ? !DURABLE.has(value) : value === 'off'),
  );
  if (weak === undefined) return ['terminal', null];
  return ['terminal', `runs with ${weak[0]} = ${weak[1]}, so a crash could lose records: set it to on.`];
}
