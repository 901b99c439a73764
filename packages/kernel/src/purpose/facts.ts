/** Numbers about a seat that the organisation keeps anyway: an effect may be expected on them as on a metric [PUR46]. */
import type { State } from '../core/state.ts';

interface Fact {
  readonly title: string;
  readonly value: (state: State, seat: string) => number;
}

const reports = (state: State, seat: string): number => {
  let found = 0;
  for (const { supervisor, status } of state.organisation.seats.values())
    if (supervisor === seat && status !== 'retired') found += 1;
  return found;
};

const FACTS: ReadonlyMap<string, Fact> = new Map([
  ['seat.reports', { title: 'Direct reports', value: reports }],
  ['seat.waiting', { title: 'Messages that wait', value: (state, seat) => state.inbox.seats.get(seat)?.depth ?? 0 }],
]);

/** The number of that name; undefined when there is none. A metric of the organisation's own with that name wins. */
export const factOf = (name: string): Fact | undefined => FACTS.get(name);

/** Its value for a seat; null when there is no such number or seat. */
export function factValue(state: State, name: string, seat: string | undefined): number | null {
  if (seat === undefined || !state.organisation.seats.has(seat)) return null;
  return FACTS.get(name)?.value(state, seat) ?? null;
}
