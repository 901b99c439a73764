import type { z } from 'zod';
import { stillOpen } from '../cases/decide.ts';
import type { Case } from '../cases/state.ts';
import { allow, ownerOf } from '../cases/views.ts';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import { OWNER } from '../organisation/views.ts';
import { answerOf, routedEvent, ruleFor, unableDrafts } from './arrive.ts';
import { chooseOrWait } from './choose.ts';
import { controlDecide } from './control.ts';
import type { Needs } from './definition.ts';
import { sharedOr } from './lanes.ts';
import { rankOf } from './line.ts';
import { routingOf } from './load.ts';
import type { Decision, RouteCause, routingCommands } from './schema.ts';
import type { Ask } from './score.ts';

type Body<K extends keyof typeof routingCommands> = z.output<(typeof routingCommands)[K]>;

export const asks = ({ topic, domain, skills }: Needs): boolean =>
  topic !== undefined || domain !== undefined || skills.length > 0;

/** What a case needs: as given, as it was routed, by a rule of the definition, else its topic. */
function needsOf(state: State, c: Case, given: Needs | undefined): { needs: Needs; rule?: string } {
  const known = given ?? state.routing.cases.get(c.id)?.needs;
  if (known && asks(known)) return { needs: known };
  const rule = ruleFor(routingOf(state), { ...c, name: c.name ?? undefined });
  if (rule) return { needs: rule.needs, rule: rule.id };
  if (c.topic !== null) return { needs: { skills: [], topic: c.topic } };
  return reject('invalid', `nobody has said what ${c.id} needs`, {
    rule: 'RTE2',
    hint: 'give `needs` (topic, domain or skills), or classify the case first',
  });
}

export const askFor = (state: State, c: Case, needs: Needs, also: readonly string[] = []): Ask => ({
  needs,
  customer: c.customer,
  case: c.id,
  spread: Number(c.id.slice(2)),
  gave: [...(state.routing.cases.get(c.id)?.gave ?? []), ...also],
});

function rankOfCase(state: State, c: Case): number {
  const others = Math.max(0, (state.routing.customers.get(c.customer) ?? 1) - 1);
  const deferred = state.routing.cases.get(c.id)?.deferred ?? false;
  return rankOf(routingOf(state), { priority: c.priority, since: c.openedAt, others, deferred });
}

interface Move {
  readonly cause: RouteCause;
  readonly from: string;
  readonly by: string;
  readonly reason: string;
  readonly answer?: string;
}

/** What follows from a decision about a case that somebody has. */
export function carryOut(state: State, c: Case, decision: Decision, move: Move): Draft[] {
  const { cause, from, reason, answer } = move;
  const told = answer === undefined ? {} : { answer };
  if (decision.outcome === 'waiting')
    return [routedEvent(c.id, cause, from, decision, { rank: rankOfCase(state, c), ...told })];
  const routed = routedEvent(c.id, cause, from, decision, told);
  if (decision.outcome === 'nobody') return [routed, ...unableDrafts(state, c.id, from, c.escalations + 1, decision)];
  return [
    routed,
    event('case.assigned', `case/${c.id}`, { case: c.id, to: decision.to!, from: move.by, reason }, c.id),
  ];
}

/** Find the seat for a case now; its owner, who may be the one, gives it on. */
function route(state: State, body: Body<'case.route'>, ctx: Context): Draft[] {
  const { c, seat } = ownerOf(state, body.case, ctx.actor);
  stillOpen(c);
  allow(c, 'assign');
  const { needs, rule } = needsOf(state, c, body.needs);
  const ask = askFor(state, c, needs);
  const found = sharedOr(state, c.id, ask, () => chooseOrWait(state, ask));
  const decision = rule === undefined ? found : { ...found, rule };
  const by = seat === OWNER ? c.owner : seat;
  if (decision.to === c.owner) return [routedEvent(c.id, 'request', c.owner, decision)];
  const answer = decision.outcome === 'nobody' ? answerOf(routingOf(state).answers.missing, c.id) : undefined;
  const told = answer === undefined ? {} : { answer };
  return carryOut(state, c, decision, { cause: 'request', from: c.owner, by, reason: decision.because, ...told });
}

/** [RTE6] It has been handed on often enough: a person decides. */
function tooOften(state: State, c: Case, needs: Needs, hops: number): Decision {
  return {
    ...{ outcome: 'nobody', to: null, needs, candidates: [], considered: 0 },
    because: `it was handed on ${hops} times`,
    out: { away: 0, full: 0, gave: (state.routing.cases.get(c.id)?.gave.length ?? 0) + 1, unsure: 0 },
  };
}

/** [RTE7] The customer hears once that somebody else has his case; that a person decides he hears in any case. */
function answerFor(state: State, c: Case, { outcome }: Decision): string | undefined {
  const { answers } = routingOf(state);
  if (outcome === 'nobody') return answerOf(answers.escalation, c.id);
  return state.routing.cases.get(c.id)?.told ? undefined : answerOf(answers.transfer, c.id);
}

/** [RTE6, RTE7] Hand a case on, with all the next one must know; it never comes back to who gave it away. */
function transfer(state: State, body: Body<'case.transfer'>, ctx: Context): Draft[] {
  const { c, seat } = ownerOf(state, body.case, ctx.actor);
  stillOpen(c);
  allow(c, 'assign');
  const def = routingOf(state);
  const { needs } = needsOf(state, c, body.needs);
  const hop = (state.routing.cases.get(c.id)?.hops ?? 0) + 1;
  const ask = {
    ...askFor(state, c, needs, [c.owner]),
    ...(body.suggest === undefined ? {} : { prefer: body.suggest }),
  };
  const decision = hop > def.hops ? tooOften(state, c, needs, def.hops) : chooseOrWait(state, ask);
  const { reason, note, context } = body;
  const moved = { case: c.id, from: c.owner, reason, note, context, hop, topic: c.topic };
  const answer = answerFor(state, c, decision);
  const by = seat === OWNER ? c.owner : seat;
  const why = `transferred: ${reason.replaceAll('_', ' ')}${note === '' ? '' : ` (${note})`}`;
  const move = {
    cause: 'transfer' as const,
    from: c.owner,
    by,
    reason: why,
    ...(answer === undefined ? {} : { answer }),
  };
  return [event('case.transferred', `case/${c.id}`, moved, c.id), ...carryOut(state, c, decision, move)];
}

export const routingDecide = {
  'case.route': route as Decide<Body<'case.route'>>,
  'case.transfer': transfer as Decide<Body<'case.transfer'>>,
  ...controlDecide,
};
