import type { Case } from '../cases/state.ts';
import { pastCases, tasksOf } from '../cases/views.ts';
import type { State } from '../core/state.ts';
import type { Message } from '../inbox/state.ts';

/**
 * [RUN7] What was true of the case when a run began, as far as it can change later. Kept on the ledger, so that a run
 * that is run again sees what it saw the first time and takes the same steps; texts, packets and reports never change
 * and are looked up.
 */
export interface Seen {
  readonly status: string;
  readonly topic: string | null;
  readonly priority: string;
  readonly owner: string;
  readonly areas: readonly string[];
  readonly due: number;
  readonly reopened: number;
  readonly resolution: string | null;
  /** How many notes and pieces of evidence there were. */
  readonly notes: number;
  readonly evidence: number;
  readonly tasks: readonly { readonly id: string; readonly status: string }[];
  /** Latest other cases of the customer, oldest first. */
  readonly previous: readonly { readonly id: string; readonly status: string; readonly topic: string | null }[];
  /** The seat's own task: the one the message gives, else its latest open one. */
  readonly task: string | null;
}

function ownTask(state: State, seat: string, message: Message, c: Case): string | null {
  const given = message.type === 'task' ? state.cases.tasks.get(String(message.data.task)) : undefined;
  if (given?.to === seat) return given.id;
  return tasksOf(state, c).findLast((task) => task.to === seat && task.status === 'open')?.id ?? null;
}

function previousOf(state: State, c: Case): Seen['previous'] {
  return pastCases(state, c).map(({ id, status, topic }) => ({ id, status, topic }));
}

export function seenOf(state: State, seat: string, message: Message): Seen | null {
  const c = message.case === null ? undefined : state.cases.cases.get(message.case);
  if (!c) return null;
  return {
    status: c.status,
    topic: c.topic,
    priority: c.priority,
    owner: c.owner,
    areas: c.areas,
    due: c.due,
    reopened: c.reopened,
    resolution: c.resolution?.summary ?? null,
    notes: c.notes.length,
    evidence: c.evidence.length,
    tasks: tasksOf(state, c).map(({ id, status }) => ({ id, status })),
    previous: previousOf(state, c),
    task: ownTask(state, seat, message, c),
  };
}
