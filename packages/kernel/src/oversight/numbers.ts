/** Counters by day, and distributions in them: what is counted costs the same whatever the history [OVS40]. */
import { spanOf } from '../budget/periods.ts';
import { type State, setTimer } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { oversightOf } from './settings.ts';
import type { Numbers } from './state.ts';

/** Days that are kept, of the organisation and of its seats; reports and the ledger hold the rest. */
export const DAYS_KEPT = { organisation: 400, seats: 9 } as const;

/** First millisecond of a day, by its name such as `2026-11-21` (UTC). */
export const startOf = (day: string): Time =>
  Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10)));

function forgetOld(days: Map<string, unknown>, most: number): void {
  for (const oldest of days.keys()) {
    if (days.size <= most) return;
    days.delete(oldest);
  }
}

/** With the first number of a day its report is arranged for, and those of its week and month unless an earlier day did. */
function arrange(state: State, name: string, at: Time): void {
  const days = [...state.oversight.days.keys()];
  const before = days.at(-2);
  const lastAt = before === undefined ? null : startOf(before);
  const { daily, weekly, monthly } = oversightOf(state).reports;
  for (const [period, wanted] of [
    ['day', daily],
    ['week', weekly],
    ['month', monthly],
  ] as const) {
    if (wanted === 'off') continue;
    const { name: span, until } = spanOf(period, at);
    if (lastAt === null || spanOf(period, lastAt).name !== span) setTimer(state, until, `oversight.period:${name}`);
  }
}

function dayOf(state: State, at: Time): Numbers {
  const { name } = spanOf('day', at);
  let day = state.oversight.days.get(name);
  if (!day) {
    day = {};
    state.oversight.days.set(name, day);
    forgetOld(state.oversight.days, DAYS_KEPT.organisation);
    arrange(state, name, at);
  }
  return day;
}

function seatDayOf(state: State, at: Time, seat: string): Numbers {
  const { name } = spanOf('day', at);
  let seats = state.oversight.seatDays.get(name);
  if (!seats) {
    seats = new Map();
    state.oversight.seatDays.set(name, seats);
    forgetOld(state.oversight.seatDays, DAYS_KEPT.seats);
  }
  let numbers = seats.get(seat);
  if (!numbers) {
    numbers = {};
    seats.set(seat, numbers);
  }
  return numbers;
}

const add = (numbers: Numbers, name: string, by: number): void => {
  numbers[name] = (numbers[name] ?? 0) + by;
};

export const count = (state: State, at: Time, name: string, by = 1): void => add(dayOf(state, at), name, by);

/** For the organisation and for one of its seats. */
export function countFor(state: State, at: Time, seat: string, name: string, by = 1): void {
  add(dayOf(state, at), name, by);
  add(seatDayOf(state, at, seat), name, by);
}

export const countSeat = (state: State, at: Time, seat: string, name: string, by = 1): void =>
  add(seatDayOf(state, at, seat), name, by);

const LONGEST = 0x7fffffff;

/** Quarters of a power of two, by whole numbers alone: the same on every machine. */
function bucketOf(ms: number): number {
  const n = Math.min(LONGEST, Math.max(0, Math.floor(ms)));
  if (n < 4) return n;
  const exponent = 31 - Math.clz32(n);
  return exponent * 4 + ((n >> (exponent - 2)) & 3);
}

/** The longest time that falls into a bucket. */
function upperOf(bucket: number): number {
  if (bucket < 4) return bucket;
  const exponent = Math.floor(bucket / 4);
  return 2 ** (exponent - 2) * (5 + (bucket % 4)) - 1;
}

const KEY = '/';
/** One more in a distribution of durations, milliseconds. */
export const measure = (state: State, at: Time, name: string, ms: number): void =>
  count(state, at, `${name}${KEY}${bucketOf(ms)}`);

/** Numbers added up. */
function sumOf(all: Iterable<Numbers>): Numbers {
  const sum: Numbers = {};
  for (const numbers of all) for (const [name, by] of Object.entries(numbers)) add(sum, name, by);
  return sum;
}

/** Numbers of the organisation from one day to another, both included. */
export function between(state: State, from: Time, until: Time): Numbers {
  const [first, last] = [spanOf('day', from).name, spanOf('day', until).name];
  return sumOf([...state.oversight.days].flatMap(([day, numbers]) => (day >= first && day <= last ? [numbers] : [])));
}

/** The same of one seat, as far back as seats are kept. */
export function seatBetween(state: State, seat: string, from: Time, until: Time): Numbers {
  const [first, last] = [spanOf('day', from).name, spanOf('day', until).name];
  return sumOf(
    [...state.oversight.seatDays].flatMap(([day, seats]) =>
      day >= first && day <= last && seats.has(seat) ? [seats.get(seat)!] : [],
    ),
  );
}

/** A quantile of a distribution, in milliseconds, at most a quarter too long; null when nothing was measured. */
export function quantile(numbers: Numbers, name: string, share: number): number | null {
  const buckets = Object.entries(numbers)
    .filter(([key]) => key.startsWith(name + KEY))
    .map(([key, n]) => [Number(key.slice(name.length + 1)), n] as const)
    .sort((a, b) => a[0] - b[0]);
  const total = buckets.reduce((sum, [, n]) => sum + n, 0);
  let seen = 0;
  for (const [bucket, n] of buckets) {
    seen += n;
    if (seen >= share * total) return upperOf(bucket);
  }
  return null;
}
