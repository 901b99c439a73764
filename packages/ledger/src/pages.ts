import type { SealedRecord } from './chain.ts';

/** Records one after another; a store that reads them in pages also hands out the pages. */
export interface Records extends AsyncIterable<SealedRecord> {
  /** The same records, once: taking a page at a time saves more than half of what reading costs. */
  readonly pages?: () => AsyncIterable<readonly SealedRecord[]>;
}

/** Records in pages: as their store reads them, else one by one. */
export async function* pagesOf(
  records: Iterable<SealedRecord> | Records,
): AsyncGenerator<Iterable<SealedRecord>, void, undefined> {
  if (Symbol.iterator in records) yield records;
  else if (records.pages) yield* records.pages();
  else for await (const record of records) yield [record];
}

/** What reads pages, as records. */
export function recordsIn(
  pages: () => AsyncGenerator<readonly SealedRecord[], void, undefined>,
): Records & AsyncGenerator<SealedRecord> {
  async function* each(): AsyncGenerator<SealedRecord> {
    for await (const page of pages()) yield* page;
  }
  return Object.assign(each(), { pages });
}
