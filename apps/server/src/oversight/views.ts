import {
  compliance,
  type Dashboard,
  dashboard,
  figures,
  type KernelRecord,
  latestReport,
  type Numbers,
  oversightView,
  quantile,
  type RecordOf,
  type Report,
  type ReportPeriod,
  reportText,
  type State,
  standup,
  waitsBySeat,
} from '@reeve/kernel';
import type { DashboardView, InterventionView, OversightPage, ParsedOf, ReportView, ResponseOf } from '@reeve/protocol';
import { Refusal } from '../errors.ts';
import { afterKey, newestFirst, none } from '../views/page.ts';

/** Alerts that are shown at once. */
const ALERTS = 200;

export function oversightPage(state: State, { seats }: ParsedOf<'oversight'>['query'], now: number): OversightPage {
  const view = oversightView(state, now);
  return {
    now,
    seats: seats === 'all' ? [...view.seats] : [],
    counts: { ...view.counts },
    alerts: view.alerts.slice(0, ALERTS),
    modes: [...view.modes],
    compliance: complianceOf(state, view.compliance),
    wakeups: [...view.wakeups],
  };
}

/** One page of what seats are in, those in trouble first. */
export function healthList(
  state: State,
  query: ParsedOf<'seatsHealth'>['query'],
  now: number,
): ResponseOf<'seatsHealth'> {
  const words = query.q?.toLowerCase() ?? '';
  const wanted = oversightView(state, now).seats.filter(
    (each) =>
      each.seat.includes(words) &&
      (query.state === undefined || (query.state === 'trouble' ? each.problem : each.state === query.state)),
  );
  const { items, ...next } = afterKey(wanted, query, ({ seat }) => seat);
  return { seats: [...items], ...next };
}

const complianceOf = (state: State, found: ReturnType<typeof compliance> | Numbers): ReportView['compliance'] => {
  const { score, lines } = 'lines' in found ? (found as ReturnType<typeof compliance>) : compliance(state, found);
  return { score, lines: lines.map((line) => ({ ...line })) };
};

export function interventionView(record: KernelRecord): InterventionView {
  const { seq, at, body } = record as RecordOf<'seat.intervened'>;
  return { seq, at, ...body };
}

const PERIOD = { daily: 'day', weekly: 'week', monthly: 'month' } as const satisfies Record<string, ReportPeriod>;

type Numbered = Pick<Report, 'period' | 'name' | 'from' | 'until' | 'numbers' | 'before'>;

function reportView(state: State, found: Numbered, over: boolean): ReportView {
  const { period, name, from, until, numbers, before } = found;
  const of = (what: string) => ({ p50: quantile(numbers, what, 0.5), p95: quantile(numbers, what, 0.95) });
  return {
    ...{ period, name, from, until, over, numbers, before },
    compliance: complianceOf(state, compliance(state, numbers)),
    ...{ cases: of('case'), runs: of('run'), decisions: of('approval') },
    text: reportText(found),
  };
}

/** @throws Refusal `not-found` while no such period is over. */
export function reportOf(state: State, { params, query }: ParsedOf<'report'>, now: number): ReportView {
  const period = PERIOD[params.period];
  if (query.which === 'current') return reportView(state, figures(state, period, now), false);
  const last = latestReport(state, period);
  if (!last)
    throw new Refusal(
      'not-found',
      `no ${params.period} report is over yet`,
      'ask for the running one: `which=current`',
    );
  return reportView(state, last, true);
}

const boardView = (board: Dashboard): DashboardView => ({
  ...board,
  kpis: [...board.kpis],
  budgets: [...board.budgets],
  recent: [...board.recent],
  actions: [...board.actions],
});

/** @throws Refusal `not-found` */
export function dashboardOf(state: State, id: string, now: number): DashboardView {
  const board = dashboard(state, id, now);
  if (!board) throw none('seat', id);
  return boardView(board);
}

export function standupList(state: State, query: ParsedOf<'standups'>['query'], now: number): ResponseOf<'standups'> {
  const { seat } = query;
  if (seat !== undefined && !state.organisation.seats.has(seat)) throw none('seat', seat);
  const seats = [...state.organisation.seats.values()].filter(({ id, status }) =>
    seat === undefined ? status !== 'retired' : id === seat,
  );
  const waits = waitsBySeat(state);
  const { items, ...next } = afterKey(seats, query, ({ id }) => id);
  const standups = items.flatMap(({ id }) => {
    const found = standup(state, id, now, waits);
    if (!found) return [];
    const { kpis, done, blockers, next: plans, budget } = found;
    return [
      { seat: id, kpis: [...kpis], done: [...done], blockers: [...blockers], next: [...plans], budget: [...budget] },
    ];
  });
  return { standups, ...next };
}

export function wakeupList(state: State, query: ParsedOf<'wakeups'>['query']): ResponseOf<'wakeups'> {
  const wanted = (w: { acknowledged: unknown }) => query.status === 'all' || w.acknowledged === null;
  const { items, ...next } = newestFirst(state.oversight.wakeups.values(), query, wanted);
  return { wakeups: items.map((item) => ({ ...item })), ...next };
}
