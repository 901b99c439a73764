/**
 * The intent of an instruction, fixed by its words alone before anything from outside is read: which kinds of doing it asks for, which
 * values it names, which texts it names as sources. A function of the text and of the names of the capabilities; no model decides.
 */
import { addresses, clauses, names, normalise, occurs, type Shape, withoutQuotes, words } from './text.ts';
import { type Doing, doingsIn, doingsOf, handsOver } from './verbs.ts';

export interface Clause {
  readonly text: string;
  readonly plain: string;
  readonly doings: ReadonlySet<Doing>;
  readonly words: ReadonlySet<string>;
  readonly names: readonly string[];
}

export interface Intent {
  readonly plain: string;
  readonly clauses: readonly Clause[];
  /** "Follow the instructions in …": what is to be done stands elsewhere. */
  readonly handsOver: boolean;
}

const clauseOf = (text: string): Clause => ({
  text,
  plain: normalise(text),
  // What is quoted is to be said or found, not done.
  doings: doingsIn(withoutQuotes(text)),
  words: words(text),
  names: names(text),
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

/** The clauses that ask for what a capability does. Without a verb in its name, those that share a word of it. */
export function asking(intent: Intent, capability: { id: string; title: string }): Clause[] {
  const doings = doingsOf(capability.id, capability.title);
  const own = words(capability.id.replaceAll(/[._-]/g, ' '));
  return intent.clauses.filter((clause) =>
    doings.size > 0
      ? [...doings].some((doing) => clause.doings.has(doing))
      : [...own].some((word) => clause.words.has(word)),
  );
}

type Looks = { id: string; title: string; effect: string; taints?: boolean | undefined };

/** Looking things up is part of any work; where it looks is a question of its own. */
export function onlyLooks({ id, title, effect, taints }: Looks): boolean {
  if (effect === 'read') return true;
  const doings = doingsOf(id, title);
  return taints === true && doings.has('read') && !doings.has('send');
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
