/**
 * [PRV6] Does a text carry a value that must not leave, whatever it was wrapped in? Undoes encodings instead of guessing them: a few
 * layers of base64, hex, percent, rot13, reversal and separators; and puts together what was split over calls.
 */

/** Layers undone, and texts looked at, at most. */
const LIMITS = { layers: 3, views: 64, text: 100_000 } as const;
/** Shorter values are everybody's; pieces shorter than this prove nothing; so much of a value in pieces is the value. */
const MINIMUM = { value: 6, piece: 4, share: 0.75, window: 24 } as const;

/** Letters of Greek and Cyrillic that look like Latin ones. */
const LOOKS = new Map(
  [...'аaеeоoрpсcхxуyіiјjѕsԁdһhοoαaεeνvρpτtυuιiκkмmтtвbнhкkԛqԝwɡgıi'].flatMap((c, i, all) =>
    i % 2 === 0 ? [[c, all[i + 1]!] as const] : [],
  ),
);

/** Letters and digits only, in one case and one alphabet: separators and look-alikes do not hide anything. */
const compact = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replaceAll(/[\u0250-\u052f]/g, (c) => LOOKS.get(c) ?? c);

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes of UTF-8 as text; what is not text is dropped. */
function textOf(bytes: readonly number[]): string {
  const escaped = bytes.map((b) => `%${b.toString(16).padStart(2, '0')}`).join('');
  try {
    return decodeURIComponent(escaped);
  } catch {
    return bytes.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : ' ')).join('');
  }
}

function bytesOf(run: string): number[] {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const character of run.replaceAll('-', '+').replaceAll('_', '/')) {
    const six = BASE64.indexOf(character);
    if (six < 0) continue;
    bits = ((bits << 6) | six) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 0xff);
  }
  return bytes;
}
const fromBase64 = (run: string): string => textOf(bytesOf(run));

const fromHex = (run: string): string => textOf((run.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));

const rot13 = (text: string): string =>
  text.replaceAll(/[a-z]/gi, (c) => {
    const base = c <= 'Z' ? 65 : 97;
    return String.fromCharCode(((c.charCodeAt(0) - base + 13) % 26) + base);
  });

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
function fromBase32(run: string): string {
  const bits = [...run.toUpperCase()].map((c) => Math.max(0, BASE32.indexOf(c)).toString(2).padStart(5, '0')).join('');
  return textOf((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** "\\u0073", "&#115;", "115 107 45": each character by its number. */
function byNumbers(text: string): string[] {
  const out: string[] = [];
  const one = (digits: string, base: number): string => {
    const code = Number.parseInt(digits, base);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
  };
  const escaped = /\\u\{?([0-9a-f]{2,6})\}?|\\x([0-9a-f]{2})|&#x([0-9a-f]{2,6});/gi;
  if (escaped.test(text)) out.push(text.replaceAll(escaped, (_, a, b, c) => one(a ?? b ?? c, 16)));
  if (/&#\d+;/.test(text)) out.push(text.replaceAll(/&#(\d{2,7});/g, (_, digits) => one(digits, 10)));
  for (const run of text.match(/(?:\b\d{2,3}\b[\s,;]*){6,}/g) ?? [])
    out.push((run.match(/\d+/g) ?? []).map((digits) => one(digits, 10)).join(''));
  for (const run of text.match(/(?:[01]{8}[\s,]*){6,}/g) ?? [])
    out.push(textOf((run.match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))));
  return out;
}

/** Everything a text could be once one layer is taken off. */
function unwrapped(text: string): string[] {
  const out = [rot13(text), [...text].reverse().join(''), ...byNumbers(text)];
  for (const run of text.match(/[A-Z2-7]{10,}={0,6}/gi) ?? []) out.push(fromBase32(run));
  for (const run of text.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? [])
    for (const offset of [0, 1, 2, 3]) out.push(fromBase64(run.slice(offset)));
  for (const run of text.replaceAll(/\\x|0x|[\s:]/g, '').match(/[0-9a-f]{8,}/gi) ?? [])
    out.push(fromHex(run), fromHex(run.slice(1)));
  if (/%[0-9a-f]{2}/i.test(text))
    out.push(text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => fromHex(run.replaceAll('%', ''))));
  return out;
}

/** The text and what it becomes when layers are taken off, compacted. */
function viewsOf(text: string): string[] {
  const views = new Set<string>();
  let layer = [text.slice(0, LIMITS.text)];
  for (let depth = 0; depth <= LIMITS.layers && layer.length > 0; depth++) {
    const next: string[] = [];
    for (const one of layer) {
      if (views.size >= LIMITS.views) return [...views];
      const plain = compact(one);
      if (plain.length < MINIMUM.piece || views.has(plain)) continue;
      views.add(plain);
      next.push(...unwrapped(one));
    }
    layer = next;
  }
  return [...views];
}

/** Long runs of characters of an encoding that give no text, whatever is undone: compressed or encrypted. */
const OPAQUE = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
/** UTF-8 without control characters; the bytes of a cipher or of gzip are never that for long. */
function readable(bytes: readonly number[]): boolean {
  try {
    return !/(?![\t\n\r])\p{Cc}/u.test(
      decodeURIComponent(bytes.map((b) => `%${b.toString(16).padStart(2, '0')}`).join('')),
    );
  } catch {
    return false;
  }
}

/** [PRV6] Does a text carry a piece nobody can read, which may hold anything? Not names in words, addresses or hexadecimal ids. */
export function opaque(texts: readonly string[]): string | null {
  for (const text of [...texts, texts.join('')])
    for (const run of text.slice(0, LIMITS.text).match(OPAQUE) ?? [])
      if (/\d/.test(run) && /[a-z]/.test(run) && /[A-Z]/.test(run) && !readable(bytesOf(run))) return run;
  return null;
}

const isToken = (value: string): boolean => !/\s/.test(value.trim());

/**
 * What differs between texts that begin alike: the data in "https://host/?d=…", sent piece by piece. Pieces may begin alike too, so
 * once from where they differ and once from the start of that word.
 */
function differing(texts: readonly string[]): string[] {
  const [first, ...rest] = texts;
  if (first === undefined || rest.length === 0) return [];
  let same = 0;
  while (same < first.length && rest.every((text) => text[same] === first[same])) same += 1;
  const word = first.slice(0, same).search(/[A-Za-z0-9]*$/);
  return [same, word].map((from) => texts.map((text) => text.slice(from)).join(''));
}

/** How much of a value stands in pieces in the texts. */
function covered(value: string, views: readonly string[]): number {
  let total = 0;
  for (let at = 0; at < value.length; ) {
    let length = 0;
    while (at + length < value.length && views.some((v) => v.includes(value.slice(at, at + length + 1)))) length += 1;
    if (length >= MINIMUM.piece) total += length;
    at += Math.max(1, length);
  }
  return total / value.length;
}

/** Prose leaves when a stretch of it does. */
function hasStretch(value: string, views: readonly string[]): boolean {
  for (let at = 0; at + MINIMUM.window <= value.length; at += 4)
    if (views.some((v) => v.includes(value.slice(at, at + MINIMUM.window)))) return true;
  return false;
}

/**
 * The first of the values that the texts carry, in any of these wrappings, or split over them; null when none does. `texts` in the
 * order in which they were sent.
 */
export function leaked(texts: readonly string[], values: readonly string[]): string | null {
  const worth = values.filter((value) => compact(value).length >= MINIMUM.value);
  if (worth.length === 0) return null;
  const views = [...new Set([...texts, texts.join(''), ...differing(texts)].flatMap(viewsOf))];
  return (
    worth.find((value) => {
      const plain = compact(value);
      if (views.some((v) => v.includes(plain))) return true;
      if (!isToken(value)) return hasStretch(plain, views);
      return /\d/.test(plain) && plain.length >= 2 * MINIMUM.piece && covered(plain, views) >= MINIMUM.share;
    }) ?? null
  );
}
