/** A value that is to be grounded, and whether and how it stands in a source. */

import { type Moment, momentOf, tells } from './dates.ts';
import type { Ground } from './definition.ts';
import { addressesOf, holds, once } from './index-of.ts';
import type { Clause, Intent } from './intent.ts';
import type { Leaf, Source } from './sources.ts';
import { normalise, occurs, type Shape, shapeOf, spell } from './text.ts';

export interface Question {
  readonly value: string;
  readonly argument: string;
  readonly required: boolean;
  readonly allowed: readonly Ground[];
  readonly sources: readonly Source[];
  /** Where the worker says the value comes from: `OP-3`, or `OP-3#text` for words inside a value. It can only narrow. */
  readonly claimed: readonly string[] | undefined;
  readonly intent: Intent | null;
  /** Clauses that ask for this capability. */
  readonly asking: readonly Clause[];
  readonly vocabulary: ReadonlySet<string>;
}

export interface Answer {
  readonly ground: Ground;
  readonly source: string;
}

export interface Value {
  readonly plain: string;
  readonly spelt: string;
  readonly shape: Shape;
  readonly number: number | null;
  readonly moment: Moment | null;
}

export const readValue = (text: string): Value => {
  const [plain, shape] = [normalise(text), shapeOf(text)];
  const number = /^-?\d+(?:\.\d+)?$/.test(plain) && plain.length < 10 ? Number(plain) : null;
  return { plain, shape, spelt: spell(text, shape), number, moment: momentOf(plain) };
};

const THOUSANDS = /(?<=(?<![\d.,])\d{1,3}(?:,\d{3})*),(?=\d{3}(?!\d))/g;

/** Numbers that stand by themselves, not in dates or names; "1,200" is one. */
export const numbersIn = (text: string): number[] =>
  (text.replaceAll(THOUSANDS, '').match(/(?<![\p{L}\d.,:/-])\d+(?:\.\d+)?(?![\p{L}\d:/-]|[.,]\d)/gu) ?? []).map(Number);

const numbersOfLeaf = once((leaf: Leaf) => numbersIn(leaf.plain));
/** Only what could be one: a number with its printed groups is short. */
const accountOf = once((leaf: Leaf) => (leaf.text.length > 80 ? '' : spell(leaf.text, 'account')));

export type Stands = 'whole' | 'inside' | null;
export function stands(value: Value, leaf: Leaf): Stands {
  if (value.number !== null) {
    if (leaf.plain !== '' && Number(leaf.plain) === value.number) return 'whole';
    return numbersOfLeaf(leaf).includes(value.number) ? 'inside' : null;
  }
  if (leaf.plain === value.plain) return 'whole';
  if (value.moment !== null && tells(leaf, value.moment)) return 'inside';
  if (value.shape === 'account' && accountOf(leaf) === value.spelt) return 'whole';
  if (occurs(value.plain, leaf.plain)) return 'inside';
  return value.shape !== 'word' && addressesOf(leaf, value.shape).includes(value.spelt) ? 'inside' : null;
}

export const claims = (q: Question, source: Source, how: Stands): boolean =>
  how !== null &&
  (q.claimed === undefined ||
    q.claimed.includes(source.id) ||
    (how === 'inside' && q.claimed.includes(`${source.id}#text`)));

/** Could the value stand in one of these? Cheap, and never wrong when it says no. */
export const mayStand = (value: Value, leaves: readonly Leaf[]): boolean =>
  value.number !== null ||
  value.moment !== null ||
  value.shape === 'account' ||
  value.shape === 'url' ||
  holds(leaves, value.plain);

/** Does the value stand in what the call said itself? Then the result only repeats it. */
export const repeated = (value: Value, source: Source): boolean =>
  source.said.some((plain) => occurs(value.plain, plain));

/** The leaf of a source where the value stands in a way that counts for its trust. */
export function foundIn(q: Question, value: Value, source: Source, whole: boolean): Leaf | undefined {
  if (repeated(value, source) || !mayStand(value, source.leaves)) return undefined;
  return source.leaves.find((leaf) => {
    const how = stands(value, leaf);
    return claims(q, source, how) && (!whole || how === 'whole');
  });
}
