import type { TimerHeap } from '../core/heap.ts';
import type { Time } from '../core/types.ts';
import type { Needs } from './definition.ts';
import type { Handover, TransferReason } from './schema.ts';

/** Where an open case stands with its owner, as far as load goes. */
export const SLOTS = ['active', 'high', 'normal', 'low', 'parked'] as const;
export type Slot = (typeof SLOTS)[number];

/** What a seat has to do now, and how fast it comes and goes. */
export interface SeatLoad extends Record<Slot, number> {
  /** Open tasks given to it. */
  tasks: number;
  came: Rate;
  went: Rate;
}

/** Events in this hour and in the one before: a rate for the last hour, whatever the minute, in constant room. */
export interface Rate {
  hour: number;
  now: number;
  before: number;
}

/** What a seat has done of one topic; halved as it grows, so that the latest counts most. */
export interface Experience {
  done: number;
  /** Rejected by the verifier, or reopened. */
  wrong: number;
  /** Handed on because it should not have come here. */
  misrouted: number;
}

/** An open case, as routing sees it. */
export interface RoutedCase {
  owner: string;
  customer: string;
  slot: Slot | null;
  needs?: Needs;
  /** Seats that gave it away: it never comes back to them [RTE6]. */
  gave: string[];
  hops: number;
  /** Times it was moved to even out load. */
  moved: number;
  /** Its place in line while it waits. */
  waits?: { line: string; rank: number };
  /** The direct line it is on. */
  direct?: string;
  /** When its person is next reminded to tell the customer. */
  updateAt?: Time;
  /** The customer was told that somebody else has it [RTE7]. */
  told?: boolean;
  /** What the one who had it last hands over. */
  handover?: Handover & { from: string; reason: TransferReason };
  /** Its open tasks, by who has them. */
  tasks?: Record<string, string>;
  /** Somebody decided who has it: named, assigned or shared out; a lane does not ask again [RTE17]. */
  placed?: true;
  /** It was put off when it came. */
  deferred?: boolean;
}

interface Loan {
  unit: string;
  from: string;
  until: Time;
  by: string;
}

/** What nobody can do, asked for again and again. */
interface SkillGap {
  needs: Needs;
  missing: string[];
  count: number;
  first: Time;
  last: Time;
  /** The latest cases. */
  cases: string[];
}

interface Surge {
  since: Time;
  checkAt: Time;
}

export interface RoutingState {
  seats: Map<string, SeatLoad>;
  cases: Map<string, RoutedCase>;
  /** Seat → topic → what it has done of it. */
  records: Map<string, Map<string, Experience>>;
  /** Those who need the same, in line by rank; entries of cases that no longer wait are stale. */
  lines: Map<string, { needs: Needs; gave: string[]; heap: TimerHeap }>;
  waiting: number;
  /** Open cases by customer. */
  customers: Map<string, number>;
  /** Requests of this hour by customer. */
  asked: { hour: number; by: Map<string, number> };
  loans: Map<string, Loan>;
  gaps: Map<string, SkillGap>;
  /** Seats beyond their capacity. */
  over: Set<string>;
  /** When load is evened out next; 0 when nothing is planned. */
  balanceAt: Time;
  surge: Surge | null;
  throttled: { since: Time; by: string; reason: string } | null;
  came: Rate;
  went: Rate;
}

const noRate = (): Rate => ({ hour: 0, now: 0, before: 0 });
export const emptyLoad = (): SeatLoad => ({
  ...{ active: 0, high: 0, normal: 0, low: 0, parked: 0, tasks: 0 },
  ...{ came: noRate(), went: noRate() },
});

export const emptyRouting = (): RoutingState => ({
  seats: new Map(),
  cases: new Map(),
  records: new Map(),
  lines: new Map(),
  waiting: 0,
  customers: new Map(),
  asked: { hour: 0, by: new Map() },
  loans: new Map(),
  gaps: new Map(),
  over: new Set(),
  balanceAt: 0,
  surge: null,
  throttled: null,
  came: noRate(),
  went: noRate(),
});
