/** Beliefs: what a desk holds to be so, how sure it is, and whose word that is. */
import type { z } from 'zod';
import { participant } from '../cases/views.ts';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import type { Layer } from './definition.ts';
import { getBelief, isPerson, nameOf, ownDesk, settingsOf } from './desk-of.ts';
import { scopeOf } from './evolve.ts';
import type { Ending, MemoryEvents, memoryCommands } from './schema.ts';
import type { Belief } from './state.ts';
import { agrees, impactOf, shows } from './trust.ts';

type Body<K extends keyof typeof memoryCommands> = z.output<(typeof memoryCommands)[K]>;
type Recorded = MemoryEvents['belief.recorded'];

export const heldBy = (b: Belief) => ({
  belief: b.id,
  seat: b.seat,
  case: b.case,
  ...(b.customer === null ? {} : { customer: b.customer }),
});

const ended = (b: Belief, by: string, how: Ending, reason: string): Draft =>
  event('belief.ended', `belief/${b.id}`, { ...heldBy(b), by, how, reason }, b.case);

/** Where it comes from, and what from outside is behind it. */
interface Source {
  readonly origin: string;
  readonly taint: readonly string[];
}

/** Untrusted sources the actor has before him: those of his run, else those of the case. */
export function seenBy(state: State, ctx: Context, caseId: string | null): readonly string[] {
  const run = ctx.run === null ? undefined : state.runs.runs.get(ctx.run);
  const c = caseId === null ? undefined : state.cases.cases.get(caseId);
  return [...new Set([...(run?.taint ?? []), ...(run ? [] : (c?.taint ?? []))])];
}

/**
 * [MEM5] A person's word is his own. A value that stands in a result of the organisation's own data comes from there, whatever
 * else its author has read. Everything else comes from where its author says, with all that he has seen.
 */
function sourceOf(state: State, body: Body<'belief.record'>, caseId: string | null, ctx: Context): Source {
  if (isPerson(state, ctx)) return { origin: `person:${ctx.actor.principal}`, taint: [] };
  const taint = seenBy(state, ctx, caseId);
  const operations = body.evidence.flatMap((ref) => evidenceOf(state, ref, ctx));
  const { value } = body;
  const shown = value === undefined ? undefined : operations.find((op) => shows(state, op, value));
  if (shown) return { origin: `${shown.tool}/${shown.capability}`, taint: [] };
  const [first] = operations;
  if (first) return { origin: `${first.tool}/${first.capability}`, taint };
  return { origin: `seat:${ctx.actor.principal}`, taint };
}

/** Operations that are named as evidence must be those of this seat. */
function evidenceOf(state: State, ref: string, ctx: Context) {
  if (!ref.startsWith('OP-')) return [];
  const op = state.operations.operations.get(ref);
  if (op?.seat !== ctx.actor.seat || op?.result === null)
    reject('invalid', `${ref} is no operation of this seat with a result`, {
      rule: 'MEM5',
      hint: 'name operations that this seat has done, or leave them out',
    });
  return op ? [op] : [];
}

/** A text that goes with what a run says of a case: its customer is whom it is about. */
export function aboutOf(
  state: State,
  given: { case?: string | undefined; customer?: string | undefined; general?: boolean },
  ctx: Context,
) {
  const run = ctx.run === null ? undefined : state.runs.runs.get(ctx.run);
  const id = given.case ?? run?.case ?? null;
  if (given.case !== undefined && given.case !== run?.case) participant(state, given.case, ctx.actor);
  const c = id === null ? undefined : state.cases.cases.get(id);
  const customer = given.customer ?? (given.general ? undefined : c?.customer);
  return { case: id, ...(customer === undefined ? {} : { customer }) };
}

function untilOf(state: State, layer: Layer, holds: number | undefined, now: number): number | null {
  const { stateFor, workingFor } = settingsOf(state);
  const usual = { stable: undefined, state: stateFor, working: workingFor }[layer];
  const span = holds ?? usual;
  return span === undefined ? null : now + span;
}

/** [MEM8] Room is made by letting go what is least sure; what is confirmed or weighs much stays. */
export function makeRoom(state: State, seat: string, layer: Layer, caseId: string | null): Draft[] {
  const most = settingsOf(state)[layer];
  const ids = layer === 'working' && caseId !== null ? state.memory.cases.get(caseId)?.working : undefined;
  const desk = state.memory.desks.get(seat);
  if ((ids?.size ?? desk?.counts[layer] ?? 0) < most) return [];
  const all = [...(ids ?? desk?.beliefs ?? [])].map((id) => state.memory.beliefs.get(id)!);
  const here = all.filter((b) => b.layer === layer && b.seat === seat);
  if (here.length < most) return [];
  const loose = here.filter((b) => b.confirmed === null && b.impact === 'low');
  const [least] = loose.sort((a, b) => a.confidence - b.confidence || a.seenAt - b.seenAt);
  if (!least)
    reject('exhausted', `the desk of "${seat}" holds ${most} beliefs of the layer "${layer}", all of weight`, {
      rule: 'MEM8',
      hint: 'forget some, or raise settings.memory in the pack',
    });
  return [ended(least, 'system', 'crowded-out', `the layer "${layer}" holds ${most}`)];
}

/** What the desk holds under the same key, and about the same customer. */
function alike(state: State, seat: string, body: Body<'belief.record'>, customer: string | undefined): Belief[] {
  const desk = state.memory.desks.get(seat);
  if (!desk) return [];
  if (body.key !== undefined)
    return (desk.byKey.get(scopeOf(customer ?? null, body.key)) ?? []).map((id) => state.memory.beliefs.get(id)!);
  const said = (b: Belief) =>
    b.key === null && b.customer === (customer ?? null) && agrees(b, body.statement, undefined);
  return [...desk.beliefs].map((id) => state.memory.beliefs.get(id)!).filter(said);
}

function record(state: State, body: Body<'belief.record'>, ctx: Context): Draft[] {
  const seat = ownDesk(state, body.seat, ctx);
  const about = aboutOf(state, body, ctx);
  const source = sourceOf(state, body, about.case, ctx);
  const others = alike(state, seat, body, about.customer);
  const same = others.find((b) => agrees(b, body.statement, body.value));
  if (same) return repeated(state, same, body, source, ctx);
  const room = makeRoom(state, seat, body.layer, about.case);
  const fresh: Recorded = {
    ...{ belief: nextId(state, 'BL'), seat, ...about, layer: body.layer, statement: body.statement },
    ...(body.key === undefined ? {} : { key: body.key }),
    ...(body.value === undefined ? {} : { value: body.value }),
    ...{ confidence: body.confidence, impact: impactOf(body.impact, body.statement, body.value) },
    ...{ origin: source.origin, evidence: body.evidence, taint: [...source.taint], private: body.private },
    ...{ until: untilOf(state, body.layer, body.holds, ctx.now), by: nameOf(ctx.actor) },
    ...{ contradicts: others.map((b) => b.id), confirmed: isPerson(state, ctx) },
  };
  return [event('belief.recorded', `belief/${fresh.belief}`, fresh, about.case), ...room];
}

/** [MEM6] The second source: another origin, with nothing from outside behind it, that is no mere conclusion of a seat. */
function secondSource(b: Belief, { origin, taint }: Source): boolean {
  return origin !== b.origin && taint.length === 0 && !origin.startsWith('seat:');
}

function repeated(state: State, b: Belief, body: Body<'belief.record'>, source: Source, ctx: Context): Draft[] {
  const person = source.origin.startsWith('person:');
  const how = person ? 'person' : secondSource(b, source) && b.value !== null ? 'second-source' : 'repeated';
  const until = untilOf(state, b.layer, body.holds, ctx.now);
  const refutes = how === 'person' ? b.contradicts : [];
  const said = event(
    'belief.confirmed',
    `belief/${b.id}`,
    {
      ...({ ...heldBy(b), by: nameOf(ctx.actor), how, origin: source.origin } as const),
      confidence: how === 'repeated' ? b.confidence : Math.max(b.confidence, body.confidence),
      until: until === null || b.until === null ? null : Math.max(b.until, until),
      ...(how === 'repeated' ? {} : { statement: body.statement }),
      refutes,
    },
    b.case,
  );
  return [said, ...refuted(state, b, refutes, ctx)];
}

const refuted = (state: State, b: Belief, refutes: readonly string[], ctx: Context): Draft[] =>
  refutes.map((id) => ended(state.memory.beliefs.get(id)!, nameOf(ctx.actor), 'refuted', `${b.id} was confirmed`));

/** [MEM6] [MEM7] A person at the desk or above it decides: what says otherwise is refuted. */
function confirm(state: State, body: Body<'belief.confirm'>, ctx: Context): Draft[] {
  const b = getBelief(state, body.belief, ctx);
  if (!isPerson(state, ctx))
    reject('forbidden', `${b.id} is confirmed by a person, or by a second source that says the same`, {
      rule: 'MEM6',
      hint: 'record what the second source says, with the operation that shows it as evidence',
    });
  const origin = `person:${ctx.actor.principal}`;
  const note = body.note === undefined ? {} : { note: body.note };
  const confirmed = event(
    'belief.confirmed',
    `belief/${b.id}`,
    {
      ...{ ...heldBy(b), by: nameOf(ctx.actor), how: 'person' as const, origin },
      ...{ confidence: Math.max(b.confidence, 0.95), until: b.until, refutes: b.contradicts, ...note },
    },
    b.case,
  );
  return [confirmed, ...refuted(state, b, b.contradicts, ctx)];
}

/** [MEM9] A correction is a belief of its own that takes the place of the old one; the old one stays on the ledger. */
function correct(state: State, body: Body<'belief.correct'>, ctx: Context): Draft[] {
  const b = getBelief(state, body.belief, ctx);
  const person = isPerson(state, ctx);
  if (b.confirmed !== null && !person)
    reject('forbidden', `${b.id} is confirmed: a person corrects it`, { rule: 'MEM9', hint: 'dispute it and say why' });
  const value = body.value ?? (b.value === null ? undefined : b.value);
  const fresh: Recorded = {
    ...{ ...heldBy(b), belief: nextId(state, 'BL'), layer: b.layer, statement: body.statement },
    ...(b.key === null ? {} : { key: b.key }),
    ...(b.key === null || value === undefined ? {} : { value }),
    ...{ confidence: body.confidence ?? b.confidence, impact: impactOf(b.impact, body.statement, value) },
    origin: person ? `person:${ctx.actor.principal}` : `seat:${ctx.actor.principal}`,
    taint: person ? [] : [...new Set([...b.taint, ...seenBy(state, ctx, b.case)])],
    ...{ evidence: [], until: b.until, private: b.private, by: nameOf(ctx.actor), corrects: b.id },
    ...{ contradicts: person ? [] : b.contradicts, confirmed: person },
  };
  const gone = person ? [b, ...b.contradicts.map((id) => state.memory.beliefs.get(id)!)] : [b];
  return [
    event('belief.recorded', `belief/${fresh.belief}`, fresh, b.case),
    ...gone.map((each) => ended(each, nameOf(ctx.actor), 'corrected', body.reason)),
  ];
}

const ends =
  (how: 'forgotten' | 'expired') =>
  (state: State, body: { belief: string; reason: string }, ctx: Context): Draft[] => {
    const b = getBelief(state, body.belief, ctx);
    if (b.confirmed?.how === 'person' && !isPerson(state, ctx))
      reject('forbidden', `${b.id} was confirmed by a person, who also ends it`, {
        rule: 'MEM9',
        hint: 'dispute it and say why',
      });
    return [ended(b, nameOf(ctx.actor), how, body.reason)];
  };

export const beliefsDecide = {
  'belief.record': record,
  'belief.confirm': confirm,
  /** [MEM7] Anybody at the desk may say that it is not so; then it steers nothing until a person has decided. */
  'belief.dispute': ((state, body, ctx) => {
    const b = getBelief(state, body.belief, ctx);
    return [
      event('belief.disputed', `belief/${b.id}`, { ...heldBy(b), by: nameOf(ctx.actor), reason: body.reason }, b.case),
    ];
  }) as Decide<Body<'belief.dispute'>>,
  'belief.correct': correct,
  'belief.forget': ends('forgotten'),
  'belief.expire': ends('expired'),
};

/** Follow-ups of timers. */
export const beliefsFollowUps = {
  'belief.lapse': (state: State, { id }: { id: string }, ctx: Context): Draft[] => {
    const b = state.memory.beliefs.get(id);
    // What was repeated meanwhile holds longer, and has another timer.
    return b && b.until !== null && b.until <= ctx.now ? [ended(b, 'system', 'expired', 'its time is over')] : [];
  },
};
