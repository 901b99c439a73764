/**
 * Where a value comes from. A sensitive argument is *grounded* when it stands in something that may steer an effect; everything else
 * is a guess, and the guess may be an attacker's.
 *
 * [PRV3] In the order of trust: instruction, definition, the organisation's own data, a whole field of a record from outside, a text
 * the instruction names. The last two only where an instruction bounds the run, and only when nothing better speaks of such a value:
 * what is named beats what is found, what is found first beats what it leads to, one candidate beats several.
 */
import { addressesOf } from './index-of.ts';
import { mentions } from './intent.ts';
import { inNamedText, open, recordWords, untrusted, wordsOf } from './named.ts';
import type { Leaf, Source } from './sources.ts';
import { occurs, overlap, type Shape, words } from './text.ts';
import {
  type Answer,
  claims,
  foundIn,
  mayStand,
  type Question,
  readValue,
  repeated,
  stands,
  type Value,
} from './value.ts';

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

/** "Everyone on the thread", "reply to the sender": the record is the one that another sentence speaks of. */
const REFERS =
  /\b(?:it|them|they|that|this|him|her|he|she|there|threads?|senders?|participants?|attendees|everyone|everybody|recipients?|guests?|both|all)\b/i;

/** Is the record about what was asked, or the address that of somebody who is named? */
function concerns(q: Question, value: Value, about: ReadonlySet<string>): boolean {
  if (overlap(about, wordsOf(q.asking)) > 0 || namesOwner(q, value)) return true;
  return q.asking.some((clause) => REFERS.test(clause.text)) && overlap(about, wordsOf(q.intent!.clauses)) > 0;
}

const ownerOf = (address: string): Set<string> => words(address.replace(/@.*/, '').replaceAll(/[._+]/g, ' '));

/** "Tell Omar" and omar.said@…: unless there is another address that could be his. */
function namesOwner(q: Question, value: Value): boolean {
  if (value.shape !== 'email') return false;
  const asked = wordsOf(q.asking);
  const named = [...ownerOf(value.plain)].filter((word) => asked.has(word));
  if (named.length === 0) return false;
  return !untrusted(q).some((source) =>
    source.leaves.some((leaf) =>
      addressesOf(leaf, 'email').some((a) => a !== value.spelt && [...ownerOf(a)].some((w) => named.includes(w))),
    ),
  );
}

/** A whole field of a record from outside. For addresses the record must be about what was asked. */
function inRecord(q: Question, value: Value): Answer | null {
  if ((value.shape !== 'word' && open(q, value).length === 0) || advised(q, value)) return null;
  for (const source of untrusted(q)) {
    if (repeated(value, source) || !mayStand(value, source.leaves)) continue;
    for (const leaf of source.leaves) {
      if (leaf.field === '' || stands(value, leaf) !== 'whole' || !claims(q, source, 'whole')) continue;
      if (anotherNamed(q, value, source, leaf)) continue;
      if (value.shape === 'word' || concerns(q, value, recordWords(source, leaf.record)))
        return { ground: 'record', source: source.title };
    }
  }
  return null;
}

/** Facts of a record besides the name it was found by, before it counts as the record of somebody. */
const FACTS = 2;

/** "Ada" is Ada Novak: the organisation's own data know one of that name, whoever asked for it in full. */
function completed(q: Question, value: Value): Answer | null {
  if (!q.intent || !/^\p{L}+(?: [\p{L}'’-]+){1,2}$/u.test(value.plain)) return null;
  const given = new Set(q.intent.clauses.flatMap((clause) => clause.names));
  const part = value.plain.split(' ').find((word) => given.has(word));
  if (part === undefined) return null;
  const own = q.sources.filter((s) => s.trust === 'trusted' && (q.claimed === undefined || q.claimed.includes(s.id)));
  const alike = own.flatMap((s) =>
    s.all.filter((leaf) => leaf.plain.length <= 60 && occurs(part, leaf.plain)).map((leaf) => ({ source: s, leaf })),
  );
  const found = alike.find(({ leaf }) => leaf.plain === value.plain);
  if (!found || alike.some(({ leaf }) => leaf.field === found.leaf.field && leaf.plain !== value.plain)) return null;
  const { source, leaf } = found;
  const facts = source.leaves.filter((l) => l.record === leaf.record && !source.said.some((p) => occurs(p, l.plain)));
  return facts.length >= FACTS ? { ground: 'trusted', source: source.title } : null;
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
  const trusted = better(q, value) ?? (q.allowed.includes('trusted') ? completed(q, value) : null);
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
