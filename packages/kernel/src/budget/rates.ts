/** How fast an account is spent, from the last seven days and today: what runway and spikes are worked out from [BUD11]. */
import { DAY } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { keyOf } from './accounts.ts';
import type { Transfer } from './schema.ts';
import type { Rate } from './state.ts';

/** Days that are looked back on, today included. */
const BACK = 8;
/** Days of spending before anything can be unusual. */
const USUAL = 3;

const today = (now: Time): number => Math.floor(now / DAY);

/** The days up to now, oldest first; days nobody spent on are zeros. */
function upTo(rate: Rate, day: number): number[] {
  const gap = Math.min(BACK, Math.max(0, day - rate.day));
  return [...rate.days, ...Array<number>(gap).fill(0)].slice(-BACK);
}

/** Evolve: what was spent, or came back from it. A new period closes what was spent, which is no use of it. */
export function recordRate(state: State, transfers: readonly Transfer[], now: Time): void {
  const day = today(now);
  for (const { from, to, amount } of transfers) {
    const key = keyOf(to);
    const rate = state.budget.rates.get(key) ?? { day, days: [0], since: now };
    if (rate.day < day) rate.days = upTo(rate, day);
    rate.day = day;
    rate.days[rate.days.length - 1]! += from.endsWith('/spent') ? -amount : amount;
    state.budget.rates.set(key, rate);
  }
}

/** Spent per day at the present rate, or null when nothing was ever spent. */
export function perDay(state: State, key: string, now: Time): number | null {
  const rate = state.budget.rates.get(key);
  if (!rate) return null;
  const first = Math.max(rate.since, (today(now) - BACK + 1) * DAY);
  const sum = upTo(rate, today(now)).reduce((total, each) => total + each, 0);
  return sum / Math.max(1, (now - first) / DAY);
}

/** Today's spending as a multiple of the average of the days before; null while there is nothing usual. */
export function spike(state: State, key: string, now: Time): { times: number; spent: number; usual: number } | null {
  const rate = state.budget.rates.get(key);
  if (!rate || today(now) - today(rate.since) < USUAL) return null;
  const days = upTo(rate, today(now));
  const spent = days.at(-1)!;
  const before = days.slice(0, -1);
  const usual = before.reduce((total, each) => total + each, 0) / before.length;
  return usual > 0 ? { times: spent / usual, spent, usual } : null;
}
