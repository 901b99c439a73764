import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { StoreCorrupt, StoreUnavailable } from '../errors.ts';
import { makeDurable, type Weak } from './appending.js';

/** "Reev" in the file's header says whose file this is. */
const APPLICATION_ID = 0x52656576;
/** Version of the tables below. */
export const SCHEMA_VERSION = 3;

// The columns besides header, body and hash repeat the header for `history`; the header is what counts.
// Two indexes: whole cases and whole streams are read in daily work, everything else is found by scanning in slices.
const SCHEMA = `
CREATE TABLE records (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  stream TEXT NOT NULL,
  correlation TEXT NOT NULL,
  seat TEXT,
  header TEXT NOT NULL,
  body TEXT NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX records_correlation ON records (correlation);
CREATE INDEX records_stream ON records (stream);
CREATE TABLE lease (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  holder TEXT,
  until INTEGER NOT NULL
) STRICT;
INSERT INTO lease (id, epoch, holder, until) VALUES (1, 0, NULL, 0);
PRAGMA application_id = ${APPLICATION_ID};
`;

// `frontier` is a JSON list of hashes.
const CHECKPOINTS = `
CREATE TABLE checkpoints (
  size INTEGER PRIMARY KEY,
  note TEXT NOT NULL,
  frontier TEXT NOT NULL
) STRICT;
`;

// The index of words: derived, thrown away and filled again at will. What is deleted from it leaves no trace in the pages.
const WORDS = `
CREATE VIRTUAL TABLE words USING fts5(terms, content='', contentless_delete=1, detail=none);
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
CREATE TABLE words_about (subject TEXT, seq INTEGER, PRIMARY KEY (subject, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE words_state (id INTEGER PRIMARY KEY CHECK (id = 1), version TEXT NOT NULL, position INTEGER NOT NULL) STRICT;
INSERT INTO words_state (id, version, position) VALUES (1, '', 0);
`;

/** What makes version n + 1 out of version n; a new file takes all steps. */
const STEPS = [SCHEMA, CHECKPOINTS, WORDS];

/**
 * Makes an opened file safe to write: durability settings, then the tables.
 *
 * @throws StoreUnavailable if the file is of a newer Reeve, or a setting did not take; StoreCorrupt if it is no ledger.
 */
export function prepareDatabase(db: DatabaseSyncInstance, path: string): void {
  // Before anything is written: a foreign file must stay as it is.
  checkVersion(db, path);
  const weak = makeDurable(db);
  if (weak !== null) throw tooWeak(path, weak);
  if ((pragma(db, 'user_version') as number) < SCHEMA_VERSION) upgrade(db, path);
}

function upgrade(db: DatabaseSyncInstance, path: string): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been first.
    for (const step of STEPS.slice(pragma(db, 'user_version') as number)) db.exec(step);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.exec('COMMIT');
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
  checkVersion(db, path);
}

function checkVersion(db: DatabaseSyncInstance, path: string): void {
  const version = pragma(db, 'user_version') as number;
  const owner = pragma(db, 'application_id');
  const empty = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number };
  if (owner !== APPLICATION_ID && (owner !== 0 || version !== 0 || empty.n > 0)) {
    throw new StoreCorrupt(`${path} is a database, but not one of a Reeve ledger`);
  }
  if (version > SCHEMA_VERSION) {
    throw new StoreUnavailable(
      'terminal',
      `${path} was written by a newer Reeve (schema ${version}, this one knows ${SCHEMA_VERSION}): upgrade, or use the newer one.`,
    );
  }
}

/** Some bindings reopen WAL files with weaker settings than asked for; a ledger that may lose its end is none. */
const tooWeak = (path: string, { name, got, wanted }: Weak): StoreUnavailable =>
  new StoreUnavailable(
    'terminal',
    `${path} runs with ${name} = ${String(got)} instead of ${wanted}, so a power cut could lose records: use a local disk.`,
  );

/** The value of a pragma that answers with one row. */
export function pragma(db: DatabaseSyncInstance, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() as object)[0];
}

/**
 * Closes a database with its log written back, so that the file is whole by itself: this binding finalises statements too
 * late for SQLite to do it. Where it is not possible now (a reader, a full disk), the next opening does it.
 */
export function closeDatabase(db: DatabaseSyncInstance): void {
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // The log stays, and with it everything that is in it.
  }
  db.close();
}
