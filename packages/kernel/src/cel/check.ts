import { fail } from './failure.ts';
import type { Expr, ExprOf } from './parse.ts';
import { type CelScope, type CelType, comparable, describe, fits, join, KIND_NAMES } from './types.ts';

interface Scope {
  readonly variables: CelScope;
  /** Types of the loop variables by nesting depth. */
  readonly slots: readonly CelType[];
}
type Inferrers = { readonly [K in Expr['kind']]: (expr: ExprOf<K>, scope: Scope) => CelType };

const INFER: Inferrers = {
  literal: ({ value }) =>
    value === null ? 'null' : typeof value === 'boolean' ? 'bool' : (typeof value as 'string' | 'number'),
  local: ({ slot }, scope) => scope.slots[slot]!,
  variable: ({ name, at }, { variables }) => named(variables, name, at, 'variable'),
  field: ({ of, name, at }, scope) => fieldOf(infer(of, scope), name, at),
  has: ({ of, name, at }, scope) => {
    fieldOf(infer(of, scope), name, at);
    return 'bool';
  },
  index,
  call,
  matches: ({ of, at }, scope) => {
    if (!fits(infer(of, scope), 'string')) fail(`matches looks at a string, this is ${describe(infer(of, scope))}`, at);
    return 'bool';
  },
  loop,
  list: ({ items }, scope) => ({ list: items.length ? items.map((item) => infer(item, scope)).reduce(join) : 'dyn' }),
  record,
  choose: ({ condition, yes, no, at }, scope) => {
    boolean(condition, scope, at);
    return join(infer(yes, scope), infer(no, scope));
  },
  and: logical,
  or: logical,
  not: ({ of, at }, scope) => boolean(of, scope, at),
  negate: ({ of, at }, scope) => number(infer(of, scope), '-', at),
  binary,
};

/** The type an expression will have. Throws `Failure` at the first part that can only fail or never be true. */
export function infer(expr: Expr, scope: Scope): CelType {
  return (INFER[expr.kind] as (expr: Expr, scope: Scope) => CelType)(expr, scope);
}

function named(fields: CelScope, name: string, at: number, what: 'variable' | 'field'): CelType {
  if (Object.hasOwn(fields, name)) return fields[name]!;
  const known = Object.keys(fields).join(', ') || 'none';
  return fail(`there is no ${what} "${name}" here; there are: ${known}`, at);
}

function fieldOf(type: CelType, name: string, at: number): CelType {
  if (type === 'dyn') return 'dyn';
  if (typeof type === 'object' && 'fields' in type) return named(type.fields, name, at, 'field');
  return fail(`"${name}" cannot be read: this is ${describe(type)}, not a record`, at);
}

function index({ of, key, at }: ExprOf<'index'>, scope: Scope): CelType {
  const type = infer(of, scope);
  const keyType = infer(key, scope);
  if (type === 'dyn') return 'dyn';
  if (typeof type !== 'object') return fail(`[…] reads from a list or a record, this is ${describe(type)}`, at);
  if ('list' in type)
    return fits(keyType, 'number')
      ? type.list
      : fail(`a list is read by a number, not by ${describe(keyType)}`, key.at);
  if (key.kind === 'literal' && typeof key.value === 'string') return named(type.fields, key.value, key.at, 'field');
  return fits(keyType, 'string') ? 'dyn' : fail(`a record is read by a string, not by ${describe(keyType)}`, key.at);
}

function call({ spec, args }: ExprOf<'call'>, scope: Scope): CelType {
  const types = args.map((arg) => infer(arg, scope));
  types.forEach((type, i) => {
    const kind = spec.params[i]!;
    if (!fits(type, kind)) fail(`${spec.name} expects ${KIND_NAMES[kind]}, got ${describe(type)}`, args[i]!.at);
  });
  return spec.returns(types);
}

function loop({ macro, over, keep, body }: ExprOf<'loop'>, scope: Scope): CelType {
  const item = itemOf(infer(over, scope), over.at);
  const inner = { ...scope, slots: [...scope.slots, item] };
  if (keep) boolean(keep, inner, keep.at);
  if (macro === 'map') return { list: infer(body, inner) };
  boolean(body, inner, body.at);
  return macro === 'filter' ? { list: item } : 'bool';
}

function itemOf(type: CelType, at: number): CelType {
  if (type === 'dyn') return 'dyn';
  if (typeof type !== 'object') return fail(`only lists and records are gone through, this is ${describe(type)}`, at);
  return 'list' in type ? type.list : 'string';
}

function record({ entries }: ExprOf<'record'>, scope: Scope): CelType {
  const fields: Record<string, CelType> = {};
  let closed = true;
  for (const [key, value] of entries) {
    const keyType = infer(key, scope);
    if (!fits(keyType, 'string')) fail(`the keys of a record are strings, not ${describe(keyType)}`, key.at);
    const type = infer(value, scope);
    if (key.kind === 'literal') fields[key.value as string] = type;
    else closed = false;
  }
  return closed ? { fields } : 'dyn';
}

function boolean(expr: Expr, scope: Scope, at: number): 'bool' {
  const type = infer(expr, scope);
  return type === 'bool' || type === 'dyn' ? 'bool' : fail(`expected true or false, got ${describe(type)}`, at);
}

function logical({ left, right }: ExprOf<'and' | 'or'>, scope: Scope): CelType {
  boolean(left, scope, left.at);
  return boolean(right, scope, right.at);
}

function number(type: CelType, operator: string, at: number): 'number' {
  return fits(type, 'number') ? 'number' : fail(`"${operator}" needs a number, got ${describe(type)}`, at);
}

function binary({ operator, left, right, at }: ExprOf<'binary'>, scope: Scope): CelType {
  const a = infer(left, scope);
  const b = infer(right, scope);
  switch (operator) {
    case '==':
    case '!=':
      if (!comparable(a, b)) fail(`${describe(a)} is never equal to ${describe(b)}; compare values of one type`, at);
      return 'bool';
    case 'in':
      return membership(a, b, at);
    case '+':
      return sum(a, b, at);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return order(a, b, operator, at);
    default:
      number(a, operator, left.at);
      return number(b, operator, right.at);
  }
}

function membership(item: CelType, container: CelType, at: number): CelType {
  if (container === 'dyn') return 'bool';
  if (typeof container !== 'object')
    return fail(`"in" looks into a list or a record, this is ${describe(container)}`, at);
  const inside = 'list' in container ? container.list : 'string';
  return comparable(item, inside) ? 'bool' : fail(`${describe(item)} is never in ${describe(container)}`, at);
}

const pairs = (a: CelType, b: CelType, kind: 'string' | 'number' | 'list') => fits(a, kind) && fits(b, kind);

function order(a: CelType, b: CelType, operator: string, at: number): CelType {
  if (pairs(a, b, 'number') || pairs(a, b, 'string')) return 'bool';
  return fail(`"${operator}" cannot be used on ${describe(a)} and ${describe(b)}`, at);
}

function sum(a: CelType, b: CelType, at: number): CelType {
  if (a === 'dyn' && b === 'dyn') return 'dyn';
  if (pairs(a, b, 'number') || pairs(a, b, 'string')) return a === 'dyn' ? b : a;
  if (pairs(a, b, 'list')) return join(a, b);
  return fail(`"+" cannot be used on ${describe(a)} and ${describe(b)}`, at);
}
