/** A double-entry transfer between two accounts, in the budget's smallest unit. */
export interface Transfer {
  from: string;
  to: string;
  amount: number;
}

export interface BudgetEvents {
  'budget.funded': { budget: string; period: string; transfers: Transfer[]; reason: string };
  'budget.reserved': {
    reservation: string;
    operation: string | null;
    run: string | null;
    case: string | null;
    money: number;
    transfers: Transfer[];
  };
  'budget.settled': {
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
  'budget.spent': { budget: string; transfers: Transfer[]; case: string | null; what: string };
  'budget.released': { reservation: string; transfers: Transfer[] };
}
