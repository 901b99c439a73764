import type { z } from 'zod';
import type { KeptKey } from '../archive/state.ts';
import { release, reserve } from '../budget/decide.ts';
import { type PriceUse, priceOf } from '../budget/prices.ts';
import { compileValue } from '../cel/index.ts';
import { digest } from '../core/canonical.ts';
import type { Context, Decide } from '../core/context.ts';
import type { Draft } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { compileFields } from '../fields/index.ts';
import type { Override } from '../governance/control-schema.ts';
import { actsFor } from '../governance/delegation.ts';
import { conditionScope, gate } from '../governance/gate.ts';
import type { Decision, Reason } from '../governance/schema.ts';
import { actingSeat } from '../organisation/views.ts';
import { provenanceOf } from '../provenance/decide.ts';
import type { Provenance } from '../provenance/definition.ts';
import { type CapabilityDef, UNKNOWN_COST } from './definition.ts';
import { decided, emit, refusal } from './drafts.ts';
import { outcomeDecide } from './outcome.ts';
import type { OperationEvents, operationCommands } from './schema.ts';
import type { Operation } from './state.ts';
import { allowMove, contractOf, getOperation, holdsLock } from './views.ts';

type Body<K extends keyof typeof operationCommands> = z.output<(typeof operationCommands)[K]>;

/** Money one operation moves: declared on the capability, in micro-units. */
function movedBy(capability: CapabilityDef | undefined, args: Record<string, unknown>): number {
  if (capability?.cost === undefined) return 0;
  if (typeof capability.cost === 'number') return capability.cost;
  const value = compileValue(capability.cost.expr)({ args });
  return value.ok && typeof value.value === 'number' && Number.isSafeInteger(value.value) && value.value >= 0
    ? value.value
    : UNKNOWN_COST;
}

/** What one operation costs: the money it moves and the price of the call, by the table of the moment it is asked for [BUD13]. */
function costOf(
  state: State,
  capability: CapabilityDef | undefined,
  args: Record<string, unknown>,
  now: number,
): { cost: number; prices?: PriceUse[] } {
  const moved = movedBy(capability, args);
  const call = capability && priceOf(state, [capability.id, capability.tool], 'calls', 1, now);
  if (!call) return { cost: moved };
  return { cost: Math.min(UNKNOWN_COST, moved + call.money), prices: [call] };
}

/** [OP4] The key given, or one derived from who, case, contract and canonical arguments; a read is never a repeat of an older read. */
function keyOf(
  body: Body<'operation.request'>,
  seat: string,
  argsDigest: string,
  effect: string,
  reading: string,
): string {
  if (body.key !== undefined) return `${seat}:${body.key}`;
  if (effect === 'read') return `read:${reading}`;
  return digest([seat, body.case ?? null, body.capability, argsDigest]);
}

export interface RequestOf {
  seat: string;
  principal: string;
  run: string | null;
  compensates?: string | null;
  key?: string;
  task?: string;
  overrides?: Override;
}

/** What its arguments rest on. An undo rests on what it undoes. */
function told(state: State, body: Body<'operation.request'>, who: RequestOf): { provenance?: Provenance } {
  if (who.compensates) return {};
  const at = { seat: who.seat, run: who.run, case: body.case ?? null, capability: body.capability };
  const provenance = provenanceOf(state, at, body);
  return provenance === undefined ? {} : { provenance };
}

/** The event of a new operation, whoever asks. */
export function requested(
  state: State,
  body: Body<'operation.request'>,
  who: RequestOf,
  key: string,
  argsDigest: string,
  now: number,
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
    ...costOf(state, capability, body.args, now),
    metric: contract?.metric ?? null,
    compensates: who.compensates ?? null,
    ...(who.task === undefined ? {} : { task: who.task }),
    ...(body.expects === undefined ? {} : { expects: body.expects }),
    ...(who.overrides === undefined ? {} : { overrides: who.overrides }),
    ...told(state, body, who),
  } satisfies Omit<OperationEvents['operation.requested'], 'operation'>;
  if (contract?.resource === undefined || who.compensates) return emit(op, 'operation.requested', draft);
  const preview = { ...draft, reads: null } as unknown as Operation;
  const named = compileValue(contract.resource)(conditionScope(state, preview, now));
  return emit(op, 'operation.requested', {
    ...draft,
    resource: named.ok && typeof named.value === 'string' ? named.value : `${contract.id}/unnamed`,
  });
}

/** [OP5] A repeat of a request that is under way or done gives the first operation; the same key with other arguments is refused. */
function repeatOf(state: State, key: string, argsDigest: string): KeptKey | null {
  const id = state.operations.byKey.get(key);
  const known = id === undefined ? state.archive.keys.get(key) : state.operations.operations.get(id);
  if (known && known.argsDigest !== argsDigest)
    reject('duplicate-key', `the key was used by ${known.id} with other arguments`, {
      rule: 'OP5',
      hint: 'use a new key for a new action',
    });
  return known ?? null;
}

/** [OP6] A capability has one contract; who names another one means something else. */
function checkContract(state: State, body: Body<'operation.request'>): void {
  const contract = state.organisation.contracts.get(body.capability)?.id;
  if (body.contract !== undefined && body.contract !== contract)
    reject('invalid', `"${body.contract}" is not the contract of ${body.capability}`, {
      rule: 'OP6',
      hint: contract === undefined ? 'it has none' : `leave it out, or name "${contract}"`,
    });
}

/** [RST6] What a seat did whose work this one goes on with is done: the same action on the same case is not done again. */
function doneBefore(state: State, body: Body<'operation.request'>, seat: string, argsDigest: string): KeptKey | null {
  for (const before of state.organisation.predecessors.get(seat) ?? []) {
    const key = keyOf(body, before, argsDigest, '', '');
    const id = state.operations.byKey.get(key);
    const known = id === undefined ? state.archive.keys.get(key) : state.operations.operations.get(id);
    if (known?.argsDigest === argsDigest) return known;
  }
  return null;
}

function request(state: State, body: Body<'operation.request'>, ctx: Context): Draft[] {
  const seat = actingSeat(state, ctx.actor);
  const capability = state.organisation.capabilities.get(body.capability);
  const argsDigest = digest(body.args);
  checkContract(state, body);
  const reading = ctx.command === '' ? nextId(state, 'OP') : ctx.command;
  const key = keyOf(body, seat.id, argsDigest, capability?.effect ?? 'irreversible', reading);
  const reads = capability?.effect === 'read';
  const known = repeatOf(state, key, argsDigest) ?? (reads ? null : doneBefore(state, body, seat.id, argsDigest));
  if (known) return [emit(known, 'operation.repeated', { by: seat.id, run: ctx.run })];
  const run = ctx.run;
  const task = actsFor(state, seat.id, body.case ?? null, run, body.task);
  const who = { seat: seat.id, principal: ctx.actor.principal, run, ...(task === undefined ? {} : { task }) };
  return [requested(state, body, who, key, argsDigest, ctx.now)];
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

/** How long an operation waits that a policy puts off, before the gate is asked again. */
const DEFER = 60_000;

function putOff(state: State, op: Operation, decision: Decision, now: number): Draft {
  const open = state.operations.breakers.get(op.tool)?.openUntil ?? 0;
  const waits = decision.reasons.filter((r) => r.verdict === 'defer');
  const until = Math.max(open, ...waits.map((r) => r.until ?? 0));
  return emit(op, 'operation.deferred', {
    reason: waits[0]!.message,
    behind: null,
    until: until > now ? until : now + DEFER,
  });
}

function judge(state: State, op: Operation, ctx: Context): Draft[] {
  const decision = gate(state, op, ctx.now, 'full');
  if (decision.verdict === 'defer') return [putOff(state, op, decision, ctx.now)];
  if (decision.verdict !== 'allow') return [decided(op, decision)];
  const own = op.compensates === null;
  const { run, case: about, seat, capability, prices = [] } = op;
  const ask = { operation: op.id, run, case: about, seat, capability, prices };
  return [...reserve(state, { ...ask, money: own ? op.cost : 0, calls: own ? 1 : 0 }, ctx.now), decided(op, decision)];
}

/** [OP8] The gate is asked again when the work begins: what changed since admission counts. */
function lease(state: State, body: Body<'operation.lease'>, ctx: Context): Draft[] {
  const op = getOperation(state, body.operation);
  allowMove(op, 'lease');
  const decision = gate(state, op, ctx.now, 'lease');
  if (decision.verdict === 'defer') return [...release(state, op.reservation), putOff(state, op, decision, ctx.now)];
  if (decision.verdict !== 'allow') return [...release(state, op.reservation), decided(op, decision)];
  return [
    emit(op, 'operation.leased', { attempt: op.attempt + 1, executor: body.executor, until: ctx.now + body.ttl }),
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
  ...outcomeDecide,
};

export const advanceFollowUp = { 'operation.advance': advance };
