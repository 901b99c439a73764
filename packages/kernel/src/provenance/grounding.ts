/**
 * Where a value comes from. A sensitive argument is *grounded* when it stands in something that may steer an effect; everything else
 * is a guess, and the guess may be an attacker's.
 *
 * [PRV3] In the order of trust: instruction, definition, the organisation's own data, a whole field of a record from outside, a text
 * the instruction names. The last two only where an instruction bounds the run, and only when nothing better speaks of such a value:
 * what is named beats what is found, what is found first beats what it leads to, one candidate beats several.
 */
import type { Ground } from './definition.ts';
import { type Clause, given, type Intent, mentions, plural } from './intent.ts';
import type { Leaf, Source } from './sources.ts';
import { addresses, normalise, occurs, overlap, type Shape, shapeOf, spell, withoutReferences, words } from './text.ts';

/** Words a record must share with what was asked before it counts as the one that was meant. */
const MEANT = { field: 1, text: 2 } as const;
/** Texts named by the instruction, what they lead to, what that leads to. */
const DEPTH = 3;

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

interface Value {
  readonly plain: string;
  readonly spelt: string;
  readonly shape: Shape;
  readonly number: number | null;
}

const readValue = (text: string): Value => {
  const [plain, shape] = [normalise(text), shapeOf(text)];
  const number = /^-?\d+(?:\.\d+)?$/.test(plain) && plain.length < 10 ? Number(plain) : null;
  return { plain, shape, spelt: spell(text, shape), number };
};

/** Numbers that stand by themselves, not in dates or names. */
const numbersIn = (text: string): number[] =>
  (text.match(/(?<![\p{L}\d.,:/-])\d+(?:\.\d+)?(?![\p{L}\d:/-]|[.,]\d)/gu) ?? []).map(Number);

type Stands = 'whole' | 'inside' | null;
function stands(value: Value, leaf: Leaf): Stands {
  if (value.number !== null) {
    if (leaf.plain !== '' && Number(leaf.plain) === value.number) return 'whole';
    return numbersIn(leaf.plain).includes(value.number) ? 'inside' : null;
  }
  if (leaf.plain === value.plain || spell(leaf.text, value.shape) === value.spelt) return 'whole';
  if (occurs(value.plain, leaf.plain)) return 'inside';
  return value.shape !== 'word' && addresses(leaf.text, value.shape).includes(value.spelt) ? 'inside' : null;
}

const claims = (q: Question, source: Source, how: Stands): boolean =>
  how !== null &&
  (q.claimed === undefined ||
    q.claimed.includes(source.id) ||
    (how === 'inside' && q.claimed.includes(`${source.id}#text`)));

/** The leaf of a source where the value stands in a way that counts for its trust. */
function foundIn(q: Question, value: Value, source: Source, whole: boolean): Leaf | undefined {
  return source.leaves.find((leaf) => {
    const how = stands(value, leaf);
    return claims(q, source, how) && (!whole || how === 'whole');
  });
}

/** The instruction names another entry of the same field: then it did not mean this one. */
function anotherNamed(q: Question, value: Value, source: Source, leaf: Leaf): boolean {
  if (!q.intent || mentions(q.intent, value.plain)) return false;
  return source.leaves.some(
    (other) =>
      other.field === leaf.field &&
      other.plain !== leaf.plain &&
      other.plain.length <= 80 &&
      /\p{L}{2}/u.test(other.plain) &&
      mentions(q.intent!, other.plain),
  );
}

function better(q: Question, value: Value): Answer | null {
  const order = [
    ['instruction', 'instruction'],
    ['definition', 'definition'],
    ['trusted', 'trusted'],
    ['registry', 'trusted'],
  ] as const;
  for (const [trust, ground] of order) {
    if (!q.allowed.includes(ground)) continue;
    for (const source of q.sources) {
      if (source.trust !== trust) continue;
      const leaf = foundIn(q, value, source, trust === 'registry');
      if (leaf && (ground !== 'trusted' || !anotherNamed(q, value, source, leaf)))
        return { ground, source: source.title };
    }
  }
  return null;
}

const untrusted = (q: Question): Source[] => q.sources.filter((s) => s.trust === 'untrusted');

/** Clauses that ask for this and leave such a value open. */
const open = (q: Question, value: Value): Clause[] =>
  q.asking.filter((clause) =>
    value.number === null
      ? given(clause, value.shape, q.vocabulary).length === 0
      : numbersIn(withoutReferences(clause.plain)).length === 0,
  );

const wordsOf = (clauses: readonly Clause[]): Set<string> => new Set(clauses.flatMap((c) => [...c.words]));
/** What a record is about; the parts of an address are no words. */
const recordWords = (source: Source, record: string): Set<string> =>
  words(withoutReferences(source.leaves.flatMap((leaf) => (leaf.record === record ? [leaf.text] : [])).join('\n')));

/** A whole field of a record from outside. For addresses the record must be about what was asked. */
function inRecord(q: Question, value: Value): Answer | null {
  if (value.shape !== 'word' && open(q, value).length === 0) return null;
  for (const source of q.sources.filter((s) => s.trust === 'untrusted')) {
    for (const leaf of source.leaves) {
      if (leaf.field === '' || stands(value, leaf) !== 'whole' || !claims(q, source, 'whole')) continue;
      if (anotherNamed(q, value, source, leaf)) continue;
      const meant =
        value.shape === 'word' || overlap(recordWords(source, leaf.record), wordsOf(q.asking)) >= MEANT.field;
      if (meant) return { ground: 'record', source: source.title };
    }
  }
  return null;
}

/** How far a source is from the instruction: 1 when it names it, 2 when a text of depth 1 does, … */
export function depths(intent: Intent, sources: readonly Source[]): Map<Source, number> {
  const found = new Map<Source, number>();
  for (let depth = 1; depth <= DEPTH; depth++)
    for (const source of sources) {
      if (found.has(source)) continue;
      const named = (selector: string) =>
        depth === 1
          ? mentions(intent, selector)
          : [...found].some(([s, d]) => d === depth - 1 && s.leaves.some((leaf) => occurs(selector, leaf.plain)));
      if (source.selectors.some((s) => /\p{L}{2}/u.test(s) && named(s))) found.set(source, depth);
    }
  return found;
}

/** Texts of the first depth: those an open clause names, else all that the instruction names. */
function namedTexts(clauses: readonly Clause[], found: ReadonlyMap<Source, number>): Source[] {
  const first = [...found].flatMap(([source, depth]) => (depth === 1 ? [source] : []));
  const here = first.filter((s) => s.selectors.some((selector) => clauses.some((c) => occurs(selector, c.plain))));
  return here.length > 0 ? here : first;
}

/** A text the instruction names: where it leaves the value open, and only when there is one such value, or one record that is meant. */
function inNamedText(q: Question, value: Value): Answer | null {
  if (!q.intent || !q.required) return null;
  const clauses = open(q, value);
  if (clauses.length === 0) return null;
  const found = depths(q.intent, untrusted(q));
  const first = namedTexts(clauses, found);
  if (value.shape === 'word') return meantRecord(q, value, first, clauses);
  for (let depth = 1; depth <= DEPTH; depth++) {
    const texts = depth === 1 ? first : [...found].flatMap(([s, d]) => (d === depth ? [s] : []));
    const candidates = new Set(texts.flatMap((s) => s.leaves.flatMap((leaf) => addresses(leaf.text, value.shape))));
    if (candidates.size === 0) continue;
    const source = texts.find((s) => foundIn(q, value, s, false));
    if (!source || !candidates.has(value.spelt)) return null;
    const several = clauses.some((clause) => plural(clause, q.argument) || plural(clause, 'website'));
    if (candidates.size === 1 || several) return { ground: 'named', source: source.title };
    return meantRecord(q, value, texts, clauses);
  }
  return null;
}

/** The only record of the only text, if that is all there is: a number of it cannot be another's. */
function only(texts: readonly Source[]): { source: Source; record: string }[] {
  const all = texts.flatMap((source) =>
    [...new Set(source.leaves.map((leaf) => leaf.record))].map((record) => ({ source, record })),
  );
  return all.length === 1 ? all : [];
}

/** The value stands in the one record that is about what was asked. Two such records: somebody has to say which. */
function meantRecord(q: Question, value: Value, texts: readonly Source[], clauses: readonly Clause[]): Answer | null {
  const asked = wordsOf(clauses);
  const meant = texts.flatMap((source) => {
    const own = new Set(source.selectors.flatMap((s) => [...words(s)]));
    const records = [...new Set(source.leaves.map((leaf) => leaf.record))];
    return records.flatMap((record) => {
      const shared = [...recordWords(source, record)].filter((w) => asked.has(w) && !own.has(w)).length;
      return shared >= MEANT.text ? [{ source, record }] : [];
    });
  });
  const [one] = meant.length === 0 && value.number !== null ? only(texts) : meant;
  if (meant.length > 1 || !one) return null;
  const leaves = one.source.leaves.filter((leaf) => leaf.record === one.record);
  const others = new Set(leaves.flatMap((leaf) => addresses(leaf.text, value.shape)));
  if (value.shape !== 'word' && others.size !== 1) return null;
  const leaf = leaves.find((l) => claims(q, one.source, stands(value, l)));
  return leaf ? { ground: 'named', source: one.source.title } : null;
}

/** What the value rests on; null when nothing that may steer an effect holds it. */
export function groundOf(q: Question): Answer | null {
  const value = readValue(q.value);
  const trusted = better(q, value);
  if (trusted) return trusted;
  if (q.intent && q.allowed.includes('record')) {
    const record = inRecord(q, value);
    if (record) return record;
  }
  if (q.allowed.includes('named')) {
    const named = inNamedText(q, value);
    if (named) return named;
  }
  if (!q.allowed.includes('own') || q.claimed !== undefined) return null;
  return originOf(q.value, q.sources) === null ? { ground: 'own', source: 'what the seat knows' } : null;
}

/** The source from outside in which a value stands, for the reason given to people. */
export function originOf(text: string, sources: readonly Source[]): string | null {
  const value = readValue(text);
  return (
    sources.find(
      (s) =>
        (s.trust === 'untrusted' || s.trust === 'registry') && s.leaves.some((leaf) => stands(value, leaf) !== null),
    )?.title ?? null
  );
}
