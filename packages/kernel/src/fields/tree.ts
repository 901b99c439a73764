import { type Fields, type FieldType, fields as fieldsSchema } from '../operations/definition.ts';
import { extend, isForbiddenName, type Problem } from './data.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** One field with everything resolved: its pattern compiled, its nested fields read. */
export interface FieldNode {
  readonly name: string;
  readonly type: FieldType['type'];
  readonly optional: boolean;
  readonly values?: readonly string[] | undefined;
  readonly pattern?: Pattern | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly description?: string | undefined;
  readonly children?: FieldTree | undefined;
}
export type FieldTree = readonly FieldNode[];

const MAX_FIELD_DEPTH = 6;

interface Spec {
  readonly type: FieldType['type'];
  readonly optional: boolean;
  readonly enum?: string[] | undefined;
  readonly pattern?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly description?: string | undefined;
  readonly fields?: Record<string, unknown> | undefined;
}

/** Read a specification of fields with everything nested in it, noting what cannot be used. */
export function readFields(fields: Fields, path = '', depth = 1): { tree: FieldTree; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const tree = Object.entries(fields).map(([name, spec]) => readField(name, spec, extend(path, name), depth, problems));
  return { tree, problems };
}

function readField(name: string, spec: Spec, path: string, depth: number, problems: Problem[]): FieldNode {
  const note = (message: string) => void problems.push({ path, message });
  if (isForbiddenName(name)) note(`the name "${name}" is refused; rename the field`);
  for (const message of misused(spec)) note(message);
  const { type, optional, min, max, description } = spec;
  const pattern = readPattern(spec.pattern, note);
  const children = spec.fields && readNested(spec.fields, path, depth, problems);
  return { name, type, optional, min, max, description, values: spec.enum, pattern, children };
}

function readPattern(source: string | undefined, note: (message: string) => void): Pattern | undefined {
  if (source === undefined) return undefined;
  const compiled = compilePattern(source, true);
  if (compiled.ok) return compiled.pattern;
  note(compiled.message);
  return undefined;
}

function readNested(
  nested: Record<string, unknown>,
  path: string,
  depth: number,
  problems: Problem[],
): FieldTree | undefined {
  if (depth >= MAX_FIELD_DEPTH) {
    problems.push({
      path,
      message: `fields are nested more than ${MAX_FIELD_DEPTH} deep; leave the inner ones to type "any"`,
    });
    return undefined;
  }
  const parsed = fieldsSchema.safeParse(nested);
  if (parsed.success) {
    const inner = readFields(parsed.data, path, depth + 1);
    problems.push(...inner.problems);
    return inner.tree;
  }
  for (const issue of parsed.error.issues)
    problems.push({ path: issue.path.reduce<string>(extend, path), message: issue.message });
  return undefined;
}

const TEXTS: readonly string[] = ['string', 'strings'];
const NESTING: readonly string[] = ['object', 'list'];
const COUNTED: readonly string[] = ['string', 'strings', 'list'];
const NUMBERS: readonly string[] = ['number', 'integer', 'money'];

/** Limits that do not apply to the type, or that nothing could satisfy: a limit that is silently ignored is a hole. */
function misused({ type, enum: values, pattern, min, max, fields }: Spec): string[] {
  const found: string[] = [];
  const only = (given: unknown, name: string, types: readonly string[]) => {
    if (given !== undefined && !types.includes(type))
      found.push(`"${name}" applies to ${types.join(', ')}, not to ${type}; remove it`);
  };
  only(values, 'enum', TEXTS);
  only(pattern, 'pattern', TEXTS);
  only(fields, 'fields', NESTING);
  only(min, 'min', [...NUMBERS, ...COUNTED]);
  only(max, 'max', [...NUMBERS, ...COUNTED]);
  if (values?.length === 0) found.push('"enum" allows no value; list at least one');
  if (min !== undefined && max !== undefined && min > max) found.push(`"min" ${min} is above "max" ${max}; swap them`);
  if (COUNTED.includes(type) && [min, max].some((bound) => bound !== undefined && !isCount(bound)))
    found.push(`"min" and "max" of ${type} count its characters or elements; give whole numbers from 0`);
  return found;
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
