/**
 * What is known about a value before evaluation. There is one number type, as in JSON. `fields` is a closed record: a field
 * not named is a mistake. Every type may also be null at run time. 'dyn' is anything.
 */
export type CelType =
  | 'dyn'
  | 'string'
  | 'number'
  | 'bool'
  | 'null'
  | { readonly fields: CelScope }
  | { readonly list: CelType };

/** Variables an expression may use → their types. */
export type CelScope = { readonly [name: string]: CelType };

/** What a parameter accepts; `sized` is a string, a list or a map. */
export type Kind = 'string' | 'number' | 'list' | 'numbers' | 'strings' | 'sized' | 'scalar' | 'any';

/** "a list of number", for messages. */
export function describe(type: CelType): string {
  if (typeof type === 'object') return 'fields' in type ? 'a record' : `a list of ${plural(type.list)}`;
  const names = { dyn: 'a value', string: 'a string', number: 'a number', bool: 'true or false', null: 'null' };
  return names[type];
}

function plural(type: CelType): string {
  if (typeof type === 'object') return 'fields' in type ? 'records' : 'lists';
  const names = { dyn: 'anything', string: 'strings', number: 'numbers', bool: 'booleans', null: 'nulls' };
  return names[type];
}

/** "expects …", for messages. */
export const KIND_NAMES: Record<Kind, string> = {
  string: 'a string',
  number: 'a number',
  list: 'a list',
  numbers: 'a list of numbers',
  strings: 'a list of strings',
  sized: 'a string, a list or a record',
  scalar: 'a string, a number, true or false',
  any: 'a value',
};

const isList = (type: CelType) => typeof type === 'object' && 'list' in type;
const isListOf = (type: CelType, item: CelType) =>
  typeof type === 'object' && 'list' in type && (type.list === 'dyn' || type.list === item);

const ACCEPTS: Record<Kind, (type: CelType) => boolean> = {
  string: (type) => type === 'string',
  number: (type) => type === 'number',
  list: isList,
  numbers: (type) => isListOf(type, 'number'),
  strings: (type) => isListOf(type, 'string'),
  sized: (type) => type === 'string' || typeof type === 'object',
  scalar: (type) => type === 'string' || type === 'number' || type === 'bool',
  any: () => true,
};

/** May a value of this type be given where `kind` is expected? */
export function fits(type: CelType, kind: Kind): boolean {
  return type === 'dyn' || ACCEPTS[kind](type);
}

/** May two values of these types ever be equal? Comparing others is a mistake in the rule. */
export function comparable(a: CelType, b: CelType): boolean {
  if (a === 'dyn' || b === 'dyn' || a === 'null' || b === 'null') return true;
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  if ('list' in a && 'list' in b) return comparable(a.list, b.list);
  return 'fields' in a && 'fields' in b;
}

/** The type of something that is either; null gives way, because every type may be null. */
export function join(a: CelType, b: CelType): CelType {
  if (a === b || b === 'null') return a;
  if (a === 'null') return b;
  if (typeof a === 'object' && typeof b === 'object' && 'list' in a && 'list' in b)
    return { list: join(a.list, b.list) };
  return 'dyn';
}
