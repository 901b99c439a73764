/** The questions of the pages, each under the key by which live.ts finds it. */
import type { CaseSummary, RequestOf } from '@reeve/protocol';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';

export const sessionQuery = () =>
  queryOptions({ queryKey: ['session'], queryFn: ({ signal }) => client.session({}, { signal }) });
export const statusQuery = () =>
  queryOptions({ queryKey: ['status'], queryFn: ({ signal }) => client.status({ seats: 'none' }, { signal }) });
export const catalogueQuery = () =>
  queryOptions({ queryKey: ['catalogue'], queryFn: ({ signal }) => client.catalogue({}, { signal }) });
export const organisationQuery = () =>
  queryOptions({ queryKey: ['organisation'], queryFn: ({ signal }) => client.organisation({}, { signal }) });
export const inboxQuery = () =>
  queryOptions({ queryKey: ['inbox'], queryFn: ({ signal }) => client.inbox({}, { signal }) });
export const approvalQuery = (id: string) =>
  queryOptions({ queryKey: ['approval', id], queryFn: ({ signal }) => client.approval({ id }, { signal }) });
export const caseQuery = (id: string) =>
  queryOptions({ queryKey: ['case', id], queryFn: ({ signal }) => client.case({ id }, { signal }) });
export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id, 'timeline'],
    queryFn: ({ signal }) => client.timeline({ id, limit: 1000 }, { signal }),
  });
export const whyQuery = (id: string) =>
  queryOptions({ queryKey: ['why', id], queryFn: ({ signal }) => client.why({ id }, { signal }) });
export const seatQuery = (id: string) =>
  queryOptions({ queryKey: ['seat', id], queryFn: ({ signal }) => client.seat({ id }, { signal }) });
/** Other only when the shape is: messages and runs are `workQuery`. */
export const structureQuery = () =>
  queryOptions({ queryKey: ['structure'], queryFn: ({ signal }) => client.structure({}, { signal }) });
export const workQuery = () =>
  queryOptions({ queryKey: ['seats', 'work'], queryFn: ({ signal }) => client.work({}, { signal }) });
export const restructuringsQuery = () =>
  queryOptions({ queryKey: ['restructurings'], queryFn: ({ signal }) => client.restructurings({}, { signal }) });
export const restructuringQuery = (id: string) =>
  queryOptions({
    queryKey: ['restructurings', id],
    queryFn: ({ signal }) => client.restructuring({ id }, { signal }),
  });
export const toolsQuery = () =>
  queryOptions({ queryKey: ['tools'], queryFn: ({ signal }) => client.tools({}, { signal }) });
export const headQuery = () =>
  queryOptions({ queryKey: ['ledger', 'head'], queryFn: ({ signal }) => client.ledgerHead({}, { signal }) });

export const runQuery = (id: string) =>
  queryOptions({ queryKey: ['run', id], queryFn: ({ signal }) => client.run({ id }, { signal }) });
export const healthQuery = () =>
  queryOptions({ queryKey: ['health'], queryFn: ({ signal }) => client.oversight({ seats: 'none' }, { signal }) });
export const postMortemQuery = (id: string) =>
  queryOptions({
    queryKey: ['controls', 'incidents', id],
    queryFn: ({ signal }) => client.postMortem({ id }, { signal }),
  });

export const openIncidentsQuery = () =>
  queryOptions({
    queryKey: ['controls', 'incidents', 'open'],
    queryFn: ({ signal }) => client.incidents({ status: 'open', limit: 20 }, { signal }),
  });

/** Rows asked for at once. */
const PAGE = 100;

type Cursor = string | undefined;
const from = (cursor: Cursor) => (cursor === undefined ? {} : { cursor });
type Known = 'beliefs' | 'skills' | 'desks' | 'deskSearch' | 'teams';
type Watched = 'seatsHealth' | 'interventions' | 'wakeups' | 'standups' | 'incidents';
type Lists =
  | 'cases'
  | 'approvals'
  | 'operations'
  | 'seats'
  | 'runs'
  | 'ledger'
  | 'matrix'
  | 'lanes'
  | 'laneMoves'
  | Known
  | Watched
  | 'gaps'
  | 'metrics'
  | 'proposals';
type Filter<K extends Lists> = Omit<RequestOf<K>, 'limit' | 'cursor'>;
const paged = { initialPageParam: undefined as Cursor, placeholderData: keepPreviousData };

export const casesQuery = (filter: Filter<'cases'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['cases', filter],
    queryFn: ({ pageParam, signal }) => client.cases({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const approvalsQuery = (filter: Filter<'approvals'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['approvals', filter],
    queryFn: ({ pageParam, signal }) => client.approvals({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const operationsQuery = (filter: Filter<'operations'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['operations', filter],
    queryFn: ({ pageParam, signal }) => client.operations({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const seatsQuery = (filter: Filter<'seats'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['seats', filter],
    queryFn: ({ pageParam, signal }) => client.seats({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const runsQuery = (filter: Filter<'runs'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['runs', filter],
    queryFn: ({ pageParam, signal }) => client.runs({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const ledgerQuery = (filter: Filter<'ledger'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['ledger', filter],
    queryFn: ({ pageParam, signal }) => client.ledger({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const matrixQuery = (filter: Filter<'matrix'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['matrix', filter],
    queryFn: ({ pageParam, signal }) => client.matrix({ ...filter, limit: 20, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const lanesQuery = () =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['lanes', {}],
    queryFn: ({ pageParam, signal }) => client.lanes({ limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const laneQuery = (id: string) =>
  queryOptions({ queryKey: ['lanes', id], queryFn: ({ signal }) => client.lane({ id }, { signal }) });
export const laneMovesQuery = (filter: Filter<'laneMoves'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['lanes', filter.id, 'moves', filter],
    queryFn: ({ pageParam, signal }) => client.laneMoves({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const beliefsQuery = (filter: Filter<'beliefs'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['knowledge', 'beliefs', filter],
    queryFn: ({ pageParam, signal }) => client.beliefs({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const skillsQuery = (filter: Filter<'skills'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['knowledge', 'skills', filter],
    queryFn: ({ pageParam, signal }) => client.skills({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const desksQuery = (filter: Filter<'desks'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['knowledge', 'desks', filter],
    queryFn: ({ pageParam, signal }) => client.desks({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const deskSearchQuery = (filter: Filter<'deskSearch'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['knowledge', 'deskSearch', filter],
    queryFn: ({ pageParam, signal }) => client.deskSearch({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const teamsQuery = (filter: Filter<'teams'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['knowledge', 'teams', filter],
    queryFn: ({ pageParam, signal }) => client.teams({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
const OVER = new Set<CaseSummary['status']>(['closed', 'cancelled']);
/** What there is of a customer: cases in memory and before, and beliefs. Counted as far as one page goes. */
export const forgettingQuery = (customer: string) =>
  queryOptions({
    queryKey: ['cases', 'forgetting', customer],
    queryFn: async ({ signal }) => {
      const [now, before, about] = await Promise.all([
        client.cases({ customer, limit: 1000 }, { signal }),
        client.cases({ customer, archived: 'true', limit: PAGE }, { signal }),
        client.beliefs({ customer, limit: 1000 }, { signal }),
      ]);
      const cases = [...now.cases, ...before.cases];
      const open = now.cases.filter(({ status }) => !OVER.has(status));
      const moreCases = (now.next ?? before.next) !== undefined;
      return { cases, open, moreCases, beliefs: about.beliefs.length, moreBeliefs: about.next !== undefined };
    },
  });
export const unitsQuery = () =>
  queryOptions({ queryKey: ['goals', 'purpose'], queryFn: ({ signal }) => client.purpose({}, { signal }) });
export const unitPurposeQuery = (id: string) =>
  queryOptions({ queryKey: ['goals', 'purpose', id], queryFn: ({ signal }) => client.unitPurpose({ id }, { signal }) });
export const deskQuery = (id: string) =>
  queryOptions({ queryKey: ['knowledge', 'desk', id], queryFn: ({ signal }) => client.desk({ id }, { signal }) });
export const changesQuery = (of: RequestOf<'compareDesk'>) =>
  queryOptions({
    queryKey: ['knowledge', 'changes', of],
    queryFn: ({ signal }) => client.compareDesk(of, { signal }),
  });
export const backupsQuery = () =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['backups'],
    queryFn: ({ pageParam, signal }) => client.backups({ limit: 20, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const profitQuery = () =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['money', 'profit'],
    queryFn: ({ pageParam, signal }) => client.profit({ limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const costsQuery = () =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['money', 'costs'],
    queryFn: ({ pageParam, signal }) => client.costs({ limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const reviewsQuery = () =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['controls', 'reviews'],
    queryFn: ({ pageParam, signal }) => client.reviews({ limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const beliefQuery = (id: string) =>
  queryOptions({ queryKey: ['knowledge', 'belief', id], queryFn: ({ signal }) => client.belief({ id }, { signal }) });
export const gapsQuery = (filter: Filter<'gaps'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['goals', 'gaps', filter],
    queryFn: ({ pageParam, signal }) => client.gaps({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const metricsQuery = (filter: Filter<'metrics'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['goals', 'metrics', filter],
    queryFn: ({ pageParam, signal }) => client.metrics({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const proposalsQuery = (filter: Filter<'proposals'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['goals', 'proposals', filter],
    queryFn: ({ pageParam, signal }) => client.proposals({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const seatsHealthQuery = (filter: Filter<'seatsHealth'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['health', 'seats', filter],
    queryFn: ({ pageParam, signal }) => client.seatsHealth({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const interventionsQuery = (filter: Filter<'interventions'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['health', 'interventions', filter],
    queryFn: ({ pageParam, signal }) =>
      client.interventions({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const wakeupsQuery = (filter: Filter<'wakeups'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['health', 'wakeups', filter],
    queryFn: ({ pageParam, signal }) => client.wakeups({ ...filter, limit: PAGE, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const standupsQuery = (filter: Filter<'standups'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['numbers', 'standups', filter],
    queryFn: ({ pageParam, signal }) => client.standups({ ...filter, limit: 20, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
export const incidentsQuery = (filter: Filter<'incidents'>) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['controls', 'incidents', filter],
    queryFn: ({ pageParam, signal }) => client.incidents({ ...filter, limit: 50, ...from(pageParam) }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
