import { parseDuration, parseMoney } from '../core/quantities.ts';
import { fail } from './failure.ts';
import { describeValue, elements, equal, isMap, type Machine, plain, spend, type Value } from './machine.ts';
import type { CelType, Kind } from './types.ts';

/**
 * A function of the expression language: pure, total on its parameter kinds or failing with a message.
 * A method is the same thing with its receiver as the first parameter.
 */
export interface FunctionSpec {
  readonly name: string;
  readonly params: readonly Kind[];
  /** How many of `params`, from the end, may be left out. */
  readonly optional: number;
  readonly returns: (args: readonly CelType[]) => CelType;
  readonly run: (machine: Machine, args: readonly Value[], at: number) => Value;
}

type Run = FunctionSpec['run'];

const spec = (name: string, params: Kind[], returns: CelType | FunctionSpec['returns'], run: Run, optional = 0) =>
  [name, { name, params, optional, run, returns: typeof returns === 'function' ? returns : () => returns }] as const;

/** Parameters are checked before a function runs; looking at text costs a step per 16 characters. */
const ofText =
  (run: (text: string, args: readonly Value[], at: number) => Value): Run =>
  (machine, args, at) => {
    const text = args[0] as string;
    spend(machine, text.length >> 4, at);
    return run(text, args, at);
  };

/** Searching one text for another may look at every pair of their characters. */
const ofTwo =
  (run: (text: string, other: string) => Value): Run =>
  (machine, args, at) => {
    const text = args[0] as string;
    const other = args[1] as string;
    spend(machine, Math.floor((text.length * (1 + other.length)) / 64), at);
    return run(text, other);
  };

/** Characters as people count them: a pair of surrogates is one. */
function characters(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xdc00 || unit > 0xdfff) continue;
    const before = text.charCodeAt(i - 1);
    if (before >= 0xd800 && before <= 0xdbff) count -= 1;
  }
  return count;
}

function size(machine: Machine, [value]: readonly Value[], at: number): number {
  if (typeof value === 'string') {
    spend(machine, value.length >> 4, at);
    return characters(value);
  }
  return Array.isArray(value) ? value.length : Object.keys(value as object).length;
}

function quantity(text: string, parsed: number | undefined, what: string, at: number): number {
  return parsed ?? fail(`"${text.slice(0, 40)}" is not ${what}`, at);
}

function sum(machine: Machine, [list]: readonly Value[], at: number): number {
  let total = 0;
  for (const item of elements(machine, list as Value, at)) {
    if (typeof item !== 'number') fail(`sum adds numbers, the list holds ${describeValue(plain(item, at))}`, at);
    total += item;
  }
  return exact(total, at);
}

/** Results stay where doubles count exactly, so that money cannot lose a unit unnoticed. */
export function exact(result: number, at: number): number {
  if (Math.abs(result) <= Number.MAX_SAFE_INTEGER) return result;
  return fail('the result is not a number that can be kept exactly (at most 2^53 − 1)', at);
}

function distinct(machine: Machine, [list]: readonly Value[], at: number): Value {
  const kept: Value[] = [];
  const seen = new Set<Value>();
  for (const raw of elements(machine, list as Value, at)) {
    const item = plain(raw, at);
    if (seen.has(item) || (isComposite(item) && includes(machine, kept, item, at))) continue;
    seen.add(item);
    kept.push(item);
  }
  return kept;
}

const isComposite = (value: Value) => typeof value === 'object' && value !== null;

/** Is an equal value in the list? */
export function includes(machine: Machine, list: readonly Value[], value: Value, at: number): boolean {
  spend(machine, list.length, at);
  return list.some((item) => equal(machine, plain(item, at), value, at));
}

function count(machine: Machine, [list, value]: readonly Value[], at: number): number {
  return elements(machine, list as Value, at).filter((item) => equal(machine, plain(item, at), value as Value, at))
    .length;
}

function toNumber(machine: Machine, [value]: readonly Value[], at: number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const text = value as string;
  spend(machine, text.length >> 4, at);
  if (!/^-?\d{1,16}(\.\d{1,16})?$/.test(text)) fail(`"${text.slice(0, 40)}" is not a number`, at);
  return exact(Number(text), at);
}

function substring(text: string, args: readonly Value[], at: number): string {
  const [, start, end = text.length] = args as [string, number, number?];
  const ok = Number.isInteger(start) && Number.isInteger(end) && start! >= 0 && start! <= end && end <= text.length;
  return ok
    ? text.slice(start, end)
    : fail(`substring(${start}, ${end}) is outside a text of ${text.length} characters`, at);
}

function joined(machine: Machine, [list, separator = '']: readonly Value[], at: number): string {
  const items = elements(machine, list as Value, at);
  const odd = items.find((item) => typeof item !== 'string');
  if (odd !== undefined) fail(`join puts strings together, the list holds ${describeValue(plain(odd, at))}`, at);
  const separators = (separator as string).length * items.length;
  spend(machine, items.reduce<number>((total, item) => total + (item as string).length, separators) >> 4, at);
  return items.join(separator as string);
}

const ITEM: FunctionSpec['returns'] = ([list]) => list ?? { list: 'dyn' };

/** Called as `name(…)`. */
export const FUNCTIONS: ReadonlyMap<string, FunctionSpec> = new Map([
  spec('size', ['sized'], 'number', size),
  spec('string', ['scalar'], 'string', (_machine, [value]) => String(value)),
  spec('double', ['scalar'], 'number', toNumber),
  spec('int', ['scalar'], 'number', (machine, args, at) => Math.trunc(toNumber(machine, args, at))),
  spec('dyn', ['any'], 'dyn', (_machine, [value]) => value as Value),
  spec(
    'lower',
    ['string'],
    'string',
    ofText((text) => text.toLowerCase()),
  ),
  spec(
    'money',
    ['string'],
    'number',
    ofText((text, _args, at) => quantity(text, parseMoney(text), 'an amount such as "12.50"', at)),
  ),
  spec(
    'duration',
    ['string'],
    'number',
    ofText((text, _args, at) =>
      quantity(text, parseDuration(text), 'a duration such as "30s", "15m", "4h" or "3d"', at),
    ),
  ),
  spec('sum', ['numbers'], 'number', sum),
  spec('distinct', ['list'], ITEM, distinct),
  spec('count', ['list', 'any'], 'number', count),
]);

/** Called as `receiver.name(…)`. `matches` is not here: its pattern is compiled with the expression. */
export const METHODS: ReadonlyMap<string, FunctionSpec> = new Map([
  spec('size', ['sized'], 'number', size),
  spec(
    'startsWith',
    ['string', 'string'],
    'bool',
    ofTwo((text, start) => text.startsWith(start)),
  ),
  spec(
    'endsWith',
    ['string', 'string'],
    'bool',
    ofTwo((text, end) => text.endsWith(end)),
  ),
  spec(
    'contains',
    ['string', 'string'],
    'bool',
    ofTwo((text, part) => text.includes(part)),
  ),
  spec(
    'indexOf',
    ['string', 'string'],
    'number',
    ofTwo((text, part) => text.indexOf(part)),
  ),
  spec(
    'lastIndexOf',
    ['string', 'string'],
    'number',
    ofTwo((text, part) => text.lastIndexOf(part)),
  ),
  spec(
    'lowerAscii',
    ['string'],
    'string',
    ofText((text) => text.toLowerCase()),
  ),
  spec(
    'upperAscii',
    ['string'],
    'string',
    ofText((text) => text.toUpperCase()),
  ),
  spec(
    'trim',
    ['string'],
    'string',
    ofText((text) => text.trim()),
  ),
  spec('substring', ['string', 'number', 'number'], 'string', ofText(substring), 1),
  spec(
    'split',
    ['string', 'string'],
    { list: 'string' },
    ofTwo((text, separator) => text.split(separator)),
  ),
  spec('join', ['strings', 'string'], 'string', joined, 1),
]);

/** Does a value suit a parameter at run time? Element types of lists are found by the function itself. */
export function suits(value: Value, kind: Kind): boolean {
  switch (kind) {
    case 'string':
    case 'number':
      return typeof value === kind;
    case 'list':
    case 'numbers':
    case 'strings':
      return Array.isArray(value);
    case 'sized':
      return typeof value === 'string' || Array.isArray(value) || isMap(value);
    case 'scalar':
      return typeof value !== 'object';
    case 'any':
      return true;
  }
}
