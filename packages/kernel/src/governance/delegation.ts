import type { Task } from '../cases/state.ts';
import { tasksOf } from '../cases/views.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';

/** The most hands a task goes through: a longer chain gives no authority. */
const MAX_HOPS = 16;

function named(state: State, seat: string, caseId: string | null, id: string): string {
  const task = state.cases.tasks.get(id);
  if (task?.to !== seat || task.case !== caseId)
    reject('not-found', `there is no task ${id} for "${seat}" on this case`, {
      rule: 'GOV40',
      hint: 'leave `task` out: the task of the seat is found by itself',
    });
  return id;
}

/** The task the message of a run gave, when it was given to this seat about this case. */
function ofRun(state: State, seat: string, caseId: string, run: string | null): string | undefined {
  const message = run === null ? undefined : state.inbox.messages.get(state.runs.runs.get(run)?.message ?? '');
  const task = message?.type === 'task' ? state.cases.tasks.get(String(message.data.task)) : undefined;
  return task?.to === seat && task.case === caseId ? task.id : undefined;
}

/**
 * [GOV40] The task a seat acts for on a case: the one it names, the one its run is about, else (unless the case is its own)
 * the latest it was given there, finished or not. Undefined when it acts of itself.
 */
export function actsFor(
  state: State,
  seat: string,
  caseId: string | null,
  run: string | null,
  task?: string,
): string | undefined {
  if (task !== undefined) return named(state, seat, caseId, task);
  const c = caseId === null ? undefined : state.cases.cases.get(caseId);
  if (!c) return undefined;
  const given = ofRun(state, seat, c.id, run);
  if (given !== undefined || c.owner === seat) return given;
  return tasksOf(state, c).findLast((each) => each.to === seat)?.id;
}

/** The task and those in whose course it was given, the nearest first; null when there are too many. */
export function lineage(state: State, id: string): Task[] | null {
  const line: Task[] = [];
  for (let next: string | undefined = id; next !== undefined; ) {
    const task: Task | undefined = state.cases.tasks.get(next);
    if (!task || line.length === MAX_HOPS) return null;
    line.push(task);
    next = task.under;
  }
  return line;
}
