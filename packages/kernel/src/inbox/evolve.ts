import { read, unread } from '../archive/links.ts';
import type { RecordOf } from '../core/events.ts';
import { dequeue, enqueue, length, peek, queue } from '../core/queue.ts';
import { countId, type State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
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

const strongest = (work: Work): Lane => LANES.find((lane) => work.open[lane] > 0) ?? 'low';

/** [INB7] Is this lane entry still what it was when queued? Taken, finished and promoted work leaves stale ones behind. */
function stale(box: SeatInbox, key: string, lane: Lane): boolean {
  const work = box.work.get(key);
  return !work?.queued || work.run !== null || work.priority !== lane;
}

/** Drop stale entries from the heads of the lanes: after every change, so that looking for the next work changes nothing. */
function trim(state: State, seat: string, box: SeatInbox): void {
  let ready = false;
  for (const lane of LANES) {
    const q = box.lanes[lane];
    for (let key = peek(q); key !== undefined && stale(box, key, lane); key = peek(q)) dequeue(q);
    if (length(q) > 0) ready = true;
  }
  if (ready) state.inbox.ready.add(seat);
  else state.inbox.ready.delete(seat);
}

function makeReady(box: SeatInbox, work: Work, at: Time): void {
  work.priority = strongest(work);
  work.readyAt = at;
  work.queued = true;
  enqueue(box.lanes[work.priority], work.key);
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
  unread(state, message);
  const box = seatInbox(state, b.to);
  box.depth += 1;
  arrive(box, message);
  trim(state, b.to, box);
}

const newWork = (key: string, at: Time): Work => ({
  key,
  messages: queue(),
  open: { urgent: 0, high: 0, normal: 0, low: 0 },
  run: null,
  priority: 'low',
  readyAt: at,
  queued: false,
});

function arrive(box: SeatInbox, message: Message): void {
  const key = message.case ?? message.id;
  const work = box.work.get(key) ?? newWork(key, message.at);
  box.work.set(key, work);
  enqueue(work.messages, message.id);
  work.open[message.priority] += 1;
  if (work.run !== null) return;
  if (!work.queued) makeReady(box, work, message.at);
  // Moves up, and keeps its age; the entry left in the weaker lane is stale.
  else if (strongest(work) !== work.priority) makeReady(box, work, work.readyAt);
}

/** A run takes the first message of a work key. */
export function takeWork(state: State, seat: string, key: string, run: string): void {
  const box = seatInbox(state, seat);
  const work = box.work.get(key)!;
  work.run = run;
  work.queued = false;
  box.active += 1;
  trim(state, seat, box);
}

/** The run is over: its message is done, the rest of the work becomes ready again. */
export function releaseWork(state: State, seat: string, key: string): void {
  const box = seatInbox(state, seat);
  const work = box.work.get(key);
  if (!work || work.run === null) return;
  work.run = null;
  box.active -= 1;
  const first = firstOpen(state, work);
  if (first) makeReady(box, work, first.at);
  else box.work.delete(key);
  trim(state, seat, box);
}

/** The oldest open message of a work; those before it that are done are dropped. */
function firstOpen(state: State, work: Work): Message | undefined {
  for (let id = peek(work.messages); id !== undefined; id = peek(work.messages)) {
    const message = state.inbox.messages.get(id);
    if (message) return message;
    dequeue(work.messages);
  }
  return undefined;
}

/** Forget a message: done, exactly once. */
export function removeMessage(state: State, id: string): void {
  const message = state.inbox.messages.get(id);
  if (!message) return;
  state.inbox.messages.delete(id);
  read(state, message);
  const box = seatInbox(state, message.to);
  box.depth -= 1;
  const work = box.work.get(message.case ?? message.id);
  if (!work) return;
  work.open[message.priority] -= 1;
  if (work.run === null && !firstOpen(state, work)) box.work.delete(work.key);
  trim(state, message.to, box);
}

/** [RST5] An open message waits somewhere else, as old as it is. */
function moved(state: State, r: RecordOf<'message.moved'>): void {
  const { message: id, from, to } = r.body;
  const message = state.inbox.messages.get(id);
  if (!message) return;
  const box = seatInbox(state, from);
  const work = box.work.get(message.case ?? message.id)!;
  box.depth -= 1;
  work.open[message.priority] -= 1;
  const { items, head } = work.messages;
  work.messages = { items: items.slice(head).filter((other) => other !== id), head: 0 };
  if (work.run === null && !firstOpen(state, work)) box.work.delete(work.key);
  trim(state, from, box);
  message.to = to;
  seatInbox(state, to).depth += 1;
  arrive(seatInbox(state, to), message);
  trim(state, to, seatInbox(state, to));
}

export const inboxEvolve = {
  'message.sent': sent,
  'message.moved': moved,
  'message.done': (state: State, record: RecordOf<'message.done'>) => removeMessage(state, record.body.message),
};
