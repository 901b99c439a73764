import type { PriceUse } from '../budget/prices.ts';

export interface EconomyEvents {
  /** The time of a human: a decision on an approval, a check of a resolution [ECO4]. */
  'economy.reviewed': {
    /** The approval or case that was looked at. */
    about: string;
    case: string | null;
    /** The seat whose time it was. */
    by: string;
    /** The seat whose work was looked at; the cost is its. */
    of: string;
    minutes: number | null;
    /** Micro-units; 0 without a price. */
    money: number;
    prices: PriceUse[];
  };
}
