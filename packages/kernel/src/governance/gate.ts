/**
 * The gate: may this operation happen now? Pure: (state, operation, now, phase) → Decision.
 *
 * [GOV1] Every check runs; every reason is kept; the strongest verdict wins: deny > ask > defer > record-only > allow.
 * [GOV2] Nothing is allowed by default: without an active seat, a right and (for effects) a contract the verdict is deny.
 * [GOV3] A condition that cannot be evaluated denies.
 * The checks of one phase are the same at admission and at the lease; `early` leaves out what needs the contract's reads.
 */
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Operation } from '../operations/state.ts';
import { recordsOnly, stage } from '../rollout/gate.ts';
import { type Ask, type Phase, say } from './checks/ask.ts';
import { contract, separation } from './checks/contract.ts';
import { delegated } from './checks/delegated.ts';
import { edges } from './checks/edges.ts';
import { identity } from './checks/identity.ts';
import { money } from './checks/money.ts';
import { policies } from './checks/policies.ts';
import { provenance } from './checks/provenance.ts';
import { rate, versions } from './checks/rate.ts';
import { right } from './checks/right.ts';
import { conditionScope } from './checks/scope.ts';
import { restriction, switches } from './checks/switches.ts';
import { unchanged } from './descriptor.ts';
import { coveringGrant, grantReason } from './grants.ts';
import { lifted } from './lifting.ts';
import { throttle } from './reviews.ts';
import { type Decision, VERDICTS, type Verdict } from './schema.ts';

export type { Phase } from './checks/ask.ts';
export { TIER_ALLOWS } from './checks/right.ts';
export { conditionScope } from './checks/scope.ts';
export { switchCovers, switchOver } from './checks/switches.ts';

const strength = (verdict: Verdict): number => VERDICTS.indexOf(verdict);

/** [GOV8] An approval answers the asks about exactly these arguments, once, before it expires; it never lifts a denial. */
function approvalFor(ask: Ask): string | null {
  const a = ask.op.approval === null ? undefined : ask.state.governance.approvals.get(ask.op.approval);
  if (a?.status !== 'approved') return null;
  if (a.packet.argsDigest !== ask.op.argsDigest || a.expires < ask.now) {
    say(ask, 'approval', 'GOV8', 'deny', `the approval ${a.id} was for other arguments or has expired`, 'ask again');
    return null;
  }
  if (!unchanged(ask.state, ask.op.capability, a.packet.descriptor)) {
    const message = `${ask.op.capability} is not what it was when ${a.id} was asked for`;
    say(ask, 'approval', 'GOV55', 'deny', message, 'ask again: the approver must see what it is now');
    return null;
  }
  return a.id;
}

const ORDER = [
  identity,
  switches,
  stage,
  restriction,
  right,
  delegated,
  separation,
  contract,
  provenance,
  money,
  rate,
  versions,
  edges,
  policies,
];

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
  const grant = approval === null ? coveringGrant(ask) : undefined;
  let verdict = strongest(ask, approval !== null || grant !== undefined);
  if (grant !== undefined) ask.reasons.push(grantReason(op, grant));
  if (verdict !== 'deny' && recordsOnly(ask)) verdict = 'record-only';
  if (verdict === 'ask') verdict = throttle(ask);
  const flagged = ask.reasons.some((r) => r.rule === 'tier-flag');
  const decision = { verdict, reasons: ask.reasons, flagged, cost: op.cost, approval };
  return grant === undefined ? decision : { ...decision, grant: grant.id };
}

/** The strongest verdict; asks that are answered and refusals that a human lifted weigh nothing. */
function strongest(ask: Ask, answered: boolean): Verdict {
  let verdict: Verdict = 'allow';
  for (const reason of ask.reasons) {
    if (strength(reason.verdict) <= strength(verdict)) continue;
    if (answered && reason.verdict === 'ask') continue;
    if (reason.verdict === 'deny' && lifted(ask.state, ask.op, reason)) continue;
    verdict = reason.verdict;
  }
  return verdict;
}
