import type { z } from 'zod';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import type { NoticeWay } from '../notices/definition.ts';
import { contractOf } from '../operations/views.ts';
import { OWNER } from '../organisation/views.ts';
import { given } from './grants.ts';
import { reviewsOf } from './reviews.ts';
import type { GovernanceEvents, governanceCommands } from './schema.ts';
import type { Approval } from './state.ts';

type Body = z.output<(typeof governanceCommands)['approval.decide']>;
type Decided = GovernanceEvents['approval.decided'];

/** Who decides, for whom he stands in, and how if by mail. */
export interface Decider {
  by: string;
  for?: string;
  way?: NoticeWay;
}

/** How many different people must agree: what the contract says now. */
export function quorumOf(state: State, a: Approval): number {
  const op = state.operations.operations.get(a.operation);
  return (op && contractOf(state, op)?.approval.quorum) ?? 1;
}

/** The event that ends a review. */
export const closed = (
  a: Approval,
  verdict: Decided['verdict'],
  how: Omit<Decided, 'approval' | 'operation' | 'case' | 'verdict' | 'waited'>,
  now: number,
): Draft =>
  event(
    'approval.decided',
    `approval/${a.id}`,
    { approval: a.id, operation: a.operation, case: a.case, verdict, ...how, waited: now - a.requestedAt },
    a.case ?? a.operation,
  );

/** Who has agreed and still may: not somebody whose seat was suspended, or is another's by now. */
function agreed(state: State, a: Approval): { by: string; principal: string }[] {
  return (state.governance.control.endorsed.get(a.id) ?? []).filter(({ by, principal }) => {
    if (by === OWNER) return true;
    const seat = state.organisation.seats.get(by);
    return seat?.status !== 'suspended' && seat?.occupant?.principal === principal;
  });
}

/** [GOV46] Agreement of one person among several: written down, and nothing else follows yet. */
function endorse(a: Approval, by: string, body: Body, ctx: Context, have: number, need: number, spent: number): Draft {
  const { principal } = ctx.actor;
  return event(
    'approval.endorsed',
    `approval/${a.id}`,
    { approval: a.id, operation: a.operation, by, principal, note: body.note ?? null, have, need, spent },
    a.case ?? a.operation,
  );
}

/** With a decision: a standing grant for what comes after. */
function grantWith(state: State, a: Approval, body: Body, ctx: Context): Draft[] {
  if (body.grant === undefined) return [];
  if (body.verdict !== 'approve')
    reject('invalid', 'a standing grant comes with an approval', { rule: 'GOV45', hint: 'leave `grant` out' });
  const to = {
    seat: a.requester,
    capability: a.packet.capability,
    reason: body.note ?? `with ${a.id}`,
    approval: a.id,
  };
  return [given(state, to, body.grant, ctx)];
}

/** [GOV46] One refusal ends it; approval needs as many different people as the contract says. */
export function concluded(state: State, a: Approval, body: Body, decider: Decider, ctx: Context): Draft[] {
  const spent = body.spent ?? reviewsOf(state).time;
  const before = agreed(state, a);
  if (before.some((each) => each.principal === ctx.actor.principal) && body.verdict === 'approve')
    reject('conflict', 'you have agreed already; somebody else must too', { rule: 'GOV46' });
  const grant = grantWith(state, a, body, ctx);
  const need = quorumOf(state, a);
  const have = before.length + 1;
  if (body.verdict === 'approve' && have < need) return [endorse(a, decider.by, body, ctx, have, need, spent)];
  const endorsed = before.length > 0 ? { endorsed: before.map((each) => each.by) } : {};
  const how = { ...decider, ...endorsed, note: body.note ?? null, bySilence: false, spent };
  return [closed(a, body.verdict, how, ctx.now), ...grant];
}
