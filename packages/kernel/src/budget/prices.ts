/**
 * The dated price table [BUD13]: what one use of a model, a tool or a person's time costs from which day on. A cost is
 * worked out once, when it arises, and its record carries the lines used: later prices never change the past.
 */
import { z } from 'zod';
import { digest } from '../core/canonical.ts';
import { id, text } from '../core/names.ts';
import { money } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { OrganisationState } from '../organisation/state.ts';

/** What can be counted. Tokens are what models take and give; minutes and reviews are people's. */
export const PRICE_UNITS = ['input-tokens', 'output-tokens', 'cached-tokens', 'calls', 'minutes', 'reviews'] as const;
export type PriceUnit = (typeof PRICE_UNITS)[number];

/** One line: `price` for every `per` units of `of`, from the beginning of a day (UTC) until a later line takes over. */
export const price = z.strictObject({
  id,
  /** A model, a capability, a tool, a seat, or `human` for the time of every human without a line of his own. */
  of: text(200).min(1),
  unit: z.enum(PRICE_UNITS),
  /** Micro-units of the organisation's currency; never negative. */
  price: money.refine((micro) => micro >= 0, 'a price is never negative'),
  per: z.number().int().positive().max(1_000_000_000).default(1),
  from: z.iso.date('expected a day such as "2026-11-01"'),
});
export type PriceDef = z.infer<typeof price>;

/** How much of each unit was used. */
export const used = z.partialRecord(z.enum(PRICE_UNITS), z.number().int().nonnegative().max(1_000_000_000_000));
export type Used = z.infer<typeof used>;

/** One line of the table, applied: the record stands alone, without the table. `money` is in micro-units, rounded up. */
export interface PriceUse {
  version: string;
  line: string;
  of: string;
  unit: PriceUnit;
  quantity: number;
  price: number;
  per: number;
  from: string;
  money: number;
}

interface Table {
  readonly version: string;
  /** `of|unit` → lines, latest first. */
  readonly lines: ReadonlyMap<string, readonly { readonly from: Time; readonly def: PriceDef }[]>;
}

const tables = new WeakMap<OrganisationState, Table>();

/** Midnight UTC of a day such as "2026-11-01"; one that does not exist ("2026-02-31") is refused by the schema. */
export const startOf = (date: string): Time => {
  const [year, month, dayOf] = date.split('-').map(Number) as [number, number, number];
  return Date.UTC(year, month - 1, dayOf);
};

function tableOf(organisation: OrganisationState): Table {
  let table = tables.get(organisation);
  if (table) return table;
  const prices = organisation.definition?.prices ?? [];
  const lines = new Map<string, { from: Time; def: PriceDef }[]>();
  for (const def of prices) {
    const name = `${def.of}|${def.unit}`;
    lines.set(name, [...(lines.get(name) ?? []), { from: startOf(def.from), def }]);
  }
  for (const list of lines.values()) list.sort((a, b) => b.from - a.from);
  table = { version: digest(prices), lines };
  tables.set(organisation, table);
  return table;
}

/** The version of the table in force: a digest of all its lines. */
export const priceVersion = (state: State): string => tableOf(state.organisation).version;

/** The line in force at a time, or undefined. */
export const priceAt = (state: State, of: string, unit: PriceUnit, at: Time): PriceDef | undefined =>
  tableOf(state.organisation)
    .lines.get(`${of}|${unit}`)
    ?.find((line) => line.from <= at)?.def;

/** Parts of a unit that are counted: time is measured in milliseconds, everything else in whole units. */
const parts = (unit: PriceUnit): number => (unit === 'minutes' ? 60_000 : 1);

/** Quantity × price / per, rounded up, exact beyond 2^53. */
function amountOf(def: PriceDef, quantity: number): number {
  const scale = parts(def.unit);
  const per = BigInt(def.per) * BigInt(scale);
  return Number((BigInt(Math.ceil(quantity * scale)) * BigInt(def.price) + per - 1n) / per);
}

/** What a quantity of something costs now, by the first of these names that has a line; null when none has. */
export function priceOf(
  state: State,
  names: readonly string[],
  unit: PriceUnit,
  quantity: number,
  at: Time,
): PriceUse | null {
  for (const of of names) {
    const def = priceAt(state, of, unit, at);
    if (!def) continue;
    const { id: line, price: each, per, from } = def;
    const version = priceVersion(state);
    return { version, line, of, unit, quantity, price: each, per, from, money: amountOf(def, quantity) };
  }
  return null;
}

export interface Charge {
  readonly money: number;
  readonly tokens: number;
  readonly prices: PriceUse[];
  /** Units that were used and have no price. */
  readonly unpriced: PriceUnit[];
}

/** What a metered use costs: every unit by its own line. */
export function charge(state: State, of: string, use: Used, at: Time): Charge {
  const prices: PriceUse[] = [];
  const unpriced: PriceUnit[] = [];
  let tokens = 0;
  for (const unit of PRICE_UNITS) {
    const quantity = use[unit] ?? 0;
    if (quantity === 0) continue;
    if (unit.endsWith('-tokens')) tokens += quantity;
    const line = priceOf(state, [of], unit, quantity, at);
    if (line) prices.push(line);
    else unpriced.push(unit);
  }
  return { money: prices.reduce((sum, line) => sum + line.money, 0), tokens, prices, unpriced };
}
