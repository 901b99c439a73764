/**
 * The gate: may this operation happen now? Pure: (state, operation, now, phase) → Decision.
 *
 * [GOV1] Every check runs; every reason is kept; the strongest verdict wins: deny > ask > defer > record-only > allow.
 * [GOV2] Nothing is allowed by default: without an active seat, a right and (for effects) a contract the verdict is deny.
 * [GOV3] A condition that cannot be evaluated denies.
 * The checks of one phase are the same at admission and at the lease; `early` leaves out what needs the contract's reads.
 */

import { available, budgetsOf, onCase } from '../budget/views.ts';
import { compileCondition } from '../cel/index.ts';
import { covers } from '../core/names.ts';
import { formatMoney } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { type CapabilityDef, UNKNOWN_COST } from '../operations/definition.ts';
import type { Operation } from '../operations/state.ts';
import type { Right, Tier } from '../organisation/schema.ts';
import type { Seat } from '../organisation/state.ts';
import { inUnit, isAbove } from '../organisation/views.ts';
import type { ContractDef, PolicyDef } from './definition.ts';
import { type Check, type Decision, type Reason, VERDICTS, type Verdict } from './schema.ts';

export type Phase = 'early' | 'full' | 'lease';

/** Everything the checks look at, gathered once. */
interface Ask {
  readonly state: State;
  readonly op: Operation;
  readonly now: Time;
  readonly phase: Phase;
  readonly seat: Seat | undefined;
  readonly capability: CapabilityDef | undefined;
  readonly contract: ContractDef | undefined;
  readonly scope: Record<string, unknown>;
  readonly reasons: Reason[];
}

/** Effects a tier may ever cause (R-E36). */
export const TIER_ALLOWS: Record<Tier, readonly string[]> = {
  'read-only': ['read'],
  coordinator: ['read', 'reversible'],
  bounded: ['read', 'reversible', 'compensable'],
  executor: ['read', 'reversible', 'compensable', 'irreversible'],
};

function say(ask: Ask, check: Check, rule: string, verdict: Verdict, message: string, instead?: string): void {
  ask.reasons.push({ check, rule, verdict, message, ...(instead === undefined ? {} : { instead }) });
}

/** The variables of every condition: `args, reads, resource, case, actor, org, now`. */
export function conditionScope(state: State, op: Operation, now: Time): Record<string, unknown> {
  const c = op.case === null ? undefined : state.cases.cases.get(op.case);
  const seat = state.organisation.seats.get(op.seat);
  const reads: Record<string, unknown> = {};
  for (const [name, reading] of Object.entries(op.reads ?? {})) reads[name] = reading.value;
  return {
    args: op.args,
    reads,
    resource: op.resource ?? '',
    case: c
      ? {
          id: c.id,
          topic: c.topic ?? '',
          priority: c.priority,
          customer: c.customer,
          status: c.status,
          owner: c.owner,
          areas: c.areas,
          evidence: c.evidence,
          reopened: c.reopened,
          openedAt: c.openedAt,
          data: c.data ?? {},
        }
      : {
          id: '',
          topic: '',
          priority: '',
          customer: '',
          status: '',
          owner: '',
          areas: [],
          evidence: [],
          reopened: 0,
          openedAt: 0,
          data: {},
        },
    actor: { seat: op.seat, unit: seat?.unit ?? '', tier: seat?.charter.tier ?? '', principal: op.principal },
    org: { id: state.org, currency: state.organisation.settings.currency },
    now,
  };
}

function identity(ask: Ask): void {
  const { op, seat, state } = ask;
  if (!seat) {
    say(ask, 'identity', 'GOV4', 'deny', `there is no seat "${op.seat}"`);
    return;
  }
  if (seat.status === 'paused')
    say(ask, 'identity', 'GOV4', 'deny', `seat "${seat.id}" is paused`, 'wait until its supervisor resumes it');
  else if (seat.status !== 'active') say(ask, 'identity', 'GOV4', 'deny', `seat "${seat.id}" is ${seat.status}`);
  if (op.compensates === null && seat.occupant?.principal !== op.principal)
    say(ask, 'identity', 'GOV4', 'deny', `"${op.principal}" does not occupy the seat "${seat.id}"`);
  if (op.case === null) {
    if (op.effect !== 'read')
      say(ask, 'identity', 'GOV5', 'deny', 'an action that changes something belongs to a case', 'open a case first');
    return;
  }
  const c = state.cases.cases.get(op.case);
  if (!c) {
    say(ask, 'identity', 'GOV5', 'deny', `there is no case ${op.case}`);
    return;
  }
  if (c.status === 'closed' || c.status === 'cancelled')
    say(ask, 'identity', 'GOV5', 'deny', `case ${c.id} is ${c.status}`, 'reopen it first');
  if (!c.parties.includes(op.seat) && !isAbove(state, op.seat, c.owner))
    say(
      ask,
      'identity',
      'GOV5',
      'deny',
      `seat "${op.seat}" takes no part in ${c.id}`,
      'ask its owner to delegate a task',
    );
}

function switches(ask: Ask): void {
  const tripped = ask.state.governance.switches;
  if (tripped.size === 0) return;
  for (const [key, why] of tripped) {
    const [scope, id] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
    if (switchCovers(ask.state, ask.op, scope, id))
      say(
        ask,
        'switch',
        `switch/${key}`,
        'deny',
        `stopped by the kill switch on ${scope} ${id}: ${why.reason}`,
        'wait until a human re-arms it',
      );
  }
}

/** Does a tripped switch stop this operation? */
export function switchCovers(state: State, op: Operation, scope: string, id: string): boolean {
  if (scope === 'organisation') return true;
  if (scope === 'seat') return op.seat === id;
  if (scope === 'capability') return covers(id, op.capability);
  if (scope === 'tool') return op.tool === id;
  const unit = state.organisation.seats.get(op.seat)?.unit;
  return scope === 'unit' && unit !== undefined && inUnit(state, unit, id);
}

function rightFits(ask: Ask, right: Right): string | null {
  if (right.limit !== undefined && ask.op.cost > right.limit)
    return `${formatMoney(ask.op.cost)} is above the seat's limit of ${formatMoney(right.limit)}`;
  if (right.when === undefined) return null;
  const held = compileCondition(right.when)(ask.scope);
  if (!held.ok) return `the condition of the right cannot be evaluated: ${held.error}`;
  return held.value ? null : `the right holds only when ${right.when}`;
}

function right(ask: Ask): void {
  const { op, seat, capability } = ask;
  if (!capability) {
    say(ask, 'right', 'GOV2', 'deny', `there is no capability "${op.capability}"`);
    return;
  }
  if (!seat || op.compensates !== null) return;
  if (!TIER_ALLOWS[seat.charter.tier].includes(capability.effect)) {
    say(
      ask,
      'right',
      'GOV6',
      'deny',
      `a ${seat.charter.tier} seat may not cause ${capability.effect} effects`,
      `ask "${seat.supervisor ?? 'its owner'}"`,
    );
  }
  const grants = seat.charter.rights.filter((r) => covers(r.capability, op.capability));
  if (grants.length === 0) {
    say(
      ask,
      'right',
      'GOV2',
      'deny',
      `the charter of "${seat.id}" does not grant ${op.capability}`,
      'delegate a task to a seat that holds it',
    );
    return;
  }
  const misfits = grants.map((grant) => rightFits(ask, grant));
  if (misfits.every((misfit) => misfit !== null))
    say(
      ask,
      'right',
      'GOV2',
      'deny',
      misfits[0]!,
      `escalate to "${seat.charter.escalation ?? seat.supervisor ?? 'its owner'}"`,
    );
}

function separation(ask: Ask): void {
  const c = ask.op.case === null ? undefined : ask.state.cases.cases.get(ask.op.case);
  if (!c || !ask.contract) return;
  for (const pattern of ask.contract.separation) {
    const done = c.acted.find((a) => a.seat === ask.op.seat && covers(pattern, a.capability));
    if (done)
      say(
        ask,
        'separation',
        `${ask.contract.id}/separation`,
        'deny',
        `"${ask.op.seat}" already did ${done.capability} on ${c.id}; somebody else must do this`,
        'delegate a task',
      );
  }
}

function contract(ask: Ask): void {
  const { op, contract: k, capability } = ask;
  if (!k) {
    if (capability && capability.effect !== 'read')
      say(ask, 'contract', 'GOV7', 'deny', `${op.capability} changes something and has no contract`);
    return;
  }
  const missing = k.requires.filter((field) => op.args[field] === undefined || op.args[field] === '');
  if (missing.length > 0)
    say(
      ask,
      'contract',
      `${k.id}/requires`,
      'deny',
      `missing before this may act: ${missing.join(', ')}`,
      'find them out first',
    );
  const held = (ask.scope.case as { evidence: { kind: string }[] }).evidence;
  const unproven = k.evidence.filter((kind) => !held.some((e) => e.kind === kind));
  if (unproven.length > 0)
    say(
      ask,
      'contract',
      `${k.id}/evidence`,
      'deny',
      `the case lacks evidence: ${unproven.join(', ')}`,
      `do ${unproven.join(', ')} first`,
    );
  if (ask.phase === 'early') return;
  for (const pre of k.pre) {
    const result = compileCondition(pre.that)(ask.scope);
    if (!result.ok)
      say(ask, 'contract', `${k.id}/${pre.rule}`, 'deny', `cannot be evaluated: ${result.error}`, pre.instead);
    else if (!result.value) say(ask, 'contract', `${k.id}/${pre.rule}`, 'deny', pre.else, pre.instead);
  }
}

function money(ask: Ask): void {
  const { op, state, now } = ask;
  if (ask.phase === 'lease' || op.compensates !== null) return;
  if (op.cost === UNKNOWN_COST) {
    say(ask, 'money', 'cost', 'deny', `how much money ${op.capability} moves cannot be worked out`);
    return;
  }
  const { tiers } = state.organisation.settings;
  const cost = formatMoney(op.cost);
  if (op.cost > tiers.ask)
    say(ask, 'money', 'tier-ask', 'ask', `${cost} is above ${formatMoney(tiers.ask)} and needs a decision`);
  else if (op.cost >= tiers.flag) say(ask, 'money', 'tier-flag', 'allow', `${cost} proceeds and is flagged for review`);
  for (const currency of ['money', 'calls'] as const) {
    const amount = currency === 'money' ? op.cost : 1;
    if (amount === 0) continue;
    for (const budget of budgetsOf(state, op.seat, currency)) {
      const left = available(state, budget, now);
      const show = (n: number) => (currency === 'money' ? formatMoney(n) : String(n));
      if (amount > left)
        say(
          ask,
          'money',
          `${budget.id}/allocation`,
          'deny',
          `the budget "${budget.id}" has ${show(left)} left, this needs ${show(amount)}`,
          'ask for a larger allocation',
        );
      if (budget.perTransaction !== undefined && amount > budget.perTransaction)
        say(
          ask,
          'money',
          `${budget.id}/per-transaction`,
          'ask',
          `${show(amount)} is above ${show(budget.perTransaction)} for one transaction`,
        );
      const sum = onCase(state, budget.id, op.case) + amount;
      if (budget.perCase !== undefined && sum > budget.perCase)
        say(
          ask,
          'money',
          `${budget.id}/per-case`,
          'ask',
          `${show(sum)} in all on this case is above ${show(budget.perCase)}`,
        );
    }
  }
}

function rate(ask: Ask): void {
  const breaker = ask.state.operations.breakers.get(ask.op.tool);
  if (ask.phase !== 'lease' && breaker && breaker.openUntil > ask.now)
    say(ask, 'rate', `breaker/${ask.op.tool}`, 'defer', `the tool "${ask.op.tool}" keeps failing; tried again later`);
}

function edges(ask: Ask): void {
  const { op, capability, state } = ask;
  if (!capability || capability.effect === 'read' || op.compensates !== null) return;
  const k = ask.contract;
  if (k?.approval.when !== undefined && ask.phase !== 'early') {
    const wanted = compileCondition(k.approval.when)(ask.scope);
    if (!wanted.ok) say(ask, 'edge', `${k.id}/approval`, 'deny', `cannot be evaluated: ${wanted.error}`);
    else if (wanted.value) say(ask, 'edge', `${k.id}/approval`, 'ask', 'the contract asks for a decision here');
  }
  const { earned, confidence } = state.organisation.settings;
  if (op.confidence !== null && op.confidence < confidence)
    say(ask, 'edge', 'confidence', 'ask', `the worker is only ${Math.round(op.confidence * 100)} % sure`);
  if (earned.some((pattern) => covers(pattern, op.capability))) return;
  if (capability.effect === 'irreversible')
    say(ask, 'edge', 'irreversible', 'ask', `${op.capability} cannot be undone`);
  for (const edge of capability.edges) say(ask, 'edge', edge, 'ask', `${op.capability} is ${edge}`);
  if (!state.operations.used.has(`${op.seat}|${op.capability}`))
    say(ask, 'edge', 'first-use', 'ask', `first use of ${op.capability} by "${op.seat}"`);
}

/** Policies by capability, worked out once per definition. */
const policyIndex = new WeakMap<readonly PolicyDef[], Map<string, PolicyDef[]>>();
function policiesFor(policies: readonly PolicyDef[], capability: string): PolicyDef[] {
  let index = policyIndex.get(policies);
  if (!index) {
    index = new Map();
    policyIndex.set(policies, index);
  }
  let found = index.get(capability);
  if (!found) {
    found = policies.filter((p) => p.on.some((pattern) => covers(pattern, capability)));
    index.set(capability, found);
  }
  return found;
}

function policies(ask: Ask): void {
  if (ask.phase === 'early' || ask.op.compensates !== null) return;
  for (const p of policiesFor(ask.state.organisation.policies, ask.op.capability)) {
    if (p.unit !== undefined && !(ask.seat && inUnit(ask.state, ask.seat.unit, p.unit))) continue;
    const hit = compileCondition(p.when)(ask.scope);
    if (!hit.ok) say(ask, 'policy', p.id, 'deny', `cannot be evaluated: ${hit.error}`, p.instead);
    else if (hit.value) say(ask, 'policy', p.id, p.effect, p.because, p.instead);
  }
}

const strength = (verdict: Verdict): number => VERDICTS.indexOf(verdict);

/** [GOV8] An approval answers the asks about exactly these arguments, once, before it expires; it never lifts a denial. */
function approvalFor(ask: Ask): string | null {
  const a = ask.op.approval === null ? undefined : ask.state.governance.approvals.get(ask.op.approval);
  if (a?.status !== 'approved') return null;
  if (a.packet.argsDigest !== ask.op.argsDigest || a.expires < ask.now) {
    say(ask, 'approval', 'GOV8', 'deny', `the approval ${a.id} was for other arguments or has expired`, 'ask again');
    return null;
  }
  return a.id;
}

const ORDER = [identity, switches, right, separation, contract, money, rate, edges, policies];

export function gate(state: State, op: Operation, now: Time, phase: Phase): Decision {
  const ask: Ask = {
    state,
    op,
    now,
    phase,
    seat: state.organisation.seats.get(op.seat),
    capability: state.organisation.capabilities.get(op.capability),
    contract: op.contract === null ? undefined : state.organisation.contracts.get(op.capability),
    scope: conditionScope(state, op, now),
    reasons: [],
  };
  for (const check of ORDER) check(ask);
  const approval = approvalFor(ask);
  let verdict: Verdict = 'allow';
  for (const reason of ask.reasons) {
    const weight = approval !== null && reason.verdict === 'ask' ? 'allow' : reason.verdict;
    if (strength(weight) > strength(verdict)) verdict = weight;
  }
  const flagged = ask.reasons.some((r) => r.rule === 'tier-flag');
  return { verdict, reasons: ask.reasons, flagged, cost: op.cost, approval };
}
