import { DAY } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { type Account, accountNamed, keysOf } from './accounts.ts';
import type { BudgetDef, Currency } from './definition.ts';
import { allotted } from './earned.ts';
import { type Span, spanOf } from './periods.ts';
import { perDay } from './rates.ts';

export const balance = (state: State, name: string): number => state.budget.books.get(name) ?? 0;

const isCurrent = (state: State, one: Account, span: Span): boolean => state.budget.periods.get(one.key) === span.name;

/** What is still available in the period of `now`: a new period starts with a full allocation. */
export function available(state: State, one: Account, now: Time): number {
  return isCurrent(state, one, spanOf(one.budget.period, now))
    ? balance(state, one.available)
    : allotted(state, one, now) - balance(state, one.reserved);
}

export const onCase = (state: State, key: string, caseId: string | null): number =>
  caseId === null ? 0 : (state.budget.perCase.get(`${key}|${caseId}`) ?? 0);

/** What is reserved and spent in the period of `now`. */
export function usedOf(state: State, one: Account, now: Time): { reserved: number; spent: number } {
  const current = isCurrent(state, one, spanOf(one.budget.period, now));
  return { reserved: balance(state, one.reserved), spent: current ? balance(state, one.spent) : 0 };
}

/** Percent of the allocation that is reserved or spent, rounded down; an allocation of nothing is used up. */
export const percentOf = (used: number, allocation: number): number =>
  allocation > 0 ? Math.floor((100 * used) / allocation) : used > 0 ? 1000 : 100;

export interface BudgetLine {
  readonly id: string;
  readonly title: string;
  readonly currency: Currency;
  /** Whose it is. */
  readonly scope: { kind: 'organisation' | 'unit' | 'seat'; id: string };
  /** The flow whose work it counts; null when it counts all. */
  readonly lane: string | null;
  /** With what was earned. Of one account; where each case has its own, the sums below are over all cases. */
  readonly allocation: number;
  readonly available: number;
  readonly reserved: number;
  readonly spent: number;
  readonly period: string;
  /** First millisecond after the period (UTC); null when it never ends. */
  readonly until: Time | null;
  /** Percent of the allocation that is reserved or spent. Of the fullest account where each case has its own. */
  readonly used: number;
  readonly thresholds: { percent: number; passed: boolean }[];
  /** Spent per day over the last seven days and today; null when nothing was ever spent. */
  readonly perDay: number | null;
  /** Days until nothing is left at this rate; null when nothing is being spent, or each case has its own account. */
  readonly runway: number | null;
  /** Does it last until the period ends? Null when that cannot be told. */
  readonly lasts: boolean | null;
  /** How many cases have an account; null when the budget has one of its own. */
  readonly accounts: number | null;
}

const scopeOf = (state: State, { seat, unit }: BudgetDef): BudgetLine['scope'] => {
  if (seat !== undefined) return { kind: 'seat', id: seat };
  return unit === undefined ? { kind: 'organisation', id: state.org } : { kind: 'unit', id: unit };
};

interface Sums {
  available: number;
  reserved: number;
  spent: number;
  used: number;
}

function sumsOf(state: State, keys: readonly string[], now: Time): Sums {
  const sums = { available: 0, reserved: 0, spent: 0, used: 0 };
  for (const key of keys) {
    const one = accountNamed(state, key)!;
    const { reserved, spent } = usedOf(state, one, now);
    sums.available += available(state, one, now);
    sums.reserved += reserved;
    sums.spent += spent;
    sums.used = Math.max(sums.used, percentOf(reserved + spent, allotted(state, one, now)));
  }
  return sums;
}

/** [BUD11] At the present rate: days until nothing is left, and whether that is after the period's end. */
function outlook(left: number, rate: number | null, until: Time, now: Time): Pick<BudgetLine, 'runway' | 'lasts'> {
  if (rate === null || rate <= 0) return { runway: null, lasts: null };
  const runway = Math.max(0, left) / rate;
  return { runway, lasts: until === Number.POSITIVE_INFINITY ? null : runway * DAY >= until - now };
}

function lineOf(state: State, budget: BudgetDef, now: Time): BudgetLine {
  const span = spanOf(budget.period, now);
  const keys = keysOf(state, budget);
  const sums = sumsOf(state, keys, now);
  const rate = budget.each ? null : perDay(state, budget.id, now);
  return {
    id: budget.id,
    title: budget.title,
    currency: budget.currency,
    scope: scopeOf(state, budget),
    lane: typeof budget.lane === 'string' ? budget.lane : null,
    allocation: budget.earns ? allotted(state, accountNamed(state, budget.id)!, now) : budget.allocation,
    ...sums,
    period: span.name,
    until: Number.isFinite(span.until) ? span.until : null,
    thresholds: (budget.thresholds ?? []).map((percent) => ({ percent, passed: sums.used >= percent })),
    perDay: rate,
    ...outlook(sums.available, rate, span.until, now),
    accounts: budget.each ? keys.length : null,
  };
}

/** Every budget with what is left of it, in the period of `now`. Costs what there is to show; not for the hot path. */
export const budgetLines = (state: State, now: Time = state.now): BudgetLine[] =>
  (state.organisation.definition?.budgets ?? []).map((budget) => lineOf(state, budget, now));

/** One account of a budget: all of it, or that of one case. */
export interface AccountLine {
  readonly case: string | null;
  readonly available: number;
  readonly reserved: number;
  readonly spent: number;
  /** Percent of the allocation that is reserved or spent. */
  readonly used: number;
}

/** The accounts of a budget in the period of `now`, in the order in which they were first touched; null when there is no such budget. */
export function accountLines(state: State, id: string, now: Time = state.now): AccountLine[] | null {
  const budget = state.organisation.definition?.budgets.find((each) => each.id === id);
  if (!budget) return null;
  return keysOf(state, budget).map((key) => {
    const at = key.indexOf('@');
    return { case: at < 0 ? null : key.slice(at + 1), ...sumsOf(state, [key], now) };
  });
}
