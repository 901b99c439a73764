import { DAY } from '../core/quantities.ts';
import type { Time } from '../core/types.ts';

/** How often an allocation is granted anew. All of them begin and end at midnight UTC, weeks on Monday. */
export const PERIODS = ['once', 'day', 'week', 'month', 'quarter'] as const;
export type Period = (typeof PERIODS)[number];

/** A stretch of time: its name, e.g. "2026-11" or "2026-Q4", its first millisecond, and the first one after it. */
export interface Span {
  readonly name: string;
  readonly from: Time;
  readonly until: Time;
}

/** 1970-01-01 was a Thursday. */
const TO_MONDAY = 3;

const day = (from: Time): Span => ({ name: new Date(from).toISOString().slice(0, 10), from, until: from + DAY });

function week(now: Time): Span {
  const number = Math.floor((now / DAY + TO_MONDAY) / 7);
  const from = (number * 7 - TO_MONDAY) * DAY;
  return { name: `w${number}`, from, until: from + 7 * DAY };
}

function months(now: Time, count: number, name: (year: number, part: number) => string): Span {
  const date = new Date(now);
  const year = date.getUTCFullYear();
  const part = Math.floor(date.getUTCMonth() / count);
  return {
    name: name(year, part + 1),
    from: Date.UTC(year, part * count),
    until: Date.UTC(year, (part + 1) * count),
  };
}

const SPANS: Record<Period, (now: Time) => Span> = {
  once: () => ({ name: 'once', from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }),
  day: (now) => day(Math.floor(now / DAY) * DAY),
  week,
  month: (now) => months(now, 1, (year, month) => `${year}-${String(month).padStart(2, '0')}`),
  quarter: (now) => months(now, 3, (year, quarter) => `${year}-Q${quarter}`),
};

/** The span asked for last, per period: the gate asks for the same one again and again, and names are costly to make. */
const last: Partial<Record<Period, Span>> = {};

/** [BUD5] The span of this period that a time falls into. UTC. */
export function spanOf(period: Period, now: Time): Span {
  const known = last[period];
  if (known && now >= known.from && now < known.until) return known;
  const span = SPANS[period](now);
  last[period] = span;
  return span;
}

/** Name of the period a time falls into, e.g. "2026-11"; weeks count from the Unix epoch's first Monday. UTC. */
export const periodOf = (period: Period, now: Time): string => spanOf(period, now).name;

/** Usual length of a period in days, to compare allocations of different periods; `once` has none. */
export const DAYS: Record<Period, number> = { once: Number.POSITIVE_INFINITY, day: 1, week: 7, month: 30, quarter: 91 };
