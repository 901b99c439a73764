import type { KernelRecord } from '@reeve/kernel';
import type { HistoryQuery, SealedRecord } from '@reeve/ledger';
import type { LedgerRecord, ParsedOf, ResponseOf } from '@reeve/protocol';
import type { Archive } from '../archive.ts';
import { sentence } from '../sentences.ts';
import { badCursor } from './page.ts';

export const recordView = (record: KernelRecord, hash: string): LedgerRecord => ({
  ...record,
  causation: { ...record.causation },
  body: record.body as unknown as Record<string, unknown>,
  hash,
});

export function ledgerQuery(query: ParsedOf<'ledger'>['query']): HistoryQuery {
  const { after, kind, correlation, stream, text, limit, cursor } = query;
  return {
    limit,
    order: query.order ?? (after === undefined ? 'newest' : 'oldest'),
    ...(after === undefined ? {} : { seq: { from: after + 1 } }),
    ...(kind === undefined ? {} : { kind }),
    ...(correlation === undefined ? {} : { correlation }),
    ...(stream === undefined ? {} : { stream }),
    ...(text === undefined ? {} : { text }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

/** As in lists: with its sentence. */
const listed = (record: KernelRecord, hash: string): LedgerRecord => ({
  ...recordView(record, hash),
  text: sentence(record),
});

/** Pages of 1,000 records looked through for a text in one answer; the answer says where to go on. */
const SEARCHED = 100;

/** What is personal is sealed in the store, so texts are searched here, after revealing. Proportional to what is looked through. */
async function search(archive: Archive, query: HistoryQuery, text: string): Promise<ResponseOf<'ledger'>> {
  const { text: _, limit = 100, ...rest } = query;
  const found: LedgerRecord[] = [];
  let cursor = query.cursor;
  for (let page = 0; page < SEARCHED; page++) {
    const { records, next } = await archive.store.history({ ...rest, limit: 1000, ...(cursor ? { cursor } : {}) });
    for (const sealed of records) {
      const record = archive.recordOf(sealed);
      if (!JSON.stringify(record.body).includes(JSON.stringify(text).slice(1, -1))) continue;
      found.push(listed(record, sealed.hash));
      if (found.length === limit && record.seq !== lastSeq(records))
        return { records: found, next: String(record.seq) };
    }
    if (next === undefined) return { records: found };
    cursor = next;
    if (found.length >= limit) break;
  }
  return { records: found, ...(cursor === undefined ? {} : { next: cursor }) };
}

const lastSeq = (records: readonly SealedRecord[]): number | undefined =>
  records.length === 0 ? undefined : (JSON.parse(records.at(-1)!.header) as { seq: number }).seq;

/** @throws Refusal `malformed` for a cursor that is none. */
export async function historyPage(archive: Archive, query: HistoryQuery): Promise<ResponseOf<'ledger'>> {
  try {
    if (query.text !== undefined && query.text !== '') return await search(archive, query, query.text);
    const { records, next } = await archive.store.history(query);
    const views = records.map((sealed) => listed(archive.recordOf(sealed), sealed.hash));
    return { records: views, ...(next === undefined ? {} : { next }) };
  } catch (error) {
    throw error instanceof RangeError && query.cursor !== undefined ? badCursor() : error;
  }
}

/** Pages read for one answer at most: 20,000 records. */
const MAX_PAGES = 20;

/** All records of a query, oldest first. */
export async function allRecords(archive: Archive, query: HistoryQuery): Promise<KernelRecord[]> {
  const found: KernelRecord[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const more = cursor === undefined ? {} : { cursor };
    const { records, next } = await archive.store.history({ ...query, order: 'oldest', limit: 1000, ...more });
    found.push(...records.map(archive.recordOf));
    if (next === undefined) break;
    cursor = next;
  }
  return found;
}
