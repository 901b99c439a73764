import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import type { Actor } from '../core/types.ts';
import type { Seat } from './state.ts';

/** The installation's owner: a local human before any seat exists, and never subject to seats. */
export const OWNER = 'owner';

export function getSeat(state: State, id: string): Seat {
  const seat = state.organisation.seats.get(id);
  if (!seat)
    reject('not-found', `there is no seat "${id}"`, { hint: 'list the seats with `reeve status`', rule: 'ORG1' });
  return seat;
}

/** Supervisors of a seat from the nearest to the top. Trees are finite because apply refuses cycles [ORG2]. */
export function chain(state: State, id: string): string[] {
  const seats: string[] = [];
  let current = state.organisation.seats.get(id)?.supervisor;
  while (current !== undefined && seats.length <= state.organisation.seats.size) {
    seats.push(current);
    current = state.organisation.seats.get(current)?.supervisor;
  }
  return seats;
}

/** Does `upper` supervise `lower`, directly or through others? */
export const isAbove = (state: State, upper: string, lower: string): boolean => chain(state, lower).includes(upper);

/** The lowest seat with authority over all of these (R-C1), which may be one of them; of a single seat, its supervisor. */
export function commonSupervisor(state: State, seats: readonly string[]): string | null {
  const [first, ...rest] = seats;
  if (first === undefined) return null;
  const candidates = rest.length === 0 ? chain(state, first) : [first, ...chain(state, first)];
  return (
    candidates.find((candidate) => rest.every((seat) => seat === candidate || isAbove(state, candidate, seat))) ?? null
  );
}

export const isHuman = (seat: Seat | undefined): boolean => seat?.occupant?.kind === 'human';

/** The nearest human-occupied seat above, else the top of the line, else null. */
export function humanAbove(state: State, id: string): string | null {
  const line = chain(state, id);
  return line.find((seat) => isHuman(state.organisation.seats.get(seat))) ?? line.at(-1) ?? null;
}

/** Is this unit the given one or inside it? */
export function inUnit(state: State, unit: string, container: string): boolean {
  let current: string | undefined = unit;
  for (let hops = 0; current !== undefined && hops < 64; hops++) {
    if (current === container) return true;
    current = state.organisation.units.get(current)?.parent;
  }
  return false;
}

/** The seat of a human who really sits there and is not suspended: the only kind of seat that has authority over others. */
export function humanSeat(state: State, actor: Actor): Seat | undefined {
  const seat = actor.seat === undefined ? undefined : state.organisation.seats.get(actor.seat);
  return isHuman(seat) && seat?.occupant?.principal === actor.principal && seat.status !== 'suspended'
    ? seat
    : undefined;
}

/** May this actor direct that seat: the owner, or a human sitting above it? Seats never direct themselves [ORG4]. */
export function directs(state: State, actor: Actor, seat: string): boolean {
  if (actor.principal === OWNER) return true;
  const own = humanSeat(state, actor);
  return own !== undefined && isAbove(state, own.id, seat);
}

/** Is the actor the owner or a human at the top of a reporting line? */
export function governs(state: State, actor: Actor): boolean {
  if (actor.principal === OWNER) return true;
  const own = humanSeat(state, actor);
  return own !== undefined && own.supervisor === undefined;
}

/** The seat a command acts in; the principal must be its occupant [ORG3]. */
export function actingSeat(state: State, actor: Actor): Seat {
  if (actor.seat === undefined)
    reject('forbidden', 'this needs a seat, and the caller has none', {
      hint: 'use the token of a seat',
      rule: 'ORG3',
    });
  const seat = getSeat(state, actor.seat);
  if (actor.principal !== OWNER && seat.occupant?.principal !== actor.principal) {
    reject('forbidden', `"${actor.principal}" does not occupy the seat "${seat.id}"`, {
      hint: 'its occupant may have changed; sign in again',
      rule: 'ORG3',
    });
  }
  return seat;
}

/** The acting seat, unless it is suspended: then it takes no part in cases and sends nothing [ORG6]. */
export function workingSeat(state: State, actor: Actor): Seat {
  const seat = actingSeat(state, actor);
  if (seat.status === 'suspended' && actor.principal !== OWNER)
    reject('forbidden', `seat "${seat.id}" is suspended`, { rule: 'ORG6', hint: 'a human above it can resume it' });
  return seat;
}

/** Those who took the place of a seat, one after the other [RST5]. */
function heirsOf(state: State, id: string): string[] {
  const { heirs } = state.organisation;
  const line: string[] = [];
  for (let next = heirs.get(id); next !== undefined && !line.includes(next); next = heirs.get(next)) line.push(next);
  return line;
}

/**
 * The seat itself, or when it is retired or unknown who took its place, or else the nearest one above that exists; null when
 * there is none [ORG7].
 */
export function successor(state: State, id: string): string | null {
  const exists = (seat: string) => (state.organisation.seats.get(seat)?.status ?? 'retired') !== 'retired';
  if (exists(id)) return id;
  return [...heirsOf(state, id), ...chain(state, id)].find(exists) ?? null;
}
