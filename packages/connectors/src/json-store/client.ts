import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonical, digest } from '@reeve/kernel';
import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { assertWanted, landed, refused, requestDigest } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { createEffects, effectsOf } from '../shared/effects.ts';
import { realPathInside } from '../shared/folder.ts';
import { type Database, openDurable, transaction, translated } from '../shared/sqlite.ts';
import {
  applyChanges,
  type Change,
  changesArg,
  type Document,
  type DocumentAccess,
  type DocumentReads,
  type Documents,
  isWrite,
  type JsonStoreCapability,
  type JsonStoreRead,
  jsonStoreCapability,
  jsonStoreConfig,
  parseEffects,
  parseSeed,
  preparedChanges,
  readResult,
} from './wire.ts';

/** A tool whose whole content has a hash. */
export interface JsonStoreTool extends Tool {
  /** `hashDocuments` of everything stored now. */
  hash(): string;
  /** Every effect the tool has had, by key; two of one operation would be one too many. */
  effects(): { readonly key: string; readonly operation: string }[];
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
  const capabilities = configured(context, jsonStoreCapability, isWrite);
  const db = openDurable(join(context.directory, config.database));
  try {
    prepareDatabase(db, packFiles(context), config.seed);
    const store = accessOf(db);
    const effects = effectsOf(db);
    return closable({
      call: async (call) => {
        const action = capabilities.get(call.capability.id)?.config;
        if (!action) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
        if (!isRead(action)) return effects.once(call, () => change(store, action, call, config.database));
        assertWanted(call);
        return translated(() => readResult(store, action, call));
      },
      lookup: async (key) => effects.find(key)?.result ?? null,
      health: async () => healthOf(db, config.database),
      close: async () => db.close(),
      hash: () => hashOfAll(store),
      effects: () => landedEffects(db),
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

const landedEffects = (db: Database) =>
  db
    .prepare('SELECT key, operation FROM reeve_effects WHERE staged IS NULL ORDER BY rowid')
    .all()
    .map((row) => ({ key: String(row.key), operation: String(row.operation) }));

const isRead = (config: JsonStoreCapability): config is JsonStoreRead => !isWrite(config);

/** The texts a tool takes from its pack, where it has them. */
export interface PackFiles {
  readonly seed: string | undefined;
  readonly effects: string | undefined;
}

/** Read the files of the pack that the tool's configuration names. */
export function packFiles(context: OpenContext): PackFiles {
  const { seed, effects } = parseConfig(jsonStoreConfig, context.tool.config, `tool ${context.tool.id}`);
  const text = (file: string | undefined) =>
    file === undefined ? undefined : readFileSync(realPathInside(context.packDirectory, file), 'utf8');
  return { seed: text(seed), effects: text(effects) };
}

type Write = Exclude<JsonStoreCapability, JsonStoreRead>;

function change(store: Store, config: Write, call: Call, database: string): CallResult {
  const list =
    config.action === 'patch'
      ? changesArg(call, config.from)
      : preparedChanges(call, store.prepared(requestDigest(call)));
  applyChanges(store, list);
  return landed(`json-store:${database}`, call, { changed: list.length });
}

interface Store extends DocumentAccess, DocumentReads {
  collections(): string[];
  all(collection: string): [string, Document][];
  /** Ids and stored texts of a collection. */
  texts(collection: string): { id: string; body: string }[];
  /** What the tool's effects hold for a request. */
  prepared(request: string): Change[] | undefined;
}

/** `hashDocuments` of everything stored, from the canonical texts of the collections. */
function hashOfAll(store: Store): string {
  const collections = store.collections().map((name) => [name, collectionText(store.texts(name))] as const);
  return createHash('sha256').update(objectText(collections)).digest('hex');
}

/** Between two hashes nearly all collections are what they were: what was made of the latest is kept, by what was stored. */
const collectionTexts = new Map<string, string>();
const MOST_COLLECTIONS = 12;
/** Characters of a text that is kept. */
const LARGEST_KEPT = 4_000_000;

function collectionText(documents: readonly { id: string; body: string }[]): string {
  const stored = createHash('sha256').update(JSON.stringify(documents)).digest('base64');
  const text = collectionTexts.get(stored) ?? objectText(documents.map(({ id, body }) => [id, canonicalText(body)]));
  collectionTexts.delete(stored);
  if (text.length <= LARGEST_KEPT) collectionTexts.set(stored, text);
  const [oldest] = collectionTexts.keys();
  if (collectionTexts.size > MOST_COLLECTIONS && oldest !== undefined) collectionTexts.delete(oldest);
  return text;
}

/** RFC 8785 text of an object, given that of its values. */
function objectText(entries: readonly (readonly [string, string])[]): string {
  const byName = [...entries].sort(([one], [two]) => (one < two ? -1 : 1));
  return `{${byName.map(([name, text]) => `${canonical(name)}:${text}`).join()}}`;
}

/** Between two hashes nearly all documents are what they were, so that what was made of them is kept, for a while. */
const canonicalTexts = new Map<string, string>();
const MOST_TEXTS = 10_000;

function canonicalText(body: string): string {
  const known = canonicalTexts.get(body);
  if (known !== undefined) return known;
  if (canonicalTexts.size >= MOST_TEXTS) canonicalTexts.clear();
  const text = canonical(JSON.parse(body));
  canonicalTexts.set(body, text);
  return text;
}

/** Create the tables and load the seed into a new database, all or nothing. */
function prepareDatabase(db: Database, { seed, effects }: PackFiles, name: string | undefined): void {
  transaction(db, () => {
    const isNew = db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'documents'").get().n === 0;
    db.exec('CREATE TABLE IF NOT EXISTS reeve_prepared(request TEXT PRIMARY KEY, changes TEXT NOT NULL) WITHOUT ROWID');
    if (!isNew) return;
    createEffects(db);
    db.exec(`CREATE TABLE collections(name TEXT PRIMARY KEY);
      CREATE TABLE documents(collection TEXT NOT NULL REFERENCES collections(name), id TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (collection, id)) WITHOUT ROWID;
      CREATE TABLE reeve_seed(name TEXT PRIMARY KEY, digest TEXT NOT NULL)`);
    if (effects !== undefined) loadEffects(db, parseEffects(effects));
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

function loadEffects(db: Database, effects: ReadonlyMap<string, Change[]>): void {
  const insert = db.prepare('INSERT INTO reeve_prepared(request, changes) VALUES (:request, :changes)');
  for (const [request, changes] of effects) insert.run({ request, changes: JSON.stringify(changes) });
}

function accessOf(db: Database): Store {
  const names = db.prepare('SELECT name FROM collections');
  const one = db.prepare('SELECT body FROM documents WHERE collection = :collection AND id = :id');
  const all = db.prepare('SELECT id, body FROM documents WHERE collection = :collection');
  const known = db.prepare('SELECT 1 FROM collections WHERE name = :collection');
  const upsert = db.prepare(`INSERT INTO documents(collection, id, body) VALUES (:collection, :id, :body)
    ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body`);
  const remove = db.prepare('DELETE FROM documents WHERE collection = :collection AND id = :id');
  const prepared = db.prepare('SELECT changes FROM reeve_prepared WHERE request = :request');
  return {
    collections: () => names.all().map((row) => row.name),
    all: (collection) => all.all({ collection }).map((row): [string, Document] => [row.id, JSON.parse(row.body)]),
    texts: (collection) => all.all({ collection }).map(({ id, body }) => ({ id, body })),
    hasCollection: (collection) => known.get({ collection }) !== undefined,
    get: (collection, id) => {
      const row = one.get({ collection, id });
      return row && JSON.parse(row.body);
    },
    put: (collection, id, document) => void upsert.run({ collection, id, body: JSON.stringify(document) }),
    remove: (collection, id) => void remove.run({ collection, id }),
    prepared: (request) => {
      const row = prepared.get({ request });
      return row && JSON.parse(row.changes);
    },
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
