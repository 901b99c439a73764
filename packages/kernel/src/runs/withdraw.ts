import { release } from '../budget/decide.ts';
import { followUp } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Run } from './state.ts';

/** [RUN11] The run ends without its work: the message is open again, for whoever sits there now. */
export const withdraw = (run: Run, reason: string): Draft =>
  event('run.withdrawn', `run/${run.id}`, { run: run.id, reason, seat: run.seat, case: run.case }, run.case ?? run.id);

/** Runs of who no longer sits there: a run is its principal's. */
export const orphans = (state: State): Run[] =>
  [...state.runs.runs.values()]
    .filter((run) => state.organisation.seats.get(run.seat)?.occupant?.principal !== run.principal)
    .sort((a, b) => Number(a.id.slice(2)) - Number(b.id.slice(2)));

/** Runs whose seat changed hands. Proportional to the runs that are not over; seats change hands rarely. */
function settle(state: State, body: { seat?: string }): Draft[] {
  return orphans(state)
    .filter((run) => body.seat === undefined || run.seat === body.seat)
    .flatMap((run) => [withdraw(run, 'somebody else sits there now'), ...release(state, run.reservation)]);
}

export const withdrawFollowUps = { 'runs.settle': settle };

export const withdrawReact = {
  'organisation.applied': () => [followUp('runs.settle', {})],
  'seat.occupied': (_state: State, r: { body: { seat: string } }) => [followUp('runs.settle', { seat: r.body.seat })],
};
