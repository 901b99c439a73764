/** How well a seat does in a lane, as a number from 0 to 100 that can be worked out again from the tallies [ROL17]. */
import type { Weights } from './definition.ts';
import type { Tally } from './state.ts';
import { work } from './tally.ts';

export interface Parts {
  success: number | null;
  corrections: number | null;
  cost: number | null;
  value: number | null;
}

const share = (part: number, whole: number): number | null =>
  whole <= 0 ? null : Math.min(1, Math.max(0, part / whole));
const perClosed = (amount: number, t: Tally): number | null => (t.closed === 0 ? null : amount / t.closed);
const least = (list: readonly (number | null)[]): number | null => {
  const known = list.filter((each) => each !== null);
  return known.length === 0 ? null : Math.min(...known);
};

/** The cheapest counts as 1, one that costs twice as much as a half. Without costs everybody is the cheapest. */
function cheapness(own: number | null, cheapest: number | null): number | null {
  if (own === null || cheapest === null) return null;
  return own <= 0 ? 1 : Math.max(0, cheapest) / own;
}

/** Parts between 0 and 1; null where there is nothing to tell from. `all` are those it is compared with, itself included. */
export function partsOf(t: Tally, all: readonly Tally[]): Parts {
  const n = work(t);
  const refused = share(Math.min(n, t.undone + t.reopened + t.rejected), n);
  const most = Math.max(0, ...all.map((each) => perClosed(each.value, each) ?? 0));
  const worth = perClosed(t.value, t);
  return {
    success: share(t.landed, t.landed + t.failed),
    corrections: refused === null ? null : 1 - refused,
    cost: cheapness(perClosed(t.cost, t), least(all.map((each) => perClosed(each.cost, each)))),
    value: worth === null || most === 0 ? null : share(worth, most),
  };
}

const NAMES = ['success', 'corrections', 'cost', 'value'] as const;

/** [ROL17] The mean of the parts there are, by their weights, times 100; null when there is none. Two decimals. */
export function fitnessOf(parts: Parts, weights: Weights): number | null {
  const known = NAMES.flatMap((name) => (parts[name] === null ? [] : [{ part: parts[name], weight: weights[name] }]));
  const whole = known.reduce((sum, { weight }) => sum + weight, 0);
  if (whole === 0) return null;
  const mean = known.reduce((sum, { part, weight }) => sum + part * weight, 0) / whole;
  return Math.round(mean * 10_000) / 100;
}
