/** What happens to a case before anybody owns it: limits, direct lines, what it needs, who gets it. */
import type { CasePriority } from '../cases/schema.ts';
import { compileCondition } from '../cel/index.ts';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { HOUR } from '../core/quantities.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import { humanAbove } from '../organisation/views.ts';
import { chooseOrWait, works } from './choose.ts';
import type { DirectDef, Needs, RoutingDef } from './definition.ts';
import { undeclared } from './index-of.ts';
import { byLane, NOTHING_LEFT_OUT, sharedOr } from './lanes.ts';
import { rankOf } from './line.ts';
import { routes, routingOf } from './load.ts';
import type { Decision, RouteCause, RoutingEvents } from './schema.ts';

interface Request {
  readonly customer: string;
  readonly subject: string;
  readonly text: string;
  readonly name?: string | undefined;
  readonly channel: string;
  readonly priority: CasePriority;
  readonly owner?: string | undefined;
  readonly needs?: Needs | undefined;
  readonly data?: Record<string, unknown> | undefined;
}

/** Who owns a new case, and what else is written about it. */
export interface Arrival {
  readonly owner: string;
  readonly due?: number;
  readonly waits: boolean;
  readonly drafts: Draft[];
}

/** What a condition of `routing` sees of a case. */
export const ROUTING_TYPES = {
  case: {
    fields: {
      customer: 'string',
      name: 'string',
      subject: 'string',
      text: 'string',
      channel: 'string',
      priority: 'string',
      topic: 'string',
      data: 'dyn',
    },
  },
} as const;

type Seen = Pick<Request, 'customer' | 'subject' | 'text' | 'name' | 'channel' | 'priority'> & {
  topic?: string | null;
  data?: Record<string, unknown> | null | undefined;
};

function holds(when: string, { customer, name, subject, text, channel, priority, topic, data }: Seen): boolean {
  const seen = { customer, name: name ?? '', subject, text, channel, priority, topic: topic ?? '', data: data ?? {} };
  const held = compileCondition(when)({ case: seen as never });
  return held.ok && held.value;
}

export const ruleFor = (def: RoutingDef, c: Seen): RoutingDef['rules'][number] | undefined =>
  def.rules.find((rule) => holds(rule.when, c));

/** The direct line of a case whose person can take it now (R-C39). */
function lineFor(state: State, def: RoutingDef, c: Seen): DirectDef | undefined {
  return def.direct.find((line) => works(state, line.to) !== null && holds(line.when, c));
}

const clock = (at: number): string => `${new Date(at).toISOString().slice(11, 16)} UTC`;

/** [RTE9] One customer has no more than his share; who is refused hears why and when to come again. */
function checkShare(state: State, def: RoutingDef, customer: string, now: number): void {
  const { asked, customers } = state.routing;
  const hour = Math.floor(now / HOUR);
  const { perHour, open } = def.customers;
  if (asked.hour === hour && (asked.by.get(customer) ?? 0) >= perHour)
    reject('exhausted', `${perHour} requests of one customer have been taken in this hour`, {
      rule: 'RTE9',
      hint: `try again after ${clock((hour + 1) * HOUR)}`,
    });
  if (open !== undefined && (customers.get(customer) ?? 0) >= open)
    reject('exhausted', `${open} cases of this customer are open`, {
      rule: 'RTE9',
      hint: 'wait until one of them is closed, or add to it with a message',
    });
}

/** Who holds what waits: the intake seat, else the top. */
export function holderOf(state: State): string {
  const { settings, seats } = state.organisation;
  const intake = settings.intake;
  if (intake !== undefined && seats.get(intake)?.status !== 'retired') return intake;
  const top = [...seats.values()].find((seat) => seat.supervisor === undefined && seat.status !== 'retired');
  return top ? top.id : reject('conflict', 'nobody receives cases here', { rule: 'RTE1', hint: 'apply a pack' });
}

/** Who decides about what nobody can do: named, else the nearest person above (R-C36). */
function deciderOf(state: State, from: string): string {
  const named = routingOf(state).unable;
  if (named !== undefined && works(state, named)) return named;
  return humanAbove(state, from) ?? from;
}

export const answerOf = (template: string, id: string, hours = 0): string =>
  template.replaceAll('{case}', id).replaceAll('{hours}', `${hours}`);

/** [RTE4] The decision as it is written. */
export function routedEvent(
  id: string,
  cause: RouteCause,
  from: string | null,
  decision: Decision,
  more: Partial<RoutingEvents['case.routed']> = {},
): Draft {
  return event('case.routed', `case/${id}`, { case: id, cause, from, ...decision, ...more }, id);
}

/** [RTE11] That nobody can do it is written down as what is missing, and goes to a person. */
export function unableDrafts(state: State, id: string, from: string, level: number, decision: Decision): Draft[] {
  const to = deciderOf(state, from);
  const missing = decision.out.gave > 0 ? [] : undeclared(state, decision.needs);
  const gap = { case: id, needs: decision.needs, missing, told: to === from ? null : to };
  const what = missing.length > 0 ? `: ${missing.join(', ')}` : '';
  const reason = `nobody can do this${what} (${decision.because})`;
  return [
    ...(decision.out.gave > 0 ? [] : [event('skill.missing', `case/${id}`, gap, id)]),
    ...(to === from ? [] : [event('case.escalated', `case/${id}`, { case: id, reason, from, to, level }, id)]),
  ];
}

function direct(id: string, line: DirectDef, now: number): Arrival {
  const decision: Decision = {
    ...{ outcome: 'direct', to: line.to, because: line.because, needs: { skills: [] }, rule: line.id },
    ...{ candidates: [], considered: 0, out: NOTHING_LEFT_OUT },
  };
  const due = line.sla === undefined ? {} : { due: now + line.sla };
  return { owner: line.to, ...due, waits: false, drafts: [routedEvent(id, 'open', null, decision)] };
}

/**
 * [RTE1] Who gets a new case. Null when routing has nothing to say: there is none, an owner is given, or nobody knows yet what it
 * needs; then it goes where it always went.
 */
export function arrive(state: State, body: Request, id: string, ctx: Context): Arrival | null {
  if (!routes(state)) return body.needs && body.owner === undefined ? inLane(state, body, id, body.needs) : null;
  const def = routingOf(state);
  checkShare(state, def, body.customer, ctx.now);
  if (body.owner !== undefined) return null;
  const line = lineFor(state, def, body);
  if (line) return direct(id, line, ctx.now);
  const rule = body.needs ? undefined : ruleFor(def, body);
  const needs = body.needs ?? rule?.needs;
  if (!needs) return null;
  const ask = askOf(body, id, needs);
  const found = sharedOr(state, id, ask, () => chooseOrWait(state, ask));
  const decision = { ...found, ...(rule ? { rule: rule.id } : {}) };
  if (decision.outcome === 'assigned')
    return { owner: decision.to!, waits: false, drafts: [routedEvent(id, 'open', null, decision)] };
  return decision.outcome === 'waiting' ? inLine(state, body, id, decision, ctx.now) : unable(state, id, decision);
}

const askOf = ({ customer }: Request, id: string, needs: Needs) => ({
  ...{ needs, customer, case: null, spread: Number(id.slice(2)), gave: [] },
});

/** [RTE17] Without routing: whom the share of its lane names. */
function inLane(state: State, body: Request, id: string, needs: Needs): Arrival | null {
  const decision = byLane(state, id, askOf(body, id, needs));
  if (decision === null) return null;
  return { owner: decision.to!, waits: false, drafts: [routedEvent(id, 'open', null, decision)] };
}

function unable(state: State, id: string, decision: Decision): Arrival {
  const owner = holderOf(state);
  const answer = answerOf(routingOf(state).answers.missing, id);
  const drafts = [routedEvent(id, 'open', null, decision, { answer }), ...unableDrafts(state, id, owner, 1, decision)];
  return { owner, waits: false, drafts };
}

/** [RTE8, RTE12] It waits; while intake is throttled, what is not urgent waits longer, and its customer is told how much. */
function inLine(state: State, body: Request, id: string, decision: Decision, now: number): Arrival {
  const def = routingOf(state);
  const { priority, customer } = body;
  const deferred = isThrottled(state, def) && !def.throttle.accept.includes(priority);
  const others = state.routing.customers.get(customer) ?? 0;
  const rank = rankOf(def, { priority, since: now, others, deferred });
  const hours = Math.round(def.throttle.defer / HOUR);
  const answer = answerOf(deferred ? def.answers.deferred : def.answers.waiting, id, hours);
  const drafts = [routedEvent(id, 'open', null, decision, { rank, answer, ...(deferred ? { deferred } : {}) })];
  const due = now + state.organisation.settings.sla[priority] + def.throttle.defer;
  return { owner: holderOf(state), waits: true, drafts, ...(deferred ? { due } : {}) };
}

const isThrottled = (state: State, def: RoutingDef): boolean =>
  state.routing.throttled !== null || (state.routing.surge !== null && def.surge.throttle);
