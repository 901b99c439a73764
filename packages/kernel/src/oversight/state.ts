import { type Queue, queue } from '../core/queue.ts';
import type { Time } from '../core/types.ts';
import type { TroubleKind, WakeReason } from './definition.ts';
import type { Mode, ReportPeriod } from './schema.ts';

/** Name of a counter → number; absent means 0. Times are milliseconds, money micro-units. */
export type Numbers = Record<string, number>;

/** One thing a seat did: enough to find its record. */
export interface Activity {
  seq: number;
  at: Time;
  kind: string;
  /** Case, operation or run it was about. */
  about: string | null;
}

/** What a seat did, and when last. */
export interface SeatWatch {
  /** The latest, oldest first. */
  recent: Queue<Activity>;
  lastAt: Time;
  /** Case of its latest run. */
  lastCase: string | null;
  /** Times of its latest interventions, at most as many as the bound. */
  interventions: Time[];
}

/** What a seat is in, and how far the ladder has been climbed. Kept for a while after it is over. */
export interface Trouble {
  trouble: TroubleKind;
  why: string;
  since: Time;
  run: string | null;
  case: string | null;
  /** Rungs taken. */
  rung: number;
  /** When the next rung is due; null when there is none left. */
  nextAt: Time | null;
  /** When it was over; null while it lasts. */
  endedAt: Time | null;
}

export interface Degraded {
  mode: Mode;
  about: string;
  since: Time;
  why: string;
  instead: string | null;
  effect: string;
}

export interface WakeUp {
  id: string;
  why: WakeReason;
  about: string;
  text: string;
  to: string | null;
  at: Time;
  acknowledged: { by: string; at: Time } | null;
}

export interface Report {
  period: ReportPeriod;
  name: string;
  from: Time;
  until: Time;
  numbers: Numbers;
  before: Numbers | null;
  at: Time;
}

export interface OversightState {
  seats: Map<string, SeatWatch>;
  /** Run at work → latest sign of life, in order of time; likewise latest act or thought, and begin. */
  signs: Map<string, Time>;
  doing: Map<string, Time>;
  begun: Map<string, Time>;
  /** Run at work → thoughts in a row without an act. */
  thoughts: Map<string, number>;
  /** Case → runs and hand-overs in a row that changed nothing. */
  fruitless: Map<string, number>;
  /** Agent that does nothing → since when work waits for it, in order of time. */
  waiting: Map<string, Time>;
  /** Limit → the latest time for which a look is arranged for it. */
  looks: Record<string, Time>;
  trouble: Map<string, Trouble>;
  modes: Map<string, Degraded>;
  /** Cases opened in the minute, while intake is throttled. */
  intake: { minute: number; count: number };
  /** Signature of a cause → the incident after which it was declared fixed. */
  fixed: Map<string, { incident: string; level: number }>;
  wakeups: Map<string, WakeUp>;
  /** `why:about` → when somebody was woken for it last. */
  woken: Map<string, Time>;
  /** Open cases a person had a hand in. */
  touched: Set<string>;
  /** Day → numbers of the organisation; and of each seat that did something, for fewer days. */
  days: Map<string, Numbers>;
  seatDays: Map<string, Map<string, Numbers>>;
  reports: Report[];
}

export const emptyOversight = (): OversightState => ({
  seats: new Map(),
  signs: new Map(),
  doing: new Map(),
  begun: new Map(),
  thoughts: new Map(),
  fruitless: new Map(),
  waiting: new Map(),
  looks: {},
  trouble: new Map(),
  modes: new Map(),
  intake: { minute: 0, count: 0 },
  fixed: new Map(),
  wakeups: new Map(),
  woken: new Map(),
  touched: new Set(),
  days: new Map(),
  seatDays: new Map(),
  reports: [],
});

export const emptyWatch = (): SeatWatch => ({ recent: queue(), lastAt: 0, lastCase: null, interventions: [] });
