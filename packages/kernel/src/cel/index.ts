import { infer } from './check.ts';
import { compile, type Run } from './evaluate.ts';
import { fail, positionOf } from './failure.ts';
import { type Context, describeValue, isMap, MAX_STEPS, type Machine, plain, type Value } from './machine.ts';
import { explain, parseExpression } from './parse.ts';
import { type CelScope, type CelType, describe } from './types.ts';

export type { Context, Value } from './machine.ts';
export type { CelScope, CelType } from './types.ts';

export type Expected = 'bool' | 'string' | 'number' | 'any';
export type CheckResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly message: string; readonly line: number; readonly column: number };

/** The value of an expression, or in one sentence why it has none. `value` may share structure with the context. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };
export type Compiled<T> = (context: Context) => Outcome<T>;

/**
 * Check an expression before it is used: syntax, size, names, types. `types` lists the variables it may use; what the data
 * decides (missing optional fields, null, list lengths) is left to evaluation. Line and column count from 1. Never throws.
 */
export function checkExpression(source: string, types: CelScope, expected: Expected): CheckResult {
  try {
    const type = infer(parseExpression(source), { variables: types, slots: [] });
    if (!gives(type, expected)) fail(`the expression gives ${describe(type)}, expected ${EXPECTED[expected]}`, 0);
    return { ok: true };
  } catch (error) {
    const { message, at } = explain(error);
    return { ok: false, message, ...positionOf(source, at) };
  }
}

const EXPECTED: Record<Expected, string> = {
  bool: 'true or false',
  string: 'a string',
  number: 'a number',
  any: 'a value',
};

function gives(type: CelType, expected: Expected): boolean {
  return expected === 'any' || type === 'dyn' || type === expected;
}

/**
 * Compile a condition. The result never throws: whatever goes wrong (the source, the data, the work bound, a value that is
 * not true or false) is `ok: false`, which callers treat as a refusal. `context` is plain JSON data; time is `now` in it.
 */
export function compileCondition(source: string): Compiled<boolean> {
  return conditions.get(source);
}

/** Compile an expression giving a JSON value. Numbers are finite and exact integers up to 2^53 − 1. Never throws. */
export function compileValue(source: string): Compiled<Value> {
  return values.get(source);
}

function compiled<T>(source: string, convert: (value: Value) => Outcome<T>): Compiled<T> {
  let run: Run;
  try {
    run = compile(parseExpression(source));
  } catch (error) {
    const refused = failure(source, error);
    return () => refused;
  }
  return (context) => {
    try {
      return convert(run(machineFor(context)));
    } catch (error) {
      return failure(source, error);
    }
  };
}

/** One evaluation ends before the next begins, so they share a machine: a gate evaluates dozens. */
const machine: { -readonly [K in keyof Machine]: Machine[K] } = { context: {}, slots: [], steps: 0 };

function machineFor(context: Context): Machine {
  if (context !== machine.context) {
    if (!isMap(plain(context, 0))) fail('the context must be a record of variables', 0);
    machine.context = context;
  }
  machine.steps = MAX_STEPS;
  return machine;
}

function failure(source: string, error: unknown): { readonly ok: false; readonly error: string } {
  const { message, at } = explain(error);
  const { line, column } = positionOf(source, at);
  return { ok: false, error: `${message} (line ${line}, column ${column})` };
}

const TRUE = Object.freeze({ ok: true, value: true } as const);
const FALSE = Object.freeze({ ok: true, value: false } as const);

function truth(value: Value): Outcome<boolean> {
  if (value === true) return TRUE;
  if (value === false) return FALSE;
  return { ok: false, error: `a condition must be true or false, this gave ${describeValue(value)}` };
}

/** Pure memoisation of compilation, oldest first out, so that packs and tests cannot grow it without bound. */
class Cache<T> {
  readonly #entries = new Map<string, Compiled<T>>();
  readonly #convert: (value: Value) => Outcome<T>;
  constructor(convert: (value: Value) => Outcome<T>) {
    this.#convert = convert;
  }

  get(source: string): Compiled<T> {
    const known = this.#entries.get(source);
    if (known) return known;
    const made = compiled(source, this.#convert);
    if (this.#entries.size >= MAX_CACHED) this.#entries.delete(this.#entries.keys().next().value!);
    this.#entries.set(source, made);
    return made;
  }
}

const MAX_CACHED = 5000;
const conditions = new Cache(truth);
const values = new Cache((value): Outcome<Value> => ({ ok: true, value: plain(value, 0) }));
