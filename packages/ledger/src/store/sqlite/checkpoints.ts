import type { StatementSyncInstance } from '@photostructure/sqlite';
import type { CheckpointStore, StoredCheckpoint } from '../port.ts';
import { checkCheckpoint } from '../shared.ts';

export type Statement = (sql: string) => StatementSyncInstance;
export type Use = <T>(work: (statement: Statement) => T) => T;

/** What the checkpoints need of the database: `write` is one transaction. */
export interface Tables {
  readonly read: Use;
  readonly write: Use;
  readonly hashAt: (seq: number) => string | undefined;
}

interface Row {
  readonly size: number;
  readonly note: string;
  readonly frontier: string;
}

const LATEST = 'SELECT size, note, frontier FROM checkpoints ORDER BY size DESC LIMIT 1';
const AFTER = 'SELECT size, note, frontier FROM checkpoints WHERE size > ? ORDER BY size LIMIT 100';
const PUT = 'INSERT OR REPLACE INTO checkpoints (size, note, frontier) VALUES (?, ?, ?)';

export function tableCheckpoints({ read, write, hashAt }: Tables): CheckpointStore {
  return {
    put: async (head, note, frontier) => {
      write((statement) => {
        checkCheckpoint(head, note, hashAt(head.seq), stored(statement(LATEST).get() as Row | undefined));
        statement(PUT).run(head.seq, note, JSON.stringify(frontier));
      });
    },
    latest: async () => read((statement) => stored(statement(LATEST).get() as Row | undefined)),
    load: async function* (after) {
      for (let last = after; ; ) {
        const rows = read((statement) => statement(AFTER).all(last) as Row[]);
        for (const row of rows) yield stored(row) as StoredCheckpoint;
        const end = rows.at(-1);
        if (end === undefined) return;
        last = end.size;
      }
    },
  };
}

function stored(row: Row | undefined): StoredCheckpoint | null {
  return row === undefined
    ? null
    : { size: row.size, note: row.note, frontier: JSON.parse(row.frontier) as readonly string[] };
}
