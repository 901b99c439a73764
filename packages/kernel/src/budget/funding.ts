import { type Draft, event } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { type Account, accountNamed, keysOf } from './accounts.ts';
import type { BudgetDef } from './definition.ts';
import { opening } from './earned.ts';
import { periodOf } from './periods.ts';
import type { Transfer } from './schema.ts';
import { balance } from './views.ts';

const funded = (one: Account, period: string, transfers: Transfer[], reason: string): Draft =>
  event('budget.funded', `budget/${one.key}`, { budget: one.key, period, transfers, reason });

function move(from: string, to: string, amount: number): Transfer[] {
  if (amount === 0) return [];
  return amount > 0 ? [{ from, to, amount }] : [{ from: to, to: from, amount: -amount }];
}

/**
 * [BUD5] Open a new period where one has begun: what was left goes back, what was spent is closed, the allocation is granted.
 * Open reservations stay reserved and count against the new period.
 */
export function fund(state: State, one: Account, now: Time): Draft[] {
  const period = periodOf(one.budget.period, now);
  if (state.budget.periods.get(one.key) === period) return [];
  const transfers = [
    ...move(one.available, one.funding, balance(state, one.available)),
    ...move(one.spent, one.funding, balance(state, one.spent)),
    ...move(one.funding, one.available, opening(state, one.budget, now) - balance(state, one.reserved)),
  ];
  return [funded(one, period, transfers, 'period')];
}

/** [BUD6] Change of allocation within a period: grant or withdraw the difference, in each account of the budget. */
export const refund = (state: State, budget: BudgetDef, now: Time): Draft[] =>
  keysOf(state, budget).flatMap((key) => refundOne(state, accountNamed(state, key)!, now));

function refundOne(state: State, one: Account, now: Time): Draft[] {
  const fresh = fund(state, one, now);
  if (fresh.length > 0) return fresh;
  const difference = opening(state, one.budget, now) + balance(state, one.funding);
  const transfers = move(one.funding, one.available, difference);
  return transfers.length === 0 ? [] : [funded(one, periodOf(one.budget.period, now), transfers, 'allocation')];
}
