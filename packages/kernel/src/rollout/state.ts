import type { Time } from '../core/types.ts';
import type { Stage } from './definition.ts';
import type { Comparison, Proved } from './schema.ts';

/** What was counted of a lane, or of one seat in it. Money in micro-units, times in milliseconds. */
export interface Tally {
  /** Effects asked for, and those of them refused by a boundary. */
  proposals: number;
  unsafe: number;
  /** Runs that met missing data, and those of them that acted without a word of it [ROL24]. */
  missing: number;
  silent: number;
  /** Held against what a person did or decided, and the same. */
  compared: number;
  agreed: number;
  approved: number;
  rejected: number;
  /** Effects that stand, that failed, and that were undone. */
  landed: number;
  failed: number;
  undone: number;
  /** Cases closed, given up (escalated or cancelled), opened again. */
  closed: number;
  lost: number;
  reopened: number;
  duration: number;
  cost: number;
  /** Part of the cost: of what was spent on cases that had been reopened, or for decisions that refused. */
  correction: number;
  minutes: number;
  value: number;
}

/** A seat among which the traffic of a lane is shared out. */
export interface Competitor {
  share: number;
  /** Since the shares last changed. */
  since: Tally;
  /** Selections in a row in which it was weak. */
  weak: number;
}

/** One side of a parallel proof: its first so many cases, then no more. */
export interface Arm {
  n: number;
  solved: number;
  duration: number;
  minutes: number;
  cost: number;
  value: number;
}

export interface Lane {
  id: string;
  stage: Stage;
  /** When it came into this stage, by whom, why. */
  since: Time;
  by: string;
  reason: string;
  /** In this stage. */
  all: Tally;
  recent: { now: Tally; before: Tally };
  /** Seats that are trusted less than the lane. */
  caps: Map<string, Stage>;
  seats: Map<string, Competitor>;
  /** The shares of the definition they began with, as text. */
  basis: string;
  /** When shares last moved, and when they are looked at next. */
  moved: Time | null;
  next: Time | null;
  today: { day: number; money: number; count: number };
  /** Month → seat → tally. */
  months: Map<string, Map<string, Tally>>;
  /** Latest differences between proposals and people, the oldest first. */
  differences: Comparison[];
  /** Latest closed cases with what they rest on, the oldest first. */
  trail: { case: string; seat: string; at: Time; evidence: string[] }[];
  arms: Map<string, Arm>;
  proved: Proved | null;
}

/** Which lane a case is worked in, and by whom. */
export interface Bound {
  lane: string;
  seat: string;
  /** Given up: counted once. */
  over: boolean;
  minutes: number;
  cost: number;
}

/** A proposal that waits for a person's action, or an action that proposals are held against. */
export interface Waiting {
  /** `OP-…`, or `H-…` for what was done outside. */
  id: string;
  side: 'proposal' | 'action';
  lane: string;
  seat: string;
  capability: string;
  resource: string | null;
  args: Record<string, unknown>;
  /** Of an action: seats a proposal of which was held against it. */
  seats: string[];
  until: Time;
}

/** A run that met missing data: in which lanes it met it or acted all the same, and whether it has said so. */
interface Blind {
  lanes: Record<string, 'met' | 'acted'>;
  said: boolean;
}

export interface RolloutState {
  lanes: Map<string, Lane>;
  /** Run → what it met, while it is at work. */
  blind: Map<string, Blind>;
  /** Case → lanes it is worked in. */
  cases: Map<string, Bound[]>;
  /** Case → what waits to be compared. */
  waiting: Map<string, Waiting[]>;
  /** When the organisation was first described. */
  began: Time | null;
}

export const emptyRollout = (): RolloutState => ({
  lanes: new Map(),
  blind: new Map(),
  cases: new Map(),
  waiting: new Map(),
  began: null,
});
