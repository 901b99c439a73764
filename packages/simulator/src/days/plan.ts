/** What happens when, drawn from the seed before anything begins [SIM20]. */
import { DAY, HOUR, MINUTE } from '@reeve/kernel';
import type { Random } from '../random.ts';

export interface DaysPlan {
  readonly days: number;
  /** Requests of a usual day, at virtual milliseconds since the start. */
  readonly requests: readonly { readonly at: number; readonly kind: 'usual' | 'wholesale' | 'rush' }[];
  /** While the form of mails is broken. */
  readonly broken: { readonly from: number; readonly to: number };
  /** The busy day's hour in which a desk is merged into another. */
  readonly merge: number;
  /** Days at whose end the gaps are written down, from 1. */
  readonly marks: readonly number[];
}

/** Parts of the whole time at which the form breaks and the busy day comes. */
const BROKEN = 0.62;
const BUSY = 0.8;
const RUSH = 40;
const RUSH_SPAN = 5 * MINUTE;

const spread = (random: Random, count: number, from: number, span: number): number[] =>
  Array.from({ length: count }, () => Math.round(from + random.next() * span));

/** @param days 20 at least: with fewer what was learned is not seen any more */
export function planOf(random: Random, days: number, casesPerDay: number): DaysPlan {
  const brokenDay = Math.round(days * BROKEN) + random.int(0, 1);
  const busyDay = Math.round(days * BUSY) + random.int(0, 1);
  const merge = busyDay * DAY + random.int(9, 14) * HOUR;
  const daily = Array.from({ length: days - 1 }, (_, day) => [
    ...spread(random, random.int(casesPerDay - 2, casesPerDay), day * DAY, DAY).map((at) => usual(at)),
    ...spread(random, random.int(1, 2), day * DAY, DAY).map((at) => ({ at, kind: 'wholesale' as const })),
  ]);
  const rush = spread(random, RUSH, merge - RUSH_SPAN, RUSH_SPAN).map((at) => ({ at, kind: 'rush' as const }));
  return {
    days,
    requests: [...daily.flat(), ...rush].sort((a, b) => a.at - b.at),
    broken: { from: brokenDay * DAY, to: brokenDay * DAY + 30 * HOUR },
    merge,
    marks: [...new Set([1, Math.round(days / 3), Math.round((2 * days) / 3), days])],
  };
}

const usual = (at: number) => ({ at, kind: 'usual' as const });
