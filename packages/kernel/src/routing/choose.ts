/** [RTE2, RTE4] Who gets a piece of work, and why: a function of the state, recorded as it is. */
import type { State } from '../core/state.ts';
import { stoppedBy } from '../governance/halting.ts';
import { onDuty } from '../hours/views.ts';
import type { Seat } from '../organisation/state.ts';
import { inUnit } from '../organisation/views.ts';
import type { Needs, RoutingDef } from './definition.ts';
import { able, canHandle } from './index-of.ts';
import { lineKey } from './line.ts';
import { hasRoom, isThere, routingOf } from './load.ts';
import type { Decision, LeftOut, Scored } from './schema.ts';
import { type Ask, better, contextOf, scoreOf, servedBy } from './score.ts';
import { emptyLoad } from './state.ts';

/** Candidates kept on the record. */
const SHOWN = 5;

export interface Terms {
  /** Work that is given whether or not there is room, such as a task that its case waits for. */
  readonly anyway?: boolean;
  /** Also who is outside his hours now: what is given waits for him, or his partner takes it [HRS3]. */
  readonly off?: boolean;
  /** Given in the same step already: seat → how many. */
  readonly planned?: ReadonlyMap<string, number>;
  /** What else must hold of a seat. */
  readonly fits?: (seat: Seat) => boolean;
}

interface Found {
  readonly scored: Scored[];
  readonly unsure: Scored[];
  readonly out: LeftOut;
}

/** Those who declare it, and those lent to the unit; not those their unit has lent away. */
function* ableSeats(state: State, needs: Needs, spread: number): Generator<string> {
  const { loans } = state.routing;
  const seats = able(state, needs);
  for (let i = 0; i < seats.length; i++) {
    const id = seats[(i + spread) % seats.length]!;
    if (needs.unit === undefined || !loans.has(id)) yield id;
  }
  if (needs.unit !== undefined) for (const [id, loan] of loans) if (lentTo(state, id, loan.unit, needs)) yield id;
}

function lentTo(state: State, id: string, unit: string, needs: Needs): boolean {
  const seat = state.organisation.seats.get(id);
  return seat !== undefined && inUnit(state, unit, needs.unit!) && canHandle(seat, needs);
}

/** Does the seat work, today if not now: active, occupied, not stopped? */
function available(state: State, id: string): Seat | null {
  const seat = state.organisation.seats.get(id);
  return seat && isThere(seat) && stoppedBy(state, id) === null ? seat : null;
}

/** [RTE3] Does the seat work now? One outside its hours does not, whoever covers it: its partner is asked for himself. */
export const works = (state: State, id: string): Seat | null => (onDuty(state, id) ? available(state, id) : null);

function roomFor(state: State, seat: Seat, def: RoutingDef, { planned, anyway }: Terms): boolean {
  if (anyway) return true;
  const load = state.routing.seats.get(seat.id) ?? emptyLoad();
  const more = planned?.get(seat.id) ?? 0;
  return hasRoom(more === 0 ? load : { ...load, high: load.high + more }, seat, def);
}

/** The seat, or why it is left out. */
function exclude(state: State, id: string, ask: Ask, def: RoutingDef, terms: Terms): keyof LeftOut | Seat {
  if (ask.gave.includes(id)) return 'gave';
  const seat = terms.off ? available(state, id) : works(state, id);
  if (!seat) return 'away';
  return roomFor(state, seat, def, terms) && (terms.fits?.(seat) ?? true) ? seat : 'full';
}

function compare(state: State, ask: Ask, def: RoutingDef, terms: Terms): Found {
  const found: Found = { scored: [], unsure: [], out: { away: 0, full: 0, gave: 0, unsure: 0 } };
  const context = contextOf(state, ask);
  const look = (id: string): void => {
    const seat = exclude(state, id, ask, def, terms);
    if (typeof seat === 'string') found.out[seat] += 1;
    else {
      const scored = scoreOf(state, seat, ask, context.get(id) ?? 0, def);
      (scored.confidence !== null && scored.confidence < def.confidence ? found.unsure : found.scored).push(scored);
    }
  };
  const first = new Set(ask.prefer === undefined ? context.keys() : [...context.keys(), ask.prefer]);
  for (const id of first) if (isAble(state, id, ask.needs)) look(id);
  for (const id of ableSeats(state, ask.needs, ask.spread)) {
    if (found.scored.length >= def.consider) break;
    if (!first.has(id)) look(id);
  }
  found.out.unsure = found.unsure.length;
  return found;
}

/** Could this seat do it, there or not? */
export function isAble(state: State, id: string, needs: Needs): boolean {
  const seat = state.organisation.seats.get(id);
  if (!seat || seat.status === 'retired' || !canHandle(seat, needs)) return false;
  if (needs.unit === undefined) return true;
  const loan = state.routing.loans.get(id);
  return inUnit(state, loan?.unit ?? seat.unit, needs.unit);
}

/** The first so many, best first, without sorting the rest. */
function best(scored: readonly Scored[], most: number): Scored[] {
  const top: Scored[] = [];
  for (const one of scored) {
    if (top.length === most && better(top[most - 1]!, one) < 0) continue;
    const place = top.findIndex((other) => better(one, other) < 0);
    top.splice(place < 0 ? top.length : place, 0, one);
    if (top.length > most) top.pop();
  }
  return top;
}

/** Who of them serves the customer already. */
function serving(state: State, customer: string, scored: readonly Scored[]): Scored | undefined {
  const of = (id: string): Scored | undefined => scored.find(({ seat }) => seat === id);
  const seat = servedBy(state, customer, (owner) => of(owner) !== undefined);
  return seat === undefined ? undefined : of(seat);
}

/** Who is taken of those who can: the one asked for, who knows the customer, else the best score. */
function pick(
  state: State,
  ask: Ask,
  { scored, unsure }: Found,
  def: RoutingDef,
): { one: Scored; because: string } | null {
  const among = scored.length > 0 ? scored : unsure;
  const [first] = best(among, 1);
  if (!first) return null;
  const wished = among.find(({ seat }) => seat === ask.prefer);
  if (wished) return { one: wished, because: `"${wished.seat}" was suggested and can do it` };
  const known = ask.case === null && def.continuity ? serving(state, ask.customer, scored) : undefined;
  if (known) return { one: known, because: `"${known.seat}" serves this customer already` };
  const doubt = scored.length === 0 ? '; nobody who is surer has room' : '';
  const others = among.length === 1 ? 'the only one who can now' : `the best of ${among.length} by score`;
  return { one: first, because: `"${first.seat}" is ${others} (${first.score})${doubt}` };
}

const left = ({ away, full, gave }: LeftOut): string =>
  [
    ...(full > 0 ? [`${full} full`] : []),
    ...(away > 0 ? [`${away} away`] : []),
    ...(gave > 0 ? [`${gave} gave it away`] : []),
  ].join(', ');

/**
 * [RTE8] For work that comes: when others wait for the same already, nobody who can has room, and it does not pass them. Looking at
 * thousands of full seats again would only find the same.
 */
export function chooseOrWait(state: State, ask: Ask): Decision {
  if (!state.routing.lines.has(lineKey(ask.needs, ask.gave))) return choose(state, ask);
  const out = { away: 0, full: 0, gave: ask.gave.length, unsure: 0 };
  const because = 'others wait for the same already';
  return { outcome: 'waiting', to: null, because, needs: ask.needs, candidates: [], considered: 0, out };
}

/** [RTE4] Who gets it; `waiting` when those who can are full or away; `nobody` when there is no one who could. */
export function choose(state: State, ask: Ask, terms: Terms = {}): Decision {
  const def = routingOf(state);
  const found = compare(state, ask, def, terms);
  const { scored, unsure, out } = found;
  const candidates = best(unsure.length === 0 ? scored : [...scored, ...unsure], SHOWN);
  const considered = scored.length + unsure.length;
  const facts = { needs: ask.needs, candidates, considered, out };
  const taken = pick(state, ask, found, def);
  if (taken) return { ...facts, outcome: 'assigned', to: taken.one.seat, because: taken.because };
  if (out.full + out.away > 0)
    return { ...facts, outcome: 'waiting', to: null, because: `all who can do it are taken: ${left(out)}` };
  const because = out.gave > 0 ? 'all who could do it gave it away' : 'no seat declares all that it needs';
  return { ...facts, outcome: 'nobody', to: null, because };
}
