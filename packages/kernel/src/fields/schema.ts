import { z } from 'zod';
import type { Pattern } from './pattern.ts';
import type { FieldNode, FieldTree } from './tree.ts';

/** "missing: expected …" or "expected …, got a number". */
const expecting = (what: string) => ({
  error: ({ input }: { input?: unknown }) =>
    input === undefined ? `missing: expected ${what}` : `expected ${what}, got ${shape(input)}`,
});

function shape(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a record';
  return typeof value === 'string' || typeof value === 'number' ? `the ${typeof value} ${show(value)}` : String(value);
}

const show = (value: unknown) => JSON.stringify(value)?.slice(0, 60) ?? String(value);

/** How strictly data is looked at: arguments are exactly the fields; results may have more, and any field may be null. */
export type Strictness = 'exact' | 'result';

/** A record of these fields. */
export function recordOf(tree: FieldTree, how: Strictness = 'exact'): z.ZodType<Record<string, unknown>> {
  const known = tree.map(({ name }) => name).join(', ') || 'none';
  const shapes = Object.fromEntries(tree.map((node) => [node.name, fieldOf(node, how)]));
  if (how === 'result') return z.looseObject(shapes, expecting('a record'));
  return z.strictObject(shapes, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys')
        return `unknown field ${issue.keys.map(show).join(', ')}; known: ${known}`;
      return expecting('a record').error(issue);
    },
  });
}

function fieldOf(node: FieldNode, how: Strictness): z.ZodType {
  const type = how === 'result' ? typeOf(node, how).nullable() : typeOf(node, how);
  const described = node.description ? type.describe(node.description) : type;
  return node.optional ? described.optional() : described;
}

const TYPES: Readonly<Record<FieldNode['type'], (node: FieldNode, how: Strictness) => z.ZodType>> = {
  string: (node) => textOf(node, node),
  strings: (node) => listOf(textOf(node, {}), 'a list of strings', node),
  number: (node) => ranged(z.number(expecting('a number')), node),
  integer: (node) => ranged(z.int(expecting('a whole number (at most 2^53 − 1)')), node),
  money: (node) =>
    ranged(z.int(expecting('an amount in whole micro-units')), { ...node, min: node.min ?? 0 }).meta({
      description: MONEY,
    }),
  boolean: () => z.boolean(expecting('true or false')),
  object: ({ children }, how) =>
    children ? recordOf(children, how) : z.record(z.string(), z.unknown(), expecting('a record')),
  list: (node, how) => listOf(node.children ? recordOf(node.children, how) : z.unknown(), 'a list', node),
  any: () => z.unknown().refine((value) => value !== undefined, { error: 'missing: expected a value' }),
};

const MONEY = 'An amount in whole micro-units: 1.00 is 1000000.';
const typeOf = (node: FieldNode, how: Strictness) => TYPES[node.type](node, how);

interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

function ranged(schema: z.ZodNumber, { min, max }: Bounds): z.ZodNumber {
  const low = min === undefined ? schema : schema.gte(min, { error: `must be at least ${min}` });
  return max === undefined ? low : low.lte(max, { error: `must be at most ${max}` });
}

/** `min` and `max` count characters of a string, elements of a list. */
function counted(schema: z.ZodString | z.ZodArray, { min, max }: Bounds, unit: string): z.ZodString | z.ZodArray {
  const low = min === undefined ? schema : schema.min(min, { error: `needs at least ${min} ${unit}(s)` });
  return max === undefined ? low : low.max(max, { error: `has more than ${max} ${unit}(s)` });
}

const listOf = (element: z.ZodType, what: string, node: FieldNode) =>
  counted(z.array(element, expecting(what)), node, 'element');

function textOf({ values, pattern }: FieldNode, bounds: Bounds): z.ZodType {
  if (values) return z.enum(values, expecting(`one of ${values.map(show).join(', ')}`));
  const text = counted(z.string(expecting('a string')), bounds, 'character');
  return pattern ? patterned(text, pattern) : text;
}

function patterned(text: z.ZodType, { source, test }: Pattern): z.ZodType {
  const mismatch = (input: unknown) =>
    test(input as string) === undefined
      ? 'is too long to be compared with the pattern'
      : `does not match the pattern ${source}`;
  return text
    .refine((value) => test(value as string) === true, { error: ({ input }) => mismatch(input) })
    .meta({ pattern: source });
}
