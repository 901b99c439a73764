import { accountsOfCase } from '../budget/accounts.ts';
import type { Case } from '../cases/state.ts';
import type { RecordOf } from '../core/events.ts';
import { type State, setTimer } from '../core/state.ts';
import type { Operation } from '../operations/state.ts';
import { oversightOf } from '../oversight/settings.ts';
import { hold, isEnded, letGo, look, partsOf, retentionOf, threadOf } from './links.ts';
import type { Parts } from './state.ts';
import { forgetTimers } from './timers.ts';

/**
 * [ARC5] What is kept of archived cases at most, the newest: keys that would be met again, ids of the senders, customers
 * and who serves them.
 */
const KEPT = { keys: 200_000, externalIds: 200_000, customers: 100_000 } as const;

function trim(kept: Map<string, unknown> | Set<string>, most: number): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(oldest);
  }
}

/** A derived key names its case, so only the case itself could meet it again; reads and undoings are never repeated. */
function mayMeetAgain(state: State, op: Operation): boolean {
  if (state.operations.byKey.get(op.key) !== op.id) return false;
  if (op.compensates !== null || (op.effect === 'read' && op.key.startsWith('read:'))) return false;
  return op.case === null || op.key.includes(':');
}

function dropOperation(state: State, id: string): void {
  const op = state.operations.operations.get(id);
  if (!op) return;
  if (mayMeetAgain(state, op)) {
    state.archive.keys.set(op.key, { id, case: op.case, argsDigest: op.argsDigest });
    trim(state.archive.keys, KEPT.keys);
  }
  if (state.operations.byKey.get(op.key) === id) state.operations.byKey.delete(op.key);
  state.operations.operations.delete(id);
  state.economy.paid.delete(id);
}

function dropParts(state: State, thread: string, { operations, approvals, reservations }: Parts): void {
  for (const id of operations) dropOperation(state, id);
  for (const id of approvals) {
    state.governance.approvals.delete(id);
    state.governance.control.endorsed.delete(id);
  }
  for (const id of reservations) state.budget.reservations.delete(id);
  state.archive.parts.delete(thread);
}

/** What the accounts of budgets per case say of it; the budgets themselves go on. */
function dropAccounts(state: State, id: string): void {
  const { books, periods, perCase, announced } = state.budget;
  for (const { key, own, parts } of accountsOfCase(state, id)) {
    perCase.delete(`${key}|${id}`);
    if (!own) continue;
    for (const part of parts) books.delete(part);
    periods.delete(key);
    announced.delete(key);
  }
}

/** [ARC5] The customer's next case still finds who served him, and what his latest cases were. */
function keepCustomer(state: State, c: Case): void {
  const known = state.cases.customers.get(c.customer);
  if (!known) return;
  const { id, status, topic, subject, openedAt } = c;
  if (known.cases.includes(id)) {
    known.past ??= {};
    known.past[id] = { id, status, topic, subject, openedAt };
  }
  if (known.cases.some((other) => other !== id && state.cases.cases.has(other))) return;
  state.archive.customers.add(c.customer);
  for (const oldest of state.archive.customers) {
    if (state.archive.customers.size <= KEPT.customers) return;
    state.archive.customers.delete(oldest);
    state.cases.customers.delete(oldest);
  }
}

function archived(state: State, r: RecordOf<'case.archived'>): void {
  const id = r.body.case;
  const c = state.cases.cases.get(id)!;
  const parts = partsOf(state, id);
  keepCustomer(state, c);
  for (const task of c.tasks) state.cases.tasks.delete(task);
  dropAccounts(state, id);
  state.economy.cases.delete(id);
  dropParts(state, id, parts);
  state.cases.cases.delete(id);
  forgetTimers(state);
  if (parts.externalId === undefined) return;
  state.cases.byExternalId.delete(parts.externalId);
  state.archive.externalIds.set(parts.externalId, id);
  trim(state.archive.externalIds, KEPT.externalIds);
}

function ended(state: State, { at, body: { case: id } }: { at: number; body: { case: string } }): void {
  const due = at + retentionOf(state);
  if (state.archive.unread.has(id)) setTimer(state, due, `case.unread:${id}`);
  setTimer(state, due, `case.archive:${id}`);
}

/** A settled operation no longer holds its case; one of no case has a retention of its own. */
function moved(state: State, r: { at: number; body: { operation: string } }): void {
  const op = state.operations.operations.get(r.body.operation);
  if (!op || op.settledAt !== r.at) return;
  if (op.case !== null) look(state, op.case, r.at);
  else setTimer(state, r.at + retentionOf(state), `operation.archive:${op.id}`);
}

/** When the newest message about a case that is over is due, all are. */
function newest(state: State, id: string, waiting: ReadonlySet<string>, retention: number): void {
  if (state.cases.live.has(id)) return;
  const since = state.cases.cases.get(id)?.since ?? 0;
  let at = since;
  for (const message of waiting) at = Math.max(at, state.inbox.messages.get(message)?.at ?? 0);
  setTimer(state, at + retention, `case.unread:${id}`);
}

/** A retention that is new counts for what has ended already, too. Proportional to what is in memory; rare. */
function applied(state: State): void {
  const retention = retentionOf(state);
  if (state.archive.retention === retention) return;
  state.archive.retention = retention;
  for (const c of state.cases.cases.values())
    if (isEnded(c)) setTimer(state, c.since + retention, `case.archive:${c.id}`);
  for (const [id, waiting] of state.archive.unread) newest(state, id, waiting, retention);
  for (const op of state.operations.operations.values())
    if (op.case === null && op.settledAt !== null)
      setTimer(state, op.settledAt + retention, `operation.archive:${op.id}`);
}

/** Reservations of a run of no case are done with when both are. */
function runDone(state: State, run: string | null): void {
  const parts = run === null || state.runs.runs.has(run) ? undefined : state.archive.parts.get(run);
  if (!parts || parts.reservations.some((id) => state.budget.reservations.get(id)?.status === 'open')) return;
  dropParts(state, run!, parts);
}

function runEnded(state: State, r: { correlation: string; body: { run: string } }): void {
  if (r.correlation === r.body.run) runDone(state, r.body.run);
  else letGo(state, r.correlation);
}

const booked = (state: State, r: { body: { reservation: string } }): void => {
  const found = state.budget.reservations.get(r.body.reservation);
  if (found && found.operation === null && found.case === null) runDone(state, found.run);
};

function approvalOver(state: State, r: { at: number; body: { approval: string } }): void {
  const about = state.governance.approvals.get(r.body.approval)?.case;
  if (about) look(state, about, r.at);
}

/** What is done about a seat in trouble over a case keeps its messages: the case is looked at when the next rung would be taken. */
function climbs(state: State, r: { correlation: string }, next: number): void {
  if (state.archive.unread.has(r.correlation) && !state.cases.live.has(r.correlation))
    setTimer(state, next + 1, `case.unread:${r.correlation}`);
}

export const archiveEvolve = {
  'case.opened': (state: State, r: RecordOf<'case.opened'>) => {
    if (r.body.externalId !== undefined) partsOf(state, r.body.case).externalId = r.body.externalId;
    state.archive.customers.delete(r.body.customer);
  },
  'operation.requested': (state: State, r: RecordOf<'operation.requested'>) => {
    partsOf(state, r.body.case ?? r.body.operation).operations.push(r.body.operation);
  },
  'approval.requested': (state: State, r: RecordOf<'approval.requested'>) => {
    partsOf(state, r.body.case ?? r.body.operation).approvals.push(r.body.approval);
  },
  'approval.decided': approvalOver,
  'budget.reserved': (state: State, r: RecordOf<'budget.reserved'>) => {
    const thread = r.body.case ?? r.body.operation ?? r.body.run;
    if (thread !== null) partsOf(state, thread).reservations.push(r.body.reservation);
  },
  'budget.settled': booked,
  'budget.released': booked,
  'run.started': (state: State, r: RecordOf<'run.started'>) => hold(state, r.body.case),
  'run.finished': runEnded,
  'run.stopped': runEnded,
  'run.withdrawn': runEnded,
  'run.failed': (state: State, r: RecordOf<'run.failed'>) => {
    if (r.body.retryAt === null) runEnded(state, r);
  },
  'message.held': (state: State, r: RecordOf<'message.held'>) => hold(state, r.body.case ?? null),
  'message.decided': (state: State, r: RecordOf<'message.decided'>) => letGo(state, r.body.case ?? null),
  'seat.troubled': (state: State, r: RecordOf<'seat.troubled'>) => climbs(state, r, r.at),
  'seat.intervened': (state: State, r: RecordOf<'seat.intervened'>) =>
    climbs(state, r, r.at + oversightOf(state).patience),
  'seat.recovered': (state: State, r: RecordOf<'seat.recovered'>) => climbs(state, r, r.at),
  'case.closed': ended,
  'case.cancelled': ended,
  'operation.decided': moved,
  'operation.succeeded': moved,
  'operation.verified': moved,
  'operation.failed': moved,
  'operation.compensated': moved,
  'operation.escalated': moved,
  'organisation.applied': applied,
  'case.archived': archived,
  'operation.archived': (state: State, r: RecordOf<'operation.archived'>) => {
    const op = state.operations.operations.get(r.body.operation);
    if (op) dropParts(state, threadOf(op), partsOf(state, threadOf(op)));
    forgetTimers(state);
  },
};
