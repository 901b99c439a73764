import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { duration, money } from '../core/quantities.ts';
import { ground } from '../provenance/definition.ts';

/** What a capability can do to the world. */
export const EFFECTS = ['read', 'reversible', 'compensable', 'irreversible'] as const;

/** Decision edges (R-E44): reasons to ask before acting. */
export const EDGES = ['public', 'customer-facing', 'access-changing', 'compliance'] as const;

/** How an unknown outcome is settled: the tool deduplicates by key, a read tells, or a human must say. */
const SETTLEMENTS = ['native-key', 'check-before-write', 'ask'] as const;

/** Failure categories and what each calls for (R-E, D1 §Reliability). */
const FAILURE_CATEGORIES = ['transient', 'deterministic', 'judgment', 'governance'] as const;
export const failureCategory = z.enum(FAILURE_CATEGORIES);

const FIELD_TYPES = ['string', 'number', 'integer', 'boolean', 'money', 'strings', 'object', 'list', 'any'] as const;

/** The type of one field of an argument or result; a bare name is short for `{ type }`. */
const fieldType = z.union([
  z.enum(FIELD_TYPES).transform((type) => ({ type, optional: false })),
  z.strictObject({
    type: z.enum(FIELD_TYPES),
    optional: z.boolean().default(false),
    enum: z.array(z.string()).optional(),
    pattern: text(500).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    description: text(500).optional(),
    /** For `object`: its fields; for `list`: the fields of each element. Unknown fields are refused when given. */
    fields: z.record(z.string(), z.unknown()).optional(),
  }),
]);
export const fields = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected a field name'), fieldType);

/** A tool: one connector with its configuration; `config` is checked by the connector's own schema at load. */
export const tool = z.strictObject({
  id,
  connector: id,
  title: text(200).default(''),
  config: z.record(z.string(), z.unknown()).default({}),
});

export const retry = z.strictObject({
  attempts: z.number().int().min(1).max(20).default(4),
  first: duration.default(200),
  factor: z.number().min(1).max(10).default(2),
  max: duration.default(30_000),
});

/** Something a tool can do, with everything the gate must know about it. */
export const capability = z.strictObject({
  id,
  tool: id,
  title: text(200).default(''),
  effect: z.enum(EFFECTS),
  edges: z.array(z.enum(EDGES)).default([]),
  args: fields.default({}),
  returns: fields.default({}),
  /** Arguments that steer the effect outside: recipient, amount, url, path … */
  sensitive: z.array(z.string()).default([]),
  /** Sensitive argument → what may ground it, in place of the usual [PRV3]. */
  groundedBy: z.record(z.string(), z.array(ground).min(1)).optional(),
  /** Are results content from outside that must not be obeyed? */
  taints: z.boolean().default(false),
  /** Whole values of the result are entries of a trusted list, even where outsiders choose their wording (`taints`). */
  registry: z.boolean().optional(),
  /** The circle its results belong to; they leave only through capabilities with that circle as `audience` [PRV6]. */
  confidential: id.optional(),
  /** Circles whose members are all who get what this sends. */
  audience: z.array(id).optional(),
  /** The argument under which it keeps what it is given, or finds what was kept: labels go along [PRV7]. */
  stores: z.string().optional(),
  recalls: z.string().optional(),
  settle: z.enum(SETTLEMENTS).default('ask'),
  /** For `check-before-write`: a read and the condition over `result` (and `args`) under which the effect has landed. */
  check: z
    .strictObject({ capability: id, args: z.record(z.string(), text(1000)).default({}), landed: text(2000) })
    .optional(),
  /** Money moved by one operation: an amount, or CEL over `args` giving micro-units or a `money` argument. */
  cost: z.union([money, z.strictObject({ expr: text(1000) })]).optional(),
  /** Capabilities of other tools that may be used instead while this tool is down. */
  alternatives: z.array(id).max(5).optional(),
  timeout: duration.default(30_000),
  retry: retry.prefault({}),
  /** Passed to the connector unread, e.g. the SQL statement. Checked by the connector at load. */
  config: z.record(z.string(), z.unknown()).default({}),
});

/** The cost of an operation whose `cost` expression gives no amount: more than anybody may move. */
export const UNKNOWN_COST = Number.MAX_SAFE_INTEGER;

export type Effect = (typeof EFFECTS)[number];
export type Edge = (typeof EDGES)[number];
export type FailureCategory = (typeof FAILURE_CATEGORIES)[number];
export type FieldType = z.output<typeof fieldType>;
export type Fields = Record<string, FieldType>;
export type ToolDef = z.infer<typeof tool>;
export type CapabilityDef = z.infer<typeof capability>;
