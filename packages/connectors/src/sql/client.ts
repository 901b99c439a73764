import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants } from '@photostructure/sqlite';
import type { CapabilityDef } from '@reeve/kernel';
import { digest } from '@reeve/kernel';
import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { createEffects, type Effects, effectsOf } from '../shared/effects.ts';
import { realPathInside } from '../shared/folder.ts';
import { type Database, openDurable, openReadOnly, transaction, translated } from '../shared/sqlite.ts';
import { parametersOf } from './statement.ts';
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
  type SqlCapability,
  type SqlRead,
  type SqlWrite,
  sqlCapability,
  sqlConfig,
  statementsOf,
} from './wire.ts';

/** Where a tool's statements run. */
export interface SqlPlace {
  readonly writer: Database;
  /** Run reads on a connection that cannot write. */
  reading<T>(work: (db: Database) => T): T;
  close(): void;
}

type Query = (call: Call) => Row[];
type Operation = (call: Call) => CallResult;

interface Writing {
  readonly db: Database;
  readonly effects: Effects;
  /** What evidence refers to, before the key. */
  readonly ref: string;
}

/** Rows of an SQLite database, read and changed by the statements of a pack. */
export const sqlConnector: Connector = {
  id: 'sql',
  config: sqlConfig,
  capabilityConfig: sqlCapability,
  open: async (context) => openSql(context, (database) => placeOf(join(context.directory, database))),
};

function placeOf(file: string): SqlPlace {
  const writer = openDurable(file);
  try {
    const reader = openReadOnly(file);
    return { writer, reading: (work) => work(reader), close: () => [reader, writer].forEach((db) => void db.close()) };
  } catch (error) {
    writer.close();
    throw error;
  }
}

/** Open a tool over the database that `open` opens; seeds it when new and prepares every statement. */
export function openSql(context: OpenContext, open: (database: string) => SqlPlace): Tool {
  const { database, seed } = parseConfig(sqlConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = [...configured(context, sqlCapability, isWrite)];
  for (const [, { capability, config }] of capabilities) checkParameters(capability, config);
  const place = open(database);
  try {
    prepareDatabase(place.writer, context, seed);
    const effects = effectsOf(place.writer);
    for (const [, { capability, config }] of capabilities)
      checkStatements(place.writer, capability, statementsOf(config));
    const writing = { db: place.writer, effects, ref: `sql:${database}` };
    const operationOf = (capability: CapabilityDef, config: SqlCapability) =>
      isWrite(config) ? writeOperation(writing, capability, config) : readOperation(place, capability, config);
    const operations = new Map(
      capabilities.map(([id, { capability, config }]) => [id, operationOf(capability, config)]),
    );
    return toolOf(place, effects, operations, database);
  } catch (error) {
    place.close();
    throw error;
  }
}

function toolOf(place: SqlPlace, effects: Effects, operations: ReadonlyMap<string, Operation>, name: string): Tool {
  return closable({
    call: async (call) => {
      const operation = operations.get(call.capability.id);
      if (!operation) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      return operation(call);
    },
    lookup: async (key) => effects.find(key)?.result ?? null,
    health: async () => healthOf(place, name),
    close: async () => place.close(),
  });
}

function healthOf(place: SqlPlace, name: string): { ok: boolean; message: string } {
  try {
    place.reading((db) => db.prepare('SELECT count(*) FROM reeve_effects').get());
    return { ok: true, message: `database ${name} answers` };
  } catch (error) {
    return {
      ok: false,
      message: `database ${name} does not answer: ${(error as Error).message}; check the file and its disk`,
    };
  }
}

function readOperation(place: SqlPlace, capability: CapabilityDef, config: SqlRead): Operation {
  const query = place.reading((db) => queryOf(db, capability, config.query));
  return (call) => {
    assertWanted(call);
    return readResult(
      config,
      capability.id,
      translated(() => place.reading(() => query(call))),
    );
  };
}

function writeOperation({ db, effects, ref }: Writing, capability: CapabilityDef, config: SqlWrite): Operation {
  const statements = config.statements.map((sql) => ({ run: db.prepare(sql), names: parametersOf(sql) }));
  const answer = config.returning === undefined ? undefined : queryOf(db, capability, config.returning);
  return (call) =>
    effects.once(call, () => {
      const changes = statements.map(({ run, names }) => Number(run.run(bind(names, call)).changes));
      checkChanges(config, capability.id, changes);
      if (!answer) return landed(ref, call, { changes: changes.reduce((sum, n) => sum + n, 0) });
      const { value, version } = readResult({ one: true, missing: 'error' }, capability.id, answer(call));
      return landed(ref, call, value, version);
    });
}

/** Gives at most one row more than a read may, so that a runaway query does not fill the memory. */
function queryOf(db: Database, capability: CapabilityDef, sql: string): Query {
  const types = columnTypes(capability);
  const prepared = db.prepare(sql);
  const names = parametersOf(sql);
  return (call) => {
    const rows: Row[] = [];
    for (const row of prepared.iterate(bind(names, call))) {
      rows.push(plainRow(row, types));
      if (rows.length > MAX_ROWS) break;
    }
    return rows;
  };
}

/** Seed a new database and create the table of effects, all or nothing. A database with any table is not new. */
function prepareDatabase(db: Database, context: OpenContext, seed: string | undefined): void {
  const script = seed === undefined ? undefined : readFileSync(realPathInside(context.packDirectory, seed), 'utf8');
  transaction(db, () => {
    const isNew = db.prepare('SELECT count(*) AS n FROM sqlite_master').get().n === 0;
    if (isNew && script !== undefined) runSeed(db, script);
    createEffects(db);
    db.exec('CREATE TABLE IF NOT EXISTS reeve_seed(name TEXT PRIMARY KEY, digest TEXT NOT NULL)');
    if (!isNew || script === undefined) return;
    db.prepare('INSERT INTO reeve_seed(name, digest) VALUES (:name, :digest)').run({
      name: seed,
      digest: digest(script),
    });
  });
}

const { SQLITE_OK, SQLITE_DENY, ...ACTIONS } = constants;
/** A seed may not end the transaction it runs in, nor reach other files. */
const NOT_IN_SEED = new Set([
  ACTIONS.SQLITE_TRANSACTION,
  ACTIONS.SQLITE_SAVEPOINT,
  ACTIONS.SQLITE_PRAGMA,
  ACTIONS.SQLITE_ATTACH,
  ACTIONS.SQLITE_DETACH,
]);

function runSeed(db: Database, script: string): void {
  guarded(
    db,
    (action, table) => !NOT_IN_SEED.has(action) && !isOwn(table),
    () => db.exec(script),
  );
}

const CHANGES = new Set([ACTIONS.SQLITE_INSERT, ACTIONS.SQLITE_UPDATE, ACTIONS.SQLITE_DELETE]);
const READS = new Set([ACTIONS.SQLITE_SELECT, ACTIONS.SQLITE_READ, ACTIONS.SQLITE_FUNCTION, ACTIONS.SQLITE_RECURSIVE]);

/** Compile every statement once: unknown tables and columns, and what the text hid, are found before the first call. */
function checkStatements(db: Database, capability: CapabilityDef, statements: readonly string[]): void {
  const allowed = (action: number, table: string | null) => (CHANGES.has(action) || READS.has(action)) && !isOwn(table);
  for (const sql of statements) {
    try {
      guarded(db, allowed, () => db.prepare(sql));
    } catch (cause) {
      throw new Error(`capability ${capability.id}: ${(cause as Error).message} in ${sql}`, { cause });
    }
  }
}

function isOwn(table: string | null): boolean {
  return table?.toLowerCase().startsWith('reeve_') ?? false;
}

function guarded<T>(db: Database, allowed: (action: number, table: string | null) => boolean, work: () => T): T {
  db.setAuthorizer((action, table) => (allowed(action, table) ? SQLITE_OK : SQLITE_DENY));
  try {
    return work();
  } finally {
    db.setAuthorizer(null);
  }
}
