import { join } from 'node:path';
import type { CapabilityDef } from '@reeve/kernel';
import type { Client } from 'pg';
import { z } from 'zod';
import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { assertWanted, landed, refused, repeatOf, requestDigest } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { assertNoSecret, cleaned, type Secrets, secretRef, secretsFor } from '../shared/credentials.ts';
import { endpoint, targetOf } from '../shared/endpoint.ts';
import { openPlans, type Plan, type Plans, unknownOutcome } from '../shared/planned.ts';
import { numbered } from '../sql/statement.ts';
import {
  bind,
  checkChanges,
  checkParameters,
  columnTypes,
  isWrite,
  MAX_ROWS,
  plainRow,
  type Row,
  readResult,
  type SqlRead,
  type SqlWrite,
  sqlCapability,
} from '../sql/wire.ts';
import { inTransaction, type PgOptions } from './session.ts';

const postgresConfig = z.strictObject({
  server: endpoint(5432, ['starttls', 'none']),
  database: z.string().min(1).max(63),
  user: z.string().min(1).max(63),
  password: secretRef.optional(),
  /** Milliseconds for connecting, for each statement, and for waiting for somebody's lock. */
  time: z.number().int().min(100).max(600_000).default(15_000),
});

/** Rows of a PostgreSQL database, read and changed by the statements of a pack. */
export const postgresConnector: Connector = {
  id: 'postgres',
  config: postgresConfig,
  capabilityConfig: sqlCapability,
  open: async (context) => openPostgres(context),
};

type PostgresConfig = z.output<typeof postgresConfig>;

/** `name` is the key: it stands in the database exactly when the effect does. */
interface Postgres {
  readonly context: OpenContext;
  readonly config: PostgresConfig;
  readonly plans: Plans<Plan>;
  readonly closing: AbortController;
}

function openPostgres(context: OpenContext): Tool {
  const config = parseConfig(postgresConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, sqlCapability, isWrite);
  for (const { capability, config: one } of capabilities.values()) checkParameters(capability, one);
  const closing = new AbortController();
  const plans = openPlans<Plan>(join(context.directory, '.reeve', 'plans.db'), {
    find: ({ name, seat }) => stored(own, name, seat),
  });
  const own: Postgres = { context, config, plans, closing };
  return closable({
    call: async (call) => {
      const found = capabilities.get(call.capability.id);
      if (!found) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      return carryOut(own, found, call);
    },
    // Another node may have had the effect: the database knows.
    lookup: async (key) => (await plans.lookup(key)) ?? stored(own, key, undefined),
    health: () => healthOf(own),
    close: async () => {
      closing.abort();
      plans.close();
    },
  });
}

type Configured = { readonly capability: CapabilityDef; readonly config: SqlRead | SqlWrite };

async function carryOut(own: Postgres, { capability, config }: Configured, call: Call): Promise<CallResult> {
  assertWanted(call);
  const { secrets, options } = await access(own, call.seat);
  assertNoSecret(call, secrets);
  const signal = AbortSignal.any([call.signal, own.closing.signal]);
  try {
    const done = isWrite(config)
      ? write(own, options, capability, config, call, signal)
      : read(options, capability, config, call, signal);
    return secrets.redactor.clean(await done);
  } catch (error) {
    throw cleaned(error, secrets.redactor, call.capability.id);
  }
}

async function access(
  { context, config }: Postgres,
  seat: string | undefined,
): Promise<{ secrets: Secrets; options: PgOptions }> {
  const { server, database, user, password, time } = config;
  const secrets = await secretsFor(context.secret, password ? [password.secret] : [], seat);
  const target = await targetOf(server, context.packDirectory);
  return {
    secrets,
    options: { target, database, user, time, password: password && secrets.values.get(password.secret) },
  };
}

/** SQLite's values as PostgreSQL takes them: all as text, which it reads as the type it wants. */
const valuesOf = (names: readonly string[], call: Call): (string | null)[] => {
  const bound = bind(names, call);
  return names.map((name) => {
    const value = bound[name];
    return value === null || value === undefined ? null : String(value);
  });
};

/** Through a cursor, so that a runaway query does not fill the memory. */
function read(
  options: PgOptions,
  capability: CapabilityDef,
  config: SqlRead,
  call: Call,
  signal: AbortSignal,
): Promise<CallResult> {
  const { text, names } = numbered(config.query);
  const values = valuesOf(names, call);
  return inTransaction(options, 'READ ONLY', signal, async (client) => {
    await client.query(`DECLARE reeve_rows NO SCROLL CURSOR FOR ${withoutEnd(text)}`, values);
    const { rows } = await client.query(`FETCH ${MAX_ROWS + 1} FROM reeve_rows`);
    return readResult(config, capability.id, rowsOf(rows, capability));
  });
}

const withoutEnd = (sql: string): string => sql.replace(/;\s*$/, '');
const rowsOf = (rows: Row[], capability: CapabilityDef): Row[] =>
  rows.map((row) => plainRow(row, columnTypes(capability)));

const TABLE = `CREATE TABLE IF NOT EXISTS reeve_effects(key text PRIMARY KEY, operation text NOT NULL, at bigint NOT NULL, request text NOT NULL, result text NOT NULL)`;
/** Held until the transaction is over, whoever it belongs to: who holds it knows that no other one is still under way. */
const LOCK = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 815))';

async function ensureTable(client: Client): Promise<void> {
  const { rows } = await client.query("SELECT to_regclass('reeve_effects') IS NOT NULL AS there");
  if (rows[0]?.there === true) return;
  // Two may create it at once, which PostgreSQL does not sort out by itself.
  await client.query(LOCK, ['reeve_effects']);
  await client.query(TABLE).catch((error: Error) => {
    throw refused(`the table of effects cannot be created: ${error.message}; create it: ${TABLE}`);
  });
}

function write(
  own: Postgres,
  options: PgOptions,
  capability: CapabilityDef,
  config: SqlWrite,
  call: Call,
  signal: AbortSignal,
): Promise<CallResult> {
  const statements = config.statements
    .map(numbered)
    .map(({ text, names }) => ({ text, values: valuesOf(names, call) }));
  const plan: Plan = { capability: capability.id, seat: call.seat, name: call.key };
  const work = (_: Plan, mark: () => void) =>
    inTransaction(
      options,
      'READ WRITE',
      signal,
      (client) => changed(own, client, statements, capability, config, call),
      mark,
    );
  return own.plans.once(call, () => plan, work);
}

async function changed(
  { config: { database } }: Postgres,
  client: Client,
  statements: readonly { text: string; values: (string | null)[] }[],
  capability: CapabilityDef,
  config: SqlWrite,
  call: Call,
): Promise<CallResult> {
  await ensureTable(client);
  await client.query(LOCK, [call.key]);
  const known = await rowOf(client, call.key);
  const first = repeatOf(known, call);
  if (first) return first;
  const changes: number[] = [];
  for (const { text, values } of statements) changes.push((await client.query(text, values)).rowCount ?? 0);
  checkChanges(config, capability.id, changes);
  const result = await answer(client, `postgres:${database}`, changes, capability, config, call);
  const row = [call.key, call.operation, call.now, requestDigest(call), JSON.stringify(result)];
  await client.query('INSERT INTO reeve_effects(key, operation, at, request, result) VALUES ($1, $2, $3, $4, $5)', row);
  return result;
}

async function answer(
  client: Client,
  ref: string,
  changes: readonly number[],
  capability: CapabilityDef,
  config: SqlWrite,
  call: Call,
): Promise<CallResult> {
  if (config.returning === undefined) return landed(ref, call, { changes: changes.reduce((sum, n) => sum + n, 0) });
  const { text, names } = numbered(config.returning);
  const { rows } = await client.query(text, valuesOf(names, call));
  const { value, version } = readResult({ one: true, missing: 'error' }, capability.id, rowsOf(rows, capability));
  return landed(ref, call, value, version);
}

async function rowOf(client: Client, key: string): Promise<{ request: string; result: CallResult } | undefined> {
  const { rows } = await client.query('SELECT request, result FROM reeve_effects WHERE key = $1', [key]);
  return rows[0] && { request: rows[0].request, result: JSON.parse(rows[0].result) };
}

/** The effect of that key, when no transaction that could have it is under way any more. */
async function stored(own: Postgres, key: string, seat: string | undefined): Promise<CallResult | null> {
  const { options, secrets } = await access(own, seat);
  try {
    return await inTransaction(options, 'READ ONLY', own.closing.signal, async (client) => {
      await client.query(LOCK, [key]);
      const { rows } = await client.query("SELECT to_regclass('reeve_effects') IS NOT NULL AS there");
      return rows[0]?.there === true ? ((await rowOf(client, key))?.result ?? null) : null;
    });
  } catch (error) {
    throw unknownOutcome(cleaned(error, secrets.redactor, 'looking').message);
  }
}

async function healthOf(own: Postgres): Promise<{ ok: boolean; message: string }> {
  const { server, database } = own.config;
  try {
    const { options } = await access(own, undefined);
    await inTransaction(options, 'READ ONLY', own.closing.signal, async (client) => client.query('SELECT 1'));
    return { ok: true, message: `database ${database} at ${server.host} answers` };
  } catch (error) {
    return { ok: false, message: `database ${database} at ${server.host}: ${(error as Error).message}` };
  }
}
