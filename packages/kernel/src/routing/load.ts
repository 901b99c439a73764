/** What seats have to do, kept up as cases and tasks move: constant work per event, whatever there is [RTE10]. */
import type { Case } from '../cases/state.ts';
import { isOpen } from '../cases/views.ts';
import { HOUR } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Seat } from '../organisation/state.ts';
import { DEFAULT_ROUTING, type RoutingDef } from './definition.ts';
import { emptyLoad, type Rate, type RoutedCase, type SeatLoad, SLOTS, type Slot } from './state.ts';

/** The organisation's own, or the defaults where only a look is taken. */
export const routingOf = (state: State): RoutingDef => state.organisation.settings.routing ?? DEFAULT_ROUTING;

/** Does work find its seat here, or does all go to intake as it always did [RTE1]? */
export const routes = (state: State): boolean => state.organisation.settings.routing !== undefined;

export function count(rate: Rate, at: Time): void {
  const hour = Math.floor(at / HOUR);
  if (hour !== rate.hour) {
    rate.before = hour === rate.hour + 1 ? rate.now : 0;
    rate.now = 0;
    rate.hour = hour;
  }
  rate.now += 1;
}

/** How many in the last hour: this one's, and of the one before the share that the last sixty minutes reach into. */
export function perHour(rate: Rate, at: Time): number {
  const hour = Math.floor(at / HOUR);
  const into = (at % HOUR) / HOUR;
  if (hour === rate.hour) return rate.now + rate.before * (1 - into);
  return hour === rate.hour + 1 ? rate.now * (1 - into) : 0;
}

export function seatLoad(state: State, seat: string): SeatLoad {
  let load = state.routing.seats.get(seat);
  if (!load) {
    load = emptyLoad();
    state.routing.seats.set(seat, load);
  }
  return load;
}

/** Cases given to a seat that it has not begun. */
export const pendingOf = ({ high, normal, low }: SeatLoad): number => high + normal + low;

/** Load in percent of what the seat can do at once (R-C18). Not capped: 120 is a fifth too much. */
export function percentOf(load: SeatLoad | undefined, seat: Pick<Seat, 'cases'>, def: RoutingDef): number {
  if (!load) return 0;
  let sum = load.tasks * def.load.task;
  for (const slot of SLOTS) sum += load[slot] * def.load[slot];
  return (100 * sum) / seat.cases;
}

export const BANDS = ['low', 'normal', 'high', 'overloaded'] as const;
export type Band = (typeof BANDS)[number];

export function bandOfLoad(percent: number, { bands }: RoutingDef): Band {
  if (percent > bands.over) return 'overloaded';
  if (percent >= bands.high) return 'high';
  return percent >= bands.normal ? 'normal' : 'low';
}

/** [RTE3] Room for one more case: not over its number of cases at once, nor too many not begun. */
export function hasRoom(load: SeatLoad | undefined, seat: Pick<Seat, 'cases'>, def: RoutingDef): boolean {
  if (!load) return true;
  const pending = pendingOf(load);
  return pending < def.ahead && pending + load.active < seat.cases;
}

const PARKED = new Set(['waiting_customer', 'blocked']);

/** Where a case stands with its owner; null when he owes nothing on it. */
function slotOf(c: Case, waits: boolean): Slot | null {
  if (!isOpen(c) || (waits && c.status === 'new')) return null;
  if (PARKED.has(c.status)) return 'parked';
  return c.status === 'assigned' || c.status === 'new' ? c.priority : 'active';
}

export function routedCase(state: State, c: Case): RoutedCase {
  let routed = state.routing.cases.get(c.id);
  if (!routed) {
    routed = { owner: c.owner, customer: c.customer, slot: null, gave: [], hops: 0, moved: 0 };
    state.routing.cases.set(c.id, routed);
  }
  return routed;
}

/** Look at one case again after something happened to it. Returns the seats whose load has changed. */
export function recount(state: State, c: Case, at: Time): void {
  const routed = routedCase(state, c);
  const slot = slotOf(c, routed.waits !== undefined);
  if (slot === routed.slot && c.owner === routed.owner) return;
  const before = routed.slot === null ? undefined : seatLoad(state, routed.owner);
  const after = slot === null ? undefined : seatLoad(state, c.owner);
  if (before) before[routed.slot!] -= 1;
  if (after) after[slot!] += 1;
  if (before !== after) {
    if (before) count(before.went, at);
    if (after) count(after.came, at);
  }
  if (before) weigh(state, routed.owner, before);
  if (after) weigh(state, c.owner, after);
  routed.slot = slot;
  routed.owner = c.owner;
}

/** Keep the list of seats with too much: beyond their capacity, or with work they cannot begin. */
export function weigh(state: State, id: string, load: SeatLoad): void {
  const seat = state.organisation.seats.get(id);
  const def = routingOf(state);
  const idle = !isThere(seat) && pendingOf(load) > 0;
  if (seat && (idle || percentOf(load, seat, def) > def.bands.over)) state.routing.over.add(id);
  else state.routing.over.delete(id);
}

/** Somebody works there now, as far as routing can see. */
export const isThere = (seat: Seat | undefined): boolean => seat?.status === 'active' && seat.occupant !== null;
