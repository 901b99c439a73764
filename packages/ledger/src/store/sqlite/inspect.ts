import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { pragma, SCHEMA_VERSION } from './schema.ts';

/** What there is to see of a ledger's file without writing to it, also beside a server and when it can be opened no more. */
export interface LedgerFile {
  readonly bytes: number;
  /** Of what is written and not yet in the database itself. */
  readonly walBytes: number;
  /** Version of its tables, and the newest this program knows. */
  readonly schema: number;
  readonly known: number;
  /** `wal` in every ledger that is sound. */
  readonly journal: string;
  /** Who may append: null when nobody holds the lease. `until` in milliseconds since 1970. */
  readonly lease: { readonly epoch: number; readonly holder: string | null; readonly until: number };
  /** What SQLite's own check found; null when it was left out because the file is large. */
  readonly problems: readonly string[] | null;
}

/** @param quick above so many bytes the check is left out: it reads the whole file. @throws Error of SQLite */
export function inspectLedger(directory: string, quick: number): LedgerFile {
  const path = join(directory, 'ledger.db');
  const bytes = sizeOf(path);
  const db = new DatabaseSync(path, { readOnly: true, timeout: 2000 });
  try {
    return {
      bytes,
      walBytes: sizeOf(`${path}-wal`),
      schema: Number(pragma(db, 'user_version')),
      known: SCHEMA_VERSION,
      journal: String(pragma(db, 'journal_mode')),
      problems: bytes > quick ? null : quickCheck(db),
      lease: db.prepare('SELECT epoch, holder, until FROM lease').get() as unknown as LedgerFile['lease'],
    };
  } finally {
    db.close();
  }
}

function quickCheck(db: DatabaseSyncInstance): string[] {
  const found = db.prepare('PRAGMA quick_check(5)').all() as { quick_check: string }[];
  return found.map((row) => row.quick_check).filter((text) => text !== 'ok');
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
