import type { IndexedRecord, WordIndex, WordQuery } from '../port.ts';
import { checkWord } from '../shared.ts';
import { intArray, textArray } from './arrays.ts';
import type { Database, Runner } from './database.ts';

const POSITION = 'SELECT version, position FROM word_state WHERE org = $1';
const RESTART = `INSERT INTO word_state (org, version, position) VALUES ($1, $2, 0)
  ON CONFLICT (org) DO UPDATE SET version = excluded.version, position = 0`;
const ADVANCE = 'UPDATE word_state SET position = greatest(position, $2) WHERE org = $1';
const PUT = `INSERT INTO word_record (org, seq, words)
  SELECT $1, seq, string_to_array(words, ' ') FROM unnest($2::int8[], $3::text[]) AS r (seq, words)
  ON CONFLICT (org, seq) DO UPDATE SET words = excluded.words`;
const PUT_ABOUT = `INSERT INTO word_about (org, subject, seq)
  SELECT $1, subject, seq FROM unnest($2::text[], $3::int8[]) AS r (subject, seq) ON CONFLICT DO NOTHING`;
const ABOUT = 'SELECT seq FROM word_about WHERE org = $1 AND subject = $2 ORDER BY seq';

interface Seq {
  readonly seq: string;
}

/** The index in an inverted index of PostgreSQL: which records of the organisation have all the words asked for. */
export function tableWords(database: () => Database, org: number): WordIndex {
  return {
    begin: async (version) => database().transaction((tx) => begin(tx, org, version)),
    put: async (records, upTo) => {
      for (const { words } of records) words.forEach(checkWord);
      await database().transaction((tx) => put(tx, org, records, upTo));
    },
    find: async (query) => find(database(), org, query),
    about: async (subject) => (await database().run<Seq>(ABOUT, [org, subject])).map(seqOf),
  };
}

const seqOf = ({ seq }: Seq): number => Number(seq);
const marked = (org: number, word: string): string => `${org}:${word}`;

async function begin(tx: Runner, org: number, version: string): Promise<number> {
  const [known] = await tx.run<{ version: string; position: string }>(POSITION, [org]);
  if (known?.version === version) return Number(known.position);
  await tx.run('DELETE FROM word_record WHERE org = $1', [org]);
  await tx.run('DELETE FROM word_about WHERE org = $1', [org]);
  await tx.run(RESTART, [org, version]);
  return 0;
}

async function put(tx: Runner, org: number, records: readonly IndexedRecord[], upTo: number): Promise<void> {
  const terms = records.map(({ words }) => words.map((word) => marked(org, word)).join(' '));
  const seqs = intArray(records.map(({ seq }) => seq));
  if (records.length > 0) await tx.run(PUT, [org, seqs, textArray(terms)]);
  const about = records.flatMap(({ seq, subject }) => (subject === null ? [] : [{ seq, subject }]));
  const subjects = textArray(about.map(({ subject }) => subject));
  if (about.length > 0) await tx.run(PUT_ABOUT, [org, subjects, intArray(about.map(({ seq }) => seq))]);
  await tx.run(ADVANCE, [org, upTo]);
}

async function find(database: Database, org: number, { all, seq, order = 'newest', limit }: WordQuery) {
  all.forEach(checkWord);
  const words = textArray(all.map((word) => marked(org, word)));
  const sql = `SELECT seq FROM word_record
    WHERE org = $1 AND words @> $2::text[] AND seq BETWEEN $3 AND $4
    ORDER BY seq ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT $5`;
  const values = [org, words, seq?.from ?? 1, seq?.to ?? Number.MAX_SAFE_INTEGER, limit];
  return (await database.run<Seq>(sql, values)).map(seqOf);
}
