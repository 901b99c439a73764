import { MINUTE } from '../core/quantities.ts';
import { peek } from '../core/queue.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { LANES, type Lane } from './schema.ts';
import type { Message, Work } from './state.ts';

/** Base rank of a lane; the smaller goes first, and every ten minutes of waiting takes one off (B §1, priority and ageing). */
const BASE: Record<Lane, number> = { urgent: 0, high: 70, normal: 100, low: 130 };
const rank = (work: Work, now: Time): number => BASE[work.priority] - (now - work.readyAt) / (10 * MINUTE);

/** [INB2] The work a seat should take next: most urgent first, but age lifts what waits, so nothing starves. */
export function nextWork(state: State, seat: string, now: Time): Work | null {
  const box = state.inbox.seats.get(seat);
  let best: Work | null = null;
  for (const lane of LANES) {
    const key = box && peek(box.lanes[lane]);
    const work = key === undefined ? undefined : box!.work.get(key);
    if (work && (best === null || rank(work, now) < rank(best, now))) best = work;
  }
  return best;
}

/** Open messages of a seat, oldest first. */
export function messagesOf(state: State, seat: string): Message[] {
  const box = state.inbox.seats.get(seat);
  if (!box) return [];
  const ids = [...box.work.values()].flatMap((work) => work.messages.items.slice(work.messages.head));
  return ids.flatMap((id) => state.inbox.messages.get(id) ?? []).sort((a, b) => a.at - b.at);
}
