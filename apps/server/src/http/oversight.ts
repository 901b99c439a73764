import { scorecard, seatTrends } from '@reeve/kernel';
import type { OVERSIGHT_ROUTES } from '@reeve/protocol';
import { archiveOf } from '../archive.ts';
import { postMortem } from '../oversight/post-mortem.ts';
import {
  dashboardOf,
  healthList,
  interventionView,
  oversightPage,
  reportOf,
  standupList,
  wakeupList,
} from '../oversight/views.ts';
import { badCursor, none } from '../views/page.ts';
import { type Handler, present, view } from './handler.ts';
import { write } from './write.ts';

const DAY = 86_400_000;

/** What was done is read from the ledger: memory holds only the latest times. */
const interventions: Handler<'interventions'> = async ({ runtime, store }, { query }) => {
  const { seat, limit, cursor } = query;
  if (cursor !== undefined && !/^[1-9]\d{0,14}$/.test(cursor)) throw badCursor();
  const { records, next } = await store.history({
    ...{ kind: 'seat.intervened', order: 'newest', limit },
    ...(seat === undefined ? {} : { stream: `seat/${seat}` }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const found = records.map((sealed) => interventionView(runtime.recordOf(sealed)));
  return { body: { interventions: found, ...(next === undefined ? {} : { next }) } };
};

export const OVERSIGHT_HANDLERS: { readonly [K in keyof typeof OVERSIGHT_ROUTES]: Handler<K> } = {
  oversight: view((state, { query }) => oversightPage(state, query, present(state))),
  seatsHealth: view((state, { query }) => healthList(state, query, present(state))),
  interventions,
  report: view((state, input) => reportOf(state, input, present(state))),
  scorecard: view((state, { query }) => {
    const now = present(state);
    const { from, until, scores } = scorecard(state, now - query.days * DAY, now);
    return { from, until, scores: scores.map((score) => ({ ...score })) };
  }),
  standups: view((state, { query }) => standupList(state, query, present(state))),
  trends: view((state, { params }) => {
    const trends = seatTrends(state, params.id, present(state));
    if (trends === null) throw none('seat', params.id);
    return { seat: params.id, trends };
  }),
  dashboard: view((state, { params }) => dashboardOf(state, params.id, present(state))),
  wakeups: view((state, { query }) => wakeupList(state, query)),
  acknowledge: async (services, { params, body }, call) => {
    const { seq, repeated } = await write(services, call, 'wakeup.acknowledge', { wakeup: params.id, ...body });
    return { body: { wakeup: params.id, seq }, repeated };
  },
  postMortem: async ({ runtime, store }, { params }) => ({
    body: await postMortem(runtime, archiveOf(runtime, store), params.id),
  }),
};
