import { createHmac, randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { StoreCorrupt, StoreUnavailable } from '../store/errors.ts';
import { makeDirectory, syncDirectory } from '../store/sqlite/durable-file.ts';
import { sqliteError } from '../store/sqlite/errors.ts';
import { closeDatabase, pragma } from '../store/sqlite/schema.ts';
import { type Transactions, transactions } from '../store/sqlite/transaction.ts';
import { type KeyStore, newKey } from './keys.ts';
import { type SubjectKey, wipe } from './sealing.ts';

// A database, not a file per subject: a batch of new customers costs one fsync, and a million of them one directory entry.
// Subjects are kept as HMACs under a secret of the file, so that it names nobody. Deleted rows are overwritten with zeros
// (secure_delete) and the write-ahead log is cut to nothing before `destroy` resolves.

/** "Reek" in the file's header: the keys of a Reeve ledger. */
const APPLICATION_ID = 0x5265656b;

const SCHEMA = `
CREATE TABLE secret (id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL) STRICT;
CREATE TABLE keys (tag BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, key BLOB NOT NULL) STRICT;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = 1;
`;

/** Keys held in memory at once; the others are read when they are needed. */
const CACHED = 20_000;

/**
 * Opens `<directory>/keys.db`, made for this user only if it is not there. Keep it apart from what is backed up.
 *
 * @throws StoreUnavailable if it cannot be used, StoreCorrupt if it is something else.
 */
export async function sqliteKeys(directory: string): Promise<KeyStore> {
  const path = join(directory, 'keys.db');
  await makeDirectory(directory);
  // SQLite gives its other files the permissions of this one.
  await (await open(path, 'a', 0o600)).close();
  const db = openDatabase(path);
  await syncDirectory(directory);
  return new SqliteKeys(db, path);
}

function openDatabase(path: string): DatabaseSyncInstance {
  let db: DatabaseSyncInstance | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 2000 });
    const empty = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number };
    if (empty.n > 0 && pragma(db, 'application_id') !== APPLICATION_ID) {
      throw new StoreCorrupt(`${path} is a database, but not one of the keys of a Reeve ledger`);
    }
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA secure_delete = ON');
    if (pragma(db, 'secure_delete') !== 1) {
      throw new StoreUnavailable('terminal', `${path} does not overwrite what is deleted: use another SQLite build.`);
    }
    if (empty.n === 0) create(db);
    return db;
  } catch (error) {
    db?.close();
    throw sqliteError(path, error);
  }
}

function create(db: DatabaseSyncInstance): void {
  db.exec(`BEGIN IMMEDIATE; ${SCHEMA}`);
  db.prepare('INSERT INTO secret (id, bytes) VALUES (1, ?)').run(randomBytes(32));
  db.exec('COMMIT');
}

interface Row {
  readonly id: string;
  readonly key: Uint8Array;
}

class SqliteKeys implements KeyStore {
  readonly #db: DatabaseSyncInstance;
  readonly #path: string;
  readonly #tx: Transactions;
  readonly #secret: Uint8Array;
  readonly #bySubject = new Map<string, SubjectKey>();
  readonly #byId = new Map<string, SubjectKey>();

  constructor(db: DatabaseSyncInstance, path: string) {
    this.#db = db;
    this.#path = path;
    this.#tx = transactions(db, path, closed);
    this.#secret = (db.prepare('SELECT bytes FROM secret').get() as { bytes: Uint8Array }).bytes;
  }

  async ensure(subjects: Iterable<string>): Promise<ReadonlyMap<string, SubjectKey>> {
    const found = new Map<string, SubjectKey>();
    const missing: string[] = [];
    for (const subject of new Set(subjects)) {
      const known = this.#bySubject.get(subject);
      if (known === undefined) missing.push(subject);
      else found.set(subject, known);
    }
    if (missing.length === 0) return found;
    const added = this.#tx.write(() => missing.map((subject) => this.#find(subject) ?? this.#add(subject)));
    missing.forEach((subject, i) => {
      const key = this.#remember(added[i] as SubjectKey);
      found.set(subject, key);
      this.#bySubject.set(subject, key);
    });
    trim(this.#bySubject);
    return found;
  }

  readonly byId = (id: string): SubjectKey | null => {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const row = this.#tx.run(
      () => this.#db.prepare('SELECT id, key FROM keys WHERE id = ?').get(id) as Row | undefined,
    );
    return row === undefined ? null : this.#remember(keyOf(row));
  };

  async destroy(subjects: readonly string[], ids: readonly string[] = []): Promise<string[]> {
    const gone = this.#tx.write(() => {
      const one = this.#db.prepare('DELETE FROM keys WHERE id = ?');
      const named = [...new Set([...subjects.flatMap((subject) => this.#find(subject)?.id ?? []), ...ids])];
      return named.filter((id) => one.run(id).changes > 0);
    });
    this.#forget(subjects, new Set([...gone, ...ids]));
    this.#emptyLog();
    return gone;
  }

  /** What is held in memory, also of a key that another call has deleted. */
  #forget(subjects: readonly string[], ids: ReadonlySet<string>): void {
    for (const [subject, key] of this.#bySubject) {
      if (!subjects.includes(subject) && !ids.has(key.id)) continue;
      wipe(key);
      this.#bySubject.delete(subject);
      this.#byId.delete(key.id);
    }
    for (const id of ids) {
      const key = this.#byId.get(id);
      if (key !== undefined) wipe(key);
      this.#byId.delete(id);
    }
  }

  async close(): Promise<void> {
    if (!this.#db.isOpen) return;
    for (const key of this.#byId.values()) wipe(key);
    this.#byId.clear();
    this.#bySubject.clear();
    closeDatabase(this.#db);
  }

  #tag(subject: string): Buffer {
    return createHmac('sha256', this.#secret).update(subject).digest();
  }

  #find(subject: string): SubjectKey | null {
    const row = this.#db.prepare('SELECT id, key FROM keys WHERE tag = ?').get(this.#tag(subject)) as Row | undefined;
    return row === undefined ? null : keyOf(row);
  }

  #add(subject: string): SubjectKey {
    const key = newKey();
    this.#db.prepare('INSERT INTO keys (tag, id, key) VALUES (?, ?, ?)').run(this.#tag(subject), key.id, key.key);
    return key;
  }

  /** One object per key, so that wiping it wipes it everywhere. */
  #remember(key: SubjectKey): SubjectKey {
    const known = this.#byId.get(key.id);
    if (known !== undefined) return known;
    this.#byId.set(key.id, key);
    trim(this.#byId);
    return key;
  }

  /** The log still holds the pages as they were: it is written back and cut to nothing. */
  #emptyLog(): void {
    const { busy } = this.#tx.run(() => this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number });
    if (busy === 0) return;
    throw new StoreUnavailable(
      'retryable',
      `the keys are deleted, but another process reads ${this.#path} and its log still holds them: end it and erase again.`,
    );
  }
}

const closed = () => new StoreUnavailable('terminal', 'the key store was closed: open it again');

function keyOf({ id, key }: Row): SubjectKey {
  return { id, key: Uint8Array.from(key) };
}

/** Forgets the oldest; not wiped, since a caller may be using it. */
function trim(keys: Map<string, SubjectKey>): void {
  for (const oldest of keys.keys()) {
    if (keys.size <= CACHED) return;
    keys.delete(oldest);
  }
}
