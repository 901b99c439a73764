import { release } from '../budget/decide.ts';
import { followUp } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { playerOf } from './player.ts';
import type { Run } from './state.ts';

/** [RUN11] The run ends without its work: the message is open again, for whoever sits there now. */
export const withdraw = (run: Run, reason: string): Draft =>
  event('run.withdrawn', `run/${run.id}`, { run: run.id, reason, seat: run.seat, case: run.case }, run.case ?? run.id);

/** Does somebody, or something, else sit there than began the run? Those of before there were players know the principal alone. */
function left(state: State, { seat, principal, player }: Run): boolean {
  const occupant = state.organisation.seats.get(seat)?.occupant;
  return occupant?.principal !== principal || (player !== undefined && player !== playerOf(occupant));
}

/** Runs of who no longer sits there: another one would take other steps than those that are written down. */
export const orphans = (state: State): Run[] =>
  [...state.runs.runs.values()]
    .filter((run) => left(state, run))
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
