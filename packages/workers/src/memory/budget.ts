/**
 * A budget of tokens, shared out by what matters most. Deterministic: the same lists and budget give the same result. Tokens are
 * estimated (three bytes each, rather too many than too few), since no tokeniser is the same for two models.
 */
import { tokensOf } from '../model/tokens.ts';

export interface Section<T = unknown> {
  readonly name: string;
  readonly items: readonly T[];
  /** Which end is kept when not all fit: the newest of what happened, the best of what was chosen. */
  readonly keep: 'first' | 'last';
  /** What an item is called when it is left out. */
  readonly label: (item: T) => string;
}

export interface LeftOut {
  readonly what: string;
  readonly count: number;
  /** The nearest ones that were left out, by name. */
  readonly names: readonly string[];
}

export interface Fitted {
  readonly kept: Readonly<Record<string, readonly unknown[]>>;
  readonly leftOut: readonly LeftOut[];
  readonly tokens: number;
}

/** Names given of what is left out, for each list. */
const NAMED = 10;

export const section = <T>(
  name: string,
  items: readonly T[],
  keep: 'first' | 'last',
  label: (item: T) => string,
): Section => ({ name, items, keep, label: label as (item: unknown) => string });

const costOf = (item: unknown): number => tokensOf(JSON.stringify(item) ?? '') + 1;

/**
 * [WRK21] As much of the sections as fits. They come in the order of their weight: each may take half of what is left, so that one long
 * list does not crowd out all others; then what is still free is given out in the same order.
 */
export function fit(sections: readonly Section[], budget: number): Fitted {
  const ordered = sections.map((each) => (each.keep === 'first' ? each.items : [...each.items].reverse()));
  const costs = ordered.map((items) => items.map(costOf));
  const taken = sections.map(() => 0);
  let free = Math.max(0, budget);
  const take = (i: number, most: number): void => {
    let used = 0;
    for (let cost = costs[i]![taken[i]!]; cost !== undefined && used + cost <= most; cost = costs[i]![taken[i]!]) {
      used += cost;
      taken[i]! += 1;
    }
    free -= used;
  };
  for (const i of sections.keys()) take(i, Math.floor(free / 2));
  for (const i of sections.keys()) take(i, free);
  return {
    kept: Object.fromEntries(sections.map((each, i) => [each.name, keptOf(each, taken[i]!)])),
    leftOut: sections.flatMap((each, i) => leftOutOf(each, ordered[i]!, taken[i]!)),
    tokens: Math.max(0, budget) - free,
  };
}

const keptOf = ({ items, keep }: Section, n: number): readonly unknown[] =>
  keep === 'first' ? items.slice(0, n) : items.slice(items.length - n);

function leftOutOf({ name, label }: Section, ordered: readonly unknown[], n: number): LeftOut[] {
  const rest = ordered.slice(n);
  return rest.length === 0 ? [] : [{ what: name, count: rest.length, names: rest.slice(0, NAMED).map(label) }];
}
