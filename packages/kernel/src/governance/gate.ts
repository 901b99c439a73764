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
import { type Ask, type Phase, say } from './checks/ask.ts';
import { contract, separation } from './checks/contract.ts';
import { edges } from './checks/edges.ts';
import { identity } from './checks/identity.ts';
import { money } from './checks/money.ts';
import { policies } from './checks/policies.ts';
import { provenance } from './checks/provenance.ts';
import { rate } from './checks/rate.ts';
import { right } from './checks/right.ts';
import { conditionScope } from './checks/scope.ts';
import { switches } from './checks/switches.ts';
import { type Decision, VERDICTS, type Verdict } from './schema.ts';

export type { Phase } from './checks/ask.ts';
export { TIER_ALLOWS } from './checks/right.ts';
export { conditionScope } from './checks/scope.ts';
export { switchCovers } from './checks/switches.ts';

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

const ORDER = [identity, switches, right, separation, contract, provenance, money, rate, edges, policies];

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
