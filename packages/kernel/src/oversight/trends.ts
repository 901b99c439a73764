/** [OVS63] How a seat has done day by day: what it finished, how busy it was, how often it succeeded, how long cases took (R-C21). */
import { DAY } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { DAYS_KEPT } from './numbers.ts';
import type { Numbers } from './state.ts';

export const TREND_MEASURES = ['cases', 'utilisation', 'success', 'duration'] as const;
export type TrendMeasure = (typeof TREND_MEASURES)[number];

/** One number over the latest days, the oldest first; null where there was nothing to measure. */
export interface TrendLine {
  /** Cases closed; percent of its time at work; percent of runs finished; milliseconds from opening to closing. */
  measure: TrendMeasure;
  days: { day: string; value: number | null }[];
  current: number | null;
  average: number | null;
  /** From the first day with a value to the last, in percent of the first; null when that says nothing. */
  trend: number | null;
  /** One sign for each day, as high as its part of the highest. */
  chart: string;
}

const SIGNS = '▁▂▃▄▅▆▇█';

/** Half a percent goes away from zero: 8 → 3 is −63 %. */
const awayFromZero = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));

function trendOf(values: readonly number[]): number | null {
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined || values.length < 2 || first === 0) return null;
  return awayFromZero((100 * (last - first)) / Math.abs(first));
}

function chartOf(values: readonly (number | null)[]): string {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const sign = (value: number) => SIGNS[most === 0 ? 0 : Math.round(((SIGNS.length - 1) * value) / most)]!;
  return values.map((value) => (value === null ? ' ' : sign(value))).join('');
}

/** What days in a row come to: the latest, their mean, and which way they point. */
export function lineOf(measure: TrendMeasure, days: TrendLine['days']): TrendLine {
  const values = days.map(({ value }) => value);
  const known = values.filter((value) => value !== null);
  const average = known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  return { measure, days, current: values.at(-1) ?? null, average, trend: trendOf(known), chart: chartOf(values) };
}

const share = (part: number, whole: number): number | null => (whole <= 0 ? null : (100 * part) / whole);

/** What one day's numbers of a seat come to; `span` is how much of the day has passed, times the runs it may have at once. */
const VALUES: Record<TrendMeasure, (numbers: Numbers, span: number) => number | null> = {
  cases: (n) => n['cases.closed'] ?? 0,
  utilisation: (n, span) => share(Math.min(span, n['runs.ms'] ?? 0), span),
  success: (n) => share(n['runs.finished'] ?? 0, (n['runs.finished'] ?? 0) + (n['runs.failed'] ?? 0)),
  duration: (n) => ((n['cases.closed'] ?? 0) === 0 ? null : (n['cases.ms'] ?? 0) / n['cases.closed']!),
};

/** The latest days of a seat, today last; null when there is no such seat. */
export function seatTrends(state: State, seat: string, now: Time): TrendLine[] | null {
  const found = state.organisation.seats.get(seat);
  if (!found) return null;
  const today = Math.floor(now / DAY) * DAY;
  const starts = Array.from({ length: DAYS_KEPT.seats }, (_, i) => today - (DAYS_KEPT.seats - 1 - i) * DAY);
  return TREND_MEASURES.map((measure) => {
    const days = starts.map((start) => {
      const day = new Date(start).toISOString().slice(0, 10);
      const numbers = state.oversight.seatDays.get(day)?.get(seat) ?? {};
      const span = Math.min(DAY, now - start) * found.runs;
      return { day, value: VALUES[measure](numbers, span) };
    });
    return lineOf(measure, days);
  });
}
