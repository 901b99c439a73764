/** The fields a gate knows, from the zod schemas a tool is written with: written once, derived here. */
import type { capability } from '@reeve/kernel';
import { z } from 'zod';

type FieldsInput = NonNullable<z.input<typeof capability>['args']>;
type FieldInput = Exclude<FieldsInput[string], string>;
type Json = Readonly<Record<string, unknown>>;

/** An amount in whole micro-units: 1.00 is 1000000. */
const MONEY = 'x-reeve-money';

/** Schema of an amount of money, in whole micro-units, which the gate knows as such. */
export const money = () =>
  z
    .int()
    .min(0)
    .meta({ [MONEY]: true });

/** `args`: what a caller may give; `returns`: what comes out. @throws when the schema has no JSON form. */
export function fieldsOf(schema: z.ZodObject, side: 'args' | 'returns'): FieldsInput {
  return membersOf(z.toJSONSchema(schema, { io: side === 'args' ? 'input' : 'output', unrepresentable: 'any' }));
}

function membersOf(json: Json): FieldsInput {
  const required = new Set(json.required as readonly string[] | undefined);
  const members = Object.entries((json.properties ?? {}) as Record<string, Json>);
  return Object.fromEntries(members.map(([name, one]) => [name, fieldOf(one, !required.has(name))]));
}

function fieldOf(json: Json, optional: boolean): FieldInput {
  const description = typeof json.description === 'string' ? { description: json.description.slice(0, 500) } : {};
  return { ...typeOf(json), ...description, optional };
}

function typeOf(json: Json): FieldInput {
  const { type } = json;
  if (type === 'string') return textOf(json);
  if (type === 'integer' || type === 'number')
    return { type: json[MONEY] === true ? 'money' : type, ...bounds(json.minimum, json.maximum) };
  if (type === 'boolean') return { type };
  if (type === 'array') return listOf(json);
  if (type === 'object') return json.properties ? { type, fields: membersOf(json) } : { type };
  return { type: 'any' };
}

/** Where zod has a format of its own (e-mail, URL, date), its pattern is left to the tool, which parses what it gets. */
function textOf({ enum: values, const: only, pattern, format, minLength, maxLength }: Json): FieldInput {
  const choices = values ?? (only === undefined ? undefined : [only]);
  return {
    type: 'string',
    ...(choices ? { enum: choices as string[] } : bounds(minLength, maxLength)),
    ...(typeof pattern === 'string' && format === undefined ? { pattern } : {}),
  };
}

function listOf({ items, minItems, maxItems }: Json): FieldInput {
  const of = (items ?? {}) as Json;
  const size = bounds(minItems, maxItems);
  if (of.type === 'string' && of.enum === undefined) return { type: 'strings', ...size };
  return { type: 'list', ...size, ...(of.properties ? { fields: membersOf(of) } : {}) };
}

/** What every whole number obeys is not worth saying. */
function bounds(min: unknown, max: unknown): { min?: number; max?: number } {
  const said = (value: unknown): value is number =>
    typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  return { ...(said(min) ? { min } : {}), ...(said(max) ? { max } : {}) };
}
