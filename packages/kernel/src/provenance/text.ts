/**
 * Reading text without understanding it: normal forms, words, values that look like addresses. Nothing here knows a language
 * beyond English function words; everything is deterministic and bounded by the length of its input.
 */

/** What kind of thing a value names. Addresses can be found in a text; a `word` (a name, a path) cannot be told from prose. */
export type Shape = 'email' | 'url' | 'account' | 'word';

/** Characters nobody sees: zero-width, bidirectional controls, Unicode tags, soft hyphens. */
const HIDDEN = /\p{Default_Ignorable_Code_Point}/u;
export const hasHidden = (text: string): boolean => HIDDEN.test(text);

/** A word that mixes Latin letters with look-alikes of another alphabet. */
const MIXED = /(?=[\p{L}\d]*\p{Script=Latin})(?=[\p{L}\d]*[\p{Script=Cyrillic}\p{Script=Greek}])[\p{L}\d]{2,}/u;
export const mixesAlphabets = (text: string): boolean => MIXED.test(text);

/** One spelling of the same text: compatibility forms, case, white space, scheme and closing slash of addresses. */
export const normalise = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/https?:\/\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\/(?=$|[\s'")])/g, '')
    .trim();

const WORD_CHARACTER = /[\p{L}\p{N}_@]/u;
const isWord = (character: string | undefined): boolean => character !== undefined && WORD_CHARACTER.test(character);

/** Does the value stand in the text as whole words? Both normalised. */
export function occurs(value: string, text: string): boolean {
  if (value === '') return false;
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
    const before = text[at - 1];
    // "evil.com" is not in "not-evil.com" or in "mail@evil.com".
    const joined = isWord(value[0]) && (isWord(before) || before === '-' || (before === '.' && isWord(text[at - 2])));
    if (!joined && !continues(text, at + value.length, value.at(-1))) return true;
  }
  return false;
}

/** Does a word, a number or an address go on after the value? "com" in "com.attacker.org", "10" in "10.50". */
function continues(text: string, end: number, last: string | undefined): boolean {
  if (!isWord(last)) return false;
  const [next, after] = [text[end], text[end + 1]];
  if (isWord(next) || (next === '-' && isWord(after))) return true;
  return (next === '.' || next === ',') && /\d/.test(last ?? '') && /\d/.test(after ?? '');
}

const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const URL =
  /(?:https?:\/\/|www\.)[^\s'"<>()[\]{}|\\^`]+|(?<![@\p{L}\p{N}.-])(?:[\p{L}\p{N}-]+\.)+(?:com|org|net|io|info|biz|dev|app|ai|co|me|eu|us|uk|de|ch|fr|ru|cn|example|xyz|site|online)\b(?:[/:?][^\s'"<>()[\]{}|\\^`]*)?/giu;
/** Account and card numbers, in one piece or in printed groups. */
const ACCOUNT =
  /\b[A-Za-z]{2}\d{2}[A-Za-z0-9]{8,30}\b|\b[A-Z]{2}\d{2}(?: [A-Z0-9]{4})(?: [A-Z]{0,3}\d[A-Z0-9]{0,3}){1,7}\b|(?<![\d.-])\d{10,}(?![\d-])|\b\d{4}(?:[ -]\d{4}){2,4}\b/g;

/** "www.a.com.They said" is the address and the next sentence. */
const closed = (url: string): string => url.replace(/(?<=\p{Ll})\.\p{Lu}\p{Ll}*$/u, '').replace(/[.,;:!?]+$/, '');
const account = (text: string): string => text.replaceAll(/[ -]/g, '').toLowerCase();

/** Addresses of one kind in a text, normalised, each once. A `word` cannot be found this way. */
export function addresses(text: string, shape: Shape): string[] {
  const clean = text.normalize('NFKC');
  if (shape === 'word') return [];
  if (shape === 'email') return unique((clean.match(EMAIL) ?? []).map((e) => normalise(closed(e))));
  if (shape === 'account') return unique((clean.match(ACCOUNT) ?? []).filter(digits).map(account));
  return unique((clean.match(URL) ?? []).map((u) => normalise(closed(u))));
}
const digits = (text: string): boolean => (text.match(/\d/g)?.length ?? 0) >= 6;
const unique = (list: string[]): string[] => [...new Set(list)];

const ADDRESSES = ['email', 'url', 'account'] as const;
/** Telephone numbers: with a plus, or a zero in front and in groups; not dates. */
const PHONE = /\+\d[\d ()/-]{6,}\d|(?<![\d.:-])0\d{2,4}[ /]\d[\d ]{4,}\d/g;
const phones = (text: string): string[] => unique((text.normalize('NFKC').match(PHONE) ?? []).map(normalise));

/** Everything in a text that could lead somewhere else. */
export const references = (text: string): string[] => [
  ...ADDRESSES.flatMap((shape) => addresses(text, shape)),
  ...phones(text),
];

export const withoutReferences = (text: string): string =>
  text.normalize('NFKC').replaceAll(URL, ' ').replaceAll(EMAIL, ' ').replaceAll(ACCOUNT, ' ');

export function shapeOf(value: string): Shape {
  const plain = value.trim();
  return ADDRESSES.find((shape) => addresses(plain, shape).some((found) => sameAs(plain, found, shape))) ?? 'word';
}
const sameAs = (value: string, found: string, shape: Shape): boolean => spell(value, shape) === found;
/** The normal form in which values of a shape are compared. */
export const spell = (value: string, shape: Shape): string =>
  shape === 'account' ? account(value.normalize('NFKC')) : normalise(value);

const STOP = new Set(
  (
    'a an the and or but if then so of in on at to for from by with about into as is are was were be been it its this that ' +
    'these those i me my we our you your he she his her him they them their there here who whom which what when where how why ' +
    'please can could would should will shall may might do does did done have has had not no yes all any some just also only ' +
    'than too very more most other same own out up down over again s t ll ve re m d'
  ).split(' '),
);

/** Words that stand in any sentence. */
export const isFiller = (word: string): boolean => STOP.has(word);

/** Crude stem: enough to see that "channels" and "channel", "posted" and "post", "cancelling" and "cancel" are the same. */
export const stem = (word: string): string =>
  word.replace(/(?<=.{3})(?:ing|ed|es|s|e)$/, '').replace(/([^aeious])\1$/, '$1');

/** The words of a text that carry meaning, stemmed; numbers in one spelling ("10.00" is 10). */
export function words(text: string): Set<string> {
  const found = normalise(text).match(/\d+(?:[.,]\d+)*|[\p{L}\p{N}]+(?:-\d+)*/gu) ?? [];
  return new Set(found.filter((w) => !STOP.has(w)).map((w) => (/^\d/.test(w) ? String(Number(w)) : stem(w))));
}

export const overlap = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let n = 0;
  for (const word of a) if (b.has(word)) n += 1;
  return n;
};

const ABBREVIATED = /\b(Dr|Mr|Mrs|Ms|Prof|St|No|vs|etc|e\.g|i\.e|approx|dept|ext)\.(?=\s)/g;

/** Sentences and numbered points of an instruction. */
export const clauses = (text: string): string[] =>
  text
    .replaceAll(ABBREVIATED, '$1')
    .split(/(?<=[.!?;])(?=\s|\p{Lu})|\n+/u)
    .map((c) => c.trim())
    .filter((c) => words(c).size > 0 && !/^\d+\.$/.test(c));

const QUOTED = /(?<=^|[\s(])['"‘“]([^'"’”\n]{1,80})['"’”](?=$|[\s).,;:!?])/g;

export const withoutQuotes = (text: string): string => text.replaceAll(QUOTED, ' ');

/** What a sentence names: quoted text, and capitalised words that do not begin it. */
export function names(clause: string): string[] {
  const quoted = [...clause.matchAll(QUOTED)].map((m) => m[1]!);
  const capital = [...clause.matchAll(/(?<=[\p{L}\p{N},)'"]\s+)\p{Lu}[\p{L}\p{N}_]+(?:-\d+)*/gu)].map((m) => m[0]);
  return [...quoted, ...capital].map(normalise);
}
