import { z } from 'zod';
import type { CelType } from '../cel/types.ts';
import type { Fields } from '../operations/definition.ts';
import { celTypeOf } from './cel-types.ts';
import { extend, type Problem, problemOfData } from './data.ts';
import { recordOf } from './schema.ts';
import { type FieldTree, readFields } from './tree.ts';

export type { Problem } from './data.ts';

export type Checked =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface FieldChecker {
  /** Is this a record of exactly these fields? Never throws; `path` is e.g. `items[0].qty`, or '' for the record itself. */
  check(value: unknown): Checked;
}

/**
 * What is wrong with a specification of fields: unusable limits, patterns that can run away, forbidden names, nesting deeper
 * than 6. Empty when `compileFields`, `jsonSchemaOf` and `celTypesOf` will accept it. For use when a pack is loaded.
 */
export function fieldProblems(fields: Fields): readonly Problem[] {
  return compiledOf(fields).problems;
}

/** Compile fields, once per `Fields` object. Throws when `fieldProblems` has something to say. */
export function compileFields(fields: Fields): FieldChecker {
  return usable(fields).checker;
}

/**
 * Compile fields as what a tool returns: each declared field is there and of its type, or null; fields nobody declared are let
 * through, since no condition can read them. Throws as above.
 */
export function compileResult(fields: Fields): FieldChecker {
  const compiled = usable(fields);
  if (!compiled.result) {
    const schema = recordOf(compiled.tree, 'result');
    compiled.result = { check: (value) => check(schema, value) };
  }
  return compiled.result;
}

/** JSON Schema 2020-12 of a record of these fields, e.g. for the tool definition given to a model. Frozen. Throws as above. */
export function jsonSchemaOf(fields: Fields): Readonly<Record<string, unknown>> {
  const compiled = usable(fields);
  compiled.jsonSchema ??= frozen(z.toJSONSchema(compiled.schema, { target: 'draft-2020-12', io: 'input' }));
  return compiled.jsonSchema;
}

/** The type of such a record for `checkExpression`: `{ args: celTypesOf(capability.args) }`. Throws as above. */
export function celTypesOf(fields: Fields): CelType {
  return usable(fields).cel;
}

interface Usable {
  readonly tree: FieldTree;
  readonly schema: z.ZodType<Record<string, unknown>>;
  readonly checker: FieldChecker;
  readonly cel: CelType;
  result?: FieldChecker;
  jsonSchema?: Readonly<Record<string, unknown>>;
}
type Compiled = { readonly problems: readonly Problem[]; readonly usable?: Usable };

/** Pure memoisation: a `Fields` object is not changed after its pack is loaded. */
const cache = new WeakMap<Fields, Compiled>();

function compiledOf(fields: Fields): Compiled {
  const known = cache.get(fields);
  if (known) return known;
  const { tree, problems } = readFields(fields);
  const made = problems.length ? { problems } : { problems, usable: build(tree) };
  cache.set(fields, made);
  return made;
}

function build(tree: FieldTree): Usable {
  const schema = recordOf(tree);
  return { tree, schema, checker: { check: (value) => check(schema, value) }, cel: celTypeOf(tree) };
}

function usable(fields: Fields): Usable {
  const { problems, usable } = compiledOf(fields);
  if (usable) return usable;
  const all = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new Error(`these fields cannot be used, correct them in the pack: ${all}`);
}

function check(schema: Usable['schema'], value: unknown): Checked {
  const problem = problemOfData(value);
  if (problem) return { ok: false, problems: [problem] };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.reduce<string>(extend, ''), message }));
  return { ok: false, problems };
}

function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) frozen(inner);
  return Object.freeze(value);
}
