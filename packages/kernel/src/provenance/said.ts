/**
 * What is said and how much, to a target the instruction gave. The target being right does not make the words the user's: words an
 * outsider wrote go out only where the instruction asks to convey that text [PRV10], an amount has to follow from numbers the run may
 * use [PRV11], and what was done once is not done again unless the instruction speaks of several [PRV12].
 */

import { holds } from './index-of.ts';
import type { Clause, Intent } from './intent.ts';
import { depths, meantIn, placed } from './named.ts';
import { type Leaf, leavesOf, type Source } from './sources.ts';
import { isFiller, normalise, withoutReferences } from './text.ts';
import { numbersIn } from './value.ts';

/** So many words in a row, so many of them with a meaning of their own, are somebody's words; fewer are everybody's. */
const COPIED = { words: 4, meaning: 2 } as const;
/** Numbers looked at, and the largest whole number that counts as counted or as a factor. */
const LIMITS = { numbers: 200, counted: 12, text: 20_000, field: 60 } as const;

const CONVEYS =
  /\b(?:forward|sum .{1,20} up|copy|paste|quote|summar\w+|overview|list|report|share|repost|announce|translat\w+|pass|relay|publish|append|extract|contents?|details|transcri\w+|compare|collect|compile|according|exact\w*|concatenat\w+|(?:results?|news|arrived|come in)|(?:tell|write|say|know|inform|save|send|post|e-?mail|message)\b.{1,80}\b(?:what|who|which|how|when|where|them|it|the (?:text|results?|message|notes?|minutes|findings)))\b/i;

const wordsIn = (text: string): string[] =>
  normalise(withoutReferences(text.slice(0, LIMITS.text))).match(/\p{L}+/gu) ?? [];

/** All stretches of words that count as somebody's. */
const stretches = (words: readonly string[]): string[] =>
  words.flatMap((_, i) => {
    const part = words.slice(i, i + COPIED.words);
    const meaning = part.filter((w) => !isFiller(w)).length;
    return part.length === COPIED.words && meaning >= COPIED.meaning ? [part.join(' ')] : [];
  });

/** Texts by their words, joined: made once, a result does not change. */
const joined = new WeakMap<object, string>();
function wordsOfSource(source: Source): string {
  const known = joined.get(source.all) ?? source.all.map((leaf) => ` ${wordsIn(leaf.text).join(' ')} `).join('\n');
  joined.set(source.all, known);
  return known;
}

/** Texts are taken apart into words only where they hold each word of the stretch. */
const hasStretch = (source: Source, stretch: string): boolean =>
  stretch.split(' ').every((word) => holds(source.all, word)) && wordsOfSource(source).includes(` ${stretch} `);

/** Sources the instruction speaks of: by name, by what they hold, or by the record it means. */
function speaksOf(intent: Intent, outside: readonly Source[]): ReadonlySet<Source> {
  const held = (s: Source, clause: Clause) => s.selectors.length === 0 && [...s.nouns].some((n) => clause.words.has(n));
  return new Set([
    ...depths(intent, outside).keys(),
    ...outside.filter((s) => intent.clauses.some((clause) => placed(clause, s) || held(s, clause))),
    ...meantIn(outside, intent.clauses).map(({ source }) => source),
  ]);
}

const same = (a: Source, b: Source | undefined): boolean =>
  a === b ||
  (b !== undefined &&
    a.id === b.id &&
    a.leaves.length === b.leaves.length &&
    a.leaves.every((leaf, i) => leaf.text === b.leaves[i]!.text));

/** The last answer under an intent, by place: a run asks again and again with the same before it. */
const lately = new WeakMap<Intent, { readonly of: readonly Source[]; readonly spoken: readonly boolean[] }>();

export function spokenOf(intent: Intent, sources: readonly Source[]): Set<Source> {
  const outside = sources.filter((s) => s.trust === 'untrusted');
  const known = lately.get(intent);
  if (known && known.of.length === outside.length && outside.every((s, i) => same(s, known.of[i])))
    return new Set(outside.filter((_, i) => known.spoken[i]));
  const found = speaksOf(intent, outside);
  lately.set(intent, { of: outside, spoken: outside.map((s) => found.has(s)) });
  return new Set(found);
}

/** Does the instruction ask to convey a text? Not where its words give the message themselves. */
export const conveys = (intent: Intent, asking: readonly Clause[]): boolean =>
  intent.handsOver || (asking.length > 0 ? asking : intent.clauses).some((clause) => CONVEYS.test(clause.text));

const answered = (subject: string): string => subject.replace(/^(?:(?:re|fwd?|aw): ?)+/, '');

/** "Re: New rent": the subject of what is answered. */
function repeatsField(text: string, sources: readonly Source[]): boolean {
  const plain = answered(normalise(text));
  const same = (l: Leaf): boolean => l.field !== '' && l.plain.endsWith(plain) && answered(l.plain) === plain;
  return plain.length <= LIMITS.field && sources.some((s) => s.leaves.some(same));
}

/** [PRV10] The source from outside whose words a text repeats without having been asked to; null when there is none. */
export function copiedFrom(text: string, sources: readonly Source[], allowed: ReadonlySet<Source>): Source | null {
  const own = stretches(wordsIn(text));
  if (own.length === 0 || repeatsField(text, sources)) return null;
  const outside = (s: Source): boolean => (s.trust === 'untrusted' || s.trust === 'registry') && !allowed.has(s);
  const repeated = own.filter((stretch) => sources.some((s) => outside(s) && hasStretch(s, stretch)));
  const foreign = repeated.filter((stretch) => !sources.some((s) => !outside(s) && hasStretch(s, stretch)));
  return sources.find((s) => outside(s) && foreign.some((stretch) => hasStretch(s, stretch))) ?? null;
}

const FACTORS: Readonly<Record<string, number>> = {
  double: 2,
  twice: 2,
  triple: 3,
  half: 0.5,
  halve: 0.5,
  quarter: 0.25,
};

/** Numbers a run may work with: all that is trusted, whole fields of records, and texts the instruction wants used. */
function usable(sources: readonly Source[], allowed: ReadonlySet<Source>): number[] {
  const found = sources.flatMap((s) =>
    s.leaves.flatMap((leaf) => {
      const whole = leaf.plain !== '' && Number.isFinite(Number(leaf.plain)) ? [Number(leaf.plain)] : [];
      return (s.trust === 'untrusted' || s.trust === 'registry') && !allowed.has(s) ? whole : numbersOf(leaf.plain);
    }),
  );
  return [...new Set(found)].slice(-LIMITS.numbers);
}

const numbersOf = (plain: string): number[] => [
  ...numbersIn(plain.replaceAll(/[$€£¥%]/g, ' ').replaceAll(/(?<=\d),(?=\d{3}\b)/g, '')),
];

/** Sums of the same field over all records of a source. */
function columns(sources: readonly Source[]): number[] {
  return sources.flatMap((s) => {
    const sums = new Map<string, number>();
    for (const leaf of s.leaves)
      if (leaf.plain !== '' && Number.isFinite(Number(leaf.plain)))
        sums.set(leaf.field, (sums.get(leaf.field) ?? 0) + Number(leaf.plain));
    return [...sums.values()];
  });
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 0.005 + Math.abs(b) * 1e-9;

/** The largest number of fields that are called like the argument, else of all that may be used. */
function largest(argument: string, numbers: readonly number[], sources: readonly Source[]): number {
  const same = sources.flatMap((s) =>
    s.leaves.flatMap((leaf) => (leaf.field.endsWith(`/${argument}`) ? [Number(leaf.plain)] : [])),
  );
  return Math.max(0, ...(same.some(Number.isFinite) ? same.filter(Number.isFinite) : numbers));
}

/**
 * [PRV11] Does a number follow from those that may be used? One step of arithmetic, or a part of one of them: what a rate or a share
 * makes of an amount is smaller than the amount.
 */
export function derived(
  { value, argument }: { value: number; argument: string },
  sources: readonly Source[],
  allowed: ReadonlySet<Source>,
  intent: Intent,
): boolean {
  if (Number.isInteger(value) && Math.abs(value) <= LIMITS.counted) return true;
  const single = usable(sources, allowed);
  if (Math.abs(value) <= largest(argument, single, sources)) return true;
  const numbers = [...single, ...columns(sources)];
  const factors = [
    ...Object.entries(FACTORS).flatMap(([word, factor]) => (intent.plain.includes(word) ? [factor] : [])),
    ...numbersIn(intent.plain).filter((n) => Number.isInteger(n) && n <= LIMITS.counted),
  ];
  return numbers.some(
    (a) =>
      near(value, a) ||
      factors.some((n) => near(value, a * n)) ||
      numbers.some((b) => near(value, a + b) || near(value, a * (1 + b / 100))),
  );
}

/** [PRV12] Does the instruction speak of several of what it asks for? */
export const several = (clauses: readonly Clause[]): boolean =>
  clauses.some((c) =>
    /\b(?:all|every|each|both|everybody|everyone|several|again|twice|times|daily|weekly|monthly|two|three|four|five)\b|\w{3,}s\b/i.test(
      c.text,
    ),
  );

/** What steers an action, in one spelling: two requests with the same are the same thing done twice. */
export const steering = (args: Record<string, unknown>, sensitive: readonly string[]): string =>
  sensitive
    .map(
      (name) =>
        `${name}=${leavesOf(args[name])
          .map((leaf) => leaf.plain)
          .join(',')}`,
    )
    .join('|');
