import { followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { successor } from '../organisation/views.ts';
import { liveCases, tasksOf } from './views.ts';

/**
 * [CAS14] What a removed seat owned or had to do finds somebody: its unfinished cases go to the seat above it, its open
 * tasks come back declined. Proportional to the cases that are not over; restructuring is rare.
 */
function rehome(state: State, body: { seat: string }): Draft[] {
  const to = successor(state, body.seat);
  const reason = `the seat "${body.seat}" was removed`;
  const live = liveCases(state);
  const cases = live.filter((c) => c.owner === body.seat);
  const tasks = live
    .flatMap((c) => tasksOf(state, c))
    .filter((task) => task.to === body.seat && task.status === 'open')
    .sort((a, b) => Number(a.id.slice(2)) - Number(b.id.slice(2)));
  return [
    ...(to === null
      ? []
      : cases.map((c) => event('case.assigned', `case/${c.id}`, { case: c.id, to, from: body.seat, reason }, c.id))),
    ...tasks.map((task) => {
      const report = { case: task.case, task: task.id, by: body.seat, report: { reason }, declined: true };
      return event('task.completed', `case/${task.case}`, report, task.case);
    }),
  ];
}

export const rehomeFollowUps = { 'case.rehome': rehome };

export const rehomeReact = {
  'organisation.applied': (_state: State, r: RecordOf<'organisation.applied'>) =>
    r.body.removed.flatMap(({ kind, id }) => (kind === 'seats' ? [followUp('case.rehome', { seat: id })] : [])),
};
