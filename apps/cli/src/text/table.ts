/** Terminal text: width, cutting, alignment. */
import { stripVTControlCharacters } from 'node:util';

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const INVISIBLE = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns a text takes on a terminal; escapes take none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (!INVISIBLE.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it removes
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text of a stranger on one line, without what a terminal would act on. */
export const safe = (text: string): string =>
  stripVTControlCharacters(text).replace(CONTROLS, ' ').replace(/ {2,}/g, ' ').trim();

/** Text of a stranger on several lines. */
export const safeLines = (text: string): string[] => text.split(/\r\n?|\n/).map((line) => safe(line));

/** At most `width` columns, with "…" where something is missing. Not for text with escapes. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    kept += character;
  }
  return width < 1 ? '' : `${kept.trimEnd()}…`;
}

/** Words on lines of at most `width` columns; a word that is longer has a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** This column gives way when the table is too wide, down to `least` columns (10 unless told otherwise). */
  readonly shrink?: true;
  readonly least?: number;
}

const GAP = '  ';

/** Rows under their titles, aligned, no wider than `width`: columns marked `shrink` are cut first, widest first. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const headed = columns.some(({ title }) => title !== '');
  const all = headed ? [columns.map(({ title }) => title), ...rows] : rows;
  const widths = shrunk(
    columns,
    columns.map((_, index) => Math.max(0, ...all.map((row) => widthOf(row[index] ?? '')))),
    width,
  );
  return all.map((row) => `${line(columns, row, widths)}\n`).join('');
}

function line(columns: readonly Column[], row: readonly string[], widths: readonly number[]): string {
  const cells = columns.map(({ align }, index) => {
    const room = widths[index] ?? 0;
    const text = fit(row[index] ?? '', room);
    const space = ' '.repeat(Math.max(0, room - widthOf(text)));
    return align === 'right' ? space + text : text + space;
  });
  return cells.join(GAP).trimEnd();
}

function shrunk(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, each) => sum + each, 0) + GAP.length * (columns.length - 1);
  while (total() > width) {
    const candidates = columns.flatMap(({ shrink, least = 10 }, index) =>
      shrink && widths[index]! > least ? [index] : [],
    );
    if (candidates.length === 0) break;
    const widest = candidates.reduce((a, b) => (widths[b]! > widths[a]! ? b : a));
    widths[widest]! -= 1;
  }
  return widths;
}

/** A heading and its lines, indented; nothing for no lines. */
export function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `${title}\n${lines.map((each) => (each === '' ? '\n' : `  ${each}\n`)).join('')}`;
}

/** Lines of a text block, without the empty one after its last line feed. */
export const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
