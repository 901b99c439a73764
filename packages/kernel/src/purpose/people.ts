/** Who answers for a unit's purpose, and who works on its gaps. */
import type { State } from '../core/state.ts';
import type { Actor } from '../core/types.ts';
import type { Seat } from '../organisation/state.ts';
import { chain, inUnit, isAbove, isHuman, OWNER } from '../organisation/views.ts';
import type { TargetDef } from './definition.ts';
import { WHOLE } from './effective.ts';

const works = (seat: Seat | undefined): seat is Seat =>
  seat !== undefined && seat.occupant !== null && (seat.status === 'active' || seat.status === 'paused');

/** Seats of a unit that report to nobody in it; of an empty unit those of the unit around it. */
function headsOf(state: State, unit: string): Seat[] {
  const seats = [...state.organisation.seats.values()].filter((seat) => seat.status !== 'retired');
  for (let current: string | undefined = unit; ; current = state.organisation.units.get(current)?.parent) {
    const whole = current === undefined || !state.organisation.units.has(current);
    const within = (seat: Seat) => whole || inUnit(state, seat.unit, current!);
    const inside = new Set(seats.filter(within).map(({ id }) => id));
    const heads = seats.filter(({ id }) => inside.has(id) && !chain(state, id).some((up) => inside.has(up)));
    if (heads.length > 0 || whole || current === undefined) return heads;
  }
}

/** [PUR22] Does this seat lead the unit: as its head, or from above all of its heads? */
export const leads = (state: State, seat: string, unit: string): boolean => {
  const heads = headsOf(state, unit);
  return heads.length > 0 && heads.every(({ id }) => id === seat || isAbove(state, seat, id));
};

/** The seat the actor really sits in and works from. */
export function seatOf(state: State, actor: Actor): Seat | undefined {
  const seat = actor.seat === undefined ? undefined : state.organisation.seats.get(actor.seat);
  return seat?.occupant?.principal === actor.principal && seat.status === 'active' ? seat : undefined;
}

/** [PUR22] May this actor decide what a unit should achieve: the owner, or a human who leads it? */
export function decides(state: State, actor: Actor, unit: string): boolean {
  if (actor.principal === OWNER && actor.seat === undefined) return true;
  const seat = seatOf(state, actor);
  return seat !== undefined && isHuman(seat) && leads(state, seat.id, unit);
}

/** [PUR40] How far an occupant may decide by itself: people without bound, agents as their charter or unit says, else not at all. */
export function maturityOf(state: State, seat: Seat): number {
  if (isHuman(seat)) return Number.POSITIVE_INFINITY;
  return seat.charter.maturity ?? state.organisation.units.get(seat.unit)?.maturity ?? 0;
}

/** The nearest human at or above a seat; null when there is none. */
export function humanAt(state: State, seat: string): string | null {
  const line = [seat, ...chain(state, seat)];
  return (
    line.find((id) => isHuman(state.organisation.seats.get(id)) && works(state.organisation.seats.get(id))) ?? null
  );
}

/** The human who decides about a unit; null when nobody does. */
export function deciderOf(state: State, unit: string): string | null {
  const [first] = headsOf(state, unit);
  if (!first) return null;
  const line = [first.id, ...chain(state, first.id)];
  const may = (id: string): boolean => {
    const seat = state.organisation.seats.get(id);
    return works(seat) && isHuman(seat) && leads(state, id, unit);
  };
  return line.find(may) ?? null;
}

/** Is a gap work for this seat: a human's, or an agent's who is mature enough? */
function closesGaps(state: State, id: string): boolean {
  const seat = state.organisation.seats.get(id);
  return works(seat) && maturityOf(state, seat) >= 1;
}

/** [PUR32] Who closes a gap: the target's owner, or the nearest above who is a human or mature enough. */
export function responsibleFor(state: State, target: TargetDef): string | null {
  const owner = target.owner ?? headsOf(state, target.unit ?? WHOLE)[0]?.id;
  if (owner === undefined) return null;
  return [owner, ...chain(state, owner)].find((id) => closesGaps(state, id)) ?? null;
}

/** [PUR35] Who gets it next; reporting lines are a tree, so it comes to an end. */
export const nextAbove = (state: State, seat: string): string | null =>
  chain(state, seat).find((id) => closesGaps(state, id)) ?? null;
