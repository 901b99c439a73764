import type { IndexedRecord, WordIndex, WordQuery } from '../port.ts';
import { checkWord } from '../shared.ts';
import { intArray, textArray } from './arrays.ts';
import type { Database, Runner } from './database.ts';

// One row per record, found by an inverted index over its words. Each word stands there behind the number of its
// organisation, so that a search reads nothing of the others.

const STATE = 'SELECT version, position FROM words_state WHERE org = $1 FOR UPDATE';
const BEGIN = `INSERT INTO words_state (org, version, position) VALUES ($1, $2, 0)
  ON CONFLICT (org) DO UPDATE SET version = excluded.version, position = 0`;
const CLEAR = ['DELETE FROM words WHERE org = $1', 'DELETE FROM words_about WHERE org = $1'];
const PUT = `INSERT INTO words (org, seq, words)
  SELECT $1, seq, string_to_array(text, ' ') FROM unnest($2::int8[], $3::text[]) AS r (seq, text)
  ON CONFLICT (org, seq) DO UPDATE SET words = excluded.words`;
const ABOUT = `INSERT INTO words_about (org, subject, seq) SELECT $1, * FROM unnest($2::text[], $3::int8[])
  ON CONFLICT DO NOTHING`;
const REACH = 'UPDATE words_state SET position = greatest(position, $2) WHERE org = $1';

interface State {
  readonly version: string;
  readonly position: string;
}

export function tableWords(database: () => Database, org: number): WordIndex {
  const own = (words: readonly string[]) => words.map((word) => `${org}:${word}`);
  return {
    begin: (version) => database().transaction((tx) => begin(tx, org, version)),
    put: async (records, upTo) => {
      for (const { words } of records) words.forEach(checkWord);
      await database().transaction((tx) => put(tx, org, records, upTo, own));
    },
    find: async (query) => {
      query.all.forEach(checkWord);
      return find(database(), org, query, own);
    },
    about: async (subject) =>
      seqs(
        await database().run('SELECT seq FROM words_about WHERE org = $1 AND subject = $2 ORDER BY seq', [
          org,
          subject,
        ]),
      ),
  };
}

const seqs = (rows: readonly object[]): number[] => rows.map((row) => Number((row as { seq: string }).seq));

async function begin(tx: Runner, org: number, version: string): Promise<number> {
  const [known] = await tx.run<State>(STATE, [org]);
  if (known?.version === version) return Number(known.position);
  for (const clear of CLEAR) await tx.run(clear, [org]);
  await tx.run(BEGIN, [org, version]);
  return 0;
}

type Own = (words: readonly string[]) => string[];

async function put(tx: Runner, org: number, records: readonly IndexedRecord[], upTo: number, own: Own): Promise<void> {
  await tx.run(STATE, [org]);
  // Of a record that is named twice, the last counts.
  const all = [...new Map(records.map((record) => [record.seq, record])).values()];
  const texts = all.map(({ words }) => own(words).join(' '));
  await tx.run(PUT, [org, intArray(all.map(({ seq }) => seq)), textArray(texts)]);
  const about = all.filter((record) => record.subject !== null);
  await tx.run(ABOUT, [org, textArray(about.map(({ subject }) => subject)), intArray(about.map(({ seq }) => seq))]);
  await tx.run(REACH, [org, upTo]);
}

async function find(run: Runner, org: number, query: WordQuery, own: Own): Promise<number[]> {
  const { all, seq, order = 'newest', limit } = query;
  const match = all.length === 0 ? '' : 'AND words @> $5::text[]';
  const sql = `SELECT seq FROM words WHERE org = $1 AND seq BETWEEN $2 AND $3 ${match}
    ORDER BY seq ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT $4`;
  const bounds = [org, seq?.from ?? 1, seq?.to ?? Number.MAX_SAFE_INTEGER, limit];
  return seqs(await run.run(sql, all.length === 0 ? bounds : [...bounds, textArray(own(all))]));
}
