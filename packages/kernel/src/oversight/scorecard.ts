/** The scorecard of R-E90 and R-D70: every number computed from counters, with its definition; null where nothing was measured [OVS55]. */
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { between, startOf } from './numbers.ts';
import { ROWS, type Row, type Score, type Stretch } from './score-rows.ts';

export interface Scorecard {
  readonly from: Time;
  readonly until: Time;
  readonly scores: readonly Score[];
}

function scoreOf([id, title, from, unit, formula, wanted, value, missing]: Row, stretch: Stretch): Score {
  const found = value(stretch);
  const met =
    found === null || wanted === null
      ? null
      : wanted.direction === 'at-least'
        ? found >= wanted.value
        : found <= wanted.value;
  return { id, title, from, unit, formula, wanted, value: found, met, note: found === null ? missing : null };
}

/**
 * @param from first millisecond of the window; days are counted whole (UTC)
 * @param until last one
 */
export function scorecard(state: State, from: Time, until: Time): Scorecard {
  const first = Math.max(from, firstDay(state) ?? from);
  const stretch = { state, numbers: between(state, from, until), length: Math.max(0, until - first) };
  return { from: first, until, scores: ROWS.map((row) => scoreOf(row, stretch)) };
}

/** When counting began, as far back as is kept. */
function firstDay(state: State): Time | null {
  const [first] = state.oversight.days.keys();
  return first === undefined ? null : startOf(first);
}
