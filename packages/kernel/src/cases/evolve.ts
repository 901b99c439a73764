import { isEnded } from '../archive/links.ts';
import type { RecordOf } from '../core/events.ts';
import { DAY, HOUR } from '../core/quantities.ts';
import { countId, type State, setTimer } from '../core/state.ts';
import { type CaseMove, next, onTheClock } from './machine.ts';
import type { CaseEvents, CaseStatus } from './schema.ts';
import type { Case, Task } from './state.ts';
import { isOpen, tasksOf } from './views.ts';

/** Deadlines of the follow-up sweep (R-A79, R-A80). */
export const SWEEP = { dueSoon: 2 * HOUR, waiting: 3 * DAY, feedback: DAY, again: 3 * DAY } as const;
/** Latest cases remembered per customer, and notes kept in memory per case [CAS17]; the rest is on the ledger. */
const CASES_PER_CUSTOMER = 20;
const NOTES_IN_MEMORY = 50;

/** [CAS12] Each alert is given once per deadline, wait, or resolution. */
export function alertKey(c: Case, what: CaseEvents['case.alerted']['what']): string {
  if (what === 'waiting-too-long') return `${what}@${c.since}`;
  return what === 'feedback-missing' ? `${what}@${c.resolution?.at}` : `${what}@${c.due}`;
}

type OnCase = { at: number; body: { case: string } };

/** Apply a move the table allows; `decide` has checked it. */
function move(state: State, record: OnCase, how: CaseMove): Case {
  const c = state.cases.cases.get(record.body.case)!;
  const before = c.status;
  const wasOpen = isOpen(c);
  c.status = next(c.status, how) ?? c.status;
  c.since = record.at;
  stands(state, c, before);
  state.cases.open += Number(isOpen(c)) - Number(wasOpen);
  if (isOpen(c)) c.resolution = null;
  // Deadlines that passed while nobody's clock ran were not said; say them now.
  if (onTheClock(c.status) && !onTheClock(before)) setDue(state, c, c.due);
  if (before === 'escalated' && onTheClock(c.status) && c.status !== before && c.due <= record.at)
    handedBack(state, c, record.at);
  return c;
}

/** [CAS20] Whoever had it knows that it is late; when he hands it on it must not be forgotten for that. */
function handedBack(state: State, c: Case, at: number): void {
  c.lateAgain = at + SWEEP.again;
  setTimer(state, c.lateAgain, `case.sweep:${c.id}`);
}

function stands(state: State, c: Case, before: CaseStatus | null): void {
  const { byStatus, live } = state.cases;
  if (before !== null) byStatus[before] = (byStatus[before] ?? 0) - 1;
  byStatus[c.status] = (byStatus[c.status] ?? 0) + 1;
  if (isEnded(c)) live.delete(c.id);
  else live.add(c.id);
}

const join = (c: Case, seat: string): void => {
  if (!c.parties.includes(seat)) c.parties.push(seat);
};

function note(c: Case, by: string, text: string, at: number): void {
  c.notes.push({ by, text, at });
  if (c.notes.length > NOTES_IN_MEMORY) c.notes.splice(0, c.notes.length - NOTES_IN_MEMORY);
}

function setDue(state: State, c: Case, due: number): void {
  if (due !== c.due) delete c.lateAgain;
  c.due = due;
  setTimer(state, due - SWEEP.dueSoon, `case.sweep:${c.id}`);
  setTimer(state, due, `case.sweep:${c.id}`);
}

function remember(state: State, customer: string, owner: string, id: string): void {
  const known = state.cases.customers.get(customer);
  if (!known) {
    state.cases.customers.set(customer, { primary: owner, cases: [id] });
    return;
  }
  known.cases.push(id);
  if (known.cases.length <= CASES_PER_CUSTOMER) return;
  const oldest = known.cases.shift()!;
  if (known.past) delete known.past[oldest];
}

function opened(state: State, record: RecordOf<'case.opened'>): void {
  const b = record.body;
  countId(state, b.case);
  const c: Case = {
    id: b.case,
    status: b.waits ? 'new' : 'assigned',
    subject: b.subject,
    text: b.text,
    customer: b.customer,
    name: b.name ?? null,
    channel: b.channel,
    priority: b.priority,
    topic: null,
    areas: [],
    owner: b.owner,
    parties: [b.owner],
    openedAt: record.at,
    clockFrom: record.at,
    due: b.due,
    firstResponseAt: null,
    tasks: [],
    notes: [],
    evidence: [],
    acted: [],
    resolution: null,
    verifier: null,
    escalations: 0,
    reopened: 0,
    satisfied: null,
    duplicateOf: null,
    alerted: [],
    since: record.at,
    ...(b.follows === undefined ? {} : { follows: b.follows }),
    data: b.data ?? null,
  };
  state.cases.cases.set(c.id, c);
  stands(state, c, null);
  state.cases.open += 1;
  if (b.externalId !== undefined) state.cases.byExternalId.set(b.externalId, c.id);
  remember(state, b.customer, b.owner, c.id);
  setDue(state, c, b.due);
}

function classified(state: State, record: RecordOf<'case.classified'>): void {
  const c = state.cases.cases.get(record.body.case)!;
  const b = record.body;
  if (b.topic !== undefined) c.topic = b.topic;
  if (b.areas !== undefined) c.areas = b.areas;
  if (b.duplicateOf !== undefined) c.duplicateOf = b.duplicateOf;
  if (b.priority !== undefined && b.priority !== c.priority) {
    c.priority = b.priority;
    setDue(state, c, b.due);
  }
}

function waiting(state: State, record: RecordOf<'case.waiting'>): void {
  const c = move(state, record, record.body.on === 'customer' ? 'wait_customer' : 'wait_internal');
  if (record.body.on === 'customer') setTimer(state, record.at + SWEEP.waiting, `case.sweep:${c.id}`);
}

function delegated(state: State, record: RecordOf<'task.delegated'>): void {
  const b = record.body;
  countId(state, b.task);
  const c = state.cases.cases.get(b.case)!;
  state.cases.tasks.set(b.task, {
    id: b.task,
    case: b.case,
    from: b.from,
    to: b.to,
    status: 'open',
    packet: b.packet,
    report: null,
    ...(b.under === undefined ? {} : { under: b.under }),
    ...(b.needs === undefined ? {} : { needs: b.needs }),
    ...(b.after === undefined ? {} : { after: b.after }),
    ...(b.waits === undefined ? {} : { waits: b.waits }),
    at: record.at,
  });
  c.tasks.push(b.task);
  join(c, b.to);
  if (b.from === c.owner && next(c.status, 'wait_internal') !== null) move(state, record, 'wait_internal');
}

function completed(state: State, record: RecordOf<'task.completed'>): void {
  const task = state.cases.tasks.get(record.body.task)!;
  task.status = record.body.declined ? 'declined' : 'done';
  task.report = record.body.report;
  const c = state.cases.cases.get(task.case)!;
  const open = openTasks(state, c).some((other) => other.from === c.owner);
  if (!open && c.status === 'waiting_internal') move(state, record, 'resume');
}

/** The case goes on elsewhere, and so do the questions its owner has asked: the reports come to the new owner. */
function assigned(state: State, record: RecordOf<'case.assigned'>): void {
  const { case: id, to } = record.body;
  const c = state.cases.cases.get(id)!;
  if (next(c.status, 'assign') !== null) move(state, record, 'assign');
  for (const task of openTasks(state, c)) if (task.from === c.owner) task.from = to;
  c.owner = to;
  join(c, to);
}

const openTasks = (state: State, c: Case): Task[] => tasksOf(state, c).filter((task) => task.status === 'open');

function closeTasks(state: State, c: Case): void {
  for (const task of openTasks(state, c)) task.status = 'cancelled';
}

/** An operation succeeded on this case: it is evidence, and its seat has acted. */
function operationSucceeded(state: State, record: RecordOf<'operation.succeeded'>): void {
  const op = state.operations.operations.get(record.body.operation);
  const c = op?.case ? state.cases.cases.get(op.case) : undefined;
  if (!op || !c) return;
  c.evidence.push({ kind: op.capability, ref: op.id });
  for (const e of record.body.evidence) c.evidence.push({ kind: e.kind, ref: e.ref });
  if (op.effect === 'read') return;
  c.acted.push({ seat: op.seat, capability: op.capability, principal: op.principal });
  const edges = state.organisation.capabilities.get(op.capability)?.edges ?? [];
  if (edges.includes('customer-facing')) c.firstResponseAt ??= record.at;
}

/** [CAS9] That the gate refused is a fact too: an answer "no" may rest on it. It proves no effect, hence a kind of its own. */
function operationDenied(state: State, record: RecordOf<'operation.decided'>): void {
  const c = record.body.case === null ? undefined : state.cases.cases.get(record.body.case);
  if (record.body.verdict === 'deny')
    c?.evidence.push({ kind: `refused:${record.body.capability}`, ref: record.body.operation });
}

export const casesEvolve = {
  'case.opened': opened,
  'case.received': (state: State, record: RecordOf<'case.received'>) => {
    const c = state.cases.cases.get(record.body.case)!;
    note(c, 'customer', record.body.text, record.at);
    if (c.status === 'waiting_customer') move(state, record, 'resume');
  },
  'case.classified': classified,
  'case.noted': (state: State, record: RecordOf<'case.noted'>) =>
    note(state.cases.cases.get(record.body.case)!, record.body.by, record.body.text, record.at),
  'case.assigned': assigned,
  'case.started': (state: State, record: RecordOf<'case.started'>) => void move(state, record, 'start'),
  'case.waiting': waiting,
  'case.blocked': (state: State, record: RecordOf<'case.blocked'>) => void move(state, record, 'block'),
  'case.resumed': (state: State, record: RecordOf<'case.resumed'>) => void move(state, record, 'resume'),
  'case.escalated': (state: State, record: RecordOf<'case.escalated'>) => {
    const c = move(state, record, 'escalate');
    c.escalations += 1;
    join(c, record.body.to);
  },
  'case.alerted': (state: State, record: RecordOf<'case.alerted'>) => {
    const c = state.cases.cases.get(record.body.case)!;
    const said = alertKey(c, record.body.what);
    if (!c.alerted.includes(said)) c.alerted.push(said);
    if (record.body.what === 'overdue') delete c.lateAgain;
  },
  'case.resolved': (state: State, record: RecordOf<'case.resolved'>) => {
    const c = move(state, record, 'resolve');
    const { summary, evidence, by } = record.body;
    c.resolution = { summary, evidence, by, principal: record.actor.principal, at: record.at };
    c.verifier = record.body.verifier;
    if (record.body.verifier !== null) join(c, record.body.verifier);
    setTimer(state, record.at + SWEEP.feedback, `case.sweep:${c.id}`);
  },
  'case.verified': (state: State, record: RecordOf<'case.verified'>) => void move(state, record, 'verify'),
  'case.rejected': (state: State, record: RecordOf<'case.rejected'>) => void move(state, record, 'reject'),
  'case.closed': (state: State, record: RecordOf<'case.closed'>) => closeTasks(state, move(state, record, 'close')),
  'case.cancelled': (state: State, record: RecordOf<'case.cancelled'>) => {
    const c = move(state, record, 'cancel');
    const { seat, principal } = record.actor;
    if (seat === undefined && principal === c.customer) c.withdrawn = true;
    closeTasks(state, c);
  },
  'case.reopened': (state: State, record: RecordOf<'case.reopened'>) => {
    const c = move(state, record, 'reopen');
    c.reopened += 1;
    delete c.withdrawn;
    c.clockFrom = record.at;
    setDue(state, c, record.body.due);
  },
  'case.feedback': (state: State, record: RecordOf<'case.feedback'>) => {
    state.cases.cases.get(record.body.case)!.satisfied = record.body.satisfied;
  },
  'customer.forgotten': (state: State, record: RecordOf<'customer.forgotten'>) => {
    state.cases.forgotten.push(record.body.case);
  },
  'task.delegated': delegated,
  'task.completed': completed,
  'task.released': (state: State, record: RecordOf<'task.released'>) => {
    delete state.cases.tasks.get(record.body.task)?.waits;
  },
  'operation.succeeded': operationSucceeded,
  'operation.decided': operationDenied,
};
