/** How many characters of each kind were taken out of one ticket. */
export interface Removed {
  readonly controls: number;
  readonly tags: number;
  readonly bidi: number;
}

/** The note on a ticket from which characters were removed (T22); `note` is the sentence to print. */
export interface Cleaned extends Removed {
  readonly note: string;
}

export const NOTHING_REMOVED: Removed = { controls: 0, tags: 0, bidi: 0 };

/** Tab and line feed stay; the other C0 controls, DEL and C1 (terminal escapes) go. */
const CONTROLS = String.raw`[\0-\x08\x0b-\x1f\x7f-\x9f]`;
/** Embeddings, overrides and isolates: text that reads differently from what is stored. */
const BIDI = String.raw`[\u202a-\u202e\u2066-\u2069]`;
/** Invisible copies of ASCII, used to hide instructions from people but not from models. */
const TAGS = String.raw`[\u{e0000}-\u{e007f}]`;
const HIDDEN = new RegExp(`(${CONTROLS})|(${TAGS})|${BIDI}`, 'gu');
/** Half a surrogate pair has no UTF-8 form, so the ledger could not digest it. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Text without hidden characters, line ends as `\n`, and the count of what went. Idempotent. */
export function clean(text: string): { text: string; removed: Removed } {
  const counts = { controls: 0, tags: 0, bidi: 0 };
  const kept = text.replace(/\r\n?/g, '\n').replace(HIDDEN, (_, control, tag) => {
    if (control !== undefined) counts.controls++;
    else if (tag !== undefined) counts.tags++;
    else counts.bidi++;
    return '';
  });
  return { text: kept.replace(LONE_SURROGATE, '\ufffd'), removed: counts };
}

export function addRemoved(a: Removed, b: Removed): Removed {
  return { controls: a.controls + b.controls, tags: a.tags + b.tags, bidi: a.bidi + b.bidi };
}

/** The note for a ticket, or nothing if nothing was removed. */
export function cleanedNote(removed: Removed): Cleaned | undefined {
  const kinds = [
    count(removed.controls, 'control character'),
    count(removed.tags, 'Unicode tag character'),
    count(removed.bidi, 'bidirectional override'),
  ].filter((kind) => kind !== '');
  return kinds.length === 0 ? undefined : { ...removed, note: `removed ${kinds.join(', ')}` };
}

function count(many: number, what: string): string {
  return many === 0 ? '' : `${many} ${what}${many === 1 ? '' : 's'}`;
}

/** One line of clean text: white space runs become one space. For subjects, names and ids. */
export function singleLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** At most `max` UTF-16 units, never half a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

/** A piece of somebody's data for an error message: short, on one line, nothing a terminal would act on. */
export function excerpt(text: string, max = 60): string {
  const shown = singleLine(clean(cut(text, max * 4)).text);
  return shown.length <= max ? shown : `${cut(shown, max - 1)}…`;
}
