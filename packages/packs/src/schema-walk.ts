import type { z } from 'zod';

/** The parts of zod's definitions that lead from a schema to the schemas inside it. */
interface Inside {
  readonly type: string;
  readonly shape?: Record<string, z.ZodType>;
  readonly element?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly entries?: Record<string, string>;
}

const inside = (schema: z.ZodType): Inside => schema._zod.def as unknown as Inside;

/**
 * The schemas a value at `path` may be checked by, seen through defaults, optionals and unions. `stop` keeps a schema
 * as it is, so that e.g. `money` is recognised and not taken apart.
 */
export function schemasAt(
  schema: z.ZodType,
  path: readonly (string | number)[],
  stop: (schema: z.ZodType) => boolean = () => false,
): z.ZodType[] {
  let current = open(schema, stop);
  for (const part of path) current = current.flatMap((each) => step(each, part)).flatMap((each) => open(each, stop));
  return current;
}

function open(schema: z.ZodType, stop: (schema: z.ZodType) => boolean): z.ZodType[] {
  if (stop(schema)) return [schema];
  const { innerType, in: input, options } = inside(schema);
  if (innerType) return open(innerType, stop);
  if (input) return open(input, stop);
  return options ? options.flatMap((option) => open(option, stop)) : [schema];
}

function step(schema: z.ZodType, part: string | number): z.ZodType[] {
  const { shape, element, valueType } = inside(schema);
  const next = shape ? (Object.hasOwn(shape, part) ? shape[part] : undefined) : (element ?? valueType);
  return next ? [next] : [];
}

/** Names of the fields a mapping at `path` may have; empty when any name is allowed. */
export function fieldsAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  return schemasAt(schema, path).flatMap((each) => {
    const { shape, keyType } = inside(each);
    return shape ? Object.keys(shape) : keyType ? Object.values(inside(keyType).entries ?? {}) : [];
  });
}
