/** How far a belief may steer what is done: the one place that says so, for the gate, for briefings and for people. */
import type { BeliefStanding } from './definition.ts';
import type { Belief } from './state.ts';

export function standingOf(b: Belief): BeliefStanding {
  if (b.contradicts.length > 0 || b.disputed !== null) return 'contested';
  if (b.confirmed !== null) return 'confirmed';
  return b.impact === 'low' && b.taint.length === 0 ? 'held' : 'unconfirmed';
}

/** [MEM4] What who is shown the belief has seen of the outside (T20). */
export function taintOf(b: Belief): readonly string[] {
  const standing = standingOf(b);
  return standing === 'confirmed' || standing === 'held' ? [] : [...b.taint, `${b.id} (${standing} belief)`];
}
