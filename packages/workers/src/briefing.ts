import { type Case, type Message, pastCases, type Seen, type State, type Task } from '@reeve/kernel';
import { fitted } from './memory/fitted.ts';
import { foundView } from './memory/views.ts';
import type { Briefing, BriefingCase, BriefingMessage, BriefingTask } from './port.ts';

/** A task as it was when the run began: its report is there only if it was finished by then. */
const taskView = (task: Task, status: string): BriefingTask => ({
  id: task.id,
  from: task.from,
  to: task.to,
  status,
  packet: task.packet,
  report: status === 'open' ? null : task.report,
});

const tasksView = (state: State, seen: Seen): BriefingTask[] =>
  seen.tasks.flatMap(({ id, status }) => {
    const task = state.cases.tasks.get(id);
    return task ? [taskView(task, status)] : [];
  });

function previousView(state: State, c: Case, seen: Seen): BriefingCase['previous'] {
  if (seen.previous.length === 0) return [];
  const past = new Map(pastCases(state, c).map((other) => [other.id, other]));
  return seen.previous.flatMap(({ id, status, topic }) => {
    const other = past.get(id);
    return other ? [{ id, status, topic, subject: other.subject, openedAt: other.openedAt }] : [];
  });
}

function caseView(state: State, c: Case, seen: Seen): BriefingCase {
  const { status, topic, priority, owner, areas, due, reopened, resolution } = seen;
  const { id, subject, text, customer, name, channel, openedAt } = c;
  return {
    ...{ id, subject, text, customer, name, channel, openedAt },
    ...{ status, topic, priority, owner, areas, due, reopened, resolution },
    notes: c.notes.slice(0, seen.notes),
    evidence: c.evidence.slice(0, seen.evidence),
    tasks: tasksView(state, seen),
    previous: previousView(state, c, seen),
  };
}

const messageView = ({ id, type, from, text, data }: Message): BriefingMessage => ({ id, type, from, text, data });

/** Tokens of a briefing where the organisation says nothing; the kernel's default. */
const TOKENS = 32_000;
const NOTHING = { beliefs: [], skills: [] } as const;

/**
 * What a run starts from: what was true when it began (RUN7), however often it is run. A copy; null when the run or its
 * message has gone.
 */
export function briefing(state: State, runId: string): Briefing | null {
  const run = state.runs.runs.get(runId);
  const seat = run && state.organisation.seats.get(run.seat);
  const message = run && state.inbox.messages.get(run.message);
  if (!run || !seat || !message) return null;
  const c = run.case === null ? undefined : state.cases.cases.get(run.case);
  const work = c && run.seen ? caseView(state, c, run.seen) : null;
  const { memory } = run;
  const start = structuredClone({
    run: run.id,
    now: run.startedAt,
    seat: { id: seat.id, title: seat.title, purpose: seat.charter.purpose, supervisor: seat.supervisor ?? null },
    message: messageView(message),
    case: work,
    task: work?.tasks.find(({ id }) => id === run.seen?.task) ?? null,
    memory: { purpose: memory?.purpose ?? null, ...foundView(state, memory ?? NOTHING) },
  });
  return fitted({ ...start, budget: { tokens: 0, used: 0, leftOut: [] } }, memory?.tokens ?? TOKENS);
}
