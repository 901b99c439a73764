import type { PriceUse } from './prices.ts';

/** A double-entry transfer between two accounts, in the budget's smallest unit. */
export interface Transfer {
  from: string;
  to: string;
  amount: number;
}

interface Priced {
  /** Lines of the price table the amount was worked out from, with the table's version [BUD13]. */
  prices?: PriceUse[];
}

export interface BudgetEvents {
  /** `budget` is `<budget>`, or `<budget>@<case>` where each case has an account of its own. */
  'budget.funded': { budget: string; period: string; transfers: Transfer[]; reason: string };
  'budget.reserved': Priced & {
    reservation: string;
    operation: string | null;
    run: string | null;
    case: string | null;
    money: number;
    transfers: Transfer[];
  };
  'budget.settled': Priced & {
    reservation: string;
    /** Negative when it comes back. */
    money: number;
    transfers: Transfer[];
    case: string | null;
    what: string;
    /** The effect was undone and all of it comes back. */
    reverses?: true;
  };
  /** A use without a reservation: runs, tokens, money of a run that reserves none. */
  'budget.spent': Priced & { budget: string; transfers: Transfer[]; case: string | null; what: string };
  'budget.released': { reservation: string; transfers: Transfer[] };
  /** A threshold was passed, or far more than usual was spent today. */
  'budget.alerted': {
    budget: string;
    what: 'threshold' | 'spike';
    period: string;
    /** The threshold, or today's use, in percent: of the allocation, or of the daily average. */
    percent: number;
    used: number;
    allocation: number;
  };
}
