/** iCalendar and vCard texts (RFC 5545, RFC 6350): read leniently, changed without losing what is not understood. */
import { refused } from '../shared/call.ts';

/** `name` in upper case, without a group. */
export interface Line {
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly value: string;
  /** The line as it stood, unfolded. */
  readonly raw: string;
}

const LINE =
  /^(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)((?:;[^:;="]+=(?:"[^"]*"|[^":;]*)(?:,(?:"[^"]*"|[^":;,]*))*)*):(.*)$/s;
const PARAM = /;([^=]+)=("[^"]*"|[^";]*)/g;

export function parseLines(text: string): Line[] {
  return text
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .flatMap((raw) => {
      const [, name, params = '', value = ''] = LINE.exec(raw) ?? [];
      if (name === undefined) return [];
      const all = [...params.matchAll(PARAM)].map(([, key = '', one = '']) => [
        key.toUpperCase(),
        one.replace(/^"|"$/g, ''),
      ]);
      return [{ name: name.toUpperCase(), params: Object.fromEntries(all), value, raw }];
    });
}

export interface Component {
  /** Index of its BEGIN and END among the lines. */
  readonly from: number;
  readonly to: number;
  /** Its own lines, without those of components inside it. */
  readonly own: readonly Line[];
}

/** The components of that kind, in order: `VEVENT`, `VTODO`, `VCARD`. */
export function componentsOf(lines: readonly Line[], kind: string): Component[] {
  const found: Component[] = [];
  const open: { kind: string; from: number; own: Line[] }[] = [];
  lines.forEach((line, index) => {
    const value = line.value.trim().toUpperCase();
    if (line.name === 'BEGIN') open.push({ kind: value, from: index, own: [] });
    else if (line.name !== 'END') open.at(-1)?.own.push(line);
    else {
      const last = open.pop();
      if (last?.kind === kind) found.push({ from: last.from, to: index, own: last.own });
    }
  });
  return found;
}

/** A property with its parameters, as one line; its value is written as given. */
export const property = (name: string, value: string, params: Readonly<Record<string, string>> = {}): string =>
  `${name}${Object.entries(params)
    .map(([key, one]) => `;${key}=${/[:;,]/.test(one) ? `"${one}"` : one}`)
    .join('')}:${value}`;

/** The text with lines folded to 75 octets. */
export function textOfLines(lines: readonly string[]): string {
  return lines
    .flatMap(folded)
    .map((line) => `${line}\r\n`)
    .join('');
}

function folded(line: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (const char of line) {
    if (Buffer.byteLength(part + char) > 74) {
      parts.push(part);
      part = ' ';
    }
    part += char;
  }
  return [...parts, part];
}

/**
 * `text` with properties of its first component of that kind set (a line) or taken away (null). Everything else stays.
 * @throws ToolError deterministic when there is no such component.
 */
export function withProperties(text: string, kind: string, changes: ReadonlyMap<string, string | null>): string {
  const lines = parseLines(text);
  const [component] = componentsOf(lines, kind);
  if (!component) throw refused(`the object has no ${kind}; it is none of those that are changed here`);
  const own = new Set(component.own);
  const kept = lines.flatMap((line, index) => {
    if (own.has(line) && changes.has(line.name)) return [];
    const added = index === component.from ? [...changes.values()].filter((one) => one !== null) : [];
    return [line.raw, ...added];
  });
  return textOfLines(kept);
}

/** TEXT values: escaped, so that a line break in an argument starts no line of its own [T22]. */
export const escapeText = (text: string): string =>
  text
    .replace(/\\/g, '\\\\')
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(/([,;])/g, '\\$1');

export const unescapeText = (text: string): string =>
  text.replace(/\\([nN\\,;])/g, (_, c: string) => (/n/i.test(c) ? '\n' : c));
