/** How lanes, cases and restructurings came to be as they are: read from the ledger, for the API and for whoever has only a ledger. */
import type { KernelRecord } from '@reeve/kernel';
import type { HistoryQuery } from '@reeve/ledger';
import type { LaneMove, ResponseOf, RestructuringView, RoutingView } from '@reeve/protocol';
import type { Runtime } from '@reeve/runtime';
import type { Archive } from '../archive.ts';
import { sentence } from '../sentences.ts';
import { laneDetail, moveOf } from '../views/lanes.ts';
import { allRecords, historyPage } from '../views/ledger.ts';
import { none } from '../views/page.ts';
import { restructuringDetail, reverseView } from '../views/restructuring.ts';
import { routingView } from '../views/routing.ts';

/** What is needed of a runtime to explain: its state, and its name. */
export type Reader = Pick<Runtime, 'org' | 'read'>;

/** Kinds that tell how a lane came to be as it is; comparisons are many and only shown when asked for. */
const COMPARED = 'lane.compared';

interface MovesQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly all?: boolean | undefined;
}

/** Page by page from the ledger, the newest first: memory holds only where the lane stands. @throws Refusal `not-found` */
export async function laneMovesOf(
  reader: Reader,
  archive: Archive,
  id: string,
  { limit, cursor, all }: MovesQuery,
): Promise<{ moves: LaneMove[]; next?: string }> {
  await reader.read((state) => laneDetail(state, id, state.now));
  const where = { limit, order: 'newest', stream: `lane/${id}` } as const;
  const page = await historyPage(archive, { ...where, ...(cursor === undefined ? {} : { cursor }) });
  const shown = all ? page.records : page.records.filter(({ kind }) => kind !== COMPARED);
  return { moves: shown.map(moveOf), ...(page.next === undefined ? {} : { next: page.next }) };
}

/** Decisions stand on the ledger, so a case that has left memory is explained as well. @throws Refusal `not-found` */
export async function routeOf(reader: Reader, archive: Archive, id: string): Promise<RoutingView> {
  const { records } = await archive.store.history({ stream: `case/${id}`, limit: 1 });
  if (records.length === 0) throw none('case', id);
  const routed = await allRecords(archive, { stream: `case/${id}`, kind: 'case.routed' });
  const transferred = await allRecords(archive, { stream: `case/${id}`, kind: 'case.transferred' });
  return reader.read((state) => routingView(state, id, [...routed, ...transferred]));
}

/** What moved is what the record itself caused: it was written in the same step, right after it. @throws Refusal `not-found` */
export async function restructuringOf(
  reader: Reader,
  archive: Archive,
  id: string,
): Promise<RestructuringView & { moved: string[] }> {
  const line = await reader.read((state) => restructuringDetail(state, id));
  const [own] = await allRecords(archive, { stream: `restructuring/${id}` });
  if (!own) return { ...line, moved: [] };
  const { records } = await archive.store.history({ seq: { from: own.seq + 1 }, limit: 1000, order: 'oldest' });
  const caused = records
    .map(archive.recordOf)
    .filter(({ causation }) => 'seq' in causation && causation.seq === own.seq);
  return { ...line, moved: caused.map((record) => sentence(record)) };
}

/**
 * What would take a restructuring back: the definition before it is the one applied last before its own record.
 * @throws Refusal `not-found`, or why it cannot be taken back
 */
export async function reverseRestructuringOf(
  reader: Reader,
  archive: Archive,
  id: string,
): Promise<ResponseOf<'reverseRestructuring'>> {
  await reader.read((state) => restructuringDetail(state, id));
  const own = await newest(archive, { stream: `restructuring/${id}` });
  const applied = await newest(archive, { kind: 'organisation.applied', seq: { to: own!.seq } });
  const { changed } = applied!.body as { changed: unknown };
  return reader.read((state) => reverseView(state, id, changed));
}

async function newest(archive: Archive, query: HistoryQuery): Promise<KernelRecord | undefined> {
  const { records } = await archive.store.history({ ...query, limit: 1, order: 'newest' });
  return records.map(archive.recordOf)[0];
}
