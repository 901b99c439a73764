/** Proposals: options with cost and expected effect, a human's decision, and what came of it beside what was expected. */
import type { z } from 'zod';
import { existed } from '../archive/views.ts';
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { humanSeat, isAbove, OWNER } from '../organisation/views.ts';
import { planned, restructure } from '../restructuring/decide.ts';
import { amendedBy, changesFor, knownUnit, nameOfActor } from './amend.ts';
import { metricValue } from './cells.ts';
import { factOf, factValue } from './facts.ts';
import { deciderOf, decides, maturityOf, seatOf } from './people.ts';
import type { Effect, Measured, Option, Outcome, Proposal, purposeCommands } from './schema.ts';
import { endOf, metricOf } from './targets.ts';
import { valueText } from './text.ts';

type Body<K extends keyof typeof purposeCommands> = z.output<(typeof purposeCommands)[K]>;

/** Open proposals of one unit: what nobody decides must not pile up. */
const OPEN = 20;

/** [PUR41] Do as many proposals of a unit wait for a decision as may? */
export const isFull = (state: State, unit: string): boolean =>
  [...state.purpose.proposals.values()].filter((p) => p.status === 'open' && p.unit === unit).length >= OPEN;

/** [PUR41] Maturity that an option asks of an agent: tactics 1, targets and metrics 2, the purpose or the organisation 3. */
const needed = ({ changes, steps }: Option): number =>
  steps !== undefined || changes.some((each) => 'purpose' in each) ? 3 : changes.length > 0 ? 2 : 1;

function mayPropose(state: State, options: readonly Option[], ctx: Context): void {
  if (ctx.actor.principal === OWNER && ctx.actor.seat === undefined) return;
  const seat = seatOf(state, ctx.actor);
  if (!seat) reject('forbidden', 'this needs a seat that works', { rule: 'PUR41', hint: 'use the token of a seat' });
  const need = Math.max(...options.map(needed));
  const has = maturityOf(state, seat);
  if (has < need)
    reject('forbidden', `"${seat.id}" has maturity ${has}; this proposal needs ${need}`, {
      rule: 'PUR41',
      hint: need > 1 && has >= 1 ? 'propose tactics without changes' : 'report to your supervisor',
    });
}

/** Does this name something that happened or is measured? */
function exists(state: State, ref: string): boolean {
  if (/^#\d+$/.test(ref)) return Number(ref.slice(1)) >= 1 && Number(ref.slice(1)) <= state.seq;
  return (
    existed(state, ref) || metricOf(state, ref) !== undefined || state.purpose.targets.some(({ id }) => id === ref)
  );
}

/** [PUR42] What is cited exists, and what is expected can be measured. */
function checked(state: State, body: Body<'proposal.make'>): void {
  const wrong = (message: string, hint: string): never => reject('invalid', message, { rule: 'PUR42', hint });
  const unknown = body.evidence.find((ref) => !exists(state, ref));
  if (unknown !== undefined)
    wrong(`there is no "${unknown}"`, 'cite a case (C-1), an operation (OP-1), a record (#12), a metric or a target');
  const ids = body.options.map(({ id }) => id);
  if (new Set(ids).size < ids.length) wrong('two options have the same id', 'rename one of them');
  if (!ids.includes(body.recommend)) wrong(`there is no option "${body.recommend}"`, 'recommend one of the options');
  for (const option of body.options) {
    changesFor(state, body.unit, option.changes);
    if (option.steps) planned(state, option.steps);
    for (const each of option.effects) measurable(state, option, each);
  }
}

function measurable(state: State, option: Option, { metric, of }: Effect): void {
  const fresh = option.changes.some((each) => 'measure' in each && each.measure.id === metric);
  if (fresh || metricOf(state, metric) || factValue(state, metric, of) !== null) return;
  reject('invalid', `option "${option.id}": there is no metric "${metric}"`, {
    rule: 'PUR42',
    hint: 'expect an effect on something that is measured, or add the metric in `changes`',
  });
}

const valueNow = (state: State, { metric, of }: Effect, now: number): number | null => {
  const found = metricOf(state, metric);
  return found ? metricValue(state, found, now, of) : factValue(state, metric, of);
};

/** [PUR42] What options are expected to move, each once, and how that stands. */
export function measuredNow(state: State, options: readonly Option[], now: number): Measured[] {
  const effects = options.flatMap((option) => option.effects);
  const named = new Map(effects.map((each) => [`${each.metric} ${each.of ?? ''}`, each]));
  return [...named.values()].map((each) => ({
    ...{ metric: each.metric, value: valueNow(state, each, now) },
    ...(each.of === undefined ? {} : { of: each.of }),
  }));
}

function make(state: State, body: Body<'proposal.make'>, ctx: Context): Draft[] {
  knownUnit(state, body.unit);
  mayPropose(state, body.options, ctx);
  if (isFull(state, body.unit))
    reject('exhausted', `${OPEN} proposals for "${body.unit}" wait for a decision`, {
      rule: 'PUR41',
      hint: 'have some of them decided first',
    });
  checked(state, body);
  const proposal = nextId(state, 'P');
  const measured = measuredNow(state, body.options, ctx.now);
  const rest = { proposal, by: nameOfActor(ctx), decider: deciderOf(state, body.unit), measured };
  return [event('proposal.made', `proposal/${proposal}`, { ...body, ...rest })];
}

function openProposal(state: State, id: string): Proposal {
  const found = state.purpose.proposals.get(id);
  if (!found) reject('not-found', `there is no proposal ${id}`, { rule: 'PUR43', hint: 'see `reeve proposals`' });
  if (found.status !== 'open')
    reject('conflict', `${id} is ${found.status === 'revise' ? 'sent back' : found.status}`, {
      rule: 'PUR43',
      hint: 'make a new proposal',
    });
  return found;
}

function chosen(proposal: Proposal, body: Body<'proposal.decide'>): Option | null {
  if (body.verdict !== 'accept') return null;
  const id = body.option ?? proposal.recommend;
  const found = proposal.options.find((option) => option.id === id);
  if (!found)
    reject('invalid', `${proposal.id} has no option "${id}"`, {
      rule: 'PUR43',
      hint: `choose one of ${proposal.options.map((option) => option.id).join(', ')}`,
    });
  return found;
}

/** [PUR43] A human who answers for the unit; about a seat also who sits in it or above it. */
function mayDecide(state: State, { id, unit, about }: Proposal, ctx: Context): void {
  const own = about === undefined ? undefined : humanSeat(state, ctx.actor);
  const above = own !== undefined && (own.id === about || isAbove(state, own.id, about!));
  if (above || decides(state, ctx.actor, unit)) return;
  reject('forbidden', `only a human who answers for "${unit}" decides ${id}`, {
    rule: 'PUR43',
    hint: 'ask the one at the top of the unit',
  });
}

/** What the option changes of the unit's desired state; that is for who answers for it, whoever decides. */
function amendments(
  state: State,
  proposal: Proposal,
  option: Option | null,
  body: Body<'proposal.decide'>,
  ctx: Context,
) {
  const changes = option ? changesFor(state, proposal.unit, body.changes ?? option.changes) : [];
  if (changes.length > 0 && !decides(state, ctx.actor, proposal.unit))
    reject('forbidden', `only a human who answers for "${proposal.unit}" changes what it should achieve`, {
      rule: 'PUR43',
      hint: 'accept an option without changes, or ask the one at the top of the unit',
    });
  return changes;
}

/** [PUR46] The restructuring of the option, or the one given in its place: by whoever may do it [RST2]. */
function restructuring(
  state: State,
  { id }: Proposal,
  option: Option | null,
  body: Body<'proposal.decide'>,
  ctx: Context,
) {
  const steps = option ? (body.steps ?? option.steps) : undefined;
  return steps === undefined ? [] : restructure(state, { steps, reason: `${id}: ${body.reason}`.slice(0, 1000) }, ctx);
}

/** [PUR43] Decided once; what the option changes is changed in the same step. */
function decide(state: State, body: Body<'proposal.decide'>, ctx: Context): Draft[] {
  const proposal = openProposal(state, body.proposal);
  mayDecide(state, proposal, ctx);
  const option = chosen(proposal, body);
  const changes = amendments(state, proposal, option, body, ctx);
  const restructured = restructuring(state, proposal, option, body, ctx);
  const by = nameOfActor(ctx);
  const { verdict, reason } = body;
  const baseline = (option?.effects ?? []).map((each) => valueNow(state, each, ctx.now));
  const done = restructured.length === 0 ? {} : { restructuring: nextId(state, 'RS') };
  const decision = { proposal: proposal.id, verdict, option: option?.id ?? null, by, reason, baseline, ...done };
  const amended = { changes, reason, by, authority: 'human' as const, proposal: proposal.id };
  return [
    event('proposal.decided', `proposal/${proposal.id}`, decision),
    ...(changes.length === 0 ? [] : [amendedBy(proposal.unit, amended)]),
    ...restructured,
  ];
}

/** [PUR44] The part of the expected change that happened; null when nothing can be said. */
function shareOf(baseline: number | null, expected: number, actual: number | null): number | null {
  if (baseline === null || actual === null || expected === baseline) return null;
  return (actual - baseline) / (expected - baseline);
}

/** [PUR44] Fired when the last effect was due. */
function compare(state: State, body: { id: string }, ctx: Context): Draft[] {
  const proposal = state.purpose.proposals.get(body.id);
  const option = proposal?.options.find(({ id }) => id === proposal.decision?.option);
  if (!proposal || !option || proposal.outcomes !== null) return [];
  if (option.effects.some(({ by }) => endOf(by) > ctx.now)) return [];
  const outcomes = option.effects.map((each, i): Outcome => {
    const [baseline, actual] = [proposal.baseline[i] ?? null, valueNow(state, each, ctx.now)];
    const { metric, of, by, value: expected } = each;
    const share = shareOf(baseline, expected, actual);
    return { metric, ...(of === undefined ? {} : { of }), by, baseline, expected, actual, share };
  });
  return [event('proposal.compared', `proposal/${proposal.id}`, { proposal: proposal.id, outcomes })];
}

function asked(_state: State, r: RecordOf<'proposal.made'>): FollowUp[] {
  const { decider, proposal, title, options, recommend, by, about } = r.body;
  if (decider === null || decider === by) return [];
  const who = about === undefined ? { from: by } : {};
  const text = `${who.from ?? 'Reeve'} proposes: ${title}. ${options.length === 1 ? 'One option' : `${options.length} options`}, "${recommend}" recommended. Read it with \`reeve proposals show ${proposal}\`.`;
  return [followUp('inbox.deliver', { to: decider, ...who, type: 'question', text, data: { proposal } })];
}

const SAID = { accept: 'accepted', reject: 'rejected', revise: 'sent back' } as const;

function answered(state: State, r: RecordOf<'proposal.decided'>): FollowUp[] {
  const { proposal, verdict, option, by, reason } = r.body;
  const to = state.purpose.proposals.get(proposal)?.by;
  if (to === undefined || to === by || !state.organisation.seats.has(to)) return [];
  const text = `${by} has ${SAID[verdict]} ${proposal}${option === null ? '' : ` (${option})`}: ${reason}`;
  return [followUp('inbox.deliver', { to, from: by, type: 'answer', text, data: { proposal, verdict } })];
}

function lineOf(state: State, { metric, expected, actual, share }: Outcome): string {
  const found = metricOf(state, metric);
  const show = (value: number | null) => valueText(value, found?.unit ?? 'number');
  const part = share === null ? '' : `: ${Math.round(100 * share)} % of the expected change`;
  return `${found?.title ?? factOf(metric)?.title ?? metric} is ${show(actual)}, expected ${show(expected)}${part}`;
}

function compared(state: State, r: RecordOf<'proposal.compared'>): FollowUp[] {
  const proposal = state.purpose.proposals.get(r.body.proposal);
  const to = proposal?.decision?.by;
  if (!proposal || to === undefined || !state.organisation.seats.has(to)) return [];
  const lines = r.body.outcomes.map((each) => lineOf(state, each));
  const text = `What came of ${proposal.id} (${proposal.title}): ${lines.join('; ')}.`;
  return [followUp('inbox.deliver', { to, type: 'inform', text, data: { proposal: proposal.id } })];
}

export const proposalsDecide = { 'proposal.make': make, 'proposal.decide': decide };
export const proposalsFollowUps = { 'proposal.compare': compare };
export const proposalsReact = {
  'proposal.made': asked,
  'proposal.decided': answered,
  'proposal.compared': compared,
};
