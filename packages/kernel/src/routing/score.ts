/** How well a seat suits a piece of work: pure, with every part of the sum kept for the record [RTE4]. */
import type { State } from '../core/state.ts';
import type { Seat } from '../organisation/state.ts';
import type { Needs, RoutingDef } from './definition.ts';
import { percentOf } from './load.ts';
import type { Scored } from './schema.ts';
import type { Experience } from './state.ts';

/** What is to be done, for whom, and who has had it already. */
export interface Ask {
  readonly needs: Needs;
  readonly customer: string;
  /** Null for a case that is about to be opened. */
  readonly case: string | null;
  /** Number that spreads work over more seats than are compared at once. */
  readonly spread: number;
  readonly gave: readonly string[];
  /** Asked first when it can. */
  readonly prefer?: string;
}

/** Under what its experience with this is kept. */
export const topicOf = ({ topic, domain, skills }: Needs): string => topic ?? domain ?? skills[0] ?? '';

const NONE: Experience = { done: 0, wrong: 0, misrouted: 0 };
export const experienceOf = (state: State, seat: string, topic: string): Experience =>
  state.routing.records.get(seat)?.get(topic) ?? NONE;

const total = ({ done, wrong, misrouted }: Experience): number => done + wrong + misrouted;

/** [RTE5] Share of similar work it got right; null for a newcomer, who is judged by what he declares (conflict 10). */
export function confidenceOf(experience: Experience, def: RoutingDef): number | null {
  return total(experience) < def.newcomer ? null : experience.done / total(experience);
}

/** Half for what is declared, half for what was done; less by the share that went wrong. 0–100. */
const experiencePart = (e: Experience): number =>
  (50 + (50 * e.done) / (e.done + 10)) * ((e.done + 1) / (total(e) + 1));

const successPart = (e: Experience): number => (100 * (e.done + 1)) / (total(e) + 2);

/** Seats that know the customer or the case: 100 who serves him or took part, 60 who had a recent case of his. */
export function contextOf(state: State, ask: Ask): Map<string, number> {
  const known = new Map<string, number>();
  const customer = state.cases.customers.get(ask.customer);
  const c = ask.case === null ? undefined : state.cases.cases.get(ask.case);
  for (const id of customer?.cases ?? []) {
    const owner = id === ask.case ? undefined : state.cases.cases.get(id)?.owner;
    if (owner !== undefined) known.set(owner, 60);
  }
  if (customer) known.set(customer.primary, 100);
  for (const party of c?.parties ?? []) known.set(party, 100);
  return known;
}

const round = (value: number): number => Math.round(value * 100) / 100;

export function scoreOf(state: State, seat: Seat, ask: Ask, context: number, def: RoutingDef): Scored {
  const experience = experienceOf(state, seat.id, topicOf(ask.needs));
  const load = 100 - Math.min(100, percentOf(state.routing.seats.get(seat.id), seat, def));
  const learned = experiencePart(experience);
  const success = successPart(experience);
  const { weights } = def;
  return {
    seat: seat.id,
    score: round(
      load * weights.load + learned * weights.experience + context * weights.context + success * weights.success,
    ),
    load: round(load),
    experience: round(learned),
    context,
    success: round(success),
    confidence: confidenceOf(experience, def),
  };
}

/** [RTE4] The better score; of equal ones the less loaded, then the first by name: the same every time. */
export const better = (a: Scored, b: Scored): number =>
  b.score - a.score || b.load - a.load || (a.seat < b.seat ? -1 : 1);

/** Who had the customer's latest case, or served him first; in that order. */
export function servedBy(state: State, customer: string, open: (owner: string) => boolean): string | undefined {
  const known = state.cases.customers.get(customer);
  if (!known) return undefined;
  const latest = known.cases.findLast((id) => open(state.cases.cases.get(id)?.owner ?? ''));
  const owner = latest === undefined ? undefined : state.cases.cases.get(latest)?.owner;
  return owner ?? (open(known.primary) ? known.primary : undefined);
}
