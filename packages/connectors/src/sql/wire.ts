import type { CapabilityDef } from '@reeve/kernel';
import { digest } from '@reeve/kernel';
import { z } from 'zod';
import type { Call } from '../port.ts';
import { refused } from '../shared/call.ts';
import { relativePath } from '../shared/paths.ts';
import { parametersOf, readProblem, writeProblem } from './statement.ts';

/** Rows a read may give and, unless `expect` says otherwise, a write may change [T8]. */
export const MAX_ROWS = 1000;
/** Parameters every statement may use besides the capability's arguments. */
const RESERVED = ['key', 'operation', 'now'];

const statement = (problem: (sql: string) => string | undefined) =>
  z
    .string()
    .max(10_000)
    .superRefine((sql, ctx) => {
      const message = problem(sql);
      if (message) ctx.addIssue({ code: 'custom', message });
    });

export const sqlConfig = z.strictObject({
  /** File in the tool's directory. */
  database: relativePath,
  /** SQL file in the pack, run once when the database is new. */
  seed: relativePath.optional(),
});

const read = z.strictObject({
  query: statement(readProblem),
  /** One row as an object, or all rows as a list. */
  one: z.boolean().default(false),
  /** With `one`: `{found: false}`, or an error. */
  missing: z.enum(['found', 'error']).default('found'),
});

const count = z.number().int().nonnegative();
const write = z
  .strictObject({
    statements: z.array(statement(writeProblem)).min(1).max(20),
    /** Rows each statement must change: one number for all of them, or a list with one for each. */
    expect: z.strictObject({ changes: z.union([count, z.array(count)]) }).optional(),
    /** One row to answer with, read after the statements in the same transaction. */
    returning: statement(readProblem).optional(),
  })
  .superRefine(({ statements, expect }, ctx) => {
    if (!Array.isArray(expect?.changes) || expect.changes.length === statements.length) return;
    ctx.addIssue({ code: 'custom', path: ['expect', 'changes'], message: 'expected one number for each statement' });
  });

export const sqlCapability = z.union([read, write]);

export type SqlRead = z.output<typeof read>;
export type SqlWrite = z.output<typeof write>;
export type SqlCapability = z.output<typeof sqlCapability>;
/** What SQLite can be given. */
export type Bound = string | number | bigint | null;
export type Row = Record<string, unknown>;

export function isWrite(config: SqlCapability): config is SqlWrite {
  return 'statements' in config;
}

/** All statements of a capability. */
export function statementsOf(config: SqlCapability): readonly string[] {
  if (!isWrite(config)) return [config.query];
  return config.returning === undefined ? config.statements : [...config.statements, config.returning];
}

/** Throws when a statement uses a parameter that the capability does not declare, or an argument has a reserved name. */
export function checkParameters(capability: CapabilityDef, config: SqlCapability): void {
  const clash = RESERVED.find((name) => Object.hasOwn(capability.args, name));
  if (clash) throw new Error(`capability ${capability.id}: "${clash}" is set by the system; rename the argument`);
  const known = new Set([...RESERVED, ...Object.keys(capability.args)]);
  const unknown = statementsOf(config)
    .flatMap(parametersOf)
    .find((name) => !known.has(name));
  if (unknown)
    throw new Error(`capability ${capability.id}: :${unknown} is not among its args; declare it or correct the name`);
}

/** The values of a statement's parameters `names`. Throws a deterministic `ToolError` for a missing or unusable argument. */
export function bind(names: readonly string[], call: Call): Record<string, Bound> {
  const system: Row = { key: call.key, operation: call.operation, now: call.now };
  return Object.fromEntries(
    names.map((name) => [name, Object.hasOwn(system, name) ? boundOf(name, system[name]) : argument(call, name)]),
  );
}

function argument(call: Call, name: string): Bound {
  const value = Object.hasOwn(call.args, name) ? call.args[name] : undefined;
  if (value === undefined && !call.capability.args[name]?.optional)
    throw refused(`${call.capability.id} needs the argument "${name}"`);
  return boundOf(name, value);
}

/** Lists and objects are passed as JSON text, for `json_each`. */
function boundOf(name: string, value: unknown): Bound {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) throw refused(`"${name}" cannot be given to a database`);
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** The declared type of each column of the rows a capability gives; SQLite itself has no booleans, lists or objects. */
export function columnTypes({ returns }: CapabilityDef): ReadonlyMap<string, string> {
  const listed = returns.rows && 'fields' in returns.rows ? returns.rows.fields : {};
  return new Map(Object.entries({ ...listed, ...returns }).map(([name, field]) => [name, typeName(field)]));
}

/** Fields of listed rows come unread from the pack: a bare type name, or an object with one. */
function typeName(field: unknown): string {
  return typeof field === 'string' ? field : String(Reflect.get(Object(field), 'type'));
}

/** A row as plain JSON data: declared booleans, lists and objects as such, binary values as base64. */
export function plainRow(row: Row, types: ReadonlyMap<string, string>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, plainValue(name, value, types.get(name))]),
  );
}

function plainValue(name: string, value: unknown, type: string | undefined): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (type === 'boolean' && (value === 0 || value === 1)) return value === 1;
  if (typeof value !== 'string' || !(type === 'list' || type === 'object' || type === 'strings')) return value;
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw refused(
      `column "${name}" is declared as ${type} but holds no JSON; correct the query or its "returns"`,
      cause,
    );
  }
}

/** The answer of a read, and the version of what was read. */
export function readResult(
  config: Pick<SqlRead, 'one' | 'missing'>,
  capability: string,
  rows: readonly Row[],
): { value: Row; version: string } {
  if (rows.length > MAX_ROWS) throw refused(`${capability} found more than ${MAX_ROWS} rows; narrow it or add a LIMIT`);
  const version = digest(rows);
  if (!config.one) return { value: { rows, count: rows.length }, version };
  if (rows.length > 1)
    throw refused(`${capability} found more than one row where one was meant; make its WHERE unique`);
  const row = rows[0];
  if (row) return { value: config.missing === 'error' ? row : { ...row, found: true }, version };
  if (config.missing === 'error') throw refused(`${capability} found no row for these arguments; check them`);
  return { value: { found: false }, version };
}

/** Throws when the statements did not change as many rows as they should. */
export function checkChanges(config: SqlWrite, capability: string, changes: readonly number[]): void {
  const total = changes.reduce((sum, n) => sum + n, 0);
  const expected = config.expect?.changes;
  if (expected === undefined) {
    if (total > MAX_ROWS)
      throw refused(`${capability} would change ${total} rows; without "expect" at most ${MAX_ROWS} may change`);
    return;
  }
  const wrong = changes.findIndex((n, index) => n !== (typeof expected === 'number' ? expected : expected[index]));
  if (wrong < 0) return;
  const wanted = typeof expected === 'number' ? expected : expected[wrong];
  throw refused(
    `statement ${wrong + 1} of ${capability} would change ${changes[wrong]} rows instead of ${wanted}; nothing was changed`,
  );
}
