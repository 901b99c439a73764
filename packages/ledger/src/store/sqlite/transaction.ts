import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { sqliteError } from './errors.ts';

/** Work on one database file; what fails is the store's error, what a closed one throws is its owner's to say. */
export interface Transactions {
  run<T>(work: () => T): T;
  /** The same in a transaction that holds the write lock from its start; all of it is durable, or none happened. */
  write<T>(work: () => T): T;
}

/** @param closed the error of a database that was closed */
export function transactions(db: DatabaseSyncInstance, path: string, closed: () => Error): Transactions {
  const run = <T>(work: () => T): T => {
    if (!db.isOpen) throw closed();
    try {
      return work();
    } catch (error) {
      throw sqliteError(path, error);
    }
  };
  return { run, write: (work) => run(() => atomically(db, work)) };
}

function atomically<T>(db: DatabaseSyncInstance, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } finally {
    // SQLite itself rolls back on some errors (a full disk) and not on others.
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}
