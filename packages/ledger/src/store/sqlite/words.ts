import type { IndexedRecord, WordIndex, WordQuery } from '../port.ts';
import { checkWord } from '../shared.ts';
import type { Statement, Use } from './checkpoints.ts';

interface State {
  readonly version: string;
  readonly position: number;
}

const STATE = 'SELECT version, position FROM words_state';

/** The index in an FTS5 table without positions and contents: it answers which records have all the words asked for. */
export function tableWords({ read, write }: { readonly read: Use; readonly write: Use }): WordIndex {
  return {
    begin: async (version) => {
      const known = read((statement) => statement(STATE).get() as State);
      if (known.version !== version) write((statement) => clear(statement, version));
      return known.version === version ? known.position : 0;
    },
    put: async (records, upTo) => {
      for (const { words } of records) words.forEach(checkWord);
      write((statement) => put(statement, records, upTo));
    },
    find: async (query) => read((statement) => find(statement, query)),
    about: async (subject) =>
      read((statement) =>
        statement('SELECT seq FROM words_about WHERE subject = ? ORDER BY seq').all(subject).map(seqOf),
      ),
  };
}

const seqOf = (row: object): number => (row as { seq: number }).seq;

function clear(statement: Statement, version: string): void {
  statement("INSERT INTO words (words) VALUES ('delete-all')").run();
  statement('DELETE FROM words_about').run();
  statement('UPDATE words_state SET version = ?, position = 0').run(version);
}

function put(statement: Statement, records: readonly IndexedRecord[], upTo: number): void {
  const { position } = statement(STATE).get() as State;
  const gone = statement('DELETE FROM words WHERE rowid = ?');
  const add = statement('INSERT INTO words (rowid, terms) VALUES (?, ?)');
  const about = statement('INSERT OR IGNORE INTO words_about (subject, seq) VALUES (?, ?)');
  for (const { seq, words, subject } of records) {
    if (seq <= position) gone.run(seq);
    add.run(seq, words.join(' '));
    if (subject !== null) about.run(subject, seq);
  }
  statement('UPDATE words_state SET position = max(position, ?)').run(upTo);
}

function find(statement: Statement, { all, seq, order = 'newest', limit }: WordQuery): number[] {
  all.forEach(checkWord);
  const match = all.length === 0 ? '' : 'words MATCH ? AND ';
  const words = all.map((word) => `"${word}"`).join(' AND ');
  const sql = `SELECT rowid AS seq FROM words WHERE ${match}rowid BETWEEN ? AND ? ORDER BY rowid ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT ?`;
  const bounds = [seq?.from ?? 1, seq?.to ?? Number.MAX_SAFE_INTEGER, limit];
  return statement(sql)
    .all(...(all.length === 0 ? [] : [words]), ...bounds)
    .map(seqOf);
}
