import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { nextId, type State } from '../core/state.ts';
import type { BudgetDef } from './definition.ts';
import type { Transfer } from './schema.ts';
import type { Reservation } from './state.ts';
import { account, available, budgetsOf, fund, refund } from './views.ts';

export interface Ask {
  operation: string | null;
  run: string | null;
  case: string | null;
  seat: string;
  money: number;
  calls: number;
}

/** [BUD2] Reserve in every account it touches, all or none. The caller (gate, run start) has checked that there is room. */
export function reserve(state: State, ask: Ask, now: number): Draft[] {
  const drafts: Draft[] = [];
  const transfers: Transfer[] = [];
  for (const currency of ['money', 'calls'] as const) {
    if (ask[currency] === 0) continue;
    for (const budget of budgetsOf(state, ask.seat, currency)) {
      drafts.push(...fund(state, budget, now));
      transfers.push({
        from: account(budget.id, 'available'),
        to: account(budget.id, 'reserved'),
        amount: ask[currency],
      });
    }
  }
  if (transfers.length === 0) return [];
  const reservation = nextId(state, 'RV');
  const body = { reservation, operation: ask.operation, run: ask.run, case: ask.case, money: ask.money, transfers };
  return [...drafts, event('budget.reserved', `budget/${reservation}`, body, ask.case)];
}

const pour = (
  transfers: readonly Transfer[],
  part: 'spent' | 'available',
  share: (amount: number) => number,
): Transfer[] =>
  transfers.flatMap((t) => {
    const amount = share(t.amount);
    return amount === 0 ? [] : [{ from: t.to, to: t.to.replace(/\/reserved$/, `/${part}`), amount }];
  });

const openReservation = (state: State, id: string | null): Reservation | undefined => {
  const found = id === null ? undefined : state.budget.reservations.get(id);
  return found?.status === 'open' ? found : undefined;
};

/** [BUD3] Settle a reservation in full; a second settle changes nothing. */
export function settle(state: State, id: string | null, what: string): Draft[] {
  const r = openReservation(state, id);
  if (!r) return [];
  return [
    event(
      'budget.settled',
      `budget/${r.id}`,
      { reservation: r.id, money: r.money, transfers: pour(r.transfers, 'spent', (a) => a), case: r.case, what },
      r.case ?? r.operation,
    ),
  ];
}

/** [BUD4] Settle a part (a run's metered use); what is left stays reserved. Never more than was reserved. */
export function settlePart(state: State, id: string | null, money: number, what: string): Draft[] {
  const r = openReservation(state, id);
  if (!r || money === 0) return [];
  const amount = Math.min(money, r.money - r.settled);
  // Only money is reserved for a run, so every transfer of it is settled by the same amount.
  return [
    event(
      'budget.settled',
      `budget/${r.id}`,
      { reservation: r.id, money: amount, transfers: pour(r.transfers, 'spent', () => amount), case: r.case, what },
      r.case ?? r.operation,
    ),
  ];
}

/**
 * [BUD3] Give back what is left of a reservation; a second release changes nothing. `settling` is what the same decision
 * settles of it.
 */
export function release(state: State, id: string | null, settling = 0): Draft[] {
  const r = openReservation(state, id);
  if (!r) return [];
  return [
    event(
      'budget.released',
      `budget/${r.id}`,
      { reservation: r.id, transfers: pour(r.transfers, 'available', (a) => a - r.settled - settling) },
      r.case ?? r.operation,
    ),
  ];
}

/** [BUD4] The effect was undone: what was spent on it comes back, once, to the period that is open now. */
export function reverse(state: State, id: string | null): Draft[] {
  const r = id === null ? undefined : state.budget.reservations.get(id);
  if (r?.status !== 'settled') return [];
  const transfers = r.transfers.map((t) => ({
    from: t.to.replace(/\/reserved$/, '/spent'),
    to: t.from,
    amount: t.amount,
  }));
  return [
    event(
      'budget.settled',
      `budget/${r.id}`,
      { reservation: r.id, money: 0 - r.money, transfers, case: r.case, what: 'compensated', reverses: true },
      r.case ?? r.operation,
    ),
  ];
}

export interface Use {
  seat: string;
  case: string | null;
  currency: BudgetDef['currency'];
  amount: number;
  what: string;
}

/**
 * [BUD7] Book a use that nobody reserved on every budget it touches: what has been used is spent, but no budget goes below
 * zero. `exhausted` is a budget that has nothing left afterwards.
 */
export function book(state: State, use: Use, now: number): { drafts: Draft[]; exhausted: BudgetDef | null } {
  const drafts: Draft[] = [];
  let exhausted: BudgetDef | null = null;
  if (use.amount === 0) return { drafts, exhausted };
  for (const budget of budgetsOf(state, use.seat, use.currency)) {
    const left = available(state, budget, now);
    const amount = Math.min(use.amount, Math.max(0, left));
    if (use.amount >= left) exhausted ??= budget;
    if (amount === 0) continue;
    const transfers = [{ from: account(budget.id, 'available'), to: account(budget.id, 'spent'), amount }];
    const body = { budget: budget.id, transfers, case: use.case, what: use.what };
    drafts.push(...fund(state, budget, now), event('budget.spent', `budget/${budget.id}`, body, use.case));
  }
  return { drafts, exhausted };
}

export const budgetFollowUps = {
  /** After an apply: grant what new or changed budgets allocate. */
  'budget.fund': (state: State, _body: unknown, ctx: Context): Draft[] =>
    (state.organisation.definition?.budgets ?? []).flatMap((b) => refund(state, b, ctx.now)),
};
