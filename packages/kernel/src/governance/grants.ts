import type { z } from 'zod';
import { canonical } from '../core/canonical.ts';
import type { Context } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { DAY, formatMoney } from '../core/quantities.ts';
import { reject } from '../core/rejection.ts';
import { countId, nextId, type State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Operation } from '../operations/state.ts';
import { getSeat, humanAbove, isAbove, isHuman, OWNER } from '../organisation/views.ts';
import type { Ask } from './checks/ask.ts';
import type { controlCommands, GrantLimits } from './control-schema.ts';
import type { Grant } from './control-state.ts';
import { grantTerms } from './controls.ts';
import { descriptorOf, unchanged } from './descriptor.ts';
import type { Reason } from './schema.ts';

const key = (seat: string, capability: string): string => `${seat}|${capability}`;
const DEFAULT_TERMS = grantTerms.parse({});

/** Asks no standing grant answers: what a person could not know beforehand. */
const NEVER: ReadonlySet<string> = new Set(['provenance', 'rate', 'switch']);
const answerable = (r: Reason): boolean => !NEVER.has(r.check) && r.rule !== 'confidence';

function argumentsFit(bounds: GrantLimits['args'], args: Record<string, unknown>): boolean {
  return Object.entries(bounds).every(([name, bound]) => {
    const value = args[name];
    if (bound.oneOf && !bound.oneOf.some((each) => canonical(each) === canonical(value ?? null))) return false;
    if (bound.atLeast === undefined && bound.atMost === undefined) return true;
    return typeof value === 'number' && value >= (bound.atLeast ?? value) && value <= (bound.atMost ?? value);
  });
}

/** Is it within the bounds, whatever has been used of it? */
function fits(state: State, g: Grant, op: Operation): boolean {
  if (g.customer !== null && (op.case === null || state.cases.cases.get(op.case)?.customer !== g.customer))
    return false;
  if (g.case !== null && g.case !== op.case) return false;
  return (g.each === null || op.cost <= g.each) && argumentsFit(g.args, op.args);
}

const hasRoom = (g: Grant, op: Operation): boolean =>
  g.used < g.uses && (g.total === null || g.spent + op.cost <= g.total);

/** Not revoked, not over, and about the capability as it still is [GOV55]. */
const alive = (state: State, g: Grant, now: Time): boolean =>
  g.revoked === null && g.until >= now && unchanged(state, g.capability, g.descriptor);

/**
 * [GOV45] The standing grant that answers everything the gate asks, if there is one. Decisions are made one at a time and a use
 * is counted by the event that admits, so uses never exceed the grant; an operation counted before is not counted again.
 */
export function coveringGrant(ask: Ask): Grant | undefined {
  const { state, op, now } = ask;
  const { grants, grantsOf } = state.governance.control;
  const ids = grantsOf.get(key(op.seat, op.capability));
  if (ids === undefined || ask.phase === 'early') return undefined;
  const asks = ask.reasons.filter((r) => r.verdict === 'ask');
  if (asks.length === 0 || !asks.every(answerable)) return undefined;
  const taken = op.grant === undefined ? undefined : grants.get(op.grant);
  if (taken && alive(state, taken, now) && fits(state, taken, op)) return taken;
  // At the lease nothing counts a use, so no other grant can answer there.
  if (ask.phase === 'lease') return undefined;
  return ids
    .flatMap((id) => grants.get(id) ?? [])
    .find((g) => alive(state, g, now) && fits(state, g, op) && hasRoom(g, op));
}

/** What the decision shows, counting the use it takes. */
export function grantReason(op: Operation, g: Grant): Reason {
  const used = op.grant === g.id ? g.used : g.used + 1;
  const money =
    g.total === null ? '' : `, ${formatMoney(g.spent + (op.grant === g.id ? 0 : op.cost))} of ${formatMoney(g.total)}`;
  const message = `grant ${g.id}, ${used} of ${g.uses} used${money}; given by "${g.by}"`;
  return { check: 'approval', rule: g.id, verdict: 'allow', message };
}

/** [GOV45] Who decides about such an operation gives grants for it: never the seat or the person who gets it. */
function giver(state: State, seatId: string, capability: string, ctx: Context): string {
  if (ctx.actor.principal === OWNER && ctx.actor.seat === undefined) return OWNER;
  const seat = state.organisation.seats.get(ctx.actor.seat ?? '');
  const named = state.organisation.contracts.get(capability)?.approval.approvers ?? [];
  const above = humanAbove(state, seatId);
  const approvers = named.length > 0 ? named : above === null ? [] : [above];
  const entitled =
    seat !== undefined &&
    seat.occupant?.principal === ctx.actor.principal &&
    seat.status !== 'suspended' &&
    (approvers.includes(seat.id) || (isHuman(seat) && approvers.some((a) => isAbove(state, seat.id, a))));
  if (!entitled)
    reject('forbidden', `you do not decide about ${capability} of "${seatId}"`, {
      rule: 'GOV45',
      hint: `approvers: ${approvers.join(', ') || 'the owner'}`,
    });
  if (seat.id === seatId || getSeat(state, seatId).occupant?.principal === ctx.actor.principal)
    reject('forbidden', 'nobody gives himself a standing grant', { rule: 'GOV45', hint: 'ask an approver' });
  return seat.id;
}

function checkTerms(state: State, capability: string, limits: GrantLimits): void {
  const terms = state.organisation.contracts.get(capability)?.approval;
  const most = terms?.grants ?? DEFAULT_TERMS;
  const no = (message: string, hint: string) => reject('forbidden', message, { rule: 'GOV45', hint });
  if ((terms?.quorum ?? 1) > 1)
    no(`${capability} needs ${terms?.quorum} people each time`, 'approve each operation by itself');
  if (limits.uses > most.uses)
    no(
      most.uses === 0
        ? `${capability} has no standing grants`
        : `a grant for ${capability} is for ${most.uses} uses at most`,
      most.uses === 0 ? 'approve each operation by itself' : 'give fewer uses',
    );
  if (limits.for > most.for)
    no(`a grant for ${capability} lasts ${Math.floor(most.for / DAY)} days at most`, 'give a shorter one');
}

/** One grant, whoever gives it. */
export function given(
  state: State,
  to: { seat: string; capability: string; reason: string; approval: string | null },
  limits: GrantLimits,
  ctx: Context,
): Draft {
  const by = giver(state, to.seat, to.capability, ctx);
  checkTerms(state, to.capability, limits);
  const grant = nextId(state, 'G');
  const on = limits.case ?? state.governance.approvals.get(to.approval ?? '')?.case;
  const descriptor = descriptorOf(state, to.capability);
  const body = {
    grant,
    seat: to.seat,
    capability: to.capability,
    uses: limits.uses,
    until: ctx.now + limits.for,
    each: limits.each ?? null,
    total: limits.total ?? null,
    customer: limits.customer ?? null,
    case: limits.case ?? null,
    args: limits.args,
    ...(descriptor === undefined ? {} : { descriptor }),
    by,
    principal: ctx.actor.principal,
    reason: to.reason,
    approval: to.approval,
  };
  return event('grant.given', `grant/${grant}`, body, on ?? null);
}

type Body<K extends keyof typeof controlCommands> = z.output<(typeof controlCommands)[K]>;

function give(state: State, body: Body<'approval.grant'>, ctx: Context): Draft[] {
  const seat = getSeat(state, body.seat);
  if (!state.organisation.capabilities.has(body.capability))
    reject('not-found', `there is no capability "${body.capability}"`, { rule: 'GOV45' });
  return [given(state, { seat: seat.id, capability: body.capability, reason: body.reason, approval: null }, body, ctx)];
}

/** [GOV45] Taken back by the owner, who gave it, or who could give it; from the next decision and the next lease on. */
function revoke(state: State, body: Body<'grant.revoke'>, ctx: Context): Draft[] {
  const g = state.governance.control.grants.get(body.grant);
  if (!g) reject('not-found', `there is no grant ${body.grant}`, { rule: 'GOV45' });
  const own =
    state.organisation.seats.get(g.by)?.occupant?.principal === ctx.actor.principal && ctx.actor.seat === g.by;
  const by = own ? g.by : giver(state, g.seat, g.capability, ctx);
  if (g.revoked) reject('conflict', `grant ${g.id} is already revoked`, { rule: 'GOV45' });
  return [event('grant.revoked', `grant/${g.id}`, { grant: g.id, by, reason: body.reason }, g.case)];
}

export const grantsDecide = { 'approval.grant': give, 'grant.revoke': revoke };

/** Grants that are over are left out of the index as new ones come, so that it does not grow with the past. */
function indexed(state: State, g: Grant): void {
  const { grants, grantsOf } = state.governance.control;
  const known = (grantsOf.get(key(g.seat, g.capability)) ?? []).filter((id) => {
    const old = grants.get(id);
    return old !== undefined && alive(state, old, g.at) && old.used < old.uses;
  });
  grantsOf.set(key(g.seat, g.capability), [...known, g.id]);
}

export const grantsEvolve = {
  'grant.given': (state: State, r: RecordOf<'grant.given'>) => {
    const { grant, ...b } = r.body;
    countId(state, grant);
    const g: Grant = { ...b, id: grant, at: r.at, used: 0, spent: 0, revoked: null };
    state.governance.control.grants.set(grant, g);
    indexed(state, g);
  },
  'grant.revoked': (state: State, r: RecordOf<'grant.revoked'>) => {
    const g = state.governance.control.grants.get(r.body.grant)!;
    g.revoked = { by: r.body.by, reason: r.body.reason, at: r.at };
  },
};

/** [GOV45] The event that admits takes the use; an operation that is decided again under the same grant takes none. */
export function countGrant(state: State, op: Operation, id: string | undefined): void {
  const g = id === undefined || op.grant === id ? undefined : state.governance.control.grants.get(id);
  if (!g) return;
  op.grant = g.id;
  g.used += 1;
  g.spent += op.cost;
}
