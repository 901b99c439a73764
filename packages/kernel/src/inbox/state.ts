import { type Queue, queue } from '../core/queue.ts';
import type { Time } from '../core/types.ts';
import type { Lane, MessageType } from './schema.ts';

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
}

export const emptyInbox = (): InboxState => ({ seats: new Map(), messages: new Map(), ready: new Set() });
export const emptySeatInbox = (): SeatInbox => ({
  lanes: { urgent: queue(), high: queue(), normal: queue(), low: queue() },
  work: new Map(),
  depth: 0,
  active: 0,
});
