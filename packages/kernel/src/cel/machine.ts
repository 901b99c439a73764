import { Failure, fail } from './failure.ts';

/** What expressions compute with: JSON. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
export type Context = { readonly [name: string]: unknown };

/** Bounds of one evaluation. A step is roughly one operation, or 16 characters looked at. */
export const MAX_STEPS = 1_000_000;
export const MAX_LIST = 10_000;
const MAX_EQUALITY_DEPTH = 64;

/** The state of one evaluation: what it reads, its loop variables by nesting depth, and the work left. */
export interface Machine {
  readonly context: Context;
  readonly slots: Value[];
  steps: number;
}

/** Charge for work that depends on data. Used up ⇒ the evaluation fails, whatever stands around it. */
export function spend(machine: Machine, steps: number, at: number): void {
  machine.steps -= steps;
  if (machine.steps < 0)
    throw new Failure(
      `this needs more than ${MAX_STEPS} steps on the data given; use shorter lists or texts, or one loop less`,
      at,
      true,
    );
}

/** Keys through which JavaScript objects lead to host objects; refused wherever they are written or computed. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Take a value out of the context: plain JSON data only, so that no host object is ever reached. */
export function plain(value: unknown, at: number): Value {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'object':
      if (value === null || isRecord(value) || Array.isArray(value)) return value as Value;
  }
  return fail(
    'this is not plain JSON data; give the expression strings, numbers, booleans, null, lists and records',
    at,
  );
}

function isRecord(value: object): boolean {
  // Asking for the constructor is three times cheaper than for the prototype, and right for nearly all data; a field named
  // "constructor" or a record without prototype takes the slow way.
  if (value.constructor === Object) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Reads one own property of plain records, by a name written in the expression; undefined when missing. Names that every
 * object inherits need the slow test; for others, what is not there is not inherited either.
 */
export function reader(name: string): (record: object) => unknown {
  if (name in Object.prototype) return (record) => own(record, name);
  return (record) => (record as Record<string, unknown>)[name];
}

/** An own property by a computed key, or undefined. */
export function own(record: object, key: string): unknown {
  return Object.hasOwn(record, key) && !FORBIDDEN_KEYS.has(key) ? (record as Record<string, unknown>)[key] : undefined;
}

export const isMap = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** "a string", for messages. */
export function describeValue(value: Value): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a record';
  return typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}

/** What a loop or a list function goes through: list elements, or the keys of a record. */
export function elements(machine: Machine, value: Value, at: number): readonly Value[] {
  const list = Array.isArray(value) ? value : isMap(value) ? Object.keys(value) : undefined;
  if (!list) return fail(`expected a list or a record to go through, got ${describeValue(value)}`, at);
  if (list.length > MAX_LIST)
    fail(`this list has ${list.length} elements, at most ${MAX_LIST} are gone through; narrow it before asking`, at);
  spend(machine, list.length, at);
  return list;
}

/** Equality by content. Values of different types differ; they are not an error. */
export function equal(machine: Machine, a: Value, b: Value, at: number, depth = 0): boolean {
  if (typeof a === 'string' && typeof b === 'string' && a.length === b.length) spend(machine, a.length >> 4, at);
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (depth > MAX_EQUALITY_DEPTH)
    fail(`compared data is nested deeper than ${MAX_EQUALITY_DEPTH}; compare a part of it`, at);
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(machine, a, b, at, depth);
  return isMap(a) && isMap(b) && equalMaps(machine, a, b, at, depth);
}

function equalLists(machine: Machine, a: readonly Value[], b: readonly Value[], at: number, depth: number): boolean {
  if (a.length !== b.length) return false;
  spend(machine, a.length, at);
  return a.every((item, i) => equal(machine, plain(item, at), plain(b[i], at), at, depth + 1));
}

function equalMaps(machine: Machine, a: object, b: object, at: number, depth: number): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  spend(machine, keys.length, at);
  return keys.every((key) => {
    const left = own(a, key);
    const right = own(b, key);
    if (left === undefined || right === undefined) return left === right;
    return equal(machine, plain(left, at), plain(right, at), at, depth + 1);
  });
}
