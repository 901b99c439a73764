import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { ToolError } from '../port.ts';

export type Database = DatabaseSyncInstance;

/** Milliseconds to wait for another process's write; the wait blocks this process, so it is short. */
const BUSY_TIMEOUT = 250;

/** Open a database for writing: WAL, every commit on disk before it is answered. Creates the file and its folder. */
export function openDurable(file: string): Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT, defensive: true });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  // Some bindings reopen WAL files with less than was asked for.
  const { synchronous } = db.prepare('PRAGMA synchronous').get();
  if (synchronous === 2) return db;
  db.close();
  throw new Error(
    `${file} could not be opened with synchronous=FULL (got ${synchronous}); effects would not be durable`,
  );
}

/** Open an existing database for reading; the file cannot be changed through it. */
export function openReadOnly(file: string): Database {
  return new DatabaseSync(file, { timeout: BUSY_TIMEOUT, readOnly: true });
}

/** Run `work` in one write transaction: all of it, or nothing when it throws. Errors leave as `ToolError`. */
export function transaction<T>(db: Database, work: () => T): T {
  try {
    db.exec('BEGIN IMMEDIATE');
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
    throw toToolError(error);
  }
}

/** Run `work` and translate database errors. */
export function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toToolError(error);
  }
}

type Kind = readonly [category: 'transient' | 'deterministic', uncertain: boolean];
const CERTAIN: Kind = ['transient', false];
const UNCERTAIN: Kind = ['transient', true];
const WRONG: Kind = ['deterministic', false];

/** Primary result codes of SQLite. What is not listed is transient with an unknown outcome. */
const KINDS: Readonly<Record<number, Kind>> = {
  1: WRONG, // ERROR: the statement cannot be carried out
  5: CERTAIN, // BUSY: another process holds the lock
  6: CERTAIN, // LOCKED
  7: CERTAIN, // NOMEM
  8: CERTAIN, // READONLY
  9: CERTAIN, // INTERRUPT
  10: UNCERTAIN, // IOERR
  13: UNCERTAIN, // FULL: no space
  14: CERTAIN, // CANTOPEN
  18: WRONG, // TOOBIG
  19: WRONG, // CONSTRAINT
  20: WRONG, // MISMATCH
  23: WRONG, // AUTH
  25: WRONG, // RANGE
};

/** The `ToolError` for an error of the database; a `ToolError` is passed through. */
export function toToolError(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  const { errcode, message } = error as { errcode?: number; message?: string };
  const [category, uncertain] = (errcode === undefined ? undefined : KINDS[errcode & 0xff]) ?? UNCERTAIN;
  const next = uncertain ? 'look whether the effect landed before trying again' : 'nothing was changed';
  const what = errcode === undefined ? 'the tool failed' : 'the database answered';
  return new ToolError(category, `${what}: ${message ?? String(error)}; ${next}`, { uncertain, cause: error });
}
