import { Failure, fail } from './failure.ts';
import { type FunctionSpec, includes, suits } from './functions.ts';
import { loop } from './loops.ts';
import {
  describeValue,
  equal,
  FORBIDDEN_KEYS,
  isMap,
  type Machine,
  own,
  plain,
  reader,
  spend,
  type Value,
} from './machine.ts';
import { ARITHMETIC, add, ORDER, ordered } from './operators.ts';
import type { Expr, ExprOf } from './parse.ts';
import { KIND_NAMES } from './types.ts';

/** An expression turned into a closure, once; evaluating it looks nothing up but the data. */
export type Run = (machine: Machine) => Value;
type Compilers = { readonly [K in Expr['kind']]: (expr: ExprOf<K>) => Run };

const COMPILERS: Compilers = {
  literal:
    ({ value }) =>
    () =>
      value,
  local:
    ({ slot }) =>
    (machine) =>
      machine.slots[slot]!,
  variable,
  field,
  has,
  index,
  call,
  matches,
  loop: (expr) => loop(expr, compile),
  list,
  record,
  choose,
  and: (expr) => logical(expr, false),
  or: (expr) => logical(expr, true),
  not: ({ of, at }) => {
    const run = truth(of, at);
    return (machine) => !run(machine);
  },
  negate,
  binary,
};

/** Compile an expression. What it returns throws `Failure` when the data does not suit. */
export function compile(expr: Expr): Run {
  return (COMPILERS[expr.kind] as (expr: Expr) => Run)(expr);
}

function present(value: unknown, at: number, message: string): Value {
  return value === undefined ? fail(message, at) : plain(value, at);
}

function variable({ name, at }: ExprOf<'variable'>): Run {
  const read = reader(name);
  const missing = `there is no "${name}" here`;
  return ({ context }) => present(read(context), at, missing);
}

/** A scalar that may be used as it is: neither to be checked further nor a host object. */
const isScalar = (value: unknown): value is string | boolean | number =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));

/**
 * `args.amount`, the most frequent expression of all, in one step when the data is as it nearly always is; whatever else it
 * meets is left to the two steps it stands for.
 */
function fieldOfVariable(variable: string, name: string, steps: Run): Run {
  if (variable in Object.prototype || name in Object.prototype) return steps;
  return (machine) => {
    const record = machine.context[variable] as Record<string, unknown> | null | undefined;
    if (typeof record !== 'object' || record === null || record.constructor !== Object) return steps(machine);
    const value = record[name];
    return isScalar(value) ? value : steps(machine);
  };
}

function field(expr: ExprOf<'field' | 'has'>): Run {
  const { of, name } = expr;
  return of.kind === 'variable' ? fieldOfVariable(of.name, name, fieldOf(expr)) : fieldOf(expr);
}

function fieldOf({ of, name, at }: ExprOf<'field' | 'has'>): Run {
  const run = compile(of);
  const read = reader(name);
  const missing = `there is no field "${name}" here; ask has(….${name}) first when it may be missing`;
  return (machine) => {
    const value = run(machine);
    if (!isMap(value)) return fail(`"${name}" cannot be read: this is ${describeValue(value)}, not a record`, at);
    return present(read(value), at, missing);
  };
}

function has({ of, name, at }: ExprOf<'has'>): Run {
  const run = compile(of);
  const read = reader(name);
  return (machine) => {
    const value = run(machine);
    if (value === null) return false;
    if (!isMap(value)) return fail(`has(….${name}) asks about a record, this is ${describeValue(value)}`, at);
    return read(value) !== undefined;
  };
}

function index({ of, key, at }: ExprOf<'index'>): Run {
  const run = compile(of);
  const runKey = compile(key);
  return (machine) => {
    const value = run(machine);
    const k = runKey(machine);
    if (Array.isArray(value)) return element(value, k, at);
    if (!isMap(value)) return fail(`[…] reads from a list or a record, this is ${describeValue(value)}`, at);
    if (typeof k !== 'string') return fail(`a record is read by a string, not by ${describeValue(k)}`, at);
    return present(own(value, k), at, `there is no "${k.slice(0, 40)}" in this record`);
  };
}

function element(list: readonly unknown[], key: Value, at: number): Value {
  if (typeof key !== 'number') return fail(`a list is read by a number, not by ${describeValue(key)}`, at);
  return present(list[key], at, `there is no element ${key} in a list of ${list.length}`);
}

function call({ spec, args, at }: ExprOf<'call'>): Run {
  const runs = args.map(compile);
  return (machine) => {
    // A list that is filled one by one is given room for many, and this is evaluated more than anything else.
    const values = runs.length === 1 ? [runs[0]!(machine)] : runs.map((run) => run(machine));
    checkArguments(spec, values, at);
    return spec.run(machine, values, at);
  };
}

function checkArguments(spec: FunctionSpec, values: readonly Value[], at: number): void {
  for (let i = 0; i < values.length; i++) {
    const kind = spec.params[i]!;
    if (!suits(values[i]!, kind))
      fail(`${spec.name} expects ${KIND_NAMES[kind]}, got ${describeValue(values[i]!)}`, at);
  }
}

function matches({ of, pattern, at }: ExprOf<'matches'>): Run {
  const run = compile(of);
  return (machine) => {
    const text = run(machine);
    if (typeof text !== 'string') return fail(`matches looks at a string, this is ${describeValue(text)}`, at);
    const matched = pattern.test(text);
    if (matched === undefined)
      return fail(
        `a text of ${text.length} characters is too long for this pattern; start it with "^", use fewer repeats, or use contains(…)`,
        at,
      );
    spend(machine, Math.floor(pattern.ways(text.length) / 16), at);
    return matched;
  };
}

const isLiteralList = (expr: Expr): expr is ExprOf<'list'> =>
  expr.kind === 'list' && expr.items.every((item) => item.kind === 'literal');

const literals = ({ items }: ExprOf<'list'>) => items.map((item) => (item as ExprOf<'literal'>).value);

function list(expr: ExprOf<'list'>): Run {
  const runs = expr.items.map(compile);
  // A list of literals, as in `x in ["a", "b"]`, is built once.
  if (isLiteralList(expr)) {
    const constant = Object.freeze(literals(expr));
    return () => constant;
  }
  return (machine) => runs.map((run) => run(machine));
}

function record({ entries, at }: ExprOf<'record'>): Run {
  const runs = entries.map(([key, value]) => [compile(key), compile(value)] as const);
  return (machine) => {
    const result: Record<string, Value> = {};
    for (const [runKey, runValue] of runs) {
      const key = recordKey(runKey(machine), result, at);
      result[key] = runValue(machine);
    }
    return result;
  };
}

function recordKey(key: Value, record: object, at: number): string {
  if (typeof key !== 'string') return fail(`the keys of a record are strings, not ${describeValue(key)}`, at);
  if (FORBIDDEN_KEYS.has(key)) fail(`"${key}" cannot be a key; rename it`, at);
  return Object.hasOwn(record, key) ? fail(`the key "${key}" is given twice`, at) : key;
}

function choose({ condition, yes, no, at }: ExprOf<'choose'>): Run {
  const [test, left, right] = [truth(condition, at), compile(yes), compile(no)];
  return (machine) => (test(machine) ? left(machine) : right(machine));
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
const CONDITIONS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'has', 'matches']);

const isCondition = (expr: Expr) =>
  CONDITIONS.has(expr.kind) || (expr.kind === 'binary' && COMPARISONS.has(expr.operator));

/** A part that must be true or false; most can be nothing else and need no test. */
function truth(expr: Expr, at: number): (machine: Machine) => boolean {
  const run = compile(expr);
  if (isCondition(expr)) return run as (machine: Machine) => boolean;
  return (machine) => {
    const value = run(machine);
    return typeof value === 'boolean' ? value : fail(`expected true or false, got ${describeValue(value)}`, at);
  };
}

/**
 * `||` (decisive = true) and `&&` (decisive = false). As CEL defines: a side that decides wins even when the other fails, in
 * either order; so `has(a.b) && a.b > 1` and `a.b > 1 && has(a.b)` agree.
 */
function logical({ left, right, at }: ExprOf<'and' | 'or'>, decisive: boolean): Run {
  const first = truth(left, at);
  const second = truth(right, at);
  return (machine) => {
    let failure: unknown;
    try {
      if (first(machine) === decisive) return decisive;
    } catch (error) {
      if (!(error instanceof Failure) || error.fatal) throw error;
      failure = error;
    }
    if (second(machine) === decisive) return decisive;
    if (failure) throw failure;
    return !decisive;
  };
}

function negate({ of, at }: ExprOf<'negate'>): Run {
  const run = compile(of);
  return (machine) => {
    const value = run(machine);
    return typeof value === 'number' ? -value : fail(`"-" needs a number, got ${describeValue(value)}`, at);
  };
}

function binary(expr: ExprOf<'binary'>): Run {
  const { operator, at } = expr;
  const left = compile(expr.left);
  const right = compile(expr.right);
  switch (operator) {
    case '==':
    case '!=':
      return equality(left, right, expr);
    case 'in':
      if (isLiteralList(expr.right)) return oneOf(left, expr.right);
      return (machine) => member(machine, left(machine), right(machine), at);
    case '+':
      return (machine) => add(machine, left(machine), right(machine), at);
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const order = ORDER[operator];
      if (expr.right.kind === 'literal' && typeof expr.right.value === 'number')
        return bounded(left, operator, expr.right.value, at);
      return (machine) => ordered(machine, order, left(machine), right(machine), operator, at);
    }
    default: {
      const operate = ARITHMETIC[operator];
      return (machine) => operate(left(machine), right(machine), at);
    }
  }
}

/** `x < 10`, without asking each time what the bound is. Anything but a number is refused as in `ordered`. */
function bounded(left: Run, operator: keyof typeof ORDER, bound: number, at: number): Run {
  const refuse = (machine: Machine, value: Value) => ordered(machine, ORDER[operator], value, bound, operator, at);
  return BOUNDED[operator](left, bound, refuse);
}

type Refuse = (machine: Machine, value: Value) => boolean;
const BOUNDED: Readonly<Record<keyof typeof ORDER, (left: Run, bound: number, refuse: Refuse) => Run>> = {
  '<': (left, bound, refuse) => (machine) => {
    const value = left(machine);
    return typeof value === 'number' ? value < bound : refuse(machine, value);
  },
  '<=': (left, bound, refuse) => (machine) => {
    const value = left(machine);
    return typeof value === 'number' ? value <= bound : refuse(machine, value);
  },
  '>': (left, bound, refuse) => (machine) => {
    const value = left(machine);
    return typeof value === 'number' ? value > bound : refuse(machine, value);
  },
  '>=': (left, bound, refuse) => (machine) => {
    const value = left(machine);
    return typeof value === 'number' ? value >= bound : refuse(machine, value);
  },
};

function equality(left: Run, right: Run, expr: ExprOf<'binary'>): Run {
  const { at } = expr;
  const same = expr.operator === '==';
  // Literals are never composite, so identity is equality.
  if (expr.right.kind === 'literal') {
    const { value } = expr.right;
    return (machine) => (left(machine) === value) === same;
  }
  return (machine) => equal(machine, left(machine), right(machine), at) === same;
}

/** `x in ["a", "b"]`: literals are never composite, so a set answers it. */
function oneOf(left: Run, list: ExprOf<'list'>): Run {
  const allowed = new Set<Value>(literals(list));
  return (machine) => allowed.has(left(machine));
}

function member(machine: Machine, value: Value, container: Value, at: number): boolean {
  if (Array.isArray(container)) return includes(machine, container, value, at);
  if (!isMap(container)) return fail(`"in" looks into a list or a record, this is ${describeValue(container)}`, at);
  return typeof value === 'string' && own(container, value) !== undefined;
}
