/**
 * [PRV3] A value that stands in a text the instruction names as the place to look it up. The weakest ground: whoever wrote the text wrote
 * the value, so the instruction has to leave it open, say that this is where it stands, and leave no choice between two.
 */

import { addressesOf, holds, once, sentencesOf, wordsOfRecords } from './index-of.ts';
import { type Clause, given, type Intent, mentions, plural } from './intent.ts';
import type { Leaf, Source } from './sources.ts';
import { addresses, normalise, occurs, overlap, type Shape, withoutReferences, words } from './text.ts';
import { type Answer, claims, foundIn, numbersIn, type Question, repeated, stands, type Value } from './value.ts';

/** Words a record must share with what was asked before it counts as the one that was meant. */
const MEANT = 2;
/** Texts named by the instruction, what they lead to, what that leads to. */
const DEPTH = 3;

export const untrusted = (q: Question): Source[] => q.sources.filter((s) => s.trust === 'untrusted');

/** Clauses that ask for this and leave such a value open. */
export const open = (q: Question, value: Value): Clause[] =>
  q.asking.filter((clause) =>
    value.number === null
      ? given(clause, value.shape, q.vocabulary).length === 0
      : numbersIn(withoutReferences(clause.plain)).length === 0,
  );

export const wordsOf = (clauses: readonly Clause[]): Set<string> => new Set(clauses.flatMap((c) => [...c.words]));
export const recordWords = (source: Source, record: string): ReadonlySet<string> =>
  wordsOfRecords(source.leaves).get(record) ?? new Set();

/** How far a source is from the instruction: 1 when it names it, 2 when a text of depth 1 does, … */
export function depths(intent: Intent, sources: readonly Source[]): Map<Source, number> {
  const found = new Map<Source, number>();
  for (let depth = 1; depth <= DEPTH && (depth === 1 || found.size > 0) && found.size < sources.length; depth++)
    for (const source of sources) {
      if (found.has(source)) continue;
      const named = (selector: string) =>
        depth === 1
          ? mentions(intent, selector)
          : [...found].some(
              ([s, d]) =>
                d === depth - 1 && holds(s.leaves, selector) && s.leaves.some((leaf) => occurs(selector, leaf.plain)),
            );
      if (source.selectors.some((s) => /\p{L}{2}/u.test(s) && named(s))) found.set(source, depth);
    }
  return found;
}

/** "It is in the inbox", "from her mail": a place that needs no name because there is one. */
const PLACE =
  /\b(?:in|from|per|by) (?:(?:the|my|our|his|her|their|its|this|that|an?) )?((?:[\p{L}\p{N}'’-]+ )?\p{L}+)/giu;
const placesOf = once((clause: Clause) => [...clause.text.matchAll(PLACE)].flatMap((m) => [...words(m[1]!)]));
export const placed = (clause: Clause, source: Source): boolean =>
  source.selectors.length === 0 && placesOf(clause).some((place) => source.nouns.has(place));

/** "You can find the details in the message": whatever is needed stands there. */
const DETAILS =
  /\b(?:find|see|get|take|use|all|are|has)\b.{0,30}\b(?:details?|info(?:rmation)?|data|contacts?|everything)\b.{0,20}\b(?:in|on|at|from|there)\b/i;
/** The instruction says that the address is to be found somewhere; that it is to be written to is not enough. */
const CUES: Readonly<Record<Exclude<Shape, 'word'>, RegExp>> = {
  email:
    /\b(?:named|listed|mentioned|given|stated|specified|found|written|described|shown|included|contained|signed|posted) (?:in|on|at|by|there)\b|(?<!\b(?:by|via|per|an?|the) )\b(?:e-?mail|mail|addresse?s?|contacts?)(?: address)? (?:is |stands )?(?:in|on|at|from)\b|\b(?:find|look up|take|get|use|see)\b.{1,40}\b(?:e-?mails?|mail|addresse?s?|contacts?)\b/i,
  url: /\b(?:web|websites?|sites?|pages?|webpages?|links?|linked|urls?|articles?|blogs?|posts?|online|visit|browse|homepage|form)\b/i,
  account:
    /\b(?:accounts?|iban|bank details|card)\b.{0,30}\b(?:in|from|at|listed|stated|given|named|mentioned|there)\b/i,
};

/** Is the one address of a text what the instruction wants of it? It says so, or the words around the address do. */
function wanted(q: Question, value: Value, source: Source, clauses: readonly Clause[]): boolean {
  if (value.shape === 'word') return true;
  const cue = CUES[value.shape];
  if (q.intent!.clauses.some((clause) => cue.test(clause.text) || DETAILS.test(clause.text))) return true;
  // "Pay the bill X": what is to be paid is the text itself.
  if (value.shape === 'account') return source.selectors.some((s) => clauses.some((clause) => occurs(s, clause.plain)));
  const asked = wordsOf(clauses);
  const people = new Set(clauses.flatMap((clause) => clause.names.flatMap((name) => [...words(name)])));
  return source.leaves.some((leaf) => {
    if (!addressesOf(leaf, value.shape).includes(value.spelt)) return false;
    const near = sentencesOf(leaf).filter((s) => addresses(s, value.shape).includes(value.spelt));
    if (value.shape !== 'email') return near.some((s) => overlap(words(withoutReferences(s)), asked) >= MEANT);
    // "Invite Dora" and dora@…: the address says whose it is.
    return near.length > 0 && overlap(words(value.plain.replace(/@.*/, '')), people) > 0;
  });
}

/** The instruction itself named one for an argument of this name in what it had read: then no text names another. */
const settled = (q: Question, value: Value): boolean =>
  !q.intent!.clauses.some((clause) => DETAILS.test(clause.text)) &&
  q.sources.some((s) =>
    s.asked.some(
      ({ argument, plain }) => argument === q.argument && plain !== value.plain && mentions(q.intent!, plain),
    ),
  );

/** Texts of the first depth: those an open clause names, else all that the instruction names. */
function namedTexts(clauses: readonly Clause[], found: ReadonlyMap<Source, number>): Source[] {
  const first = [...found].flatMap(([source, depth]) => (depth === 1 ? [source] : []));
  const here = first.filter((s) => s.selectors.some((selector) => clauses.some((c) => occurs(selector, c.plain))));
  return here.length > 0 ? here : first;
}

/** A text the instruction names: where it leaves the value open, and only when there is one such value, or one record that is meant. */
export function inNamedText(q: Question, value: Value): Answer | null {
  if (!q.intent || !q.required) return null;
  const clauses = open(q, value);
  if (clauses.length === 0) return null;
  const found = depths(q.intent, untrusted(q));
  const places = untrusted(q).filter((s) => clauses.some((clause) => placed(clause, s)));
  const first = namedTexts(clauses, found);
  const texts = [...new Set([...first, ...places])];
  if (value.shape === 'word')
    return settled(q, value) ? null : (meantRecord(q, value, texts, clauses) ?? deferred(q, value, first));
  return inTexts(q, value, clauses, { found, first }) ?? meantRecord(q, value, places, clauses);
}

/** "Reserve what he suggests": the choice is left to a text, but only among things the organisation's own data know. */
const DEFERS =
  /\b(?:what(?:ever)?|which(?:ever)?|the (?:one|place|\w+)) (?:that )?\w+ (?:suggest|recommend|propose|ask|want|pick|chose|choose|prefer|mention|name)(?:s|d|ed|ing)?\b|\bas (?:suggested|recommended|proposed|requested)\b/i;

function deferred(q: Question, value: Value, first: readonly Source[]): Answer | null {
  if (!q.asking.some((clause) => DEFERS.test(clause.text))) return null;
  const places = untrusted(q).filter((s) => q.intent!.clauses.some((clause) => placed(clause, s)));
  const texts = [...first, ...places];
  const own = q.sources.filter((s) => s.trust === 'trusted' || s.trust === 'registry').flatMap((s) => s.leaves);
  const entry = own.find((leaf) => leaf.plain === value.plain && leaf.field !== '');
  const source = texts.find((s) => foundIn(q, value, s, false));
  if (!entry || !source) return null;
  const named = own.filter(
    (l) => l.field === entry.field && texts.some((t) => t.leaves.some((x) => occurs(l.plain, x.plain))),
  );
  return named.every((l) => l.plain === value.plain) ? { ground: 'named', source: source.title } : null;
}

function inTexts(
  q: Question,
  value: Value,
  clauses: readonly Clause[],
  { found, first }: { found: ReadonlyMap<Source, number>; first: readonly Source[] },
): Answer | null {
  for (let depth = 1; depth <= DEPTH; depth++) {
    const texts = depth === 1 ? first : [...found].flatMap(([s, d]) => (d === depth ? [s] : []));
    const candidates = new Set(texts.flatMap((s) => s.leaves.flatMap((leaf) => addressesOf(leaf, value.shape))));
    if (candidates.size === 0) continue;
    const source = texts.find((s) => foundIn(q, value, s, false));
    if (!source || !candidates.has(value.spelt)) return null;
    const several = clauses.some((clause) => plural(clause, q.argument) || plural(clause, 'website'));
    if (!wanted(q, value, source, clauses)) return null;
    if (candidates.size === 1 || several) return { ground: 'named', source: source.title };
    return meantRecord(q, value, texts, clauses);
  }
  return null;
}

interface Part {
  readonly source: Source;
  readonly record: string;
}

/** The only record of the only text, if that is all there is: a number of it cannot be another's. */
function only(texts: readonly Source[]): Part[] {
  const all = texts.flatMap((source) =>
    [...wordsOfRecords(source.leaves).keys()].map((record) => ({ source, record })),
  );
  return all.length === 1 ? all : [];
}

/** A name inside a text counts when its own sentence is about what was asked: the rest of the text may be about anything. */
function spokenOf(value: Value, leaf: Leaf, asked: ReadonlySet<string>, own: ReadonlySet<string>): boolean {
  if (value.shape !== 'word' || value.number !== null || leaf.plain === value.plain) return true;
  const about = sentencesOf(leaf).filter((s) => occurs(value.plain, normalise(s)));
  return about.some((s) => [...words(s)].some((w) => /\p{L}/u.test(w) && asked.has(w) && !own.has(w)));
}

/** Records that share enough words with what was asked; the words by which their text was asked for do not count. */
export function meantIn(texts: readonly Source[], clauses: readonly Clause[]): Part[] {
  const own = selectorWords(texts);
  const asked = [...wordsOf(clauses)].filter((w) => !own.has(w));
  const enough = (shared: readonly string[]): boolean => shared.reduce((sum, w) => sum + weight(w), 0) >= MEANT;
  return texts.flatMap((source) => {
    // A stem stands in its words: texts that hold too few of them need not be taken apart.
    const held = asked.filter((w) => holds(source.leaves, w));
    if (!enough(held)) return [];
    return [...wordsOfRecords(source.leaves)].flatMap(([record, about]) =>
      enough(held.filter((w) => about.has(w))) ? [{ source, record }] : [],
    );
  });
}

/** "OPS-41" says which one is meant as two other words do. */
const weight = (word: string): number => (/\p{L}.*-\d/u.test(word) ? MEANT : 1);

const selectorsOf = once((selectors: readonly string[]) => selectors.flatMap((s) => [...words(s)]));
const selectorWords = (texts: readonly Source[]): Set<string> =>
  new Set(texts.flatMap(({ selectors }) => selectorsOf(selectors)));

/** The value stands in the one record that is about what was asked. Two such records: somebody has to say which. */
function meantRecord(q: Question, value: Value, texts: readonly Source[], clauses: readonly Clause[]): Answer | null {
  const asked = wordsOf(clauses);
  const own = selectorWords(texts);
  const meant = meantIn(texts, clauses);
  const [one] = meant.length === 0 && value.number !== null ? only(texts) : meant;
  if (meant.length > 1 || !one) return null;
  const leaves = one.source.leaves.filter((leaf) => leaf.record === one.record);
  const others = new Set(leaves.flatMap((leaf) => addressesOf(leaf, value.shape)));
  if (value.shape !== 'word' && others.size !== 1) return null;
  if (repeated(value, one.source)) return null;
  const leaf = leaves.find((l) => claims(q, one.source, stands(value, l)) && spokenOf(value, l, asked, own));
  return leaf ? { ground: 'named', source: one.source.title } : null;
}
