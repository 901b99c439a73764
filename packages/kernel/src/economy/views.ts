/** Profit and loss, returns, unit costs: computed from the folded tallies, never typed in [ECO5]. */
import { spanOf } from '../budget/periods.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { inUnit } from '../organisation/views.ts';
import { type RoiDef, roi as roiSettings } from './definition.ts';
import { emptyTally, type Tally, type TopicTally } from './state.ts';

export interface Costs {
  readonly compute: number;
  readonly operations: number;
  readonly review: number;
  readonly total: number;
}

/** One line of a profit and loss account. Micro-units; percentages are null where there is nothing to divide by. */
export interface ProfitLine {
  readonly id: string;
  readonly title: string;
  readonly value: number;
  readonly costs: Costs;
  readonly profit: number;
  /** Profit in percent of the value. */
  readonly margin: number | null;
  /** (value − cost) / cost in percent (R-A22). */
  readonly roi: number | null;
  /** Band of the return (R-A23), or `shutdown` after months of loss. */
  readonly band: string | null;
  readonly previous: { readonly value: number; readonly cost: number; readonly profit: number };
  /** Change of value and of cost against the previous period, in percent. */
  readonly trend: { readonly value: number | null; readonly cost: number | null };
}

export interface ProfitAndLoss {
  /** A month ("2026-11") or a quarter ("2026-Q4"), UTC. */
  readonly period: string;
  readonly currency: string;
  readonly organisation: ProfitLine;
  readonly units: readonly ProfitLine[];
  readonly seats: readonly ProfitLine[];
}

const DEFAULT_ROI = roiSettings.parse({});
const QUARTER = /^(\d{4})-Q([1-4])$/;
const MONTH = /^(\d{4})-(\d{2})$/;
const monthName = (count: number): string => `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`;

/** The months of a period as a count since year 0: first and how many; null when it is neither a month nor a quarter. */
function monthsOf(period: string): { first: number; count: number } | null {
  const quarter = QUARTER.exec(period);
  if (quarter) return { first: Number(quarter[1]) * 12 + (Number(quarter[2]) - 1) * 3, count: 3 };
  const month = MONTH.exec(period);
  return month ? { first: Number(month[1]) * 12 + Number(month[2]) - 1, count: 1 } : null;
}

const names = (first: number, count: number): string[] => Array.from({ length: count }, (_, i) => monthName(first + i));

function add(sum: Tally, tally: Tally): void {
  for (const field of Object.keys(sum) as (keyof Tally)[]) sum[field] += tally[field];
}

/** Tallies of the seats that `wanted` names, over some months. */
function sumOf(state: State, months: readonly string[], wanted: (seat: string) => boolean): Tally {
  const sum = emptyTally();
  for (const month of months) {
    for (const [seat, tally] of state.economy.months.get(month) ?? []) if (wanted(seat)) add(sum, tally);
  }
  return sum;
}

/** What operations moved and their calls cost, over all months that are kept, each once however many budgets count it [ECO3]. */
export const paid = (state: State): number => sumOf(state, [...state.economy.months.keys()], () => true).operations;

/** [ECO2] Value of the cases that some seats own, in the month or quarter before the one of `now`. Micro-units. */
export function valueBefore(
  state: State,
  period: 'month' | 'quarter',
  now: Time,
  wanted: (seat: string) => boolean,
): number {
  const { first, count } = monthsOf(spanOf(period, now).name)!;
  return sumOf(state, names(first - count, count), wanted).value;
}

const percent = (part: number, whole: number): number | null => (whole > 0 ? (100 * part) / whole : null);
const change = (now: number, before: number): number | null => percent(now - before, before);

function costsOf({ compute, operations, review }: Tally): Costs {
  return { compute, operations, review, total: compute + operations + review };
}

/** [ECO6] The first band that fits; `shutdown` after as many whole months of loss in a row as the settings say. */
export function bandOf(roi: number | null, { bands, shutdown }: RoiDef, lossMonths: number): string | null {
  if (lossMonths >= shutdown.months) return 'shutdown';
  if (roi === null) return null;
  return (
    bands.find((each) => (each.over === undefined || roi > each.over) && (each.from === undefined || roi >= each.from))
      ?.id ?? null
  );
}

/** Whole months of loss in a row, the latest of them the last one of the period that is over. */
function lossMonths(state: State, last: number, now: Time, most: number, wanted: (seat: string) => boolean): number {
  const current = monthsOf(spanOf('month', now).name)!.first;
  let count = 0;
  for (let month = Math.min(last, current - 1); count < most; month--) {
    const tally = sumOf(state, [monthName(month)], wanted);
    if (tally.value - costsOf(tally).total >= 0) break;
    count += 1;
  }
  return count;
}

interface Range {
  readonly first: number;
  readonly count: number;
  readonly now: Time;
}

function lineOf(state: State, range: Range, id: string, title: string, wanted: (seat: string) => boolean): ProfitLine {
  const { first, count, now } = range;
  const tally = sumOf(state, names(first, count), wanted);
  const before = sumOf(state, names(first - count, count), wanted);
  const costs = costsOf(tally);
  const earlier = costsOf(before).total;
  const profit = tally.value - costs.total;
  const roi = percent(profit, costs.total);
  // A definition applied before there were bands has none.
  const settings = state.organisation.settings.roi ?? DEFAULT_ROI;
  const losses = lossMonths(state, first + count - 1, now, settings.shutdown.months, wanted);
  return {
    id,
    title,
    value: tally.value,
    costs,
    profit,
    margin: percent(profit, tally.value),
    roi,
    band: bandOf(roi, settings, losses),
    previous: { value: before.value, cost: earlier, profit: before.value - earlier },
    trend: { value: change(tally.value, before.value), cost: change(costs.total, earlier) },
  };
}

/**
 * Value and cost of the organisation, its units (with what is inside them) and its seats. `period` is a month or a quarter,
 * by default the month of `now`. A seat's value is that of the cases it owns: what others did on them is their cost.
 * @throws RangeError when the period is neither a month nor a quarter.
 */
export function profitAndLoss(state: State, options: { period?: string; now?: Time } = {}): ProfitAndLoss {
  const now = options.now ?? state.now;
  const period = options.period ?? spanOf('month', now).name;
  const months = monthsOf(period);
  if (!months) throw new RangeError(`"${period}" is no period: write a month (2026-11) or a quarter (2026-Q4)`);
  const range = { ...months, now };
  const { seats, units, definition, settings } = state.organisation;
  const unitOf = (seat: string) => seats.get(seat)?.unit;
  const inside = (unit: string) => (seat: string) => {
    const own = unitOf(seat);
    return own !== undefined && inUnit(state, own, unit);
  };
  return {
    period,
    currency: settings.currency,
    organisation: lineOf(state, range, state.org, definition?.name ?? '', () => true),
    units: [...units.values()].map(({ id, title }) => lineOf(state, range, id, title, inside(id))),
    seats: [...seats.values()].map(({ id, title }) => lineOf(state, range, id, title, (seat) => seat === id)),
  };
}

/** What work costs per unit of it (R-E50). Micro-units; null where there is nothing to divide by. */
export interface SeatCost {
  readonly seat: string;
  readonly runs: number;
  readonly finished: number;
  /** Finished runs in percent of those started. */
  readonly success: number | null;
  readonly costs: Costs;
  readonly perRun: number | null;
  readonly perSuccess: number | null;
  /** Closed cases the seat took part in, without those reopened. */
  readonly outcomes: number;
  readonly perOutcome: number | null;
  readonly reviews: number;
  readonly minutes: number;
  /** Spent on cases that had been reopened and on decisions that refused: the cost of correction. */
  readonly rework: number;
  /** Work that came back, and what each of it cost, the time of people included (R-E50). */
  readonly corrections: number;
  readonly perCorrection: number | null;
  /** Effects that stand, and of those asked for in percent (R-E73). */
  readonly landed: number;
  readonly landedShare: number | null;
  readonly tokens: number;
  /** Uses and reviews that had no price, and so are missing above. */
  readonly unpriced: number;
}

export interface TopicCost {
  readonly topic: string;
  readonly closed: number;
  readonly cost: number;
  readonly value: number;
  /** Cost of one closed case, all seats and human time together. */
  readonly perOutcome: number | null;
  readonly roi: number | null;
}

export interface OutcomeCosts {
  readonly currency: string;
  readonly months: readonly string[];
  readonly seats: readonly SeatCost[];
  readonly topics: readonly TopicCost[];
}

const each = (amount: number, count: number): number | null => (count > 0 ? Math.round(amount / count) : null);

function seatCost(seat: string, tally: Tally): SeatCost {
  const costs = costsOf(tally);
  const { runs, finished, outcomes, reviews, minutes, rework, tokens, unpriced, corrections, landed, effects } = tally;
  return {
    ...{ seat, runs, finished, success: percent(finished, runs), costs },
    ...{ perRun: each(costs.total, runs), perSuccess: each(costs.total, finished) },
    ...{ outcomes, perOutcome: each(costs.total, outcomes), reviews, minutes, rework, tokens, unpriced },
    ...{ corrections, perCorrection: each(rework, corrections), landed, landedShare: percent(landed, effects) },
  };
}

function topicCosts(state: State, months: readonly string[]): TopicCost[] {
  const sums = new Map<string, TopicTally>();
  for (const month of months) {
    for (const [topic, { closed, cost, value }] of state.economy.topics.get(month) ?? []) {
      const sum = sums.get(topic) ?? { closed: 0, cost: 0, value: 0 };
      sums.set(topic, { closed: sum.closed + closed, cost: sum.cost + cost, value: sum.value + value });
    }
  }
  return [...sums].map(([topic, { closed, cost, value }]) => {
    const roi = percent(value - cost, cost);
    return { topic, closed, cost, value, perOutcome: each(cost, closed), roi };
  });
}

/**
 * Cost per run, per success and per outcome of each seat, and per closed case of each topic. `period` is a month or a quarter;
 * without one, all months that are kept.
 * @throws RangeError when the period is neither a month nor a quarter.
 */
export function costPerOutcome(state: State, options: { period?: string } = {}): OutcomeCosts {
  const wanted = options.period === undefined ? null : monthsOf(options.period);
  if (options.period !== undefined && !wanted)
    throw new RangeError(`"${options.period}" is no period: write a month (2026-11) or a quarter (2026-Q4)`);
  const months = wanted ? names(wanted.first, wanted.count) : [...state.economy.months.keys()];
  const seats = new Set(months.flatMap((month) => [...(state.economy.months.get(month)?.keys() ?? [])]));
  seats.delete('');
  return {
    currency: state.organisation.settings.currency,
    months,
    seats: [...seats].map((seat) =>
      seatCost(
        seat,
        sumOf(state, months, (other) => other === seat),
      ),
    ),
    topics: topicCosts(state, wanted ? months : [...state.economy.topics.keys()]),
  };
}
