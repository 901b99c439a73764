import type { ResponseOf } from '@reeve/protocol';
import type { Archive } from './archive.ts';
import { sentence } from './sentences.ts';
import { badCursor, none, type PageQuery } from './views/page.ts';

/**
 * What happened on a case, oldest first. Read from the ledger, so it works for cases that have left memory.
 * @throws Refusal `not-found` when neither memory (`exists`) nor the ledger knows the case.
 */
export async function timelineOf(
  archive: Archive,
  id: string,
  exists: boolean,
  { limit, cursor }: PageQuery,
): Promise<ResponseOf<'timeline'>> {
  if (cursor !== undefined && !/^[1-9]\d{0,14}$/.test(cursor)) throw badCursor();
  const more = cursor === undefined ? {} : { cursor };
  const { records, next } = await archive.store.history({ correlation: id, order: 'oldest', limit, ...more });
  if (!exists && records.length === 0 && cursor === undefined) throw none('case', id);
  const entries = records.map(archive.recordOf).map((record) => {
    const { seq, at, actor, kind } = record;
    return { seq, at, actor, kind, text: sentence(record) };
  });
  return { entries, ...(next === undefined ? {} : { next }) };
}
