/** Deeper values go to the reference implementation, which also recognises cycles. */
const MAX_DEPTH = 256;
/** Thrown (without a stack) to leave the fast path; never escapes this module. */
const UNUSUAL = Symbol('unusual');
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters JSON must escape
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** JSON text of a string, as `JSON.stringify` writes it. */
export function quote(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Names of fields, with what stands around them: `,"name":`. There are few, and each is written over and over. */
const names = new Map<string, string>();
const MOST_NAMES = 10_000;

/**
 * RFC 8785 text of plain data (plain objects, arrays and primitives), in half the time of the reference implementation.
 * Null for whatever else is in it (class instances, `toJSON`, deep nesting, cycles, what JSON cannot say): the reference knows.
 */
export function plainText(value: unknown): string | null {
  const parts: string[] = [];
  try {
    write(value, 0, parts);
  } catch (error) {
    if (error !== UNUSUAL) throw error;
    return null;
  }
  // Joined once: a text put together piece by piece is a tree of pieces, which whoever hashes it has to put together again.
  return parts.join('');
}

function write(value: unknown, depth: number, parts: string[]): void {
  if (typeof value === 'string') parts.push(quote(value));
  else if (typeof value === 'number') parts.push(Number.isFinite(value) ? `${value}` : unusual());
  else if (typeof value === 'boolean') parts.push(value ? 'true' : 'false');
  else if (value === null) parts.push('null');
  else writeStructure(value, depth + 1, parts);
}

function writeStructure(value: unknown, depth: number, parts: string[]): void {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) unusual();
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') unusual();
  if (Array.isArray(value)) {
    writeArray(value, depth, parts);
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) unusual();
  writeObject(value as Record<string, unknown>, depth, parts);
}

function writeArray(items: readonly unknown[], depth: number, parts: string[]): void {
  if (items.length === 0) {
    parts.push('[]');
    return;
  }
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    parts.push(i === 0 ? '[' : ',');
    write(item === undefined ? null : item, depth, parts);
  }
  parts.push(']');
}

function writeObject(object: Record<string, unknown>, depth: number, parts: string[]): void {
  const keys = Object.keys(object);
  sortKeys(keys);
  const start = parts.length;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const value = object[key];
    if (value === undefined) continue;
    parts.push(parts.length === start ? '{' : ',', named(key));
    write(value, depth, parts);
  }
  parts.push(parts.length === start ? '{}' : '}');
}

function named(key: string): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const text = `${quote(key)}:`;
  if (names.size < MOST_NAMES) names.set(key, text);
  return text;
}

/** By UTF-16 code units, as RFC 8785 asks. Insertion sort: keys are few and often nearly in order already. */
function sortKeys(keys: string[]): void {
  if (keys.length > 16) {
    keys.sort();
    return;
  }
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string;
    let j = i - 1;
    for (; j >= 0 && (keys[j] as string) > key; j--) keys[j + 1] = keys[j] as string;
    keys[j + 1] = key;
  }
}

function unusual(): never {
  throw UNUSUAL;
}
