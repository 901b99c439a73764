/** Who directs more seats than one can follow, and what these seats have in common [RST11]. */
import type { State } from '../core/state.ts';
import type { Seat } from '../organisation/state.ts';
import { type SpanSettings, USUAL_SPAN } from './definition.ts';
import { type Bounds, cohesion, type Group, grouped, KINDS, type Kind, type Member } from './grouping.ts';

/** Steps of one restructuring: a group needs one at least. */
const MOST_GROUPS = 50;
/** Seats that one step puts below another. */
const MOST_MEMBERS = 200;
/** Groupings that are shown beside each other. */
const SHOWN = 3;

export const spanOf = (state: State): SpanSettings => state.organisation.settings.span ?? USUAL_SPAN;

/** A seat and those that report to it, in the order of their ids. */
export interface Span {
  readonly supervisor: Seat;
  readonly reports: readonly Seat[];
}

/** One way to put seats between a supervisor and those who report to him. */
export interface Layout {
  readonly kind: Kind;
  readonly groups: readonly Group[];
  /** How many report to the supervisor afterwards. */
  readonly after: number;
  /** Percent of the members who have what at least half of their group has. */
  readonly cohesion: number;
}

function reportsBySeat(state: State): Map<string, Seat[]> {
  const found = new Map<string, Seat[]>();
  for (const seat of state.organisation.seats.values()) {
    if (seat.supervisor === undefined || seat.status === 'retired') continue;
    const others = found.get(seat.supervisor);
    if (others) others.push(seat);
    else found.set(seat.supervisor, [seat]);
  }
  return found;
}

/** [RST11] Seats with more direct reports than the organisation allows, the fullest first. One look at each seat. */
export function crowded(state: State): Span[] {
  const { reports: most } = spanOf(state);
  const found: Span[] = [];
  for (const [id, reports] of reportsBySeat(state)) {
    const supervisor = state.organisation.seats.get(id);
    if (reports.length <= most || !supervisor) continue;
    found.push({ supervisor, reports: reports.sort((a, b) => (a.id < b.id ? -1 : 1)) });
  }
  return found.sort((a, b) => b.reports.length - a.reports.length || (a.supervisor.id < b.supervisor.id ? -1 : 1));
}

/** Who worked together, in rings of at most `size`: the strongest ties first. Seat → name of its ring. */
function rings(state: State, seats: ReadonlySet<string>, size: number): Map<string, string> {
  const ties = new Map<string, { a: string; b: string; count: number }>();
  for (const { a, b, count } of state.memory.edges.values()) {
    if (!seats.has(a) || !seats.has(b)) continue;
    const tie = ties.get(`${a}|${b}`);
    ties.set(`${a}|${b}`, { a, b, count: count + (tie?.count ?? 0) });
  }
  const ring = new Map<string, string[]>();
  const sorted = [...ties].sort(([k, x], [l, y]) => y.count - x.count || (k < l ? -1 : 1));
  for (const [, { a, b }] of sorted) {
    const [one, other] = [ring.get(a) ?? [a], ring.get(b) ?? [b]];
    if (one === other || one.length + other.length > size) continue;
    const both = [...one, ...other];
    for (const id of both) ring.set(id, both);
  }
  return new Map([...ring].map(([id, members]) => [id, [...members].sort()[0]!]));
}

function memberOf(seat: Seat, ring: string | undefined): Member {
  const { domains, topics, skills } = seat.abilities;
  const marks = {
    ...{ domain: domains, topic: topics, skill: skills, unit: [seat.unit] },
    ...{ together: ring === undefined ? [] : [ring], zone: seat.hours ? [seat.hours.zone] : [] },
  };
  return { id: seat.id, marks };
}

/** Who directs others already goes on reporting to the supervisor, while there is room for that. */
function moving(state: State, { reports }: Span, most: number): { moved: Seat[]; staying: number } {
  const leading = new Set([...state.organisation.seats.values()].flatMap(({ supervisor }) => supervisor ?? []));
  const moved = reports.filter(({ id }) => !leading.has(id));
  const staying = reports.length - moved.length;
  const fits = moved.length > 1 && staying + Math.ceil(moved.length / most) <= most;
  return fits ? { moved, staying } : { moved: [...reports], staying: 0 };
}

/** A group that has one member needs nobody between. */
export const led = ({ groups }: Layout): Group[] => groups.filter(({ members }) => members.length > 1);

const shapeOf = ({ groups }: Layout): string =>
  JSON.stringify(groups.map(({ members }) => members.map(({ id }) => id)).sort());

/**
 * [RST12] The ways to group those who report to a seat, the one in which groups have most in common first. None when they are
 * so many that one layer cannot take them.
 */
export function layouts(state: State, span: Span): Layout[] {
  const { reports: most } = spanOf(state);
  const { moved, staying } = moving(state, span, most);
  const bounds: Bounds = {
    ...{ least: staying > 0 ? 1 : 2, most: Math.min(most - staying, MOST_GROUPS), size: most },
    usual: Math.ceil((2 * most) / 3),
  };
  if (moved.length > bounds.most * MOST_MEMBERS) return [];
  const ring = rings(state, new Set(moved.map(({ id }) => id)), most);
  const members = moved.map((seat) => memberOf(seat, ring.get(seat.id)));
  const all = KINDS.map((kind): Layout => {
    const groups = grouped(members, kind, bounds);
    return { kind, groups, after: staying + groups.length, cohesion: Math.round(100 * cohesion(groups)) };
  });
  const telling = all.filter(({ groups }) => groups.some(({ label }) => label !== null));
  const distinct = new Map(
    (telling.length === 0 ? all.slice(0, 1) : telling).reverse().map((each) => [shapeOf(each), each]),
  );
  return [...distinct.values()]
    .reverse()
    .sort((a, b) => b.cohesion - a.cohesion)
    .slice(0, SHOWN);
}
