import { type Draft, event } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { inUnit } from '../organisation/views.ts';
import type { BudgetDef } from './definition.ts';
import type { Transfer } from './schema.ts';

export const account = (budget: string, part: 'funding' | 'available' | 'reserved' | 'spent'): string =>
  `${budget}/${part}`;
export const balance = (state: State, name: string): number => state.budget.books.get(name) ?? 0;

/** Name of the period a time falls into, e.g. "2026-11"; weeks count from the Unix epoch's first Monday. UTC. */
export function periodOf(period: BudgetDef['period'], now: Time): string {
  if (period === 'once') return 'once';
  if (period === 'week') return `w${Math.floor((now / 86_400_000 + 3) / 7)}`;
  return new Date(now).toISOString().slice(0, period === 'day' ? 10 : 7);
}

/** Every budget a seat's spending touches: its own, those of the units around it, the organisation's. */
export function budgetsOf(state: State, seat: string, currency: BudgetDef['currency']): BudgetDef[] {
  const unit = state.organisation.seats.get(seat)?.unit;
  return (state.organisation.definition?.budgets ?? []).filter((budget) => {
    if (budget.currency !== currency) return false;
    if (budget.seat !== undefined) return budget.seat === seat;
    if (budget.unit !== undefined) return unit !== undefined && inUnit(state, unit, budget.unit);
    return true;
  });
}

/** What is still available in the period of `now`: a new period starts with a full allocation. */
export function available(state: State, budget: BudgetDef, now: Time): number {
  if (state.budget.periods.get(budget.id) !== periodOf(budget.period, now))
    return budget.allocation - balance(state, account(budget.id, 'reserved'));
  return balance(state, account(budget.id, 'available'));
}

export const onCase = (state: State, budget: string, caseId: string | null): number =>
  caseId === null ? 0 : (state.budget.perCase.get(`${budget}|${caseId}`) ?? 0);

/**
 * [BUD5] Open a new period where one has begun: what was left goes back, what was spent is closed, the allocation is granted.
 * Open reservations stay reserved and count against the new period.
 */
export function fund(state: State, budget: BudgetDef, now: Time): Draft[] {
  const period = periodOf(budget.period, now);
  if (state.budget.periods.get(budget.id) === period) return [];
  const reserved = balance(state, account(budget.id, 'reserved'));
  const funding = account(budget.id, 'funding');
  const move = (from: string, to: string, amount: number): Transfer[] => {
    if (amount === 0) return [];
    return amount > 0 ? [{ from, to, amount }] : [{ from: to, to: from, amount: -amount }];
  };
  const transfers = [
    ...move(account(budget.id, 'available'), funding, balance(state, account(budget.id, 'available'))),
    ...move(account(budget.id, 'spent'), funding, balance(state, account(budget.id, 'spent'))),
    ...move(funding, account(budget.id, 'available'), budget.allocation - reserved),
  ];
  return [event('budget.funded', `budget/${budget.id}`, { budget: budget.id, period, transfers, reason: 'period' })];
}

/** [BUD6] Change of allocation within a period: grant or withdraw the difference. */
export function refund(state: State, budget: BudgetDef, now: Time): Draft[] {
  const fresh = fund(state, budget, now);
  if (fresh.length > 0) return fresh;
  const granted = -balance(state, account(budget.id, 'funding'));
  const difference = budget.allocation - granted;
  if (difference === 0) return [];
  const [from, to] = difference > 0 ? (['funding', 'available'] as const) : (['available', 'funding'] as const);
  const transfers = [{ from: account(budget.id, from), to: account(budget.id, to), amount: Math.abs(difference) }];
  return [
    event('budget.funded', `budget/${budget.id}`, {
      budget: budget.id,
      period: periodOf(budget.period, now),
      transfers,
      reason: 'allocation',
    }),
  ];
}

export interface BudgetLine {
  id: string;
  title: string;
  currency: string;
  allocation: number;
  available: number;
  reserved: number;
  spent: number;
  period: string;
}

export function budgetLines(state: State): BudgetLine[] {
  return (state.organisation.definition?.budgets ?? []).map((b) => ({
    id: b.id,
    title: b.title,
    currency: b.currency,
    allocation: b.allocation,
    available: balance(state, account(b.id, 'available')),
    reserved: balance(state, account(b.id, 'reserved')),
    spent: balance(state, account(b.id, 'spent')),
    period: state.budget.periods.get(b.id) ?? '',
  }));
}
