import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { nextId, type State } from '../core/state.ts';
import { type Account, accountNamed, accountsOf, keyOf, type Spending } from './accounts.ts';
import type { BudgetDef } from './definition.ts';
import { fund, refund } from './funding.ts';
import type { PriceUse } from './prices.ts';
import type { Transfer } from './schema.ts';
import type { Reservation } from './state.ts';
import { available } from './views.ts';

export interface Ask extends Spending {
  readonly operation: string | null;
  readonly run: string | null;
  readonly money: number;
  readonly calls: number;
  /** Lines of the price table the money was worked out from. */
  readonly prices?: readonly PriceUse[];
}

const priced = (prices: readonly PriceUse[] | undefined): { prices?: PriceUse[] } =>
  prices && prices.length > 0 ? { prices: [...prices] } : {};

/** [BUD2] Reserve in every account it touches, all or none. The caller (gate, run start) has checked that there is room. */
export function reserve(state: State, ask: Ask, now: number): Draft[] {
  const drafts: Draft[] = [];
  const transfers: Transfer[] = [];
  for (const currency of ['money', 'calls'] as const) {
    if (ask[currency] === 0) continue;
    for (const one of accountsOf(state, ask, currency)) {
      drafts.push(...fund(state, one, now));
      transfers.push({ from: one.available, to: one.reserved, amount: ask[currency] });
    }
  }
  if (transfers.length === 0) return [];
  const reservation = nextId(state, 'RV');
  const { operation, run, money } = ask;
  const body = { reservation, operation, run, case: ask.case, money, transfers, ...priced(ask.prices) };
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

/** [BUD5] What moves into or out of `spent` belongs to the period it happens in: open that first. */
const opened = (state: State, transfers: readonly Transfer[], now: number): Draft[] =>
  transfers.flatMap(({ to }) => {
    const one = accountNamed(state, keyOf(to));
    return one ? fund(state, one, now) : [];
  });

interface Settlement {
  readonly money: number;
  readonly transfers: Transfer[];
  readonly what: string;
  readonly prices: readonly PriceUse[];
  readonly reverses?: true;
}

function settled(state: State, r: Reservation, { prices, ...settlement }: Settlement, now: number): Draft[] {
  const body = { reservation: r.id, ...settlement, case: r.case, ...priced(prices) };
  return [
    ...opened(state, body.transfers, now),
    event('budget.settled', `budget/${r.id}`, body, r.case ?? r.operation),
  ];
}

/** [BUD3] Settle a reservation in full; a second settle changes nothing. */
export function settle(state: State, id: string | null, what: string, now: number): Draft[] {
  const r = openReservation(state, id);
  if (!r) return [];
  const transfers = pour(r.transfers, 'spent', (amount) => amount);
  return settled(state, r, { money: r.money, transfers, what, prices: r.prices }, now);
}

export interface Part {
  readonly money: number;
  readonly what: string;
  readonly prices: readonly PriceUse[];
}

/** [BUD4] Settle a part (a run's metered use); what is left stays reserved. Never more than was reserved. */
export function settlePart(state: State, id: string | null, part: Part, now: number): Draft[] {
  const r = openReservation(state, id);
  if (!r || part.money === 0) return [];
  const money = Math.min(part.money, r.money - r.settled);
  // Only money is reserved for a run, so every transfer of it is settled by the same amount.
  const transfers = pour(r.transfers, 'spent', () => money);
  return settled(state, r, { ...part, money, transfers }, now);
}

/**
 * [BUD3] Give back what is left of a reservation; a second release changes nothing. `settling` is what the same decision
 * settles of it.
 */
export function release(state: State, id: string | null, settling = 0): Draft[] {
  const r = openReservation(state, id);
  if (!r) return [];
  const body = { reservation: r.id, transfers: pour(r.transfers, 'available', (a) => a - r.settled - settling) };
  return [event('budget.released', `budget/${r.id}`, body, r.case ?? r.operation)];
}

/** [BUD4] The effect was undone: what was spent on it comes back, once, to the period that is open now. */
export function reverse(state: State, id: string | null, now: number): Draft[] {
  const r = id === null ? undefined : state.budget.reservations.get(id);
  if (r?.status !== 'settled') return [];
  const transfers = r.transfers.map((t) => ({
    from: t.to.replace(/\/reserved$/, '/spent'),
    to: t.from,
    amount: t.amount,
  }));
  const settlement = { money: 0 - r.money, transfers, what: 'compensated', prices: r.prices, reverses: true as const };
  return settled(state, r, settlement, now);
}

export interface Use {
  readonly seat: string;
  readonly case: string | null;
  readonly currency: BudgetDef['currency'];
  readonly amount: number;
  readonly what: string;
  readonly prices?: readonly PriceUse[];
}

/** The event of a use on one account, as far as there is room. */
function bookOn(state: State, one: Account, use: Use, left: number, now: number): Draft[] {
  const amount = Math.min(use.amount, Math.max(0, left));
  if (amount === 0) return [];
  const transfers = [{ from: one.available, to: one.spent, amount }];
  const body = { budget: one.key, transfers, case: use.case, what: use.what, ...priced(use.prices) };
  return [...fund(state, one, now), event('budget.spent', `budget/${one.key}`, body, use.case)];
}

/**
 * [BUD7] Book a use that nobody reserved on every budget it touches: what has been used is spent, but no budget goes below
 * zero. `exhausted` is a budget that has nothing left afterwards.
 */
export function book(state: State, use: Use, now: number): { drafts: Draft[]; exhausted: BudgetDef | null } {
  const drafts: Draft[] = [];
  let exhausted: BudgetDef | null = null;
  if (use.amount === 0) return { drafts, exhausted };
  for (const one of accountsOf(state, { ...use, capability: null }, use.currency)) {
    const left = available(state, one, now);
    if (use.amount >= left) exhausted ??= one.budget;
    drafts.push(...bookOn(state, one, use, left, now));
  }
  return { drafts, exhausted };
}

export const budgetFollowUps = {
  /** After an apply: grant what new or changed budgets allocate. */
  'budget.fund': (state: State, _body: unknown, ctx: Context): Draft[] =>
    (state.organisation.definition?.budgets ?? []).flatMap((b) => refund(state, b, ctx.now)),
};
