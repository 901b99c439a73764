/** What oversight shows: conditions of seats, alerts, dashboards, stand-ups. Computed when somebody asks, never while something happens. */
import { budgetLines } from '../budget/views.ts';
import { HOUR } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { isHuman } from '../organisation/views.ts';
import { type Gap, gaps } from '../purpose/views.ts';
import { type Compliance, compliance } from './compliance.ts';
import { between, seatBetween, startOf } from './numbers.ts';
import { oversightOf } from './settings.ts';
import type { Activity, Degraded, Numbers, Trouble, WakeUp } from './state.ts';
import { type Condition, conditionOf, troubleOf } from './troubles.ts';

const DAY = 24 * HOUR;
const n = (numbers: Numbers, ...names: string[]): number => names.reduce((sum, name) => sum + (numbers[name] ?? 0), 0);
const share = (part: number, whole: number): number | null => (whole > 0 ? (100 * part) / whole : null);

export interface SeatHealth extends Condition {
  readonly seat: string;
  readonly lastAt: Time | null;
  /** How far the ladder has been climbed, while the trouble lasts. */
  readonly trouble: Pick<Trouble, 'trouble' | 'since' | 'rung' | 'nextAt'> | null;
}

export interface Alert {
  readonly severity: 'critical' | 'warning' | 'info';
  readonly seat: string;
  readonly kind: string;
  readonly message: string;
}

export interface OversightView {
  readonly seats: readonly SeatHealth[];
  readonly counts: Readonly<Record<string, number>>;
  readonly alerts: readonly Alert[];
  readonly modes: readonly Degraded[];
  readonly compliance: Compliance;
  readonly wakeups: readonly WakeUp[];
}

export function seatHealth(state: State, seat: string, now: Time): SeatHealth {
  const trouble = troubleOf(state, seat);
  return {
    seat,
    ...conditionOf(state, seat, now, trouble?.case ?? null),
    lastAt: state.oversight.seats.get(seat)?.lastAt || null,
    trouble: trouble && { trouble: trouble.trouble, since: trouble.since, rung: trouble.rung, nextAt: trouble.nextAt },
  };
}

/** R-C14: what a person should look at. Rates are of the last seven days, and of agents. */
function alertsOf(state: State, health: SeatHealth, now: Time): Alert[] {
  const { seat, problem, why, state: condition } = health;
  const own: Alert[] = problem
    ? [{ severity: condition === 'unresponsive' ? 'critical' : 'warning', seat, kind: condition, message: why }]
    : [];
  if (isHuman(state.organisation.seats.get(seat))) return own;
  const rates = ratesOf(state, seat, now);
  const settings = oversightOf(state);
  if (rates.success !== null && rates.success < settings.success)
    own.push({
      severity: 'warning',
      seat,
      kind: 'low_success',
      message: `${Math.round(rates.success)} % of its runs finish`,
    });
  if (rates.utilisation !== null && rates.utilisation < settings.utilisation)
    own.push({
      severity: 'info',
      seat,
      kind: 'low_utilisation',
      message: `at work ${Math.round(rates.utilisation)} % of its time`,
    });
  return own;
}

const SEVERITY = { critical: 0, warning: 1, info: 2 } as const;

/** [OVS60] The organisation's seats, the troubled ones first. Proportional to the seats: for people, not for loops. */
export function oversightView(state: State, now: Time): OversightView {
  const ids = [...state.organisation.seats.values()].filter(({ status }) => status !== 'retired').map(({ id }) => id);
  const seats = ids.map((seat) => seatHealth(state, seat, now));
  const counts: Record<string, number> = {};
  for (const each of seats) counts[each.state] = (counts[each.state] ?? 0) + 1;
  const alerts = seats.flatMap((health) => alertsOf(state, health, now));
  return {
    seats: seats.sort((a, b) => Number(b.problem) - Number(a.problem) || (a.seat < b.seat ? -1 : 1)),
    counts,
    alerts: alerts.sort((a, b) => SEVERITY[a.severity] - SEVERITY[b.severity] || (a.seat < b.seat ? -1 : 1)),
    modes: [...state.oversight.modes.values()],
    compliance: compliance(state, between(state, now - 7 * DAY, now)),
    wakeups: [...state.oversight.wakeups.values()].reverse(),
  };
}

export interface Rates {
  readonly runs: number;
  /** Finished runs in percent of those that ended. */
  readonly success: number | null;
  /** Cases reopened are not known by seat; refused operations in percent of those decided. */
  readonly refused: number | null;
  /** Time with a run at work in percent of the time since its first day, at most 100 (R-C13). */
  readonly utilisation: number | null;
}

function ratesOf(state: State, seat: string, now: Time): Rates {
  const numbers = seatBetween(state, seat, now - 6 * DAY, now);
  const ended = n(numbers, 'runs.finished', 'runs.failed', 'runs.stopped');
  const first = [...state.oversight.seatDays].find(([, seats]) => seats.has(seat))?.[0];
  const from = first === undefined ? now : Math.max(now - 7 * DAY, startOf(first));
  return {
    runs: n(numbers, 'runs.started'),
    success: share(n(numbers, 'runs.finished'), ended),
    refused: share(n(numbers, 'operations.refused'), n(numbers, 'operations.decided')),
    utilisation: ended === 0 || now <= from ? null : Math.min(100, (100 * n(numbers, 'runs.ms')) / (now - from)),
  };
}

export interface Dashboard {
  readonly seat: string;
  readonly title: string;
  readonly health: SeatHealth;
  readonly inbox: number;
  readonly openCases: number;
  /** Metrics of its charter with their targets. */
  readonly kpis: readonly Gap[];
  readonly today: Numbers;
  readonly week: Numbers;
  readonly rates: Rates;
  readonly budgets: readonly {
    id: string;
    allocation: number;
    spent: number;
    reserved: number;
    available: number;
    currency: string;
    used: number;
  }[];
  readonly recent: readonly Activity[];
  readonly actions: readonly string[];
}

/** What the seat, or whoever directs it, should do next; each from a number on the page. */
function actionsFor(health: SeatHealth, kpis: readonly Gap[], used: readonly { id: string; used: number }[]): string[] {
  return [
    ...(health.problem ? [`${health.state.replaceAll('_', ' ')}: ${health.why}`] : []),
    ...kpis.filter(({ met }) => met === false).map(({ title }) => `close the gap: ${title}`),
    ...used
      .filter((budget) => budget.used >= 90)
      .map(({ id, used: part }) => `budget ${id} is used to ${Math.round(part)} %`),
  ];
}

/** Open cases by owner, counted in one pass. */
export function openCasesBySeat(state: State): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of state.cases.live) {
    const owner = state.cases.cases.get(id)?.owner;
    if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return counts;
}

/** What each seat has to do and cannot do. */
export interface Waits {
  /** Open cases. */
  readonly open: Map<string, number>;
  /** Those that stand still, in words; and approvals it waits for. The first twenty of each. */
  readonly blocked: ReadonlyMap<string, readonly string[]>;
  readonly asked: ReadonlyMap<string, readonly string[]>;
}

const LISTED = 20;

function listed(lists: Map<string, string[]>, seat: string, item: string): void {
  const list = lists.get(seat);
  if (!list) lists.set(seat, [item]);
  else if (list.length < LISTED) list.push(item);
}

/** One pass over what is open. */
export function waitsBySeat(state: State): Waits {
  const [blocked, asked] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const id of state.cases.live) {
    const c = state.cases.cases.get(id);
    if (c && (c.status === 'blocked' || c.status === 'escalated')) listed(blocked, c.owner, `${c.id} is ${c.status}`);
  }
  for (const id of state.governance.pending) {
    const requester = state.governance.approvals.get(id)?.requester;
    if (requester !== undefined) listed(asked, requester, id);
  }
  return { open: openCasesBySeat(state), blocked, asked };
}

/** [OVS61] One seat on a page (R-A24); undefined for a seat there is none of. */
export function dashboard(state: State, id: string, now: Time, open = openCasesBySeat(state)): Dashboard | undefined {
  const seat = state.organisation.seats.get(id);
  if (!seat) return undefined;
  const health = seatHealth(state, id, now);
  const kpis = gaps(state).filter((gap) => seat.charter.metrics.includes(gap.metric) || gap.owner === id);
  const budgets = budgetLines(state, now)
    .filter(({ scope }) => scope.kind === 'seat' && scope.id === id)
    .map(({ id: budget, allocation, spent, reserved, available, currency, used }) => ({
      ...{ id: budget, allocation, spent, reserved, available, currency, used },
    }));
  const watch = state.oversight.seats.get(id);
  return {
    ...{ seat: id, title: seat.title, health, kpis, budgets },
    inbox: state.inbox.seats.get(id)?.depth ?? 0,
    openCases: open.get(id) ?? 0,
    today: seatBetween(state, id, now, now),
    week: seatBetween(state, id, now - 6 * DAY, now),
    rates: ratesOf(state, id, now),
    recent: watch ? watch.recent.items.slice(watch.recent.head).reverse() : [],
    actions: actionsFor(health, kpis, budgets),
  };
}

export interface Standup {
  readonly seat: string;
  readonly kpis: readonly Gap[];
  /** What was achieved, in words with their numbers. */
  readonly done: readonly string[];
  readonly blockers: readonly string[];
  readonly next: readonly string[];
  readonly budget: readonly string[];
}

const counted = (count: number, one: string, many = `${one}s`): string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];

function blockersOf({ seat, health }: Dashboard, { blocked, asked }: Waits): string[] {
  const pending = asked.get(seat);
  return [
    ...(health.problem ? [health.why] : []),
    ...(blocked.get(seat) ?? []),
    ...(pending ? [`waits for a decision on ${pending.join(', ')}`] : []),
  ];
}

/**
 * [OVS62] The weekly stand-up of a seat (R-A25), from its own numbers.
 * @param waits worked out once for many seats: it looks at every open case
 */
export function standup(state: State, id: string, now: Time, waits: Waits = waitsBySeat(state)): Standup | undefined {
  const board = dashboard(state, id, now, waits.open);
  if (!board) return undefined;
  const { week } = board;
  return {
    seat: id,
    kpis: board.kpis,
    done: [
      ...counted(n(week, 'cases.closed'), 'case closed', 'cases closed'),
      ...counted(n(week, 'operations.succeeded'), 'effect', 'effects'),
      ...counted(n(week, 'runs.finished'), 'run finished', 'runs finished'),
      ...counted(n(week, 'messages'), 'message sent', 'messages sent'),
    ],
    blockers: blockersOf(board, waits),
    next: [
      ...counted(board.openCases, 'open case', 'open cases'),
      ...counted(board.inbox, 'message to look at', 'messages to look at'),
      ...board.actions,
    ],
    budget: board.budgets
      .filter(({ used }) => used >= 90)
      .map(({ id: budget, used }) => `${budget} is used to ${Math.round(used)} %`),
  };
}
