/** One thing wrong, and where: `items[0].qty`; '' is the record itself. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_DATA_DEPTH = 32;

export const isForbiddenName = (name: string) => FORBIDDEN.has(name);

/** ('items', 0) → `items[0]`; ('items[0]', 'qty') → `items[0].qty`. */
export function extend(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return path ? `${path}.${String(key)}` : String(key);
}

/** The first reason why a value is not plain JSON data: fields of any type must be it, whatever their schema says. */
export function problemOfData(value: unknown, path = '', depth = 0): Problem | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : { path, message: `${value} is not a JSON number` };
  if (typeof value !== 'object') return { path, message: `a ${typeof value} is not JSON data` };
  if (depth > MAX_DATA_DEPTH) return { path, message: `nested deeper than ${MAX_DATA_DEPTH}; flatten it` };
  return Array.isArray(value) ? problemOfList(value, path, depth) : problemOfRecord(value, path, depth);
}

function problemOfList(list: readonly unknown[], path: string, depth: number): Problem | undefined {
  for (const [i, item] of list.entries()) {
    const problem = problemOfData(item, extend(path, i), depth + 1);
    if (problem) return problem;
  }
  return undefined;
}

function problemOfRecord(record: object, path: string, depth: number): Problem | undefined {
  const prototype = Object.getPrototypeOf(record);
  if (prototype !== Object.prototype && prototype !== null)
    return { path, message: 'expected plain JSON data, got an object of a class' };
  for (const [key, value] of Object.entries(record)) {
    const at = extend(path, key);
    if (isForbiddenName(key)) return { path: at, message: `the name "${key}" is refused; rename the field` };
    const problem = value === undefined ? undefined : problemOfData(value, at, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}
