/** What one seat cost and brought in one month. Amounts are micro-units; corrections of earlier months may be negative. */
export interface Tally {
  runs: number;
  finished: number;
  tokens: number;
  /** Metered use of runs. */
  compute: number;
  /** Operations: money moved and calls. */
  operations: number;
  /** Human time on its work. */
  review: number;
  reviews: number;
  minutes: number;
  /** Of all that: on cases that had been reopened, and on decisions that refused. */
  rework: number;
  /** Uses and reviews without a price. */
  unpriced: number;
  /** Effects it asked for, and those that stand (R-E73). */
  effects: number;
  landed: number;
  /** Work that came back: cases reopened, effects undone, decisions that refused. */
  corrections: number;
  /** Closed cases it took part in. */
  outcomes: number;
  value: number;
}

/** What a case has cost so far, and what its latest closing counted. */
export interface CaseEconomy {
  cost: number;
  /** Part of the cost that its topic has been charged with. */
  charged: number;
  closed: { seats: string[]; owner: string; topic: string; value: number } | null;
}

export interface TopicTally {
  closed: number;
  cost: number;
  value: number;
}

export interface EconomyState {
  /** Month → seat → tally. */
  months: Map<string, Map<string, Tally>>;
  /** Month → topic → tally of closed cases. */
  topics: Map<string, Map<string, TopicTally>>;
  cases: Map<string, CaseEconomy>;
  /** Operation → what it cost, while that stands. */
  paid: Map<string, number>;
}

export const emptyEconomy = (): EconomyState => ({
  months: new Map(),
  topics: new Map(),
  cases: new Map(),
  paid: new Map(),
});

export const emptyTally = (): Tally => ({
  runs: 0,
  finished: 0,
  tokens: 0,
  compute: 0,
  operations: 0,
  review: 0,
  reviews: 0,
  minutes: 0,
  rework: 0,
  unpriced: 0,
  effects: 0,
  landed: 0,
  corrections: 0,
  outcomes: 0,
  value: 0,
});
