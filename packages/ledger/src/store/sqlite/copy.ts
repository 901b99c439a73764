import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { makeDirectory, syncDirectory } from './durable-file.ts';
import { sqliteError } from './errors.ts';

// Copies of databases that others may be writing: each is of one moment, whole, and on disk when the promise resolves.

/** Opens a database, does something with it, and closes it. @throws StoreError */
function withDatabase<T>(path: string, readOnly: boolean, work: (db: DatabaseSyncInstance) => T): T {
  let db: DatabaseSyncInstance | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 5000, readOnly });
    return work(db);
  } catch (error) {
    throw sqliteError(path, error);
  } finally {
    db?.close();
  }
}

/**
 * Copies a SQLite database as it is at one moment, also while others write it, who do not wait for it.
 * @throws StoreError if it cannot be read or written; `to` must not exist.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  await makeDirectory(dirname(to));
  withDatabase(from, true, (db) => db.prepare('VACUUM INTO ?').run(to));
  await flush(to);
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.chmod(0o600);
  await file.sync();
  await file.close();
  await syncDirectory(dirname(path));
}

/** Copies `ledger.db` of a store's directory: records, checkpoints and epoch. Neither the lease nor the index go along. */
export async function copyLedger(directory: string, to: string): Promise<void> {
  const path = join(to, 'ledger.db');
  await copyDatabase(join(directory, 'ledger.db'), path);
  withDatabase(path, false, (db) => {
    db.exec('PRAGMA secure_delete = ON');
    db.exec('UPDATE lease SET holder = NULL, until = 0');
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'words'").get() === undefined) return;
    db.exec("INSERT INTO words (words) VALUES ('delete-all'); DELETE FROM words_about");
    db.exec("UPDATE words_state SET version = '', position = 0");
  });
  await flush(path);
}

/**
 * Destroys keys by their ids in the `keys.db` of a directory, as forgetting did: overwritten, not only unlisted.
 * @returns how many were there.
 */
export async function destroyKeys(directory: string, ids: readonly string[]): Promise<number> {
  const path = join(directory, 'keys.db');
  const gone = withDatabase(path, false, (db) => {
    db.exec('PRAGMA secure_delete = ON; BEGIN IMMEDIATE');
    const one = db.prepare('DELETE FROM keys WHERE id = ?');
    const changed = ids.reduce((sum, id) => sum + Number(one.run(id).changes), 0);
    db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
    return changed;
  });
  await flush(path);
  return gone;
}
