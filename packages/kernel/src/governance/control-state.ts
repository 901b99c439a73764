import type { Time } from '../core/types.ts';
import type { ControlEvents, IncidentCause } from './control-schema.ts';

/** A standing grant: answers what the gate would ask, so many times, within its bounds. */
export interface Grant extends Omit<ControlEvents['grant.given'], 'grant'> {
  id: string;
  at: Time;
  used: number;
  /** Money its operations move, micro-units. */
  spent: number;
  revoked: { by: string; reason: string; at: Time } | null;
}

export interface Deputy {
  id: string;
  seat: string;
  to: string;
  from: Time;
  until: Time;
  by: string;
  reason: string;
}

/** What people decided, counted as it happens. */
export interface Tally {
  approved: number;
  rejected: number;
  revised: number;
  silent: number;
  /** Milliseconds from request to decision, and of reviewers' time. */
  waited: number;
  spent: number;
}

interface Endorsement {
  by: string;
  principal: string;
}

/** Points of a seat, as of `at`; they go down with time. `was` and `level` are around its latest violation. */
interface Violations {
  points: number;
  at: Time;
  was: number;
  level: number;
  rule: string;
  operation: string;
  total: number;
}

export interface Incident {
  id: string;
  cause: IncidentCause;
  ref: string;
  summary: string;
  done: string[];
  /** What its cause is known by; how often it came back after it was declared fixed, from 1; and after which incident. */
  signature?: string;
  level?: number;
  earlier?: string;
  openedAt: Time;
  closed: { at: Time; by: string; cause: string; done: string; prevention: string } | null;
}

export interface ControlState {
  grants: Map<string, Grant>;
  /** `seat|capability` → grants that may still be good, the oldest first. */
  grantsOf: Map<string, string[]>;
  deputies: Map<string, Deputy>;
  /** Seat → its deputies. */
  deputiesOf: Map<string, string[]>;
  /** Approval → who has agreed so far. */
  endorsed: Map<string, Endorsement[]>;
  /** Rate → subject → times of its latest admitted operations, at most as many as its limit. */
  rates: Map<string, Map<string, Time[]>>;
  /** Seat → times of its latest requests for a decision. */
  asked: Map<string, Time[]>;
  reviews: { capability: Map<string, Tally>; requester: Map<string, Tally>; reviewer: Map<string, Tally> };
  /** `scope:id` → when it was last re-armed. */
  rearmed: Map<string, Time>;
  /** `scope:id` of a tripped switch → seats and cases whose runs it stopped. */
  halted: Map<string, { seat: string; case: string | null }[]>;
  violations: Map<string, Violations>;
  incidents: Map<string, Incident>;
  openIncidents: Set<string>;
}

export const emptyControl = (): ControlState => ({
  grants: new Map(),
  grantsOf: new Map(),
  deputies: new Map(),
  deputiesOf: new Map(),
  endorsed: new Map(),
  rates: new Map(),
  asked: new Map(),
  reviews: { capability: new Map(), requester: new Map(), reviewer: new Map() },
  rearmed: new Map(),
  halted: new Map(),
  violations: new Map(),
  incidents: new Map(),
  openIncidents: new Set(),
});
