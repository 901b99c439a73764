/** [RTE13] What is not begun moves from who has too much, or has stopped, to who has little. */
import type { Case } from '../cases/state.ts';
import { liveCases } from '../cases/views.ts';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { peek } from '../core/queue.ts';
import type { State } from '../core/state.ts';
import type { Seat } from '../organisation/state.ts';
import { choose } from './choose.ts';
import { askFor, asks, carryOut } from './decide.ts';
import type { RoutingDef } from './definition.ts';
import { isThere, pendingOf, percentOf, routes, routingOf } from './load.ts';

const SOFTEST_FIRST = { low: 0, normal: 1, high: 2 } as const;

/** Seats that have too much, and those that have work they cannot begin. */
function sources(state: State): Seat[] {
  const seats = [...state.routing.over].flatMap((id) => state.organisation.seats.get(id) ?? []);
  return seats.filter(({ id }) => pendingOf(state.routing.seats.get(id)!) > 0).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Not begun, nothing of it under way, known what it needs, and not moved too often: it can move without loss. */
function movable(state: State, c: Case, def: RoutingDef): boolean {
  const routed = state.routing.cases.get(c.id);
  if (c.status !== 'assigned' || !routed?.needs || !asks(routed.needs) || routed.moved >= def.rebalance.times)
    return false;
  const work = state.inbox.seats.get(c.owner)?.work.get(c.id);
  return (work?.run ?? null) === null && Object.keys(routed.tasks ?? {}).length === 0;
}

/** The least urgent first, of these the latest: what has waited longest keeps its place. */
const order = (a: Case, b: Case): number =>
  SOFTEST_FIRST[a.priority] - SOFTEST_FIRST[b.priority] || Number(b.id.slice(2)) - Number(a.id.slice(2));

/** Messages about it that the old owner has not read: the new one gets one of his own. */
function unread(state: State, c: Case): Draft[] {
  const work = state.inbox.seats.get(c.owner)?.work.get(c.id);
  if (!work || peek(work.messages) === undefined) return [];
  const open = work.messages.items.slice(work.messages.head).filter((id) => state.inbox.messages.has(id));
  const note = 'the case is somebody else’s now';
  return open.map((message) => event('message.done', `seat/${c.owner}`, { message, by: 'system', note }, c.id));
}

interface Moves {
  readonly drafts: Draft[];
  readonly moved: { case: string; from: string; to: string }[];
}

function moveFrom(state: State, source: Seat, cases: readonly Case[], planned: Map<string, number>): Moves {
  const def = routingOf(state);
  const found: Moves = { drafts: [], moved: [] };
  const share = (seat: Seat): number => 100 / seat.cases;
  let left = percentOf(state.routing.seats.get(source.id), source, def);
  for (const c of cases.filter((one) => movable(state, one, def)).sort(order)) {
    if (found.moved.length >= def.rebalance.cases || (isThere(source) && left <= def.bands.over)) break;
    // Never so much that the other one is worse off than this one was.
    const fits = (seat: Seat): boolean => {
      const after =
        percentOf(state.routing.seats.get(seat.id), seat, def) + ((planned.get(seat.id) ?? 0) + 1) * share(seat);
      return !isThere(source) || (after <= def.bands.high && after < left);
    };
    const decision = choose(state, askFor(state, c, state.routing.cases.get(c.id)!.needs!, [source.id]), {
      planned,
      fits,
    });
    if (decision.outcome !== 'assigned') continue;
    planned.set(decision.to!, (planned.get(decision.to!) ?? 0) + 1);
    left -= share(source) * def.load[c.priority];
    found.moved.push({ case: c.id, from: source.id, to: decision.to! });
    const reason = isThere(source) ? 'load is evened out' : `"${source.id}" does not work now`;
    const move = { cause: 'rebalance' as const, from: source.id, by: source.id, reason };
    found.drafts.push(...unread(state, c), ...carryOut(state, c, decision, move));
  }
  return found;
}

/** Standard deviation of load over its mean, over seats that work and have been given anything; 0 when nobody has. */
export function imbalance(loads: readonly number[]): number {
  const mean = loads.reduce((sum, load) => sum + load, 0) / Math.max(1, loads.length);
  if (mean === 0) return 0;
  const variance = loads.reduce((sum, load) => sum + (load - mean) ** 2, 0) / loads.length;
  return Math.sqrt(variance) / mean;
}

function spread(state: State, planned: ReadonlyMap<string, number>, gone: ReadonlyMap<string, number>): number {
  const def = routingOf(state);
  const loads = [...state.routing.seats].flatMap(([id, load]) => {
    const seat = state.organisation.seats.get(id);
    const more = ((planned.get(id) ?? 0) - (gone.get(id) ?? 0)) * def.load.normal;
    return seat && isThere(seat) ? [percentOf(load, seat, def) + (100 * more) / seat.cases] : [];
  });
  return Math.round(imbalance(loads) * 1000) / 1000;
}

/** Even out load, if anything can be moved to anybody. Proportional to open cases; at most every few minutes. */
function balance(state: State, _body: unknown, ctx: Context): Draft[] {
  const { balanceAt, over } = state.routing;
  if (!routes(state) || balanceAt === 0 || balanceAt > ctx.now || over.size === 0) return [];
  const from = sources(state);
  const byOwner = new Map<string, Case[]>(from.map(({ id }) => [id, []]));
  for (const c of liveCases(state)) byOwner.get(c.owner)?.push(c);
  const planned = new Map<string, number>();
  const all = from.map((seat) => moveFrom(state, seat, byOwner.get(seat.id) ?? [], planned));
  const moved = all.flatMap((one) => one.moved);
  const gone = new Map<string, number>();
  for (const one of moved) gone.set(one.from, (gone.get(one.from) ?? 0) + 1);
  const before = spread(state, new Map(), new Map());
  const summary = { moved, before, after: spread(state, planned, gone) };
  return [...all.flatMap((one) => one.drafts), event('load.balanced', `organisation/${state.org}`, summary)];
}

export const balanceFollowUps = { 'routing.balance': balance };
