import type { RecordOf } from '../core/events.ts';
import { countId, type State, setTimer } from '../core/state.ts';
import type { Decision } from '../governance/schema.ts';
import { acquire, releaseLock, waitsInLine } from './locks.ts';
import { HOLDS_RESOURCE, OPERATION_TABLE, type OperationMove, WITHOUT_EFFECT } from './machine.ts';
import { operationOf } from './made.ts';
import type { Operation } from './state.ts';
import { jobOf } from './views.ts';

/** Consecutive transient failures of a tool that open its breaker, and for how long. */
export const BREAKER = { failures: 5, open: 30_000 } as const;

type OnOperation = { at: number; body: { operation: string } };
const get = (state: State, r: OnOperation): Operation => state.operations.operations.get(r.body.operation)!;

/** After every change: the job, the lock and the index of leases follow from the status. */
function settleIndexes(state: State, op: Operation): void {
  const ops = state.operations;
  if (!HOLDS_RESOURCE.has(op.status) && op.status !== 'deferred') releaseLock(state, op);
  if (op.status === 'succeeded' && op.settledAt !== null) releaseLock(state, op);
  const job = jobOf(state, op);
  if (job === null) ops.jobs.delete(op.id);
  else ops.jobs.set(op.id, job);
  if (op.settledAt === null) ops.open.add(op.id);
  else ops.open.delete(op.id);
  if (op.status === 'leased') ops.leased.add(op.id);
  else ops.leased.delete(op.id);
  if (WITHOUT_EFFECT.has(op.status) && ops.byKey.get(op.key) === op.id) ops.byKey.delete(op.key);
}

function count({ operations: { byStatus } }: State, { status }: Operation, change: 1 | -1): void {
  byStatus[status] = (byStatus[status] ?? 0) + change;
}

function to(state: State, r: OnOperation, move: OperationMove, change?: (op: Operation) => void): void {
  const op = get(state, r);
  count(state, op, -1);
  op.status = OPERATION_TABLE[op.status][move] ?? op.status;
  count(state, op, 1);
  if (op.status !== 'leased') op.lease = null;
  change?.(op);
  settleIndexes(state, op);
}

const settled = (at: number) => (op: Operation) => {
  op.settledAt = at;
};

function requested(state: State, r: RecordOf<'operation.requested'>): void {
  const op = operationOf(r);
  countId(state, op.id);
  state.operations.operations.set(op.id, op);
  count(state, op, 1);
  state.operations.byKey.set(op.key, op.id);
  acquire(state, op);
  settleIndexes(state, op);
}

const VERDICT_MOVE = { allow: 'admit', ask: 'ask', deny: 'deny', 'record-only': 'record', defer: 'defer' } as const;

function decided(state: State, r: RecordOf<'operation.decided'>): void {
  const { verdict, reasons, flagged, cost, approval, grant } = r.body;
  const decision: Decision = { verdict, reasons, flagged, cost, approval };
  if (grant !== undefined) decision.grant = grant;
  to(state, r, VERDICT_MOVE[decision.verdict], (op) => {
    op.decision = decision;
    if (op.status === 'denied' || op.status === 'recorded') op.settledAt = r.at;
  });
}

function succeeded(state: State, r: RecordOf<'operation.succeeded'>): void {
  to(state, r, 'succeed', (op) => {
    op.result = r.body.result;
    op.evidence = r.body.evidence;
    if (r.body.final) op.settledAt = r.at;
    const use = `${op.seat}|${op.capability}`;
    state.operations.used.set(use, (state.operations.used.get(use) ?? 0) + 1);
    state.operations.breakers.delete(op.tool);
  });
}

function countFailure(state: State, tool: string, at: number): void {
  const breaker = state.operations.breakers.get(tool) ?? { failures: 0, openUntil: 0 };
  breaker.failures += 1;
  if (breaker.failures >= BREAKER.failures) breaker.openUntil = at + BREAKER.open;
  state.operations.breakers.set(tool, breaker);
}

function failed(state: State, r: RecordOf<'operation.failed'>): void {
  to(state, r, r.body.final ? 'fail' : 'retry_later', (op) => {
    op.attempt = r.body.attempt;
    op.failure = { category: r.body.category, message: r.body.message };
    op.retryAt = r.body.retryAt;
    if (r.body.final) op.settledAt = r.at;
    else setTimer(state, r.body.retryAt!, `operation.retry:${op.id}`);
    if (r.body.category === 'transient') countFailure(state, op.tool, r.at);
  });
}

function deferred(state: State, r: RecordOf<'operation.deferred'>): void {
  const { behind, until } = r.body;
  to(state, r, 'defer', (op) => {
    op.retryAt = until;
    if (until !== null) setTimer(state, until, `operation.undefer:${op.id}`);
    else waitsInLine(state, op, behind, r.at);
  });
}

/** An approval sends the operation back to the start: its turn, fresh reads, the gate, now with the approval. */
function approved(state: State, r: RecordOf<'approval.decided'>): void {
  if (r.body.verdict !== 'approve') return;
  to(state, r, 'approve', (op) => {
    op.approval = r.body.approval;
    op.reads = null;
    acquire(state, op);
  });
}

export const operationsEvolve = {
  'operation.requested': requested,
  'operation.repeated': () => undefined,
  'operation.read': (state: State, r: RecordOf<'operation.read'>) =>
    to(state, r, 'read', (op) => {
      op.reads = r.body.reads;
    }),
  'operation.deferred': deferred,
  'operation.resumed': (state: State, r: RecordOf<'operation.resumed'>) =>
    to(state, r, 'resume', (op) => {
      op.retryAt = null;
      // What it read may have changed while it waited.
      op.reads = null;
    }),
  'operation.decided': decided,
  'operation.leased': (state: State, r: RecordOf<'operation.leased'>) =>
    to(state, r, 'lease', (op) => {
      op.attempt = r.body.attempt;
      op.lease = { executor: r.body.executor, until: r.body.until };
      setTimer(state, r.body.until, `operation.expire:${op.id}`);
    }),
  'operation.succeeded': succeeded,
  'operation.verified': (state: State, r: RecordOf<'operation.verified'>) => to(state, r, 'verify', settled(r.at)),
  'operation.verification_failed': (state: State, r: RecordOf<'operation.verification_failed'>) =>
    to(state, r, 'fail_verification', (op) => {
      op.failure = { category: 'deterministic', message: r.body.failed.map((f) => f.message).join('; ') };
    }),
  'operation.failed': failed,
  'operation.retried': (state: State, r: RecordOf<'operation.retried'>) =>
    to(state, r, 'retry', (op) => {
      op.retryAt = null;
    }),
  'operation.lapsed': (state: State, r: RecordOf<'operation.lapsed'>) => to(state, r, 'lapse'),
  'operation.reconciling': (state: State, r: RecordOf<'operation.reconciling'>) => to(state, r, 'reconcile'),
  'operation.reconciled': () => undefined,
  'operation.compensating': (state: State, r: RecordOf<'operation.compensating'>) =>
    to(state, r, 'compensate', (op) => {
      op.compensation = r.body.by;
    }),
  'operation.compensated': (state: State, r: RecordOf<'operation.compensated'>) =>
    to(state, r, 'compensated', settled(r.at)),
  'operation.escalated': (state: State, r: RecordOf<'operation.escalated'>) =>
    to(state, r, 'escalate', (op) => {
      op.settledAt = r.at;
      op.failure ??= { category: 'judgment', message: r.body.reason };
    }),
  'approval.decided': approved,
};
