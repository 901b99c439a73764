import type { State } from '@reeve/kernel';
import type { History } from '@reeve/ledger';
import type { ParsedOf, ResponseOf } from '@reeve/protocol';
import type { Runtime } from '@reeve/runtime';
import type { Archive } from '../archive.ts';
import { recalled } from '../recalled.ts';
import { sentence } from '../sentences.ts';
import { caseSummary } from './cases.ts';
import { recordView } from './ledger.ts';
import { badCursor } from './page.ts';

/** @throws Refusal `malformed` for a cursor that is none. */
export async function historyOf(history: History, query: ParsedOf<'history'>['query']): Promise<ResponseOf<'history'>> {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as typeof query;
  const { records, next } = await found(history, given as Parameters<History['find']>[0]);
  const entries = records.map(({ record, sealed }) => ({
    ...recordView(record, sealed.hash),
    sentence: sentence(record),
  }));
  return { records: entries, ...(next === undefined ? {} : { next }) };
}

async function found(history: History, search: Parameters<History['find']>[0]): ReturnType<History['find']> {
  try {
    return await history.find(search);
  } catch (error) {
    throw error instanceof RangeError && search.cursor !== undefined ? badCursor() : error;
  }
}

/** [SRV81] Cases that have left memory, the latest to leave first; each is read back from its records. */
export async function archivedCases(
  runtime: Runtime,
  archive: Archive,
  history: History,
  { limit, cursor, customer, owner, status, q }: ParsedOf<'cases'>['query'],
): Promise<ResponseOf<'cases'>> {
  const search = { kind: 'case.archived', limit, ...(cursor === undefined ? {} : { cursor }) };
  const { records, next } = await found(history, search);
  const cases: ResponseOf<'cases'>['cases'] = [];
  const keep = (c: ResponseOf<'cases'>['cases'][number]): boolean =>
    (status === undefined || c.status === status) &&
    (owner === undefined || c.owner === owner) &&
    (customer === undefined || c.customer === customer) &&
    (q === undefined || `${c.id} ${c.subject} ${c.customer} ${c.name}`.toLowerCase().includes(q.toLowerCase()));
  for (const { record } of records) {
    const { case: id } = record.body as { case: string };
    const past: State | null = await recalled(runtime, archive, id);
    const c = past?.cases.cases.get(id);
    if (past && c && keep(caseSummary(past, c))) cases.push(caseSummary(past, c));
  }
  return { cases, ...(next === undefined ? {} : { next }) };
}
