import { Database, NOW } from './database.ts';

/** What there is to see of the database that ledgers are in. */
export interface DatabaseSight {
  readonly where: string;
  /** Milliseconds of one question and its answer. */
  readonly roundTrip: number;
  /** By how much its clock is ahead of this machine's, in milliseconds; as exact as half a round trip. */
  readonly ahead: number;
  /** Standbys, and those of them that a commit waits for; null when this user may not see them. */
  readonly standbys: { readonly all: number; readonly synchronous: number } | null;
}

interface Row extends Record<string, unknown> {
  readonly now: string;
  readonly all: string;
  readonly synchronous: string;
  readonly visible: boolean;
}

const SIGHT = `SELECT ${NOW}::text AS now,
  (SELECT count(*) FROM pg_stat_replication)::text AS all,
  (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))::text AS synchronous,
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR pg_has_role('pg_monitor', 'USAGE') AS visible`;

/** @param now the time of this machine, in milliseconds since 1970. @throws StoreUnavailable when it cannot be reached or is not durable. */
export async function inspectDatabase(url: string, now: () => number): Promise<DatabaseSight> {
  const database = await Database.open({ url, connections: 1 });
  try {
    await database.run('SELECT 1');
    const [asked, began] = [now(), performance.now()];
    const row = (await database.run<Row>(SIGHT))[0]!;
    const roundTrip = performance.now() - began;
    return {
      where: database.where,
      roundTrip,
      ahead: Math.round(Number(row.now) - asked - roundTrip / 2),
      standbys: row.visible ? { all: Number(row.all), synchronous: Number(row.synchronous) } : null,
    };
  } finally {
    await database.close();
  }
}
