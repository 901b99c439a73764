/** Questions about load and routing. Proportional to the seats; asked by people, never on the way of work. */
import { HOUR } from '../core/quantities.ts';
import { peek } from '../core/queue.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { LANES } from '../inbox/schema.ts';
import type { Seat } from '../organisation/state.ts';
import { imbalance } from './balance.ts';
import { isAble, works } from './choose.ts';
import type { Needs } from './definition.ts';
import { able, lacks } from './index-of.ts';
import { stands } from './line.ts';
import { type Band, bandOfLoad, percentOf, perHour, routingOf } from './load.ts';
import type { TransferReason } from './schema.ts';
import { confidenceOf, experienceOf, topicOf } from './score.ts';
import { emptyLoad, type Slot } from './state.ts';
import { type Pressure, pressureOf } from './surge.ts';

export interface SeatLoadLine {
  readonly seat: string;
  readonly title: string;
  readonly unit: string;
  readonly status: string;
  /** Of what it can do at once; not capped. */
  readonly percent: number;
  readonly band: Band;
  readonly cases: Readonly<Record<Slot, number>>;
  readonly tasks: number;
  /** Cases it may have at once. */
  readonly capacity: number;
  readonly came: number;
  readonly ended: number;
  /** Milliseconds its oldest message has waited. */
  readonly oldest: number;
  /** Seats that wait for its reports. */
  readonly awaitedBy: number;
  /** Why it holds others up (R-C19); empty when it does not. */
  readonly bottleneck: readonly string[];
  readonly lentTo: string | null;
}

export interface LoadReport extends Pressure {
  readonly seats: readonly SeatLoadLine[];
  readonly mean: number;
  readonly deviation: number;
  /** Standard deviation over mean (R-C51). */
  readonly imbalance: number;
  readonly least: number;
  readonly most: number;
  /** Seats above one and a half times the mean, and below half of it. */
  readonly above: readonly string[];
  readonly below: readonly string[];
  readonly lines: readonly { readonly needs: Needs; readonly cases: number; readonly first: string }[];
  readonly surge: { readonly since: Time } | null;
  readonly throttled: { readonly since: Time; readonly by: string; readonly reason: string } | null;
  readonly loans: readonly {
    readonly seat: string;
    readonly unit: string;
    readonly from: string;
    readonly until: Time;
  }[];
  readonly gaps: readonly {
    readonly needs: Needs;
    readonly missing: readonly string[];
    readonly count: number;
    readonly last: Time;
    readonly cases: readonly string[];
  }[];
  readonly advice: readonly string[];
}

/** Longest wait of what lies in a seat's inbox. */
function oldestOf(state: State, seat: string, now: Time): number {
  const box = state.inbox.seats.get(seat);
  let oldest = now;
  for (const lane of LANES) {
    const key = box && peek(box.lanes[lane]);
    const work = key === undefined ? undefined : box!.work.get(key);
    if (work && work.readyAt < oldest) oldest = work.readyAt;
  }
  return now - oldest;
}

/** Who waits for whose reports: seat → seats that gave it open tasks. */
function awaited(state: State): Map<string, Set<string>> {
  const by = new Map<string, Set<string>>();
  for (const { tasks } of state.routing.cases.values()) {
    for (const [id, seat] of Object.entries(tasks ?? {})) {
      const from = state.cases.tasks.get(id)?.from;
      if (from !== undefined) by.set(seat, (by.get(seat) ?? new Set()).add(from));
    }
  }
  return by;
}

/** R-C19: work grows faster than it is done, several wait for it, or something has waited for two hours. */
function bottleneckOf(line: Omit<SeatLoadLine, 'bottleneck'>): string[] {
  const held = line.cases.high + line.cases.normal + line.cases.low + line.tasks;
  return [
    ...(line.came > line.ended && held > 0 ? [`${line.came} came and ${line.ended} ended within an hour`] : []),
    ...(line.awaitedBy > 3 ? [`${line.awaitedBy} seats wait for it`] : []),
    ...(line.oldest > 2 * HOUR ? [`its oldest message waits for ${Math.floor(line.oldest / HOUR)} h`] : []),
  ];
}

function lineOf(state: State, seat: Seat, waiting: ReadonlyMap<string, Set<string>>, now: Time): SeatLoadLine {
  const load = state.routing.seats.get(seat.id) ?? emptyLoad();
  const def = routingOf(state);
  const { active, high, normal, low, parked } = load;
  const percent = Math.round(percentOf(load, seat, def) * 10) / 10;
  const line = {
    ...{ seat: seat.id, title: seat.title, unit: seat.unit, status: seat.status },
    ...{ percent, band: bandOfLoad(percent, def), cases: { active, high, normal, low, parked } },
    ...{ tasks: load.tasks, capacity: seat.cases },
    ...{ came: Math.round(perHour(load.came, now)), ended: Math.round(perHour(load.went, now)) },
    ...{ oldest: oldestOf(state, seat.id, now), awaitedBy: waiting.get(seat.id)?.size ?? 0 },
    lentTo: state.routing.loans.get(seat.id)?.unit ?? null,
  };
  return { ...line, bottleneck: bottleneckOf(line) };
}

const MEAN_ABOVE = 1.5;
const MEAN_BELOW = 0.5;
/** Imbalance that is worth doing something about (R-C51). */
const UNEVEN = 0.3;

function advise(state: State, report: Omit<LoadReport, 'advice'>): string[] {
  const { above, below, gaps, lines, throttled, surge } = report;
  const idle = report.seats.filter((line) => line.percent < routingOf(state).borrow.under && line.lentTo === null);
  return [
    ...(report.imbalance >= UNEVEN && above.length > 0 && below.length > 0
      ? [`move work from ${above.slice(0, 3).join(', ')} to ${below.slice(0, 3).join(', ')}: load is uneven`]
      : []),
    ...lines
      .filter(({ needs }) => able(state, needs).length < 2)
      .map(({ needs, cases }) => `train a second seat for ${topicOf(needs) || 'this'}: ${cases} cases wait for one`),
    ...gaps
      .slice(0, 3)
      .map(
        ({ missing, count }) => `find who can do ${missing.join(', ') || 'this together'}: asked for ${count} times`,
      ),
    ...(surge && idle.length > 0
      ? [
          `lend ${idle
            .slice(0, 2)
            .map(({ seat }) => seat)
            .join(', ')} to who has too much`,
        ]
      : []),
    ...(surge && !throttled ? ['throttle intake until it is over'] : []),
  ];
}

/** Load of every seat and of the whole (R-C17, R-C45, R-C51). */
export function loadReport(state: State, now: Time = state.now): LoadReport {
  const waiting = awaited(state);
  const seats = [...state.organisation.seats.values()]
    .filter((seat) => seat.status !== 'retired')
    .map((seat) => lineOf(state, seat, waiting, now))
    .sort((a, b) => b.percent - a.percent || (a.seat < b.seat ? -1 : 1));
  const loads = seats.filter(({ status }) => status === 'active').map(({ percent }) => percent);
  const mean = loads.reduce((sum, one) => sum + one, 0) / Math.max(1, loads.length);
  const uneven = imbalance(loads);
  const { lines, surge, throttled, loans, gaps } = state.routing;
  const report = {
    ...pressureOf(state, now),
    ...{ seats, mean, imbalance: uneven, deviation: uneven * mean },
    ...{ least: Math.min(...loads, Number.POSITIVE_INFINITY), most: Math.max(...loads, 0) },
    above: seats.filter(({ percent }) => percent > MEAN_ABOVE * mean).map(({ seat }) => seat),
    below: seats.filter(({ percent }) => percent < MEAN_BELOW * mean).map(({ seat }) => seat),
    lines: [...lines].map(([key, { needs, heap }]) => ({
      ...{ needs, first: heap[0]![1] },
      cases: heap.filter((entry) => stands(state, key, entry)).length,
    })),
    surge: surge && { since: surge.since },
    throttled,
    loans: [...loans].map(([seat, { unit, from, until }]) => ({ seat, unit, from, until })),
    gaps: [...gaps.values()].reverse(),
  };
  const whole = { ...report, least: loads.length === 0 ? 0 : report.least };
  return { ...whole, advice: advise(state, whole) };
}

/** May this seat take this, and how sure is it (R-C28)? Asked before work begins, answered at once. */
export interface Assessment {
  readonly canHandle: boolean;
  /** Share of similar work it got right; 0.5 for a newcomer, who is judged by what he declares. */
  readonly confidence: number;
  readonly newcomer: boolean;
  readonly reason: string;
  /** What to say when it is handed on. */
  readonly transfer: TransferReason | null;
  readonly help: 'supervisor' | null;
  readonly suggested: string | null;
}

function reasonFor(missing: readonly string[]): TransferReason {
  if (missing.some((part) => part.startsWith('skill'))) return 'missing_skills';
  if (missing.some((part) => part.startsWith('domain') || part.startsWith('topic'))) return 'wrong_domain';
  return 'complexity_too_high';
}

/** The first other seat that can do it and works. */
const another = (state: State, seat: string, needs: Needs): string | null =>
  able(state, needs).find((id) => id !== seat && works(state, id) !== null) ?? null;

/** Skills, domain and complexity first, then confidence: the order of R-C28. */
export function assess(state: State, seat: Seat, needs: Needs): Assessment {
  const def = routingOf(state);
  const known = confidenceOf(experienceOf(state, seat.id, topicOf(needs)), def);
  const facts = { confidence: known ?? 0.5, newcomer: known === null };
  const missing = lacks(seat, needs);
  if (missing.length > 0 || !isAble(state, seat.id, needs)) {
    const reason = missing.length > 0 ? `it does not declare ${missing.join(', ')}` : 'it belongs to another unit';
    const transfer = reasonFor(missing.length > 0 ? missing : ['domain']);
    return { ...facts, canHandle: false, reason, transfer, help: null, suggested: another(state, seat.id, needs) };
  }
  if (known !== null && known < def.confidence) {
    const reason = `it got ${Math.round(known * 100)} % of similar work right`;
    const suggested = another(state, seat.id, needs);
    return { ...facts, canHandle: false, reason, transfer: 'low_confidence', help: 'supervisor', suggested };
  }
  const reason = known === null ? 'it declares all of it' : `it got ${Math.round(known * 100)} % of similar work right`;
  return { ...facts, canHandle: true, reason, transfer: null, help: null, suggested: null };
}
