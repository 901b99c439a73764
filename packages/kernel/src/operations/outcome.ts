import type { z } from 'zod';
import { release, reverse, settle } from '../budget/decide.ts';
import { compileCondition } from '../cel/index.ts';
import { digest } from '../core/canonical.ts';
import type { Context, Decide } from '../core/context.ts';
import type { Draft } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import type { Tactic } from '../governance/definition.ts';
import { conditionScope } from '../governance/gate.ts';
import { directs, humanAbove } from '../organisation/views.ts';
import type { FailureCategory } from './definition.ts';
import { emit } from './drafts.ts';
import { BREAKER } from './evolve.ts';
import type { OperationEvents, operationCommands } from './schema.ts';
import type { Operation } from './state.ts';
import { allowMove, contractOf, getOperation, isSettled, needsVerification } from './views.ts';

type Body<K extends keyof typeof operationCommands> = z.output<(typeof operationCommands)[K]>;

/** [OP9] Results count only from who holds the lease, for the attempt it was given. Reads need no lease. */
function holds(op: Operation, attempt: number): void {
  const readNow = op.effect === 'read' && op.status === 'admitted' && attempt === 0;
  if (!readNow && (op.status !== 'leased' || op.attempt !== attempt)) {
    reject(
      'conflict',
      `attempt ${attempt} of ${op.id} no longer holds its lease (it is ${op.status}, attempt ${op.attempt})`,
      { rule: 'OP9', hint: 'drop the result; the outcome is reconciled' },
    );
  }
}

const succeed = (
  state: State,
  op: Operation,
  result: Record<string, unknown>,
  rest: {
    attempt: number;
    version?: string | undefined;
    evidence: readonly { kind: string; ref: string; digest?: string | undefined }[];
  },
  now: number,
): Draft[] => [
  emit(op, 'operation.succeeded', {
    attempt: rest.attempt,
    result,
    version: rest.version ?? null,
    evidence: rest.evidence as OperationEvents['operation.succeeded']['evidence'],
    capability: op.capability,
    case: op.case,
    final: !needsVerification(state, op),
  }),
  ...settle(state, op.reservation, op.capability, now),
];

const DEFAULT_TACTIC: Record<FailureCategory, Tactic> = {
  transient: 'retry',
  deterministic: 'fix-input',
  judgment: 'peer',
  governance: 'stop',
};

/** Exponential backoff with jitter that is a function of the operation, so that a replay waits as long. */
export function backoff(state: State, op: Operation, attempt: number): number {
  const retry = state.organisation.capabilities.get(op.capability)!.retry;
  const base = Math.min(retry.max, retry.first * retry.factor ** Math.max(0, attempt - 1));
  const jitter = Number.parseInt(digest([op.id, attempt]).slice(0, 4), 16) / 0xffff;
  return Math.round(base * (0.75 + jitter / 2));
}

/** When the breaker of a tool closes, counting the failure that is about to be written. */
function closedAt(state: State, tool: string, category: FailureCategory, now: number): number {
  const breaker = state.operations.breakers.get(tool) ?? { failures: 0, openUntil: 0 };
  const opens = category === 'transient' && breaker.failures + 1 >= BREAKER.failures;
  return opens ? now + BREAKER.open : breaker.openUntil;
}

/** [OP10] Retry what may pass by itself, boundedly; route everything else. Nothing is retried unchanged that cannot succeed. */
function failed(state: State, op: Operation, category: FailureCategory, message: string, now: number): Draft[] {
  const attempts = state.organisation.capabilities.get(op.capability)?.retry.attempts ?? 1;
  const tactic = contractOf(state, op)?.failure[category] ?? DEFAULT_TACTIC[category];
  // A read needs no lease, so nothing else has counted this attempt.
  const tries = op.status === 'admitted' ? op.attempt + 1 : op.attempt;
  const again = tactic === 'retry' && tries < attempts;
  const retryAt = again ? Math.max(now + backoff(state, op, tries), closedAt(state, op.tool, category, now)) : null;
  const draft = emit(op, 'operation.failed', {
    attempt: tries,
    category,
    message,
    tactic,
    final: !again,
    retryAt,
  });
  return again ? [draft] : [draft, ...release(state, op.reservation)];
}

/** [OP9] The lease is over and nobody reported: the outcome is unknown. A read left nothing behind and is tried again. */
export const lapsed = (state: State, op: Operation, reason: string, now: number): Draft[] =>
  op.effect === 'read'
    ? failed(state, op, 'transient', reason, now)
    : [emit(op, 'operation.lapsed', { attempt: op.attempt, reason })];

function fail(state: State, body: Body<'operation.fail'>, ctx: Context): Draft[] {
  const op = getOperation(state, body.operation);
  holds(op, body.attempt);
  if (body.uncertain && op.effect !== 'read') return lapsed(state, op, body.message, ctx.now);
  return failed(state, op, body.category, body.message, ctx.now);
}

function reconcile(state: State, body: Body<'operation.reconcile'>, ctx: Context): Draft[] {
  const op = getOperation(state, body.operation);
  if (op.status !== 'unknown' && op.status !== 'reconciling')
    reject('conflict', `operation ${op.id} is ${op.status}`, { rule: 'OP11' });
  const landed = body.reading ? landedBy(state, op, body.reading.value, ctx.now) : body.landed;
  if (landed === 'unknown')
    return [
      emit(op, 'operation.escalated', {
        reason: body.note ?? 'nobody can tell whether the effect landed',
        to: humanAbove(state, op.seat) ?? op.seat,
      }),
    ];
  if (landed === 'yes') {
    const result = body.result ?? body.reading?.value ?? {};
    return [
      emit(op, 'operation.reconciled', { landed: true, note: body.note ?? null, retryAt: null }),
      ...succeed(state, op, result, { attempt: op.attempt, evidence: body.evidence }, ctx.now),
    ];
  }
  return [
    emit(op, 'operation.reconciled', { landed: false, note: body.note ?? null, retryAt: null }),
    ...failed(state, op, 'transient', 'the attempt had no effect', ctx.now),
  ];
}

function landedBy(state: State, op: Operation, value: Record<string, unknown>, now: number): 'yes' | 'no' | 'unknown' {
  const check = state.organisation.capabilities.get(op.capability)?.check;
  if (!check) return 'unknown';
  const result = compileCondition(check.landed)({ ...conditionScope(state, op, now), result: value });
  if (!result.ok) return 'unknown';
  return result.value ? 'yes' : 'no';
}

/** [OP12] Post-conditions are checked against a fresh read, never against the worker's word. */
function verify(state: State, body: Body<'operation.verify'>, ctx: Context): Draft[] {
  const op = getOperation(state, body.operation);
  allowMove(op, 'verify');
  if (isSettled(op)) reject('conflict', `operation ${op.id} needs no verification`, { rule: 'OP12' });
  const contract = contractOf(state, op);
  const scope = { ...conditionScope(state, op, ctx.now), result: op.result ?? {}, after: body.after.value };
  const failures: { rule: string; message: string }[] = [];
  for (const post of contract?.post ?? []) {
    const held = compileCondition(post.that)(scope);
    if (!held.ok || !held.value)
      failures.push({
        rule: `${contract!.id}/${post.rule}`,
        message: held.ok ? post.else : `cannot be evaluated: ${held.error}`,
      });
  }
  if (failures.length === 0)
    return [
      emit(op, 'operation.verified', {
        after: body.after,
        checks: (contract?.post ?? []).map((p) => `${contract!.id}/${p.rule}`),
      }),
    ];
  // An undo is never undone: two contracts that undo each other would never end.
  const then = contract?.compensate && op.compensates === null ? 'compensate' : 'escalate';
  return [emit(op, 'operation.verification_failed', { after: body.after, failed: failures, then })];
}

/** [OP11] A human says what became of an escalated operation. */
function settleByHand(state: State, body: Body<'operation.settle'>, ctx: Context): Draft[] {
  const op = getOperation(state, body.operation);
  if (op.status !== 'escalated')
    reject('conflict', `operation ${op.id} is ${op.status}; only an escalated one is settled by hand`, {
      rule: 'OP11',
    });
  if (!directs(state, ctx.actor, op.seat)) reject('forbidden', `you do not direct "${op.seat}"`, { rule: 'ORG4' });
  if (body.landed)
    return [
      emit(op, 'operation.succeeded', {
        attempt: op.attempt,
        result: body.result ?? {},
        version: null,
        evidence: [],
        capability: op.capability,
        case: op.case,
        final: true,
      }),
      ...settle(state, op.reservation, op.capability, ctx.now),
    ];
  return [
    emit(op, 'operation.failed', {
      attempt: op.attempt,
      category: 'judgment',
      message: body.note,
      tactic: 'stop',
      final: true,
      retryAt: null,
    }),
    ...release(state, op.reservation),
    ...reverse(state, op.reservation, ctx.now),
  ];
}

/** Commands that say what became of an operation. */
export const outcomeDecide = {
  'operation.complete': ((state, body, ctx) => {
    const op = getOperation(state, body.operation);
    holds(op, body.attempt);
    const { attempt, version, evidence } = body;
    return succeed(state, op, body.result, { attempt, version, evidence }, ctx.now);
  }) as Decide<Body<'operation.complete'>>,
  'operation.fail': fail,
  'operation.lapse': ((state, body, ctx) => {
    const op = getOperation(state, body.operation);
    allowMove(op, 'lapse');
    return lapsed(state, op, body.reason, ctx.now);
  }) as Decide<Body<'operation.lapse'>>,
  'operation.look': ((state, body) => {
    const op = getOperation(state, body.operation);
    allowMove(op, 'reconcile');
    return [emit(op, 'operation.reconciling', { by: body.executor })];
  }) as Decide<Body<'operation.look'>>,
  'operation.reconcile': reconcile,
  'operation.verify': verify,
  'operation.unverifiable': ((state, body) => {
    const op = getOperation(state, body.operation);
    allowMove(op, 'verify');
    if (isSettled(op)) reject('conflict', `operation ${op.id} needs no verification`, { rule: 'OP12' });
    return [emit(op, 'operation.escalated', { reason: body.reason, to: humanAbove(state, op.seat) ?? op.seat })];
  }) as Decide<Body<'operation.unverifiable'>>,
  'operation.settle': settleByHand,
};
