import type { CheckpointStore, StoredCheckpoint } from '../port.ts';
import { checkCheckpoint } from '../shared.ts';
import type { Database, Runner } from './database.ts';

interface Row {
  readonly size: string;
  readonly note: string;
  readonly frontier: string;
}

const LATEST = 'SELECT size, note, frontier FROM checkpoint WHERE org = $1 ORDER BY size DESC LIMIT 1';
const AFTER = 'SELECT size, note, frontier FROM checkpoint WHERE org = $1 AND size > $2 ORDER BY size LIMIT 100';
const PUT = `INSERT INTO checkpoint (org, size, note, frontier) VALUES ($1, $2, $3, $4)
  ON CONFLICT (org, size) DO UPDATE SET note = excluded.note, frontier = excluded.frontier`;
/** Two who put at the same time do so one after the other; appends are not held up. */
const LOCK = "SELECT pg_advisory_xact_lock(hashtext('reeve checkpoint'), $1)";

/** `hashAt(seq)` is the hash of record `seq` (of the empty ledger for 0), or undefined if there is no such record. */
export function tableCheckpoints(
  database: () => Database,
  org: number,
  hashAt: (run: Runner, seq: number) => Promise<string | undefined>,
): CheckpointStore {
  const latest = async (run: Runner) => stored((await run.run<Row>(LATEST, [org]))[0]);
  return {
    put: async (head, note, frontier) => {
      await database().transaction(async (tx) => {
        await tx.run(LOCK, [org]);
        checkCheckpoint(head, note, await hashAt(tx, head.seq), await latest(tx));
        await tx.run(PUT, [org, head.seq, note, JSON.stringify(frontier)]);
      });
    },
    latest: async () => latest(database()),
    load: async function* (after) {
      for (let last = after; ; ) {
        const rows = await database().run<Row>(AFTER, [org, last]);
        for (const row of rows) yield stored(row) as StoredCheckpoint;
        const end = rows.at(-1);
        if (end === undefined) return;
        last = Number(end.size);
      }
    },
  };
}

function stored(row: Row | undefined): StoredCheckpoint | null {
  if (row === undefined) return null;
  const { size, note, frontier } = row;
  return { size: Number(size), note, frontier: JSON.parse(frontier) as readonly string[] };
}
