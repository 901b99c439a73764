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

/**
 * RFC 8785 text of plain data (plain objects, arrays and primitives), in half the time of the reference implementation.
 * Null for whatever else is in it (class instances, `toJSON`, deep nesting, cycles, what JSON cannot say): the reference knows.
 */
export function plainText(value: unknown): string | null {
  try {
    return write(value, 0);
  } catch (error) {
    if (error !== UNUSUAL) throw error;
    return null;
  }
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : unusual();
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (typeof value !== 'object' || depth > MAX_DEPTH) return unusual();
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return unusual();
  if (Array.isArray(value)) return writeArray(value, depth + 1);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return unusual();
  return writeObject(value as Record<string, unknown>, depth + 1);
}

function writeArray(items: readonly unknown[], depth: number): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    text += (i === 0 ? '' : ',') + (item === undefined ? 'null' : write(item, depth));
  }
  return `${text}]`;
}

function writeObject(object: Record<string, unknown>, depth: number): string {
  const keys = Object.keys(object);
  sortKeys(keys);
  let text = '';
  for (const key of keys) {
    const value = object[key];
    if (value !== undefined) text += `${text === '' ? '{' : ','}${quote(key)}:${write(value, depth)}`;
  }
  return text === '' ? '{}' : `${text}}`;
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
