import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { compilePattern, type Pattern } from '../fields/pattern.ts';
import { Failure, fail } from './failure.ts';
import { FUNCTIONS, type FunctionSpec, METHODS } from './functions.ts';
import { FORBIDDEN_KEYS } from './machine.ts';

/**
 * An expression ready to be checked and evaluated. The library reads the syntax; this form drops what has no place in a policy
 * (bytes, timestamps with host time zones, 64-bit integers) and has names and loops resolved. `at` is an offset in the source.
 */
export type Expr = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  | { readonly kind: 'variable'; readonly name: string }
  /** A loop variable: the slot is its nesting depth. */
  | { readonly kind: 'local'; readonly slot: number }
  | { readonly kind: 'field' | 'has'; readonly of: Expr; readonly name: string }
  | { readonly kind: 'index'; readonly of: Expr; readonly key: Expr }
  | { readonly kind: 'call'; readonly spec: FunctionSpec; readonly args: readonly Expr[] }
  | { readonly kind: 'matches'; readonly of: Expr; readonly pattern: Pattern }
  | Loop
  | { readonly kind: 'list'; readonly items: readonly Expr[] }
  | { readonly kind: 'record'; readonly entries: readonly (readonly [Expr, Expr])[] }
  | { readonly kind: 'choose'; readonly condition: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'not' | 'negate'; readonly of: Expr }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expr; readonly right: Expr }
);

interface Loop {
  readonly kind: 'loop';
  readonly macro: Macro;
  readonly over: Expr;
  readonly slot: number;
  /** For `map(x, keep, body)`. */
  readonly keep: Expr | undefined;
  readonly body: Expr;
  /** Steps charged per element: the operations in `keep` and `body`. */
  readonly weight: number;
}

export type ExprOf<K extends Expr['kind']> = Extract<Expr, { kind: K }>;
export type Macro = 'all' | 'exists' | 'exists_one' | 'map' | 'filter';
type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

const MAX_SOURCE = 2000;
const MAX_LOOP_DEPTH = 2;
const LIMITS = { maxAstNodes: 500, maxDepth: 40, maxListElements: 200, maxMapEntries: 100, maxCallArguments: 8 };
const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Only its parser is used: see the README of this folder for why evaluation and checking are our own. */
const syntax = new Environment({ unlistedVariablesAreDyn: true, limits: LIMITS });

/** Source → expression. Throws `Failure` when it cannot be read, is too large, or names what does not exist. */
export function parseExpression(source: string): Expr {
  if (source.length > MAX_SOURCE)
    fail(
      `the expression has ${source.length} characters, at most ${MAX_SOURCE} are allowed; split it into several rules`,
      0,
    );
  return lower(readSyntax(source), []);
}

function readSyntax(source: string): ASTNode {
  try {
    return syntax.parse(source).ast;
  } catch (error) {
    if (error instanceof ParseError) fail(`the expression cannot be read: ${error.summary}`, error.range?.start ?? 0);
    throw error;
  }
}

/** `scope` holds the names of the loop variables around the node. */
function lower(node: ASTNode, scope: readonly string[]): Expr {
  const at = node.pos;
  const go = (inner: ASTNode) => lower(inner, scope);
  switch (node.op) {
    case 'value':
      return { kind: 'literal', value: literal(node.args, at), at };
    case 'id':
      return variable(node.args, scope, at);
    case '.':
      return { kind: 'field', of: go(node.args[0]), name: fieldName(node.args[1], at), at };
    case '[]':
      return { kind: 'index', of: go(node.args[0]), key: go(node.args[1]), at };
    case 'call':
      return node.args[0] === 'has'
        ? has(node.args[1], scope, at)
        : call(FUNCTIONS, node.args[0], node.args[1].map(go), at);
    case 'rcall':
      return method(node.args[0], node.args[1], node.args[2], scope, at);
    case 'list':
      return { kind: 'list', items: node.args.map(go), at };
    case 'map':
      return { kind: 'record', entries: node.args.map(([key, value]) => [recordKey(go(key)), go(value)] as const), at };
    case '?:':
      return { kind: 'choose', condition: go(node.args[0]), yes: go(node.args[1]), no: go(node.args[2]), at };
    case '&&':
    case '||':
      return { kind: node.op === '&&' ? 'and' : 'or', left: go(node.args[0]), right: go(node.args[1]), at };
    case '!_':
      return { kind: 'not', of: go(node.args), at };
    case '-_':
      return negated(go(node.args), at);
    case '.?':
    case '[?]':
      return fail('optional access is not part of this language; use has(…)', at);
    default:
      return { kind: 'binary', operator: node.op, left: go(node.args[0]), right: go(node.args[1]), at };
  }
}

function literal(value: unknown, at: number): null | boolean | number | string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value !== 'number' && typeof value !== 'bigint')
    return fail('bytes and unsigned literals are not part of this language; write "text" or 5', at);
  if (Number.isSafeInteger(Number(value)) || typeof value === 'number') return Number(value);
  return fail('this integer is too large to be exact; at most 2^53 − 1', at);
}

function negated(of: Expr, at: number): Expr {
  return of.kind === 'literal' && typeof of.value === 'number'
    ? { kind: 'literal', value: -of.value, at }
    : { kind: 'negate', of, at };
}

function variable(name: string, scope: readonly string[], at: number): Expr {
  const slot = scope.lastIndexOf(name);
  return slot >= 0 ? { kind: 'local', slot, at } : { kind: 'variable', name: fieldName(name, at), at };
}

function fieldName(name: string, at: number): string {
  return FORBIDDEN_KEYS.has(name) ? fail(`"${name}" cannot be used; it is not data`, at) : name;
}

function recordKey(key: Expr): Expr {
  if (key.kind === 'literal' && typeof key.value === 'string') fieldName(key.value, key.at);
  return key;
}

function has(args: readonly ASTNode[], scope: readonly string[], at: number): Expr {
  const [target] = args;
  if (args.length !== 1 || target?.op !== '.') return fail('has(…) takes one field, e.g. has(args.note)', at);
  return { kind: 'has', of: lower(target.args[0], scope), name: fieldName(target.args[1], target.pos), at: target.pos };
}

function method(name: string, receiver: ASTNode, args: readonly ASTNode[], scope: readonly string[], at: number): Expr {
  if (MACROS.has(name)) return loop(name as Macro, receiver, args, scope, at);
  const of = lower(receiver, scope);
  const rest = args.map((arg) => lower(arg, scope));
  return name === 'matches' ? matches(of, rest, at) : call(METHODS, name, [of, ...rest], at);
}

function call(table: ReadonlyMap<string, FunctionSpec>, name: string, args: readonly Expr[], at: number): Expr {
  const spec = table.get(name);
  if (!spec) return unknownFunction(table, name, at);
  const { length } = spec.params;
  if (args.length <= length && args.length >= length - spec.optional) return { kind: 'call', spec, args, at };
  const receiver = table === METHODS ? 1 : 0;
  return fail(`${name}(…) takes ${length - receiver} argument(s), ${args.length - receiver} given`, at);
}

function unknownFunction(table: ReadonlyMap<string, FunctionSpec>, name: string, at: number): never {
  const other = table === METHODS ? FUNCTIONS : METHODS;
  if (other.has(name))
    fail(table === METHODS ? `write ${name}(x), not x.${name}()` : `write x.${name}(…), not ${name}(x, …)`, at);
  const known = [...table.keys(), ...(table === METHODS ? ['matches', ...MACROS] : ['has'])];
  return fail(`there is no function "${name}"; there are ${known.join(', ')}`, at);
}

/** The pattern is part of the rule: one that came with the data could be made to run for ever. */
function matches(of: Expr, args: readonly Expr[], at: number): Expr {
  const [source] = args;
  if (args.length !== 1 || source?.kind !== 'literal' || typeof source.value !== 'string')
    return fail('matches("…") takes one pattern, written in the rule as a string', source?.at ?? at);
  const compiled = compilePattern(source.value, false);
  return compiled.ok ? { kind: 'matches', of, pattern: compiled.pattern, at } : fail(compiled.message, source.at);
}

function loop(macro: Macro, receiver: ASTNode, args: readonly ASTNode[], scope: readonly string[], at: number): Expr {
  const [name, ...parts] = args;
  if (name?.op !== 'id' || parts.length < 1 || parts.length > (macro === 'map' ? 2 : 1))
    return fail(`${macro}(x, …) takes a variable and an expression over it, e.g. list.${macro}(x, x > 1)`, at);
  if (scope.length >= MAX_LOOP_DEPTH)
    return fail(
      `loops are nested ${scope.length + 1} deep, at most ${MAX_LOOP_DEPTH}; move the inner one to a rule of its own`,
      at,
    );
  const inner = [...scope, fieldName(name.args, name.pos)];
  const [first, second] = parts.map((part) => lower(part, inner));
  const [keep, body] = second ? [first, second] : [undefined, first!];
  return {
    kind: 'loop',
    macro,
    over: lower(receiver, scope),
    slot: scope.length,
    keep,
    body,
    weight: weigh(parts),
    at,
  };
}

/** Operations in a loop's body, by the space they take up: close enough for a bound, and never zero. */
function weigh(parts: readonly ASTNode[]): number {
  return parts.reduce((total, part) => total + 1 + ((part.end - part.start) >> 3), 0);
}

/** Turn any problem met while reading, checking or evaluating into text with its place. Unknown errors are bugs and say so. */
export function explain(error: unknown): { message: string; at: number } {
  if (error instanceof Failure) return { message: error.message, at: error.at };
  return { message: `the expression failed unexpectedly (${String(error)}); please report this`, at: 0 };
}
