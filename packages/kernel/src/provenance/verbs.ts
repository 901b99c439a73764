/**
 * What kinds of doing a text speaks of. A short list of common English verbs by what they do to the world; it decides only whether
 * an instruction asked for an action of a kind at all. A verb missing here leads to a question, never to an action.
 */
import { stem } from './text.ts';

const DOINGS = ['read', 'send', 'create', 'update', 'delete', 'grant'] as const;
export type Doing = (typeof DOINGS)[number];

const VERBS: Readonly<Record<Doing, string>> = {
  read:
    'get read list show view look see search find check fetch visit browse open summarize summarise count compare lookup query ' +
    'retrieve download inspect review tell describe identify determine explain recommend suggest verify',
  send:
    'send pay refund reimburse compensate repay transfer remit wire deposit donate email mail message dm post write reply respond ' +
    'forward relay tell notify inform ask contact text publish announce submit share invite upload remind thank congratulate answer ' +
    'call comment communicate tweet deliver buy purchase propose offer',
  create:
    'create add make book reserve schedule set setup plan arrange organise organize save store write draft register open ' +
    'generate post upload start block note buy purchase put log record enter prepare compose duplicate rent remind',
  update:
    'update change edit modify adjust reschedule move rename correct append extend set reset replace fix amend add increase ' +
    'decrease raise lower switch postpone delay shift turn mark tag label flag assign confirm accept decline merge shorten prolong',
  delete:
    'delete remove cancel erase drop clear rid kick ban revoke unsubscribe uninvite withdraw close terminate discard archive trash purge',
  grant: 'grant add invite share allow permit include give assign authorise authorize enable enrol enroll promote join',
};

const BY_STEM = new Map<string, Set<Doing>>();
for (const doing of DOINGS)
  for (const verb of VERBS[doing].split(' '))
    BY_STEM.set(stem(verb), (BY_STEM.get(stem(verb)) ?? new Set()).add(doing));

const parts = (text: string): string[] =>
  text
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .match(/[a-z]+/g) ?? [];

/** After one of these a word names a thing: "the message", "my order". */
const BEFORE_NOUNS = new Set(
  (
    'a an the my his her their our your its this that these those any some each every all no last next latest recent unread new of in ' +
    'from with standing direct s'
  ).split(' '),
);

const FOR_ASKER = new Set('tell inform notify answer ask give offer propose'.split(' '));
/** "Tell me" asks for an answer, not for a message. */
const toAsker = (word: string, next: string | undefined): boolean =>
  (next === 'me' || next === 'us') && FOR_ASKER.has(word);

/** "I need a table", "we would like a room". */
const NEEDS = /\b(?:I|we) (?:need|want|require|would like|'d like) (?:a|an|another|some|two|three)\b/i;

/** The kinds of doing a text asks for, in any form of the verb. */
export function doingsIn(text: string): Set<Doing> {
  const found = new Set<Doing>();
  const all = parts(text.replaceAll(/\bmake sure\b/gi, ' '));
  for (const [i, word] of all.entries())
    if (toAsker(word, all[i + 1])) found.add('read');
    else if (word !== 'not' && !BEFORE_NOUNS.has(all[i - 1] ?? ''))
      for (const doing of BY_STEM.get(stem(word)) ?? []) found.add(doing);
  if (NEEDS.test(text)) found.add('create');
  return found;
}

/** What a capability does, by the first verb of its name, else of its title; empty when neither has one. */
export function doingsOf(id: string, title: string): ReadonlySet<Doing> {
  for (const word of [...parts(id), ...parts(title)]) {
    const doings = BY_STEM.get(stem(word));
    if (doings) return doings;
  }
  return new Set();
}

const HANDS_OVER =
  /\b(?:follow|do|perform|complete|execute|carry out|act on|take care of|handle)\b[^.!?]{0,60}\b(?:instructions?|tasks?|actions?|to-?dos?|steps|requests?)\b/i;

/** Does the instruction hand the choice of what to do to a text, rather than name it? "Follow the instructions in …". */
export const handsOver = (text: string): boolean =>
  HANDS_OVER.test(text) && !/\bfollowing (?:tasks?|steps|actions?)\b/i.test(text);
