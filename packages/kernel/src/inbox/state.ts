import { type Queue, queue } from '../core/queue.ts';
import type { Time } from '../core/types.ts';
import type { InboxEvents, Lane, MessageType, Summary } from './schema.ts';
import type { Standing } from './standing.ts';

/** A message that was not delivered yet. */
export type Held = InboxEvents['message.held'] & {
  /** Untrusted sources the sender had seen [PRV7]. */
  taint?: string[];
};

export interface Message {
  id: string;
  to: string;
  from: string;
  type: MessageType;
  text: string;
  case: string | null;
  data: Record<string, unknown>;
  priority: Lane;
  at: Time;
  /** Untrusted sources the sender had seen [PRV7]. */
  taint?: string[];
}

/**
 * [INB8] Messages about one case wait in order at a seat; one run at a time works on them, so that a seat never works on a case
 * twice at once. `messages` may hold ids of messages that are done; its first is always open.
 */
export interface Work {
  key: string;
  messages: Queue<string>;
  /** Open messages by priority. */
  open: Record<Lane, number>;
  run: string | null;
  priority: Lane;
  readyAt: Time;
  queued: boolean;
}

export interface SeatInbox {
  /** Keys of work by priority. Entries of work that was taken, finished or promoted are stale; the first never is. */
  lanes: Record<Lane, Queue<string>>;
  work: Map<string, Work>;
  depth: number;
  active: number;
}

export interface InboxState {
  seats: Map<string, SeatInbox>;
  messages: Map<string, Message>;
  /** Seats with work nobody has taken [INB9]. */
  ready: Set<string>;
  /** What receivers think of senders, by `receiver<sender` [INB11]. */
  standings: Map<string, Standing>;
  /** Messages that wait for a decision [INB12]. */
  held: Map<string, Held>;
  /** Customers nobody hears, with the case that named them. */
  customers: Map<string, { until: Time | null; case: string }>;
  /** What supervisors will hear of together, by supervisor [INB14]. */
  digests: Map<string, Summary>;
  /** Failed runs of this hour by seat. */
  failures: { hour: number; by: Map<string, number> };
}

export const emptyInbox = (): InboxState => ({
  seats: new Map(),
  messages: new Map(),
  ready: new Set(),
  standings: new Map(),
  held: new Map(),
  customers: new Map(),
  digests: new Map(),
  failures: { hour: 0, by: new Map() },
});
export const emptySeatInbox = (): SeatInbox => ({
  lanes: { urgent: queue(), high: queue(), normal: queue(), low: queue() },
  work: new Map(),
  depth: 0,
  active: 0,
});
