/**
 * [RST5] Where the open work of a seat goes when another one takes its place. One function for the plan and for the deed, so
 * that the plan says exactly what will move. Proportional to the cases that are not over; restructuring is rare.
 */
import { release } from '../budget/decide.ts';
import { verifierFor } from '../cases/decide.ts';
import type { Case, Task } from '../cases/state.ts';
import { liveCases, tasksOf } from '../cases/views.ts';
import { type Draft, event } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Approval } from '../governance/state.ts';
import type { Message } from '../inbox/state.ts';
import { messagesOf } from '../inbox/views.ts';
import type { Operation } from '../operations/state.ts';
import { humanAbove } from '../organisation/views.ts';
import { withdraw } from '../runs/withdraw.ts';

export interface Relocation {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  /** Only work on cases of these topics; all work when absent. */
  readonly topics?: readonly string[] | undefined;
  /** Do the tasks given to the seat go along, or back to who gave them? */
  readonly tasks: 'move' | 'decline';
}

const numberOf = (id: string): number => Number(id.slice(id.indexOf('-') + 1));
const inOrder = <T extends { id: string }>(list: T[]): T[] => list.sort((a, b) => numberOf(a.id) - numberOf(b.id));

/** Is this work of the kind that moves? Work on no case is the seat's own and moves only when all does. */
function covers({ topics }: Relocation, c: Case | undefined): boolean {
  return topics === undefined || (c?.topic != null && topics.includes(c.topic));
}

const caseOf = (state: State, id: string | null): Case | undefined =>
  id === null ? undefined : state.cases.cases.get(id);

function casesMoved(how: Relocation, live: readonly Case[]): Draft[] {
  const { from, to, reason } = how;
  return live
    .filter((c) => c.owner === from && covers(how, c))
    .map((c) => event('case.assigned', `case/${c.id}`, { case: c.id, to, from, reason }, c.id));
}

function taskMoved({ from, to }: Relocation, task: Task, messages: readonly Message[]): Draft[] {
  const as = task.to === from ? 'doer' : 'giver';
  const told = messages.some((message) => message.data.task === task.id);
  return [event('task.moved', `case/${task.case}`, { task: task.id, case: task.case, from, to, as, told }, task.case)];
}

const declined = (task: Task, by: string, reason: string): Draft =>
  event(
    'task.completed',
    `case/${task.case}`,
    { case: task.case, task: task.id, by, report: { reason }, declined: true },
    task.case,
  );

/** Nobody does a task that he himself gave: it comes back to him. */
function tasksMoved(state: State, how: Relocation, live: readonly Case[], messages: readonly Message[]): Draft[] {
  const tasks = inOrder(live.filter((c) => covers(how, c)).flatMap((c) => tasksOf(state, c)));
  return tasks
    .filter((task) => task.status === 'open' && (task.to === how.from || task.from === how.from))
    .flatMap((task) => {
      const own = task.to === how.from ? task.from === how.to : task.to === how.to;
      if (own) return [declined(task, task.to, how.reason)];
      if (task.to === how.from && how.tasks === 'decline') return [declined(task, how.from, how.reason)];
      return taskMoved(how, task, messages);
    });
}

/** [CAS11] A check goes to somebody who had no part in what is checked. */
function checkerOf(state: State, c: Case, to: string): string {
  const by = c.resolution;
  return by === null ? to : (verifierFor(state, c, by.by, by.principal, [to]) ?? to);
}

function approvalMoved(state: State, { from, to }: Relocation, a: Approval): Draft {
  const requester = a.requester === from ? to : a.requester;
  const named = a.approvers.map((seat) => (seat === from ? to : seat)).filter((seat) => seat !== requester);
  const fallback = humanAbove(state, requester);
  const approvers = named.length > 0 || fallback === null ? [...new Set(named)] : [fallback];
  const asked = approvers.filter((seat) => !a.approvers.includes(seat));
  const body = { approval: a.id, operation: a.operation, from, to, requester, approvers, asked };
  return event('approval.moved', `approval/${a.id}`, body, a.case ?? a.operation);
}

const approvalsMoved = (state: State, how: Relocation): Draft[] =>
  inOrder([...state.governance.pending].flatMap((id) => state.governance.approvals.get(id) ?? []))
    .filter((a) => a.approvers.includes(how.from) || a.requester === how.from)
    .filter((a) => covers(how, caseOf(state, a.case)))
    .map((a) => approvalMoved(state, how, a));

/** Under the name of who sits there now: the gate asks again whether he may, before anything begins. */
function operationMoved(state: State, { from, to }: Relocation, op: Operation): Draft {
  const principal = state.organisation.seats.get(to)?.occupant?.principal ?? op.principal;
  return event('operation.moved', `operation/${op.id}`, { operation: op.id, from, to, principal }, op.case ?? op.id);
}

const operationsMoved = (state: State, how: Relocation): Draft[] =>
  inOrder([...state.operations.open].flatMap((id) => state.operations.operations.get(id) ?? []))
    .filter((op) => op.seat === how.from && covers(how, caseOf(state, op.case)))
    .map((op) => operationMoved(state, how, op));

/** A message goes to who can do what it asks for. */
function receiverOf(state: State, { from, to }: Relocation, message: Message): string {
  const c = caseOf(state, message.case);
  if (message.type === 'verify' && c?.verifier === from) return checkerOf(state, c, to);
  return to;
}

/** Who gets a case now is told anew; a task that came back needs no answer. */
const isOver = (message: Message, over: ReadonlySet<unknown>): boolean =>
  message.type === 'assign' || (message.type === 'task' && over.has(message.data.task));

/** The message is done for who had it: its matter is somebody else's now. */
export const messageOver = ({ from, reason }: Relocation, { id, case: about }: Message): Draft =>
  event('message.done', `seat/${from}`, { message: id, by: from, note: reason }, about);

/** Open messages go along, but for those that say what is said anew. */
export const messagesMoved = (
  state: State,
  how: Relocation,
  messages: readonly Message[],
  over: ReadonlySet<unknown> = new Set(),
): Draft[] =>
  messages.map((message) => {
    if (isOver(message, over)) return messageOver(how, message);
    const to = receiverOf(state, how, message);
    return event('message.moved', `seat/${to}`, { message: message.id, from: how.from, to }, message.case);
  });

/** Cases it took part in without owning them. */
const joinedCases = (state: State, how: Relocation, live: readonly Case[]): Draft[] =>
  live
    .filter((c) => c.owner !== how.from && c.parties.includes(how.from) && covers(how, c))
    .flatMap((c) => {
      const verifies = c.verifier === how.from;
      const seat = verifies ? checkerOf(state, c, how.to) : how.to;
      return [event('case.joined', `case/${c.id}`, { case: c.id, seat, for: how.from, verifies }, c.id)];
    });

/** Nothing is worked on in two places: what is at work stops, and its message waits at the new place. */
const runsEnded = (state: State, how: Relocation): Draft[] =>
  inOrder([...state.runs.runs.values()])
    .filter((run) => run.seat === how.from && covers(how, caseOf(state, run.case)))
    .flatMap((run) => [withdraw(run, how.reason), ...release(state, run.reservation)]);

/** What becomes of the open work of `from`, in the order in which it happens. */
export function relocation(state: State, how: Relocation): Draft[] {
  if (how.from === how.to) return [];
  const live = liveCases(state);
  const messages = messagesOf(state, how.from).filter((message) => covers(how, caseOf(state, message.case)));
  const tasks = tasksMoved(state, how, live, messages);
  const over = new Set(tasks.flatMap((draft) => (draft.kind === 'task.completed' ? [draft.body.task] : [])));
  return [
    ...runsEnded(state, how),
    ...messagesMoved(state, how, messages, over),
    ...joinedCases(state, how, live),
    ...tasks,
    ...casesMoved(how, live),
    ...operationsMoved(state, how),
    ...approvalsMoved(state, how),
  ];
}

/** What a desk has asked for goes on under the name of who sits there now. */
export function adoption(state: State, seat: string): Draft[] {
  const principal = state.organisation.seats.get(seat)?.occupant?.principal;
  if (principal === undefined) return [];
  return operationsMoved(state, { from: seat, to: seat, reason: '', tasks: 'move' }).filter(
    (draft) =>
      state.operations.operations.get((draft.body as { operation: string }).operation)?.principal !== principal,
  );
}
