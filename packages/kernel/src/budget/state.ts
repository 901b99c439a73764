import type { Time } from '../core/types.ts';
import type { WindowSum } from './limits.ts';
import type { PriceUse } from './prices.ts';
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
  /** What it counts against limits per recipient, customer and requester. */
  counts: Count[];
  /** When it was settled: where its amount stands in the windows of the limits. */
  settledAt: Time | null;
  /** Lines of the price table its amount was worked out from. */
  prices: PriceUse[];
}

/** An amount that one limit counts; `key` is `account|limit|who`. */
export interface Count {
  readonly key: string;
  readonly amount: number;
  readonly window: number;
}

/** What was spent on each of the last days, newest last; `day` is the newest, in days since 1970. */
export interface Rate {
  day: number;
  days: number[];
  /** When the first was spent. */
  since: Time;
}

/** What was announced of an account: the highest threshold in a period, and the latest day of a spike. */
export interface Announced {
  period: string;
  percent: number;
  spike: number;
}

/**
 * The books. Each account has the parts `<key>/funding` (what was granted, negative), `/available`, `/reserved`, `/spent`,
 * where the key is `<budget>` or `<budget>@<case>`; every transfer has two ends, so all parts of a key always sum to zero
 * [BUD1].
 */
export interface BudgetState {
  books: Map<string, number>;
  periods: Map<string, string>;
  reservations: Map<string, Reservation>;
  /** `key|case` → reserved or spent on it, for per-case limits. */
  perCase: Map<string, number>;
  /** `key|limit|who` → what is reserved or was spent lately, for the limits with a window. */
  windows: Map<string, WindowSum>;
  rates: Map<string, Rate>;
  announced: Map<string, Announced>;
}

export const emptyBudget = (): BudgetState => ({
  books: new Map(),
  periods: new Map(),
  reservations: new Map(),
  perCase: new Map(),
  windows: new Map(),
  rates: new Map(),
  announced: new Map(),
});
