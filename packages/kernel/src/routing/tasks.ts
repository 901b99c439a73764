/** [RTE16] The parts of a case: to whoever suits best, one after the other or side by side (R-A60). */

import type { Case, Task } from '../cases/state.ts';
import { tasksOf } from '../cases/views.ts';
import { type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import type { Delivery } from '../inbox/decide.ts';
import { choose } from './choose.ts';
import type { Needs } from './definition.ts';
import { undeclared } from './index-of.ts';
import type { Decision } from './schema.ts';

/** Who gets a task that names no seat. It is given at once, room or not: its case waits for it. */
export function taskFor(state: State, c: Case, task: string, from: string, needs: Needs): Decision {
  const ask = { needs, customer: c.customer, case: c.id, spread: Number(task.slice(2)), gave: [from] };
  const now = choose(state, ask, { anyway: true });
  const decision = now.to === null && now.out.away > 0 ? choose(state, ask, { anyway: true, off: true }) : now;
  if (decision.to !== null) return decision;
  const missing = undeclared(state, needs);
  return reject('conflict', `nobody can do this: ${missing.join(', ') || decision.because}`, {
    rule: 'RTE11',
    hint: 'ask for less, or hand the case on (`case.transfer`), which goes to a person when nobody can',
  });
}

/** Tasks that must be done first: of this case, and not taken back. */
export function notDone(state: State, c: Case, after: readonly string[]): string[] {
  return after.filter((id) => {
    const task = c.tasks.includes(id) ? state.cases.tasks.get(id) : undefined;
    if (!task || task.status === 'declined' || task.status === 'cancelled')
      reject('invalid', `there is no task ${id} on ${c.id} that could be waited for`, {
        rule: 'RTE16',
        hint: 'name tasks of this case that are open or done',
      });
    return task.status === 'open';
  });
}

/** The reports of what went before, for who goes on (R-A59). */
const reportsOf = (state: State, ids: readonly string[]): { task: string; report: unknown }[] =>
  ids.map((id) => ({ task: id, report: state.cases.tasks.get(id)?.report ?? null }));

const waitsFor = (task: Task, id: string): boolean => task.status === 'open' && (task.waits ?? []).includes(id);

/** One task is done, or will never be: those that waited for it begin, or come back. */
function settle(state: State, body: { task: string }): Draft[] {
  const done = state.cases.tasks.get(body.task);
  const c = done && state.cases.cases.get(done.case);
  if (!c) return [];
  return tasksOf(state, c)
    .filter((task) => waitsFor(task, done.id))
    .flatMap((task): Draft[] => {
      if (done.status !== 'done') {
        const report = { reason: `${done.id}, which it waited for, was not done` };
        const back = { case: c.id, task: task.id, by: task.from, report, declined: true };
        return [event('task.completed', `case/${c.id}`, back, c.id)];
      }
      const open = task.waits!.some((id) => state.cases.tasks.get(id)?.status === 'open');
      const released = { case: c.id, task: task.id, after: task.waits! };
      return open ? [] : [event('task.released', `case/${c.id}`, released, c.id)];
    });
}

const tell = (d: Delivery): FollowUp => followUp('inbox.deliver', { ...d });

export const tasksReact = {
  'task.completed': (state: State, r: RecordOf<'task.completed'>): FollowUp[] => {
    const c = state.cases.cases.get(r.body.case);
    const waited = c && tasksOf(state, c).some((task) => waitsFor(task, r.body.task));
    return waited ? [followUp('task.settle', { task: r.body.task })] : [];
  },
  'task.released': (state: State, r: RecordOf<'task.released'>): FollowUp[] => {
    const task = state.cases.tasks.get(r.body.task)!;
    const data = { task: task.id, before: reportsOf(state, r.body.after) };
    const priority = state.cases.cases.get(task.case)?.priority ?? 'normal';
    return [
      tell({
        to: task.to,
        from: task.from,
        type: 'task',
        text: task.packet.subproblem,
        case: task.case,
        data,
        priority,
      }),
    ];
  },
};

export const tasksFollowUps = { 'task.settle': settle };

/** One task with how deep it is in the chain: those of one stage go side by side. */
export interface Staged {
  readonly task: string;
  readonly to: string;
  readonly status: Task['status'];
  readonly stage: number;
  readonly after: readonly string[];
}

const MODES = ['none', 'single', 'sequential', 'parallel', 'hybrid'] as const;
export type WorkMode = (typeof MODES)[number];

/** How a case's tasks hang together (R-A60): tasks only ever wait for earlier ones, so one pass finds every stage. */
export function stagesOf(state: State, c: Case): { mode: WorkMode; tasks: Staged[] } {
  const stage = new Map<string, number>();
  const tasks = tasksOf(state, c).map((task): Staged => {
    const after = task.after ?? [];
    stage.set(task.id, Math.max(0, ...after.map((id) => (stage.get(id) ?? 0) + 1)));
    return { task: task.id, to: task.to, status: task.status, stage: stage.get(task.id)!, after };
  });
  return { mode: modeOf([...stage.values()]), tasks };
}

function modeOf(stages: readonly number[]): WorkMode {
  const depth = Math.max(-1, ...stages) + 1;
  if (stages.length < 2) return stages.length === 0 ? 'none' : 'single';
  if (depth === 1) return 'parallel';
  return depth === stages.length ? 'sequential' : 'hybrid';
}
