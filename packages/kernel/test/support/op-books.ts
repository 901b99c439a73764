import { account } from '../../src/budget/accounts.ts';
import { balance } from '../../src/budget/views.ts';
import type { State } from '../../src/core/state.ts';

const PARTS = ['funding', 'available', 'reserved', 'spent'] as const;
export type Account = Record<(typeof PARTS)[number], number>;

/** The four accounts of a budget. */
export const books = (state: State, id: string): Account =>
  Object.fromEntries(PARTS.map((part) => [part, balance(state, account(id, part))])) as Account;

/** Budget → sum of its accounts, which must be zero. */
export function sums(state: State): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [name, amount] of state.budget.books) {
    const budget = name.slice(0, name.lastIndexOf('/'));
    out[budget] = (out[budget] ?? 0) + amount;
  }
  return out;
}

/** What open reservations keep in each account. */
export function openReservations(state: State): Record<string, number> {
  const out: Record<string, number> = {};
  for (const r of state.budget.reservations.values()) {
    if (r.status !== 'open') continue;
    for (const t of r.transfers) out[t.to] = (out[t.to] ?? 0) + t.amount - r.settled;
  }
  return out;
}
