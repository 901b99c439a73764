import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from '@reeve/kernel';
import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { createEffects, effectsOf } from '../shared/effects.ts';
import { realPathInside } from '../shared/folder.ts';
import { type Database, openDurable, transaction, translated } from '../shared/sqlite.ts';
import {
  applyChanges,
  changesArg,
  type Document,
  type DocumentAccess,
  type Documents,
  findResult,
  getResult,
  hashDocuments,
  idArg,
  type JsonStoreCapability,
  jsonStoreCapability,
  jsonStoreConfig,
  parseSeed,
} from './wire.ts';

/** A tool whose whole content has a hash. */
export interface JsonStoreTool extends Tool {
  /** `hashDocuments` of everything stored now. */
  hash(): string;
}

/** JSON documents in SQLite. */
export const jsonStoreConnector: Connector = {
  id: 'json-store',
  config: jsonStoreConfig,
  capabilityConfig: jsonStoreCapability,
  open: async (context) => openJsonStore(context),
};

/** SHA-256 of the sorted-key JSON of the whole database. Throws when `tool` is not a JSON store. */
export function hashOf(tool: Tool): string {
  if ('hash' in tool && typeof tool.hash === 'function') return (tool as JsonStoreTool).hash();
  throw new Error('only a json-store tool has a hash of its content');
}

function openJsonStore(context: OpenContext): JsonStoreTool {
  const config = parseConfig(jsonStoreConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, jsonStoreCapability, ({ action }) => action === 'patch');
  const db = openDurable(join(context.directory, config.database));
  try {
    prepareDatabase(db, seedOf(context), config.seed);
    const store = accessOf(db);
    const effects = effectsOf(db);
    const patch = (call: Call, from: string) =>
      effects.once(call, () => patchResult(store, call, from, config.database));
    return closable({
      call: async (call) => {
        const action = capabilities.get(call.capability.id)?.config;
        if (!action) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
        return action.action === 'patch' ? patch(call, action.from) : read(store, action, call);
      },
      lookup: async (key) => effects.find(key)?.result ?? null,
      health: async () => healthOf(db, config.database),
      close: async () => db.close(),
      hash: () => hashDocuments(allDocuments(store)),
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The text of the seed in the pack, if the tool has one. */
export function seedOf(context: OpenContext): string | undefined {
  const { seed } = parseConfig(jsonStoreConfig, context.tool.config, `tool ${context.tool.id}`);
  return seed === undefined ? undefined : readFileSync(realPathInside(context.packDirectory, seed), 'utf8');
}

function patchResult(store: DocumentAccess, call: Call, from: string, database: string): CallResult {
  const list = changesArg(call, from);
  applyChanges(store, list);
  return landed(`json-store:${database}`, call, { changed: list.length });
}

interface Store extends DocumentAccess {
  collections(): string[];
  all(collection: string): [string, Document][];
}

function read(store: Store, config: Exclude<JsonStoreCapability, { action: 'patch' }>, call: Call): CallResult {
  assertWanted(call);
  return translated(() => {
    if (config.action === 'find') return findResult(call, config, store.all(config.collection));
    const id = idArg(call, config.id);
    return getResult(store.get(config.collection, id), config.missing, id);
  });
}

function allDocuments(store: Store): Documents {
  return Object.fromEntries(store.collections().map((name) => [name, Object.fromEntries(store.all(name))]));
}

/** Create the tables and load the seed into a new database, all or nothing. */
function prepareDatabase(db: Database, seed: string | undefined, name: string | undefined): void {
  transaction(db, () => {
    const isNew = db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'documents'").get().n === 0;
    if (!isNew) return;
    createEffects(db);
    db.exec(`CREATE TABLE collections(name TEXT PRIMARY KEY);
      CREATE TABLE documents(collection TEXT NOT NULL REFERENCES collections(name), id TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (collection, id)) WITHOUT ROWID;
      CREATE TABLE reeve_seed(name TEXT PRIMARY KEY, digest TEXT NOT NULL)`);
    if (seed === undefined || name === undefined) return;
    load(db, parseSeed(seed));
    db.prepare('INSERT INTO reeve_seed(name, digest) VALUES (:name, :digest)').run({ name, digest: digest(seed) });
  });
}

function load(db: Database, documents: Documents): void {
  const addCollection = db.prepare('INSERT INTO collections(name) VALUES (:name)');
  const { put } = accessOf(db);
  for (const [name, entries] of Object.entries(documents)) {
    addCollection.run({ name });
    for (const [id, document] of Object.entries(entries)) put(name, id, document);
  }
}

function accessOf(db: Database): Store {
  const names = db.prepare('SELECT name FROM collections');
  const one = db.prepare('SELECT body FROM documents WHERE collection = :collection AND id = :id');
  const all = db.prepare('SELECT id, body FROM documents WHERE collection = :collection');
  const known = db.prepare('SELECT 1 FROM collections WHERE name = :collection');
  const upsert = db.prepare(`INSERT INTO documents(collection, id, body) VALUES (:collection, :id, :body)
    ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body`);
  const remove = db.prepare('DELETE FROM documents WHERE collection = :collection AND id = :id');
  return {
    collections: () => names.all().map((row) => row.name),
    all: (collection) => all.all({ collection }).map((row): [string, Document] => [row.id, JSON.parse(row.body)]),
    hasCollection: (collection) => known.get({ collection }) !== undefined,
    get: (collection, id) => {
      const row = one.get({ collection, id });
      return row && JSON.parse(row.body);
    },
    put: (collection, id, document) => void upsert.run({ collection, id, body: JSON.stringify(document) }),
    remove: (collection, id) => void remove.run({ collection, id }),
  };
}

function healthOf(db: Database, name: string): { ok: boolean; message: string } {
  try {
    db.prepare('SELECT count(*) FROM collections').get();
    return { ok: true, message: `database ${name} answers` };
  } catch (error) {
    return {
      ok: false,
      message: `database ${name} does not answer: ${(error as Error).message}; check the file and its disk`,
    };
  }
}
