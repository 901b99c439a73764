import { reverse } from '../budget/decide.ts';
import { compileValue } from '../cel/index.ts';
import { digest } from '../core/canonical.ts';
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import type { Draft, RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { conditionScope } from '../governance/gate.ts';
import { humanAbove } from '../organisation/views.ts';
import { requested } from './decide.ts';
import { emit } from './drafts.ts';
import { lapsed } from './outcome.ts';
import type { OperationStatus } from './schema.ts';
import type { Operation } from './state.ts';
import { contractOf, isSettled, jobOf } from './views.ts';

const get = (state: State, id: string): Operation => state.operations.operations.get(id)!;

/** Things that follow whenever an operation moved: its requester, the next in line, the operation it undoes. */
function moved(state: State, op: Operation): FollowUp[] {
  const out: FollowUp[] = [];
  const next = op.resource === null ? undefined : state.operations.locks.get(op.resource)?.holder;
  const waits = next === undefined || next === op.id ? undefined : get(state, next);
  // A holder with a time of its own waits for its tool or for a policy, not for its turn.
  if (next !== undefined && waits?.status === 'deferred' && waits.retryAt === null)
    out.push(followUp('operation.resume', { operation: next, reason: `${op.id} is done with ${op.resource}` }));
  if (!isSettled(op)) return out;
  for (const run of state.runs.waiting.get(op.id) ?? []) out.push(followUp('run.wake', { run, operation: op.id }));
  if (op.compensates !== null) out.push(followUp('operation.undone', { operation: op.compensates, by: op.id }));
  return out;
}

const after = (state: State, r: { body: { operation: string } }): FollowUp[] =>
  moved(state, get(state, r.body.operation));

/** The undo a contract declares, as an operation of its own through the same gate. */
function compensate(state: State, body: { operation: string }, ctx: Context): Draft[] {
  const op = get(state, body.operation);
  const undo = contractOf(state, op)?.compensate;
  if (op.status !== 'verification_failed' || !undo) return [];
  const scope = { ...conditionScope(state, op, ctx.now), result: op.result ?? {} };
  const args: Record<string, unknown> = {};
  for (const [name, source] of Object.entries(undo.args)) {
    const value = compileValue(source)(scope);
    if (!value.ok)
      return [
        emit(op, 'operation.escalated', {
          reason: `cannot be undone: ${name} cannot be worked out: ${value.error}`,
          to: humanAbove(state, op.seat) ?? op.seat,
        }),
      ];
    args[name] = value.value;
  }
  const child = requested(
    state,
    { capability: undo.capability, args, ...(op.case === null ? {} : { case: op.case }), why: `undo ${op.id}` },
    { seat: op.seat, principal: op.principal, run: null, compensates: op.id },
    `undo:${op.id}`,
    digest(args),
    ctx.now,
  );
  const id = (child.body as { operation: string }).operation;
  return [emit(op, 'operation.compensating', { by: id }), child];
}

function undone(state: State, body: { operation: string; by: string }, ctx: Context): Draft[] {
  const parent = get(state, body.operation);
  const child = get(state, body.by);
  if (parent.status !== 'compensating') return [];
  if (child.status === 'succeeded' || child.status === 'verified')
    return [emit(parent, 'operation.compensated', { by: child.id }), ...reverse(state, parent.reservation, ctx.now)];
  return [
    emit(parent, 'operation.escalated', {
      reason: `${child.id}, which was to undo it, is ${child.status}`,
      to: humanAbove(state, parent.seat) ?? parent.seat,
    }),
  ];
}

const STRANDED: Partial<Record<OperationStatus, string>> = {
  succeeded: 'the contract no longer says how to check it',
  unknown: 'the capability no longer says how to find out whether the effect landed',
};

const openOperations = (state: State): Operation[] =>
  [...state.operations.open].map((id) => get(state, id)).sort((a, b) => Number(a.id.slice(3)) - Number(b.id.slice(3)));

/** A new definition may take away the job an operation waited for: it goes on, or a human hears of it. */
const redefined = (state: State): FollowUp[] =>
  openOperations(state).flatMap((op) => {
    if (jobOf(state, op) !== null) return [];
    if (op.status === 'requested') return [followUp('operation.advance', { operation: op.id })];
    const reason = STRANDED[op.status];
    return reason === undefined ? [] : [followUp('operation.give_up', { operation: op.id, reason })];
  });

export const operationsReact = {
  'organisation.applied': redefined,
  'operation.requested': (_state: State, r: RecordOf<'operation.requested'>) => [
    followUp('operation.advance', { operation: r.body.operation }),
  ],
  'operation.read': (_state: State, r: RecordOf<'operation.read'>) => [
    followUp('operation.advance', { operation: r.body.operation }),
  ],
  'operation.resumed': (_state: State, r: RecordOf<'operation.resumed'>) => [
    followUp('operation.advance', { operation: r.body.operation }),
  ],
  'operation.decided': (state: State, r: RecordOf<'operation.decided'>) => {
    const follow = after(state, r);
    return r.body.verdict === 'ask' ? [followUp('approval.open', { operation: r.body.operation }), ...follow] : follow;
  },
  'operation.succeeded': after,
  'operation.verified': after,
  'operation.failed': (state: State, r: RecordOf<'operation.failed'>) => {
    const op = get(state, r.body.operation);
    const follow = after(state, r);
    if (!r.body.final || r.body.tactic !== 'escalate') return follow;
    const to = contractOf(state, op)?.escalate ?? humanAbove(state, op.seat) ?? op.seat;
    return [
      followUp('inbox.deliver', {
        to,
        from: op.seat,
        type: 'escalation',
        text: `${op.capability} failed: ${r.body.message}`,
        case: op.case,
        data: { operation: op.id },
        priority: 'high',
      }),
      ...follow,
    ];
  },
  'operation.verification_failed': (state: State, r: RecordOf<'operation.verification_failed'>) =>
    r.body.then === 'compensate'
      ? [followUp('operation.compensate', { operation: r.body.operation })]
      : [
          followUp('operation.give_up', {
            operation: r.body.operation,
            reason: r.body.failed.map((f) => f.message).join('; '),
          }),
          ...after(state, r),
        ],
  'operation.lapsed': (state: State, r: RecordOf<'operation.lapsed'>) => {
    const op = get(state, r.body.operation);
    return state.organisation.capabilities.get(op.capability)?.settle === 'ask'
      ? [
          followUp('operation.give_up', {
            operation: op.id,
            reason: `${r.body.reason}; nobody can tell whether the effect landed`,
          }),
        ]
      : [];
  },
  'operation.compensated': after,
  'operation.escalated': (state: State, r: RecordOf<'operation.escalated'>) => {
    const op = get(state, r.body.operation);
    const text = `${op.capability} (${op.id}) needs you: ${r.body.reason}`;
    return [
      followUp('inbox.deliver', {
        to: r.body.to,
        from: op.seat,
        type: 'escalation',
        text,
        case: op.case,
        data: { operation: op.id },
        priority: 'high',
      }),
      ...after(state, r),
    ];
  },
};

export const operationsFollowUps = {
  'operation.compensate': compensate,
  'operation.undone': undone,
  'operation.give_up': (state: State, body: { operation: string; reason: string }): Draft[] => {
    const op = get(state, body.operation);
    return [
      emit(op, 'operation.escalated', {
        reason: body.reason,
        to: contractOf(state, op)?.escalate ?? humanAbove(state, op.seat) ?? op.seat,
      }),
    ];
  },
  'operation.resume': (state: State, body: { operation: string; reason: string }): Draft[] => {
    const op = get(state, body.operation);
    return op.status === 'deferred' ? [emit(op, 'operation.resumed', { reason: body.reason })] : [];
  },
  /** Timers. Each looks at the state again: a late or repeated timer does nothing. */
  'operation.retry': (state: State, body: { id: string }, ctx: Context): Draft[] => {
    const op = state.operations.operations.get(body.id);
    return op?.status === 'retry_wait' && op.retryAt !== null && op.retryAt <= ctx.now
      ? [emit(op, 'operation.retried', { attempt: op.attempt })]
      : [];
  },
  'operation.expire': (state: State, body: { id: string }, ctx: Context): Draft[] => {
    const op = state.operations.operations.get(body.id);
    return op?.status === 'leased' && op.lease !== null && op.lease.until <= ctx.now
      ? lapsed(state, op, 'the lease ran out', ctx.now)
      : [];
  },
  'operation.undefer': (state: State, body: { id: string }, ctx: Context): Draft[] => {
    const op = state.operations.operations.get(body.id);
    return op?.status === 'deferred' && op.retryAt !== null && op.retryAt <= ctx.now
      ? [emit(op, 'operation.resumed', { reason: 'the wait is over' })]
      : [];
  },
};
