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
  'budget.settled': { reservation: string; money: number; transfers: Transfer[]; case: string | null; what: string };
  'budget.released': { reservation: string; transfers: Transfer[] };
}
