import {
  chain,
  damageOf,
  inUnit,
  isOpen,
  LANES,
  type Lane,
  maximumDamage,
  type Right,
  type Run,
  type Seat,
  type State,
} from '@reeve/kernel';
import type { ParsedOf, ResponseOf, RunView, SeatDetail, SeatView, Structure } from '@reeve/protocol';
import { Refusal } from '../errors.ts';
import { standingOf } from './authority.ts';
import { badCursor, newestFirst, none } from './page.ts';

/** Active runs by seat. */
function activeRuns(state: State): Map<string, number> {
  const runs = new Map<string, number>();
  for (const run of state.runs.runs.values())
    if (run.status === 'active') runs.set(run.seat, (runs.get(run.seat) ?? 0) + 1);
  return runs;
}

export function seatList(state: State): SeatView[] {
  const runs = activeRuns(state);
  return [...state.organisation.seats.values()].map((seat) => seatView(state, seat, runs.get(seat.id) ?? 0));
}

const shapeOf = (seat: Seat): Structure['seats'][number] => ({
  id: seat.id,
  title: seat.title,
  unit: seat.unit,
  supervisor: seat.supervisor ?? null,
  status: seat.status,
  occupant: seat.occupant && {
    kind: seat.occupant.kind,
    principal: seat.occupant.principal,
    name: seat.occupant.name ?? null,
  },
});

const seatView = (state: State, seat: Seat, runs: number): SeatView => ({
  ...shapeOf(seat),
  inbox: state.inbox.seats.get(seat.id)?.depth ?? 0,
  runs,
});

/** All seats there are, with who is above them. */
export function structureOf({ organisation: { digest, seats } }: State): Structure {
  return { digest, seats: [...seats.values()].filter(({ status }) => status !== 'retired').map(shapeOf) };
}

/** What is open, of the seats that have something. */
export function workOf(state: State): ResponseOf<'work'> {
  const runs = activeRuns(state);
  const busy = [...state.organisation.seats.keys()].map((id) => ({
    id,
    inbox: state.inbox.seats.get(id)?.depth ?? 0,
    runs: runs.get(id) ?? 0,
  }));
  return { seats: busy.filter(({ inbox, runs: at }) => inbox + at > 0) };
}

type SeatQuery = ParsedOf<'seats'>['query'];

function wanted(state: State, { q, unit, supervisor, status, kind }: SeatQuery): (seat: Seat) => boolean {
  const needle = q?.toLowerCase();
  const found = (seat: Seat) => [seat.id, seat.title, seat.unit].some((text) => text.toLowerCase().includes(needle!));
  return (seat) =>
    (unit === undefined || inUnit(state, seat.unit, unit)) &&
    (supervisor === undefined || seat.supervisor === supervisor) &&
    (status === undefined || seat.status === status) &&
    (kind === undefined || seat.occupant?.kind === kind) &&
    (needle === undefined || found(seat));
}

/** Seats in the order of the definition; the cursor is the id of the last one given. */
export function seatPage(state: State, query: SeatQuery): ResponseOf<'seats'> {
  const { limit, cursor } = query;
  if (cursor !== undefined && !state.organisation.seats.has(cursor)) throw badCursor();
  const all = [...state.organisation.seats.values()].filter(wanted(state, query));
  const from = cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
  const page = all.slice(from, from + limit);
  const runs = activeRuns(state);
  const seats = page.map((seat) => seatView(state, seat, runs.get(seat.id) ?? 0));
  const more = from + limit < all.length ? { next: page.at(-1)!.id } : {};
  return { seats, total: all.length, ...more };
}

const rightOf = ({ capability, when, limit }: Right) => ({
  capability,
  ...(when === undefined ? {} : { when }),
  ...(limit === undefined ? {} : { limit }),
});

function charterOf({ charter }: Seat): SeatDetail['charter'] {
  const { purpose, tier, metrics, rights, entrusts, evidence, escalation, stop } = charter;
  return {
    purpose,
    tier,
    metrics,
    evidence,
    rights: rights.map(rightOf),
    entrusts: (entrusts ?? []).map(rightOf),
    escalation: escalation ?? null,
    stop: { steps: stop.steps, time: stop.time, repeats: stop.repeats, money: stop.money ?? null },
  };
}

function lanesOf(state: State, seat: string): Record<Lane, number> {
  const counts = Object.fromEntries(LANES.map((lane) => [lane, 0])) as Record<Lane, number>;
  for (const { open } of state.inbox.seats.get(seat)?.work.values() ?? [])
    for (const lane of LANES) counts[lane] += open[lane];
  return counts;
}

function openCasesOf(state: State, seat: string): number {
  let count = 0;
  for (const c of state.cases.cases.values()) if (c.owner === seat && isOpen(c)) count += 1;
  return count;
}

const named = ({ id, title }: Seat) => ({ id, title });

/** @throws Refusal `not-found`. */
export function seatDetail(state: State, id: string, now: number): SeatDetail {
  const { seats, units } = state.organisation;
  const seat = seats.get(id);
  if (!seat) throw none('seat', id);
  const reports = [...seats.values()].filter(({ supervisor }) => supervisor === id);
  const { skills, topics, domains } = seat.abilities;
  const damage = damageOf(state, id, now);
  return {
    ...seatView(state, seat, activeRuns(state).get(id) ?? 0),
    unitTitle: units.get(seat.unit)?.title ?? seat.unit,
    line: chain(state, id).map((above) => named(seats.get(above)!)),
    reports: reports.map((one) => ({ ...named(one), status: one.status })),
    charter: charterOf(seat),
    abilities: { skills, topics, domains },
    limits: { cases: seat.cases, runs: seat.runs },
    damage: damage && { ...damage, reach: damage.reach.map((each) => ({ ...each, edges: [...each.edges] })) },
    damageText: maximumDamage(state, id),
    openCases: openCasesOf(state, id),
    lanes: lanesOf(state, id),
    ...standingOf(state, id, now),
  };
}

const runView = (run: Run): RunView => ({
  id: run.id,
  seat: run.seat,
  principal: run.principal,
  message: run.message,
  case: run.case,
  status: run.status,
  worker: run.worker,
  attempt: run.attempt,
  retryAt: run.retryAt,
  steps: run.steps,
  refused: Object.keys(run.refused).length,
  waiting: run.waiting,
  spent: run.spent,
  startedAt: run.startedAt,
  deadline: run.deadline,
});

export function runList(state: State, query: ParsedOf<'runs'>['query']): ResponseOf<'runs'> {
  const { seat, status } = query;
  const { items, ...next } = newestFirst(
    state.runs.runs.values(),
    query,
    (run) =>
      (seat === undefined || run.seat === seat) &&
      (status === undefined || run.status === status) &&
      (query.case === undefined || run.case === query.case),
  );
  return { runs: items.map(runView), ...next };
}

/** The definition in force. @throws Refusal when nothing is. */
export function inForce(state: State) {
  const { definition, digest } = state.organisation;
  if (!definition)
    throw new Refusal('conflict', 'no organisation is in force yet', 'apply a pack first: `reeve apply DIR`');
  return { definition, digest };
}
