import type { State } from '../core/state.ts';
import { chain, successor } from '../organisation/views.ts';

/** Those who may decide over one thing complained about, from the lowest up. */
type Line = readonly string[];

const working = (state: State, id: string): boolean => state.organisation.seats.get(id)?.status === 'active';

/** The head of a unit: the lowest seat that stands in it or above it and directs, or is, every seat of it. */
function lineOfUnit(state: State, unit: string): Line {
  const seats = [...state.organisation.seats.values()].filter(
    (seat) => seat.unit === unit && seat.status !== 'retired',
  );
  const [first, ...rest] = seats.map((seat) => [seat.id, ...chain(state, seat.id)]);
  return (first ?? []).filter((id) => rest.every((line) => line.includes(id)));
}

/**
 * [CMP1] The lowest seat with authority over all that is complained about (R-C1): above every seat named, at the head of or above
 * every unit named, and not who complains. When there is none, the top.
 */
export function handlerOf(
  state: State,
  { by, seats, units }: { by: string | null; seats: readonly string[]; units: readonly string[] },
): string {
  const lines: Line[] = [...seats.map((id) => chain(state, id)), ...units.map((unit) => lineOfUnit(state, unit))];
  const [first = [], ...rest] = lines;
  const fits = (id: string) => id !== by && !seats.includes(id) && working(state, id);
  const found = first.find((id) => fits(id) && rest.every((line) => line.includes(id)));
  const top = [...state.organisation.seats.values()].find((s) => s.supervisor === undefined && s.status !== 'retired');
  return found ?? top?.id ?? seats[0]!;
}

/** The next above who may take it over; null at the top. */
export const above = (state: State, handler: string, by: string | null): string | null =>
  chain(state, handler).find((id) => id !== by && working(state, id)) ?? null;

/** Who stands for a seat now: itself, or who took its place. */
export const standing = (state: State, seat: string): string => successor(state, seat) ?? seat;
