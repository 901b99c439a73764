import type { State } from '../core/state.ts';

/** What a timer is about, by the first part of its key. */
const THINGS: Readonly<Record<string, (state: State, id: string) => boolean>> = {
  case: (state, id) => state.cases.cases.has(id) || state.archive.unread.has(id),
  operation: (state, id) => state.operations.operations.has(id),
  approval: (state, id) => state.governance.approvals.has(id),
  run: (state, id) => state.runs.runs.has(id),
  belief: (state, id) => state.memory.beliefs.has(id),
};

/** A timer about something that is not in memory any more does nothing when it fires. */
export function isIdleTimer(state: State, key: string): boolean {
  const there = THINGS[key.slice(0, key.indexOf('.'))];
  return there !== undefined && !there(state, key.slice(key.indexOf(':') + 1));
}

/** Keep these timers only. In order of time, which is a heap. */
export function keepTimers(state: State, keep: (at: number, key: string) => boolean): void {
  state.timers = state.timers
    .filter(([at, key]) => keep(at, key))
    .sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
}

/** Things that leave memory before the timers are looked through for theirs. */
const OFTEN = 10_000;

/** One more has left: deadlines far ahead must not outlive what they are about for long. */
export function forgetTimers(state: State): void {
  state.archive.left += 1;
  if (state.archive.left < OFTEN) return;
  state.archive.left = 0;
  keepTimers(state, (_at, key) => !isIdleTimer(state, key));
}
