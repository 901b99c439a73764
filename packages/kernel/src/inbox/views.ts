import { MINUTE } from '../core/quantities.ts';
import { peek } from '../core/queue.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { LANES, type Lane } from './schema.ts';
import type { Message, SeatInbox, Work } from './state.ts';

/** Base rank of a lane; the smaller goes first, and every ten minutes of waiting takes one off (B §1, priority and ageing). */
const BASE: Record<Lane, number> = { urgent: 0, high: 70, normal: 100, low: 130 };
const rank = (work: Work, now: Time): number => BASE[work.priority] - (now - work.readyAt) / (10 * MINUTE);

/** Is this lane entry still what it was when queued? Taken, finished and promoted work leaves stale entries behind. */
const current = (box: SeatInbox, key: string, lane: Lane): Work | undefined => {
  const work = box.work.get(key);
  return work?.queued && work.run === null && work.priority === lane ? work : undefined;
};

/** Drop stale entries from the heads of the lanes. Not a decision: it changes nothing that a view shows. */
function trim(box: SeatInbox): void {
  for (const lane of LANES) {
    const q = box.lanes[lane];
    for (let key = peek(q); key !== undefined && !current(box, key, lane); key = peek(q)) {
      q.head += 1;
    }
    if (q.head > 0 && q.head >= q.items.length) {
      q.items = [];
      q.head = 0;
    }
  }
}

/** [INB2] The work a seat should take next: most urgent first, but age lifts what waits, so nothing starves. */
export function nextWork(state: State, seat: string, now: Time): Work | null {
  const box = state.inbox.seats.get(seat);
  if (!box) return null;
  trim(box);
  let best: Work | null = null;
  for (const lane of LANES) {
    const key = peek(box.lanes[lane]);
    const work = key === undefined ? undefined : current(box, key, lane);
    if (work && (best === null || rank(work, now) < rank(best, now))) best = work;
  }
  if (best === null) state.inbox.ready.delete(seat);
  return best;
}

/** Open messages of a seat, oldest first. */
export function messagesOf(state: State, seat: string): Message[] {
  const box = state.inbox.seats.get(seat);
  if (!box) return [];
  const ids = [...box.work.values()].flatMap((work) => work.messages.items.slice(work.messages.head));
  return ids.flatMap((id) => state.inbox.messages.get(id) ?? []).sort((a, b) => a.at - b.at);
}
