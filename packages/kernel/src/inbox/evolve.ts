import type { RecordOf } from '../core/events.ts';
import { dequeue, enqueue, length, peek, queue } from '../core/queue.ts';
import { countId, type State } from '../core/state.ts';
import { LANES, type Lane } from './schema.ts';
import { emptySeatInbox, type Message, type SeatInbox, type Work } from './state.ts';

export function seatInbox(state: State, seat: string): SeatInbox {
  let box = state.inbox.seats.get(seat);
  if (!box) {
    box = emptySeatInbox();
    state.inbox.seats.set(seat, box);
  }
  return box;
}

const stronger = (a: Lane, b: Lane): boolean => LANES.indexOf(a) < LANES.indexOf(b);

function makeReady(state: State, seat: string, box: SeatInbox, work: Work): void {
  work.queued = true;
  enqueue(box.lanes[work.priority], work.key);
  state.inbox.ready.add(seat);
}

function sent(state: State, record: RecordOf<'message.sent'>): void {
  const b = record.body;
  countId(state, b.message);
  const message: Message = {
    id: b.message,
    to: b.to,
    from: b.from,
    type: b.type,
    text: b.text,
    case: b.case ?? null,
    data: b.data ?? {},
    priority: b.priority,
    at: record.at,
  };
  state.inbox.messages.set(message.id, message);
  const box = seatInbox(state, b.to);
  const key = message.case ?? message.id;
  let work = box.work.get(key);
  if (!work) {
    work = { key, messages: queue(), run: null, priority: b.priority, readyAt: record.at, queued: false };
    box.work.set(key, work);
  }
  enqueue(work.messages, message.id);
  box.depth += 1;
  if (work.run !== null) return;
  if (!work.queued) {
    work.priority = b.priority;
    work.readyAt = record.at;
    makeReady(state, b.to, box, work);
  } else if (stronger(b.priority, work.priority)) {
    // Moves up; the entry left in the weaker lane is recognised as stale by `nextWork`.
    work.priority = b.priority;
    makeReady(state, b.to, box, work);
  }
}

/** A run takes the first message of a work key. */
export function takeWork(state: State, seat: string, key: string, run: string): void {
  const box = seatInbox(state, seat);
  const work = box.work.get(key)!;
  work.run = run;
  work.queued = false;
  box.active += 1;
}

/** The run is over: its message is done, the rest of the work becomes ready again. */
export function releaseWork(state: State, seat: string, key: string): void {
  const box = seatInbox(state, seat);
  const work = box.work.get(key);
  if (!work || work.run === null) return;
  work.run = null;
  box.active -= 1;
  settle(state, seat, box, work);
}

function settle(state: State, seat: string, box: SeatInbox, work: Work): void {
  let first = peek(work.messages);
  while (first !== undefined && !state.inbox.messages.has(first)) {
    dequeue(work.messages);
    first = peek(work.messages);
  }
  if (first === undefined) {
    box.work.delete(work.key);
    return;
  }
  const message = state.inbox.messages.get(first)!;
  work.priority = message.priority;
  work.readyAt = message.at;
  makeReady(state, seat, box, work);
}

/** Forget a message: done, exactly once. */
export function removeMessage(state: State, id: string): void {
  const message = state.inbox.messages.get(id);
  if (!message) return;
  state.inbox.messages.delete(id);
  const box = seatInbox(state, message.to);
  box.depth -= 1;
  const work = box.work.get(message.case ?? message.id);
  if (work && work.run === null && length(work.messages) > 0 && peek(work.messages) === id) {
    dequeue(work.messages);
    if (length(work.messages) === 0) box.work.delete(work.key);
  }
}

export const inboxEvolve = {
  'message.sent': sent,
  'message.done': (state: State, record: RecordOf<'message.done'>) => removeMessage(state, record.body.message),
};
