import type { KernelRecord } from '@reeve/kernel';
import type { HistoryQuery, Store } from '@reeve/ledger';
import type { LedgerRecord, ParsedOf, ResponseOf } from '@reeve/protocol';
import { readRecord } from '@reeve/runtime';
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

/** @throws Refusal `malformed` for a cursor that is none. */
export async function historyPage(store: Store, query: HistoryQuery): Promise<ResponseOf<'ledger'>> {
  try {
    const { records, next } = await store.history(query);
    const views = records.map((sealed) => recordView(readRecord(sealed), sealed.hash));
    return { records: views, ...(next === undefined ? {} : { next }) };
  } catch (error) {
    throw error instanceof RangeError && query.cursor !== undefined ? badCursor() : error;
  }
}

/** Pages read for one answer at most: 20,000 records. */
const MAX_PAGES = 20;

/** All records of a query, oldest first. */
export async function allRecords(store: Store, query: HistoryQuery): Promise<KernelRecord[]> {
  const found: KernelRecord[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const more = cursor === undefined ? {} : { cursor };
    const { records, next } = await store.history({ ...query, order: 'oldest', limit: 1000, ...more });
    found.push(...records.map(readRecord));
    if (next === undefined) break;
    cursor = next;
  }
  return found;
}
