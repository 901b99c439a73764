import type { IndexedRecord, WordIndex, WordQuery } from '../port.ts';
import { checkWord } from '../shared.ts';

/** What is kept of the index of words. */
export interface MemoryWords {
  version: string;
  position: number;
  readonly records: Map<number, IndexedRecord>;
}

export const emptyWords = (): MemoryWords => ({ version: '', position: 0, records: new Map() });

export function memoryWords(use: () => MemoryWords): WordIndex {
  return {
    begin: async (version) => {
      const index = use();
      if (index.version !== version) {
        index.records.clear();
        Object.assign(index, { version, position: 0 });
      }
      return index.position;
    },
    put: async (records, upTo) => {
      const index = use();
      for (const { words } of records) words.forEach(checkWord);
      for (const record of records) index.records.set(record.seq, structuredClone(record));
      index.position = Math.max(index.position, upTo);
    },
    find: async (query) => find(use(), query),
    about: async (subject) =>
      [...use().records.values()]
        .filter((record) => record.subject === subject)
        .map(({ seq }) => seq)
        .sort((a, b) => a - b),
  };
}

function find({ records }: MemoryWords, { all, seq, order = 'newest', limit }: WordQuery): number[] {
  all.forEach(checkWord);
  const found = [...records.values()].filter(
    (record) =>
      record.seq >= (seq?.from ?? 1) &&
      record.seq <= (seq?.to ?? record.seq) &&
      all.every((word) => record.words.includes(word)),
  );
  const way = order === 'newest' ? -1 : 1;
  return found
    .map((record) => record.seq)
    .sort((a, b) => way * (a - b))
    .slice(0, limit);
}
