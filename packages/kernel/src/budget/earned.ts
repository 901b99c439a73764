/** [BUD15] Budgets that grow with what was earned (R-A32): worked out when a period begins, within bounds, from the books alone. */
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { valueBefore } from '../economy/views.ts';
import { inUnit } from '../organisation/views.ts';
import type { Account } from './accounts.ts';
import type { BudgetDef } from './definition.ts';
import { spanOf } from './periods.ts';

/** Is this seat's work what the budget is for? */
const counts = (state: State, { seat, unit }: BudgetDef, id: string): boolean => {
  if (seat !== undefined) return id === seat;
  const own = state.organisation.seats.get(id)?.unit;
  return unit === undefined || (own !== undefined && inUnit(state, own, unit));
};

/** What it earned in the period before the one of `now`; losses take nothing away. */
function earned(state: State, budget: BudgetDef, now: Time): number {
  const { earns, period } = budget;
  if (earns === undefined || (period !== 'month' && period !== 'quarter')) return 0;
  const value = valueBefore(state, period, now, (id) => counts(state, budget, id));
  return Math.min(earns.most, Math.max(0, Math.floor((value * earns.percent) / 100)));
}

/** What the period of `now` begins with. */
export const opening = (state: State, budget: BudgetDef, now: Time): number =>
  budget.allocation + earned(state, budget, now);

/** What the account was given for the period of `now`; of one that has not begun, what it will begin with. */
export function allotted(state: State, one: Account, now: Time): number {
  const { budget, key } = one;
  if (budget.earns === undefined) return budget.allocation;
  const current = state.budget.periods.get(key) === spanOf(budget.period, now).name;
  return current ? -(state.budget.books.get(one.funding) ?? 0) : opening(state, budget, now);
}
