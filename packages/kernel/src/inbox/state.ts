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
}

/** Messages about one case wait in order; one run at a time works on them, so a case is never worked on twice at once. */
export interface Work {
  key: string;
  messages: Queue<string>;
  run: string | null;
  priority: Lane;
  readyAt: Time;
  queued: boolean;
}

export interface SeatInbox {
  lanes: Record<Lane, Queue<string>>;
  work: Map<string, Work>;
  depth: number;
  active: number;
}

export interface InboxState {
  seats: Map<string, SeatInbox>;
  messages: Map<string, Message>;
  ready: Set<string>;
}

export const emptyInbox = (): InboxState => ({ seats: new Map(), messages: new Map(), ready: new Set() });
export const emptySeatInbox = (): SeatInbox => ({
  lanes: { urgent: queue(), high: queue(), normal: queue(), low: queue() },
  work: new Map(),
  depth: 0,
  active: 0,
});
