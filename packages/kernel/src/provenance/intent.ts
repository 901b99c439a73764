/**
 * The intent of an instruction, fixed by its words alone before anything from outside is read: which kinds of doing it asks for, which
 * values it names, which texts it names as sources. A function of the text and of the names of the capabilities; no model decides.
 */
import { addresses, clauses, names, normalise, occurs, type Shape, withoutQuotes, words } from './text.ts';
import { type Doing, doingsIn, handsOver } from './verbs.ts';
import { wishes } from './wishes.ts';

/** A stretch of a sentence with one verb or none: "find a hotel", "book it". */
export interface Part {
  readonly plain: string;
  readonly doings: ReadonlySet<Doing>;
  readonly words: ReadonlySet<string>;
}

export interface Clause {
  readonly text: string;
  readonly plain: string;
  readonly doings: ReadonlySet<Doing>;
  readonly words: ReadonlySet<string>;
  readonly names: readonly string[];
  readonly parts: readonly Part[];
  /** It asks for something and does not say what is to be done with it. */
  readonly wish: boolean;
}

export interface Intent {
  readonly plain: string;
  readonly clauses: readonly Clause[];
  /** "Follow the instructions in …": what is to be done stands elsewhere. */
  readonly handsOver: boolean;
}

const PARTS = /[,;:–—]\s+|\s+(?=(?:and|then|but|or)\s)/;

const partOf = (text: string): Part => ({
  plain: normalise(text),
  // What is quoted is to be said or found, not done.
  doings: doingsIn(withoutQuotes(text)),
  words: words(text),
});

/** What has no verb of its own belongs to what stands before it: "add a page, the third one, to plan.docx". */
function partsOf(text: string): Part[] {
  const pieces: string[] = [];
  for (const piece of text.split(PARTS))
    if (pieces.length > 0 && partOf(piece).doings.size === 0) pieces.push(`${pieces.pop()} ${piece}`);
    else pieces.push(piece);
  return pieces.map(partOf);
}

const clauseOf = (text: string): Clause => ({
  ...partOf(text),
  text,
  names: names(text),
  parts: partsOf(text),
  wish: wishes(text),
});

const read = (instruction: string): Intent => ({
  plain: normalise(instruction),
  clauses: clauses(instruction).map(clauseOf),
  handsOver: handsOver(instruction),
});

/** Pure memoisation: a run asks for many things under one instruction. */
const known = new Map<string, Intent>();
const KNOWN = 64;

export function intentOf(instruction: string): Intent {
  const intent = known.get(instruction) ?? read(instruction);
  if (!known.has(instruction)) {
    if (known.size >= KNOWN) known.clear();
    known.set(instruction, intent);
  }
  return intent;
}

/** Values of a kind that a clause gives itself; names of the tools at hand ("Slack") are not values. */
export function given(clause: Clause, shape: Shape, vocabulary: ReadonlySet<string>): readonly string[] {
  if (shape !== 'word') return addresses(clause.text, shape);
  return clause.names.filter((name) => [...words(name)].some((word) => !vocabulary.has(word)));
}

/** Does a clause speak of several? "all the websites", "the necessary channels", "each user". */
export const plural = (clause: Clause, argument: string): boolean =>
  /\b(?:all|every|each|both)\b/i.test(clause.text) ||
  new RegExp(`\\b${argument.replaceAll(/[^a-z]/gi, '')}s\\b`, 'i').test(clause.text);

export const mentions = (intent: Intent, value: string): boolean => occurs(value, intent.plain);
