import { fail } from './failure.ts';
import { exact } from './functions.ts';
import { describeValue, MAX_LIST, type Machine, spend, type Value } from './machine.ts';

type Arithmetic = (left: Value, right: Value, at: number) => number;

function numeric(operator: string, compute: (a: number, b: number, at: number) => number): Arithmetic {
  return (left, right, at) => {
    if (typeof left !== 'number' || typeof right !== 'number') return refuse(operator, left, right, at);
    return exact(compute(left, right, at), at);
  };
}

function refuse(operator: string, left: Value, right: Value, at: number): never {
  return fail(`"${operator}" cannot be used on ${describeValue(left)} and ${describeValue(right)}`, at);
}

const nonZero = (divisor: number, at: number) =>
  divisor === 0 ? fail('division by zero; test the divisor first', at) : divisor;

export const ARITHMETIC: Readonly<Record<'-' | '*' | '/' | '%', Arithmetic>> = {
  '-': numeric('-', (a, b) => a - b),
  '*': numeric('*', (a, b) => a * b),
  '/': numeric('/', (a, b, at) => a / nonZero(b, at)),
  '%': numeric('%', (a, b, at) => a % nonZero(b, at)),
};

/** Numbers are added, strings and lists are put together. */
export function add(machine: Machine, left: Value, right: Value, at: number): Value {
  if (typeof left === 'number' && typeof right === 'number') return exact(left + right, at);
  if (typeof left === 'string' && typeof right === 'string') {
    spend(machine, (left.length + right.length) >> 4, at);
    return left + right;
  }
  if (Array.isArray(left) && Array.isArray(right)) return concatenated(machine, left, right, at);
  return refuse('+', left, right, at);
}

function concatenated(machine: Machine, left: readonly Value[], right: readonly Value[], at: number): Value {
  const length = left.length + right.length;
  if (length > MAX_LIST) fail(`the list would have ${length} elements, at most ${MAX_LIST} are allowed`, at);
  spend(machine, length, at);
  return [...left, ...right];
}

type Compare = (a: number | string, b: number | string) => boolean;

export const ORDER: Readonly<Record<'<' | '<=' | '>' | '>=', Compare>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Order of two numbers or of two strings. */
export function ordered(
  machine: Machine,
  compare: Compare,
  left: Value,
  right: Value,
  operator: string,
  at: number,
): boolean {
  if (typeof left === 'number' && typeof right === 'number') return compare(left, right);
  if (typeof left === 'string' && typeof right === 'string') {
    spend(machine, Math.min(left.length, right.length) >> 4, at);
    return compare(left, right);
  }
  return refuse(operator, left, right, at);
}
