import type { z } from 'zod';
import { archived, existed } from '../archive/views.ts';
import { type Context, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { covers } from '../core/names.ts';
import { formatMoney } from '../core/quantities.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import type { NoticeWay } from '../notices/definition.ts';
import { refusal } from '../operations/drafts.ts';
import { lapsed } from '../operations/outcome.ts';
import type { Operation } from '../operations/state.ts';
import { contractOf } from '../operations/views.ts';
import { chain, governs, humanAbove, inUnit, isAbove, isHuman, OWNER } from '../organisation/views.ts';
import { stageAsks } from '../rollout/gate.ts';
import { rearmers } from './conditions.ts';
import { standIns } from './deputies.ts';
import { descriptorOf } from './descriptor.ts';
import { switchCovers } from './gate.ts';
import { closed, concluded, type Decider, quorumOf } from './quorum.ts';
import type { governanceCommands, ReviewPacket } from './schema.ts';
import type { Approval } from './state.ts';
import { maximumDamage } from './views.ts';

type Body<K extends keyof typeof governanceCommands> = z.output<(typeof governanceCommands)[K]>;

/** Everything the decision needs on one page (R-E45). */
function packet(state: State, op: Operation): ReviewPacket {
  const asks = op.decision?.reasons.filter((r) => r.verdict === 'ask') ?? [];
  const c = op.case === null ? undefined : state.cases.cases.get(op.case);
  const cost = op.cost > 0 ? ` moving ${formatMoney(op.cost)}` : '';
  return {
    recommendation: `"${op.seat}" wants to ${op.capability}${cost}${c ? ` for ${c.customer} (${c.subject})` : ''}`,
    capability: op.capability,
    args: op.args,
    argsDigest: op.argsDigest,
    ...describe(state, op),
    reasons: op.decision?.reasons ?? [],
    state: op.reads ?? {},
    evidence: c?.evidence.map((e) => `${e.kind} ${e.ref}`) ?? [],
    metric: op.metric,
    alternatives: asks.flatMap((r) => r.instead ?? []),
    maximumDamage: maximumDamage(state, op.seat),
    cost: op.cost,
    uncertainty: op.confidence === null ? (op.why ?? '') : `${Math.round(op.confidence * 100)} % sure. ${op.why ?? ''}`,
  };
}

function describe(state: State, op: Operation): { descriptor?: string } {
  const descriptor = descriptorOf(state, op.capability);
  return descriptor === undefined ? {} : { descriptor };
}

function approversFor(state: State, op: Operation): string[] {
  const named = contractOf(state, op)?.approval.approvers ?? [];
  if (named.length > 0) return named;
  const human = humanAbove(state, op.seat);
  return human === null ? [op.seat] : [human];
}

/** [GOV9] Open a review when the gate asks. */
function open(state: State, body: { operation: string }, ctx: Context): Draft[] {
  const op = state.operations.operations.get(body.operation);
  if (op?.status !== 'awaiting_approval') return [];
  const terms = contractOf(state, op)?.approval;
  const approval = nextId(state, 'A');
  const silence = {
    at: ctx.now + (terms?.silence.after ?? 86_400_000),
    rule: terms?.silence.rule ?? ('stop' as const),
  };
  const requested = {
    approval,
    operation: op.id,
    case: op.case,
    requester: op.seat,
    approvers: approversFor(state, op),
    packet: packet(state, op),
    silence,
    expires: ctx.now + (terms?.expires ?? 7 * 86_400_000),
    nonce: ctx.entropy,
  };
  return [event('approval.requested', `approval/${approval}`, requested, op.case ?? op.id)];
}

/** [GOV10] Approvers, or those above them; never the seat that asked, nor its occupant in another seat. */
function mayDecide(state: State, a: Approval, ctx: Context): Decider {
  const requester = state.organisation.seats.get(a.requester);
  if (ctx.actor.principal === OWNER && ctx.actor.seat === undefined) return { by: OWNER };
  const seat = ctx.actor.seat ?? '';
  // Who asked may have left the seat since; who sits there now did not ask, but inherits the work.
  const asked = state.operations.operations.get(a.operation)?.principal;
  const own = [asked, requester?.occupant?.principal].includes(ctx.actor.principal);
  if (seat === a.requester || own)
    reject('forbidden', 'nobody approves his own work', {
      rule: 'GOV10',
      hint: `approvers: ${a.approvers.join(', ')}`,
    });
  const occupant = state.organisation.seats.get(seat)?.occupant;
  const named =
    a.approvers.includes(seat) ||
    a.approvers.some((approver) => isAbove(state, seat, approver) && isHuman(state.organisation.seats.get(seat)));
  const standsFor = named ? undefined : standIns(state, a.approvers, ctx.now).get(seat);
  if ((!named && standsFor === undefined) || occupant?.principal !== ctx.actor.principal)
    reject('not-found', `there is no approval ${a.id} for you`, { rule: 'GOV10' });
  if (state.organisation.seats.get(seat)?.status === 'suspended')
    reject('forbidden', `seat "${seat}" is suspended`, { rule: 'GOV10', hint: 'its supervisor may decide instead' });
  return standsFor === undefined ? { by: seat } : { by: seat, for: standsFor };
}

/** @param way how, when not at the console: written down with the decision */
export function decideBy(state: State, body: Body<'approval.decide'>, ctx: Context, way?: NoticeWay): Draft[] {
  const a = state.governance.approvals.get(body.approval);
  if (!a && existed(state, body.approval)) archived('approval', body.approval);
  if (!a)
    reject('not-found', `there is no approval ${body.approval}`, {
      rule: 'GOV10',
      hint: 'list them with `reeve inbox`',
    });
  const decider = { ...mayDecide(state, a, ctx), ...(way === undefined ? {} : { way }) };
  if (a.status !== 'pending') reject('conflict', `approval ${a.id} is already ${a.status}`, { rule: 'GOV8' });
  if (a.expires < ctx.now)
    reject('conflict', `approval ${a.id} expired`, { rule: 'GOV8', hint: 'the requester must ask again' });
  if (body.digest !== undefined && body.digest !== a.packet.argsDigest)
    reject('conflict', 'this is not what the approval is about any more', {
      rule: 'GOV8',
      hint: 'read the packet again',
    });
  if (body.verdict === 'revise' && !body.note) reject('invalid', 'say what to revise', { rule: 'GOV9' });
  return concluded(state, a, body, decider, ctx);
}

/** For each approver the next above who was not asked yet and did not ask himself. */
function nextApprovers(state: State, a: Approval): string[] {
  const known = new Set([...a.approvers, a.requester]);
  return [...new Set(a.approvers.flatMap((seat) => chain(state, seat).find((above) => !known.has(above)) ?? []))];
}

/** [GOV11] Silence: stop by default; proceed only when it can be undone; escalate up the line. */
function silence(state: State, body: { id: string }, ctx: Context): Draft[] {
  const a = state.governance.approvals.get(body.id);
  if (a?.status !== 'pending' || a.silence.at > ctx.now) return [];
  const op = state.operations.operations.get(a.operation);
  const above = nextApprovers(state, a);
  if (a.silence.rule === 'escalate' && above.length > 0) {
    const again = { at: ctx.now + (a.silence.at - a.requestedAt), rule: 'escalate' as const };
    return [
      event(
        'approval.escalated',
        `approval/${a.id}`,
        { approval: a.id, operation: a.operation, asked: above, approvers: [...a.approvers, ...above], silence: again },
        a.case ?? a.operation,
      ),
    ];
  }
  // Silence is nobody's agreement: where several must agree it is not the last of them.
  const proceeds =
    a.silence.rule === 'proceed' && op?.effect === 'reversible' && quorumOf(state, a) === 1 && !stageAsks(op);
  const how = { by: 'silence', note: proceeds ? null : 'nobody decided in time', bySilence: true };
  return [closed(a, proceeds ? 'approve' : 'reject', how, ctx.now)];
}

/** [GOV12] Only a human stops or re-arms; nobody re-arms what stopped his own seat. */
function maySwitch(state: State, scope: string, id: string, ctx: Context): string {
  if (ctx.actor.principal === OWNER) return OWNER;
  const seat = ctx.actor.seat === undefined ? undefined : state.organisation.seats.get(ctx.actor.seat);
  if (!isHuman(seat) || seat?.occupant?.principal !== ctx.actor.principal)
    reject('forbidden', 'only a human may use a kill switch', { rule: 'GOV12' });
  if (seat.status === 'suspended') reject('forbidden', `seat "${seat.id}" is suspended`, { rule: 'GOV12' });
  if (scope === 'seat' && seat.id !== id && !isAbove(state, seat.id, id))
    reject('forbidden', `you do not direct "${id}"`, { rule: 'GOV12' });
  return seat.id;
}

function trip(state: State, body: Body<'switch.trip'>, ctx: Context): Draft[] {
  const by = maySwitch(state, body.scope, body.id, ctx);
  if (state.governance.switches.has(`${body.scope}:${body.id}`))
    reject('conflict', 'this switch is already tripped', { rule: 'GOV12' });
  return [event('switch.tripped', `switch/${body.scope}:${body.id}`, { ...body, by })];
}

/** Does a seat have a right to something that a switch on a capability, tool or lane stopped? */
function usesStopped(state: State, seatId: string, scope: string, id: string): boolean {
  const rights = state.organisation.seats.get(seatId)?.charter.rights ?? [];
  return [...state.organisation.capabilities.values()].some((c) => {
    const op = { capability: c.id, tool: c.tool, contract: state.organisation.contracts.get(c.id)?.id ?? null };
    return (
      ['capability', 'tool', 'lane'].includes(scope) &&
      c.effect !== 'read' &&
      rights.some((right) => covers(right.capability, c.id)) &&
      switchCovers(state, { ...op, seat: seatId }, scope, id)
    );
  });
}

/** Did the switch stop a seat of this human? At the top of the line nobody else is left to re-arm a unit or the whole. */
function stopped(state: State, scope: string, id: string, ctx: Context): boolean {
  if (ctx.actor.principal === OWNER) return false;
  if (scope !== 'seat' && governs(state, ctx.actor)) return false;
  return [...state.organisation.seats.values()].some(
    (seat) =>
      seat.occupant?.principal === ctx.actor.principal &&
      (scope === 'organisation' ||
        (scope === 'seat' && seat.id === id) ||
        (scope === 'unit' && inUnit(state, seat.unit, id)) ||
        usesStopped(state, seat.id, scope, id)),
  );
}

/** [GOV12] Who is named by the switch that tripped by itself, or stands at the top. */
function mayRearm(state: State, by: string, body: Body<'switch.rearm'>, ctx: Context): void {
  const named = rearmers(state, body.scope, body.id);
  if (named === null || by === OWNER || named.includes(by) || governs(state, ctx.actor)) return;
  reject('forbidden', `this switch is re-armed by ${named.join(', ')}`, {
    rule: 'GOV12',
    hint: 'ask one of them, or the owner',
  });
}

function rearm(state: State, body: Body<'switch.rearm'>, ctx: Context): Draft[] {
  const by = maySwitch(state, body.scope, body.id, ctx);
  if (!state.governance.switches.has(`${body.scope}:${body.id}`))
    reject('conflict', 'this switch is not tripped', { rule: 'GOV12' });
  if (stopped(state, body.scope, body.id, ctx))
    reject('forbidden', 'nobody re-arms the switch that stopped his own seat', {
      rule: 'GOV12',
      hint: 'ask somebody above, or the owner',
    });
  mayRearm(state, by, body, ctx);
  return [event('switch.rearmed', `switch/${body.scope}:${body.id}`, { ...body, by })];
}

export const governanceDecide = {
  'approval.decide': (state: State, body: Body<'approval.decide'>, ctx: Context) => decideBy(state, body, ctx),
  'switch.trip': trip,
  'switch.rearm': rearm,
};

export const governanceFollowUps = {
  'approval.open': open,
  'approval.silence': silence,
  /** A rejected or revised request is refused, with the note as the next attempt's input. */
  'approval.refuse': (state: State, body: { approval: string }): Draft[] => {
    const a = state.governance.approvals.get(body.approval)!;
    const op = state.operations.operations.get(a.operation);
    if (op?.status !== 'awaiting_approval') return [];
    const what = a.status === 'revised' ? 'sent back for revision' : 'rejected';
    return [
      refusal(op, {
        check: 'approval',
        rule: a.id,
        verdict: 'deny',
        message: `${what} by ${a.decidedBy}${a.note ? `: ${a.note}` : ''}`,
        ...(a.note ? { instead: a.note } : {}),
      }),
    ];
  },
  /** [GOV13] A tripped switch ends live leases at once; what they did is reconciled. */
  'switch.revoke': (state: State, body: { scope: string; id: string }, ctx: Context): Draft[] =>
    [...state.operations.leased].flatMap((id) => {
      const op = state.operations.operations.get(id)!;
      return switchCovers(state, op, body.scope, body.id)
        ? lapsed(state, op, `kill switch on ${body.scope} ${body.id}`, ctx.now)
        : [];
    }),
};

/** Approvers, and who stands in for them now. */
const tellApprovers = (
  state: State,
  r: RecordOf<'approval.requested'> | RecordOf<'approval.escalated'>,
  approvers: string[],
  text: string,
  caseId: string | null,
) =>
  [...approvers, ...standIns(state, approvers, r.at).keys()].map((to) =>
    followUp('inbox.deliver', {
      to,
      type: 'approval_request',
      text,
      case: caseId,
      data: { approval: r.body.approval, operation: r.body.operation },
      priority: 'high',
    }),
  );

export const governanceReact = {
  'approval.requested': (state: State, r: RecordOf<'approval.requested'>) =>
    tellApprovers(state, r, r.body.approvers, r.body.packet.recommendation, r.body.case),
  'approval.escalated': (state: State, r: RecordOf<'approval.escalated'>) => {
    const a = state.governance.approvals.get(r.body.approval)!;
    return tellApprovers(state, r, r.body.asked, a.packet.recommendation, a.case);
  },
  'approval.decided': (_state: State, r: RecordOf<'approval.decided'>) =>
    r.body.verdict === 'approve'
      ? [followUp('operation.advance', { operation: r.body.operation })]
      : [followUp('approval.refuse', { approval: r.body.approval })],
  'switch.tripped': (_state: State, r: RecordOf<'switch.tripped'>) => [
    followUp('switch.revoke', { scope: r.body.scope, id: r.body.id }),
  ],
};
