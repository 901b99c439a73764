/** Tallies of a lane: one function counts everywhere it belongs, so that no two of them disagree. */

import { periodOf } from '../budget/periods.ts';
import type { Time } from '../core/types.ts';
import { MONTHS_KEPT } from '../economy/evolve.ts';
import type { Lane, Tally } from './state.ts';

export const emptyTally = (): Tally => ({
  proposals: 0,
  unsafe: 0,
  missing: 0,
  silent: 0,
  compared: 0,
  agreed: 0,
  approved: 0,
  rejected: 0,
  landed: 0,
  failed: 0,
  undone: 0,
  closed: 0,
  lost: 0,
  reopened: 0,
  duration: 0,
  cost: 0,
  correction: 0,
  minutes: 0,
  value: 0,
});

export type Change = Partial<Tally>;

function add(tally: Tally, change: Change): void {
  for (const name in change) tally[name as keyof Tally] += change[name as keyof Tally]!;
}

export function sum(tallies: Iterable<Tally>): Tally {
  const all = emptyTally();
  for (const tally of tallies) add(all, tally);
  return all;
}

/** Pieces of work done: effects that stand or failed, and those a person refused. */
export const work = (t: Tally): number => t.landed + t.failed + t.rejected;

/** [ROL13] What criteria to stay look back on: this stretch and the one before, so `recent` to twice as many pieces of work. */
export const recentOf = ({ recent }: Lane): Tally => sum([recent.before, recent.now]);

function monthly(lane: Lane, seat: string, at: Time): Tally {
  const name = periodOf('month', at);
  let month = lane.months.get(name);
  if (!month) {
    month = new Map();
    lane.months.set(name, month);
    for (const old of lane.months.keys()) if (lane.months.size > MONTHS_KEPT) lane.months.delete(old);
  }
  let tally = month.get(seat);
  if (!tally) {
    tally = emptyTally();
    month.set(seat, tally);
  }
  return tally;
}

/**
 * [ROL14] Count something of a seat in a lane. What people do is counted by month, to compare with; it does not count for the
 * stage, which is about those that are trusted.
 * @param length pieces of work after which a new stretch begins
 */
export function count(
  lane: Lane,
  seat: string,
  at: Time,
  change: Change,
  own: { trusted: boolean; length: number },
): void {
  add(monthly(lane, seat, at), change);
  const competitor = lane.seats.get(seat);
  if (competitor) add(competitor.since, change);
  if (!own.trusted) return;
  add(lane.all, change);
  if (work(lane.recent.now) >= own.length) lane.recent = { before: lane.recent.now, now: emptyTally() };
  add(lane.recent.now, change);
}
