import { followUp } from '../core/context.ts';
import type { Draft, RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { successor } from '../organisation/views.ts';
import { relocation } from '../restructuring/relocate.ts';

/**
 * [CAS14] What a removed seat owned or had to do finds somebody: its unfinished cases, messages and decisions go to the seat
 * above it, its open tasks come back declined.
 */
function rehome(state: State, body: { seat: string }): Draft[] {
  const to = successor(state, body.seat);
  const reason = `the seat "${body.seat}" was removed`;
  return to === null ? [] : relocation(state, { from: body.seat, to, reason, tasks: 'decline' });
}

export const rehomeFollowUps = { 'case.rehome': rehome };

/** A restructuring says itself where the work goes. */
export const rehomeReact = {
  'organisation.applied': (_state: State, r: RecordOf<'organisation.applied'>) =>
    r.body.restructuring !== undefined
      ? []
      : r.body.removed.flatMap(({ kind, id }) => (kind === 'seats' ? [followUp('case.rehome', { seat: id })] : [])),
};
