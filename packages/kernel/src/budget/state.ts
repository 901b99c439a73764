import type { Transfer } from './schema.ts';

export interface Reservation {
  id: string;
  operation: string | null;
  run: string | null;
  case: string | null;
  money: number;
  transfers: Transfer[];
  status: 'open' | 'settled' | 'released' | 'reversed';
  settled: number;
}

/**
 * The books. Each budget has the accounts `<id>/funding` (what was granted, negative), `/available`, `/reserved`,
 * `/spent`; every transfer has two ends, so all accounts of a budget always sum to zero [BUD1].
 */
export interface BudgetState {
  books: Map<string, number>;
  periods: Map<string, string>;
  reservations: Map<string, Reservation>;
  /** `budget|case` → reserved or spent on it, for per-case limits. */
  perCase: Map<string, number>;
}

export const emptyBudget = (): BudgetState => ({
  books: new Map(),
  periods: new Map(),
  reservations: new Map(),
  perCase: new Map(),
});
