/**
 * Where a value comes from. A sensitive argument is *grounded* when it stands in something that may steer an effect; everything else
 * is a guess, and the guess may be an attacker's.
 *
 * [PRV3] In the order of trust: instruction, definition, the organisation's own data, a whole field of a record from outside, a text
 * the instruction names. The last two only where an instruction bounds the run, and only when nothing better speaks of such a value:
 * what is named beats what is found, what is found first beats what it leads to, one candidate beats several.
 */
import { mentions } from './intent.ts';
import { inNamedText, open, recordWords, untrusted, wordsOf } from './named.ts';
import type { Leaf, Source } from './sources.ts';
import { occurs, overlap, type Shape } from './text.ts';
import { type Answer, claims, foundIn, mayStand, type Question, readValue, stands, type Value } from './value.ts';

/** Words that a text from outside must have besides a value before it counts as speaking of it. */
const PROSE = 4;

const EXCEPT = /\b(?:other than|except(?: for)?|instead of|rather than|apart from|but not|not) [^,.;:]*/g;

/** The instruction names another entry of the same field: then it did not mean this one. "Other than X" names none. */
function anotherNamed(q: Question, value: Value, source: Source, leaf: Leaf): boolean {
  if (!q.intent || mentions(q.intent, value.plain)) return false;
  const instruction = q.intent.plain.replaceAll(EXCEPT, ' ');
  return source.leaves.some(
    (other) =>
      other.field === leaf.field &&
      other.plain !== leaf.plain &&
      other.plain.length <= 80 &&
      /\p{L}{2}/u.test(other.plain) &&
      occurs(other.plain, instruction),
  );
}

const wordCount = (text: string): number => text.split(' ').length;

/** The clause that asks for it, or hands it over, names this text: "book the pickups listed in week12.txt". */
function chosenFrom(q: Question, source: Source): boolean {
  const asking = q.asking.length > 0 ? q.asking : q.intent!.clauses;
  return source.selectors.some((s) => /\p{L}{2}/u.test(s) && asking.some((clause) => occurs(s, clause.plain)));
}

/**
 * A text from outside speaks of this entry, and nobody says which source the choice rests on: then the choice may be the text's. What
 * the instruction names itself is no choice.
 */
function advised(q: Question, value: Value): boolean {
  if (!q.intent || q.claimed !== undefined || mentions(q.intent, value.plain)) return false;
  return untrusted(q).some(
    (source) =>
      mayStand(value, source.all) &&
      !chosenFrom(q, source) &&
      source.all.some(
        (leaf) => stands(value, leaf) === 'inside' && wordCount(leaf.plain) >= wordCount(value.plain) + PROSE,
      ),
  );
}

const ORDER = [
  ['instruction', 'instruction'],
  ['definition', 'definition'],
  ['trusted', 'trusted'],
  ['registry', 'trusted'],
] as const;

function better(q: Question, value: Value): Answer | null {
  for (const [trust, ground] of ORDER) {
    if (!q.allowed.includes(ground)) continue;
    for (const source of q.sources) {
      if (source.trust !== trust) continue;
      const leaf = foundIn(q, value, source, trust === 'registry');
      if (!leaf) continue;
      if (ground !== 'trusted' || !(anotherNamed(q, value, source, leaf) || advised(q, value)))
        return { ground, source: source.title };
    }
  }
  return null;
}

/** A whole field of a record from outside. For addresses the record must be about what was asked. */
function inRecord(q: Question, value: Value): Answer | null {
  if ((value.shape !== 'word' && open(q, value).length === 0) || advised(q, value)) return null;
  for (const source of untrusted(q)) {
    if (!mayStand(value, source.leaves)) continue;
    for (const leaf of source.leaves) {
      if (leaf.field === '' || stands(value, leaf) !== 'whole' || !claims(q, source, 'whole')) continue;
      if (anotherNamed(q, value, source, leaf)) continue;
      const meant = value.shape === 'word' || overlap(recordWords(source, leaf.record), wordsOf(q.asking)) > 0;
      if (meant) return { ground: 'record', source: source.title };
    }
  }
  return null;
}

/** Arguments whose name says what they hold: an e-mail address is no link, whoever gave it. */
const KINDS: readonly (readonly [RegExp, readonly Shape[]])[] = [
  [/url|uri|link|website|webpage|href/i, ['url', 'word']],
  [/e?_?mail|recipients?_email/i, ['email', 'word']],
  [/iban/i, ['account', 'word']],
];
const fits = (argument: string, shape: Shape): boolean =>
  KINDS.every(([name, shapes]) => !name.test(argument) || shapes.includes(shape));

/** What the value rests on; null when nothing that may steer an effect holds it. */
export function groundOf(q: Question): Answer | null {
  const value = readValue(q.value);
  if (q.sources.length > 0 && !fits(q.argument, value.shape)) return null;
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
        (s.trust === 'untrusted' || s.trust === 'registry') &&
        mayStand(value, s.leaves) &&
        s.leaves.some((leaf) => stands(value, leaf) !== null),
    )?.title ?? null
  );
}
