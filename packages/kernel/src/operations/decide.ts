import type { z } from 'zod';
import { release, reserve, settle } from '../budget/decide.ts';
import { compileCondition, compileValue } from '../cel/index.ts';
import { digest } from '../core/canonical.ts';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { compileFields } from '../fields/index.ts';
import type { Tactic } from '../governance/definition.ts';
import { conditionScope, gate } from '../governance/gate.ts';
import type { Decision, Reason } from '../governance/schema.ts';
import { actingSeat, directs, humanAbove, OWNER } from '../organisation/views.ts';
import type { CapabilityDef, FailureCategory } from './definition.ts';
import type { OperationEvents, operationCommands } from './schema.ts';
import type { Operation } from './state.ts';
import { allowMove, contractOf, getOperation, holdsLock, isSettled, needsVerification } from './views.ts';

type Body<K extends keyof typeof operationCommands> = z.output<(typeof operationCommands)[K]>;
type OpEvent = Extract<keyof OperationEvents, string>;

export const emit = <K extends OpEvent>(
  op: { id: string; case: string | null },
  kind: K,
  body: Omit<OperationEvents[K], 'operation'>,
): Draft => event(kind, `operation/${op.id}`, { operation: op.id, ...body } as never, op.case ?? op.id);

const decided = (op: Operation, decision: Decision): Draft =>
  emit(op, 'operation.decided', { ...decision, capability: op.capability, case: op.case });

export const refusal = (op: Operation, reason: Reason): Draft =>
  decided(op, { verdict: 'deny', reasons: [reason], flagged: false, cost: op.cost, approval: op.approval });

/** Money one operation moves: declared on the capability, in micro-units. */
function costOf(capability: CapabilityDef | undefined, args: Record<string, unknown>): number {
  if (capability?.cost === undefined) return 0;
  if (typeof capability.cost === 'number') return capability.cost;
  const value = compileValue(capability.cost.expr)({ args });
  return value.ok && typeof value.value === 'number' && Number.isSafeInteger(value.value) && value.value >= 0
    ? value.value
    : Number.MAX_SAFE_INTEGER;
}

/** [OP4] The key given, or one derived from who, case, contract and canonical arguments; a read is never a repeat of an older read. */
function keyOf(
  body: Body<'operation.request'>,
  seat: string,
  argsDigest: string,
  effect: string,
  ctx: Context,
): string {
  if (body.key !== undefined) return `${seat}:${body.key}`;
  if (effect === 'read') return `read:${ctx.command}`;
  return digest([seat, body.case ?? null, body.capability, argsDigest]);
}

export interface RequestOf {
  seat: string;
  principal: string;
  run: string | null;
  compensates?: string | null;
  key?: string;
}

/** The event of a new operation, whoever asks. */
export function requested(
  state: State,
  body: Body<'operation.request'>,
  who: RequestOf,
  key: string,
  argsDigest: string,
): Draft {
  const capability = state.organisation.capabilities.get(body.capability);
  const contract = state.organisation.contracts.get(body.capability);
  const op = { id: nextId(state, 'OP'), case: body.case ?? null };
  const draft = {
    key,
    capability: body.capability,
    tool: capability?.tool ?? '',
    effect: capability?.effect ?? 'irreversible',
    args: body.args,
    argsDigest,
    contract: contract?.id ?? null,
    seat: who.seat,
    principal: who.principal,
    case: op.case,
    run: who.run,
    why: body.why ?? null,
    confidence: body.confidence ?? null,
    resource: null,
    cost: costOf(capability, body.args),
    metric: contract?.metric ?? null,
    compensates: who.compensates ?? null,
  } satisfies Omit<OperationEvents['operation.requested'], 'operation'>;
  if (contract?.resource === undefined || who.compensates) return emit(op, 'operation.requested', draft);
  const preview = { ...draft, reads: null } as unknown as Operation;
  const named = compileValue(contract.resource)(conditionScope(state, preview, state.now));
  return emit(op, 'operation.requested', {
    ...draft,
    resource: named.ok && typeof named.value === 'string' ? named.value : `${contract.id}/unnamed`,
  });
}

/** [OP5] A repeat of a request that is under way or done gives the first operation; the same key with other arguments is refused. */
function repeatOf(state: State, key: string, argsDigest: string): Operation | null {
  const id = state.operations.byKey.get(key);
  const known = id === undefined ? undefined : state.operations.operations.get(id);
  if (known && known.argsDigest !== argsDigest)
    reject('duplicate-key', `the key was used by ${known.id} with other arguments`, {
      rule: 'OP5',
      hint: 'use a new key for a new action',
    });
  return known ?? null;
}

function request(state: State, body: Body<'operation.request'>, ctx: Context): Draft[] {
  const seat = actingSeat(state, ctx.actor);
  const capability = state.organisation.capabilities.get(body.capability);
  const argsDigest = digest(body.args);
  const key = keyOf(body, seat.id, argsDigest, capability?.effect ?? 'irreversible', ctx);
  const known = repeatOf(state, key, argsDigest);
  if (known) return [emit(known, 'operation.repeated', { by: seat.id, run: ctx.run })];
  const run = ctx.run;
  return [requested(state, body, { seat: seat.id, principal: ctx.actor.principal, run }, key, argsDigest)];
}

/** Arguments must be what the capability declares, to the field: what is decided is what is executed (T22). */
function badArguments(state: State, op: Operation): Reason | null {
  const capability = state.organisation.capabilities.get(op.capability);
  if (!capability) return null;
  const checked = compileFields(capability.args).check(op.args);
  if (checked.ok) return null;
  const problems = checked.problems.map((p) => `${p.path}: ${p.message}`).join('; ');
  return {
    check: 'contract',
    rule: 'OP6',
    verdict: 'deny',
    message: `the arguments are not what ${op.capability} takes: ${problems}`,
    instead: 'correct them and ask again',
  };
}

/** [OP7] What comes next for a requested operation: early checks, its turn on the resource, the contract's reads, the gate. */
function advance(state: State, body: { operation: string }, ctx: Context): Draft[] {
  const op = getOperation(state, body.operation);
  if (op.status !== 'requested') return [];
  const bad = badArguments(state, op);
  if (bad) return [refusal(op, bad)];
  const waitsForReads = op.reads === null && Object.keys(contractOf(state, op)?.reads ?? {}).length > 0;
  if (waitsForReads || !holdsLock(state, op)) {
    const early = gate(state, op, ctx.now, 'early');
    if (early.verdict === 'deny') return [decided(op, early)];
    if (holdsLock(state, op)) return [];
    return [
      emit(op, 'operation.deferred', {
        reason: `another operation works on ${op.resource}`,
        behind: state.operations.locks.get(op.resource!)?.holder ?? null,
        until: null,
      }),
    ];
  }
  return judge(state, op, ctx);
}

function judge(state: State, op: Operation, ctx: Context): Draft[] {
  const decision = gate(state, op, ctx.now, 'full');
  if (decision.verdict === 'defer') {
    const until = Math.max(state.operations.breakers.get(op.tool)?.openUntil ?? 0, ctx.now + 1000);
    return [
      emit(op, 'operation.deferred', {
        reason: decision.reasons.find((r) => r.verdict === 'defer')!.message,
        behind: null,
        until,
      }),
    ];
  }
  if (decision.verdict !== 'allow') return [decided(op, decision)];
  const money = op.compensates === null ? op.cost : 0;
  const calls = op.compensates === null ? 1 : 0;
  return [
    ...reserve(
      state,
      { operation: op.id, run: op.run, case: op.case, seat: op.seat, money, calls, tokens: 0, runs: 0 },
      ctx.now,
    ),
    decided(op, decision),
  ];
}

/** [OP8] The gate is asked again when the work begins: what changed since admission counts. */
function lease(state: State, body: Body<'operation.lease'>, ctx: Context): Draft[] {
  const op = getOperation(state, body.operation);
  allowMove(op, 'lease');
  const decision = gate(state, op, ctx.now, 'lease');
  if (decision.verdict === 'deny' || decision.verdict === 'ask')
    return [...release(state, op.reservation), decided(op, decision)];
  return [
    emit(op, 'operation.leased', { attempt: op.attempt + 1, executor: body.executor, until: ctx.now + body.ttl }),
  ];
}

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

export const succeed = (
  state: State,
  op: Operation,
  result: Record<string, unknown>,
  rest: {
    attempt: number;
    version?: string | undefined;
    evidence: readonly { kind: string; ref: string; digest?: string | undefined }[];
  },
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
  ...settle(state, op.reservation, op.capability),
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

/** [OP10] Retry what may pass by itself, boundedly; route everything else. Nothing is retried unchanged that cannot succeed. */
export function failed(state: State, op: Operation, category: FailureCategory, message: string, now: number): Draft[] {
  const attempts = state.organisation.capabilities.get(op.capability)?.retry.attempts ?? 1;
  const tactic = contractOf(state, op)?.failure[category] ?? DEFAULT_TACTIC[category];
  const tries = Math.max(op.attempt, 1);
  const again = tactic === 'retry' && tries < attempts;
  const breaker = state.operations.breakers.get(op.tool)?.openUntil ?? 0;
  const retryAt = again ? Math.max(now + backoff(state, op, tries), breaker) : null;
  const draft = emit(op, 'operation.failed', {
    attempt: op.attempt,
    category,
    message,
    tactic,
    final: !again,
    retryAt,
  });
  return again ? [draft] : [draft, ...release(state, op.reservation)];
}

function fail(state: State, body: Body<'operation.fail'>, ctx: Context): Draft[] {
  const op = getOperation(state, body.operation);
  holds(op, body.attempt);
  if (body.uncertain && op.effect !== 'read')
    return [emit(op, 'operation.lapsed', { attempt: op.attempt, reason: body.message })];
  return failed(state, op, body.category, body.message, ctx.now);
}

function reconcile(state: State, body: Body<'operation.reconcile'>, ctx: Context): Draft[] {
  const op = getOperation(state, body.operation);
  if (op.status !== 'unknown' && op.status !== 'reconciling')
    reject('conflict', `operation ${op.id} is ${op.status}`, { rule: 'OP11' });
  const landed = body.reading ? landedBy(state, op, body.reading.value) : body.landed;
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
      ...succeed(state, op, result, { attempt: op.attempt, evidence: body.evidence }),
    ];
  }
  return [
    emit(op, 'operation.reconciled', { landed: false, note: body.note ?? null, retryAt: null }),
    ...failed(state, op, 'transient', 'the attempt had no effect', ctx.now),
  ];
}

function landedBy(state: State, op: Operation, value: Record<string, unknown>): 'yes' | 'no' | 'unknown' {
  const check = state.organisation.capabilities.get(op.capability)?.check;
  if (!check) return 'unknown';
  const result = compileCondition(check.landed)({ ...conditionScope(state, op, state.now), result: value });
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
  const then = contract?.compensate ? 'compensate' : 'escalate';
  return [emit(op, 'operation.verification_failed', { after: body.after, failed: failures, then })];
}

/** A human says what became of an escalated operation. */
function settleByHand(state: State, body: Body<'operation.settle'>, ctx: Context): Draft[] {
  const op = getOperation(state, body.operation);
  if (op.status !== 'escalated')
    reject('conflict', `operation ${op.id} is ${op.status}; only an escalated one is settled by hand`, {
      rule: 'OP11',
    });
  if (ctx.actor.principal !== OWNER && !directs(state, ctx.actor, op.seat))
    reject('forbidden', `you do not direct "${op.seat}"`, { rule: 'ORG4' });
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
      ...settle(state, op.reservation, op.capability),
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
  ];
}

export const operationsDecide = {
  'operation.request': request,
  'operation.read': ((state, body) => {
    const op = getOperation(state, body.operation);
    if (op.status !== 'requested' || op.reads !== null)
      reject('conflict', `operation ${op.id} does not wait for reads`, { rule: 'OP7' });
    return [emit(op, 'operation.read', { reads: body.reads as OperationEvents['operation.read']['reads'] })];
  }) as Decide<Body<'operation.read'>>,
  'operation.read_failed': ((state, body) => {
    const op = getOperation(state, body.operation);
    if (op.status !== 'requested') reject('conflict', `operation ${op.id} does not wait for reads`, { rule: 'OP7' });
    return [
      refusal(op, {
        check: 'contract',
        rule: `${op.contract}/read/${body.read}`,
        verdict: 'deny',
        message: `the state it depends on cannot be read: ${body.message}`,
        instead: 'try again later',
      }),
    ];
  }) as Decide<Body<'operation.read_failed'>>,
  'operation.lease': lease,
  'operation.complete': ((state, body) => {
    const op = getOperation(state, body.operation);
    holds(op, body.attempt);
    return succeed(state, op, body.result, { attempt: body.attempt, version: body.version, evidence: body.evidence });
  }) as Decide<Body<'operation.complete'>>,
  'operation.fail': fail,
  'operation.lapse': ((state, body) => {
    const op = getOperation(state, body.operation);
    allowMove(op, 'lapse');
    return [emit(op, 'operation.lapsed', { attempt: op.attempt, reason: body.reason })];
  }) as Decide<Body<'operation.lapse'>>,
  'operation.reconcile': reconcile,
  'operation.verify': verify,
  'operation.settle': settleByHand,
};

export const advanceFollowUp = { 'operation.advance': advance };
