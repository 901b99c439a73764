import { canonical, digest } from '@reeve/kernel';
import { z } from 'zod';
import type { Call, CallResult } from '../port.ts';
import { refused } from '../shared/call.ts';
import { relativePath } from '../shared/paths.ts';

/** Changes one patch may make. */
const MAX_CHANGES = 1000;
/** Names that reach an object's machinery instead of its data [T22]. */
const RESERVED = ['__proto__', 'constructor', 'prototype'];

export const jsonStoreConfig = z.strictObject({
  /** File in the tool's directory. */
  database: relativePath,
  /** JSON file in the pack, `{collection: {id: document}}`, loaded once when the database is new. */
  seed: relativePath.optional(),
  /**
   * JSON file in the pack, `[{capability, args, changes}]`, loaded with the seed: what each request changes in a system
   * that is replayed. Only `prepared` capabilities use it; it is not part of the hash.
   */
  effects: relativePath.optional(),
});

const name = z.string().min(1).max(200);

export const jsonStoreCapability = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('get'),
    collection: name,
    /** Argument holding the document's id. */
    id: name,
    missing: z.enum(['found', 'error']).default('found'),
    /** Field (nested ones as `address.zip`) → argument it must equal; otherwise the document is missing for this call. */
    where: z.record(name, name).default({}),
  }),
  z.strictObject({
    action: z.literal('find'),
    collection: name,
    /** Field (nested ones as `address.zip`) → argument it must equal; an optional argument left out matches all. */
    where: z.record(name, name),
    limit: z.number().int().min(1).max(1000).default(100),
    /** Fields of the rows; all when absent. */
    select: z.array(name).optional(),
  }),
  z.strictObject({
    action: z.literal('entries'),
    collection: name,
    /** A field of the documents that maps keys to values, e.g. the variants of a product. */
    field: name,
    /** Argument holding the key, or the list of keys. */
    keys: name,
  }),
  z.strictObject({
    action: z.literal('patch'),
    /** Argument holding the list of changes. */
    from: name,
  }),
  /** The changes are those the tool's `effects` hold for exactly this request: the caller cannot choose them. */
  z.strictObject({ action: z.literal('prepared') }),
]);

/** The actions that change documents. */
export const isWrite = ({ action }: JsonStoreCapability): boolean => action === 'patch' || action === 'prepared';

export type JsonStoreCapability = z.output<typeof jsonStoreCapability>;
type ReadOf<A> = Extract<JsonStoreCapability, { action: A }>;
export type JsonStoreRead = ReadOf<'get' | 'find' | 'entries'>;
export type Document = Record<string, unknown>;
/** Collection → id → document. */
export type Documents = Record<string, Record<string, Document>>;

const step = z.union([
  z.string().refine((key) => !RESERVED.includes(key), 'reserved name'),
  z.number().int().nonnegative(),
]);

/**
 * One change: set the value at `path` to `new` (`null` is a value, not a deletion). `old`, when given, is what must be
 * there now; what is absent counts as null. `op: add` demands that the field is absent, `op: remove` takes it away.
 */
const change = z.strictObject({
  path: z.tuple([step.pipe(z.string()), step.pipe(z.string())], step),
  op: z.enum(['set', 'add', 'remove']).default('set'),
  old: z.unknown().optional(),
  new: z.unknown().optional(),
});
const changes = z.array(change).min(1).max(MAX_CHANGES);

export type Change = z.output<typeof change>;

/** SHA-256 of the sorted-key JSON of all documents, without spaces, integral numbers as integers. */
export function hashDocuments(documents: Documents): string {
  return digest(documents);
}

/** The documents of a seed file. Throws an `Error` when it has another shape. */
export function parseSeed(text: string): Documents {
  const shape = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));
  const parsed = shape.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(`the seed is not {collection: {id: document}}: ${z.prettifyError(parsed.error)}`);
}

const prepared = z.array(
  z.strictObject({
    capability: name,
    args: z.record(z.string(), z.unknown()),
    /** None for a write that leaves everything as it is. */
    changes: z.array(change).max(MAX_CHANGES),
  }),
);

/** Request digest → its changes, from an effects file. Throws an `Error` when the file has another shape or repeats a request. */
export function parseEffects(text: string): Map<string, Change[]> {
  const parsed = prepared.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new Error(`the effects are not [{capability, args, changes}]: ${z.prettifyError(parsed.error)}`);
  const effects = new Map<string, Change[]>();
  for (const { capability, args, changes } of parsed.data) {
    const request = digest({ capability, args });
    if (effects.has(request)) throw new Error(`the effects hold ${capability} with the same arguments twice; keep one`);
    effects.set(request, changes);
  }
  return effects;
}

/** The changes prepared for this very request. */
export function preparedChanges(call: Call, found: Change[] | undefined): Change[] {
  if (found) return found;
  throw refused(`no effect of ${call.capability.id} is prepared for these arguments; nothing was changed`);
}

/** The changes a call asks for. */
export function changesArg(call: Call, from: string): Change[] {
  const parsed = changes.safeParse(call.args[from]);
  if (!parsed.success) {
    throw refused(
      `"${from}" is not a list of changes {path: [collection, id, …], old?, new}: ${z.prettifyError(parsed.error)}`,
    );
  }
  const bare = parsed.data.find((one) => one.op !== 'remove' && one.new === undefined);
  if (bare) throw refused(`the change of ${pathText(bare)} has no "new"; give a value, or op "remove"`);
  return parsed.data;
}

/** The id a call asks for. */
function idArg(call: Call, argument: string): string {
  const id = call.args[argument];
  if (typeof id === 'string') return id;
  throw refused(`${call.capability.id} needs "${argument}" as text`);
}

/** What a read needs of the documents. */
export interface DocumentReads {
  get(collection: string, id: string): Document | undefined;
  all(collection: string): Iterable<readonly [string, Document]>;
}

/** The answer of a reading call. */
export function readResult(store: DocumentReads, config: JsonStoreRead, call: Call): CallResult {
  if (config.action === 'find') return findResult(call, config, store.all(config.collection));
  if (config.action === 'entries') return entriesResult(call, config, store.all(config.collection));
  return getResult(call, config, store);
}

function getResult(call: Call, config: ReadOf<'get'>, store: DocumentReads): CallResult {
  const id = idArg(call, config.id);
  const stored = store.get(config.collection, id);
  const document = stored && conditionsOf(call, config.where).every((fits) => fits(stored)) ? stored : undefined;
  if (document)
    return {
      value: config.missing === 'error' ? document : { ...document, found: true },
      version: digest(document),
    };
  if (config.missing === 'error') throw refused(`there is no document "${id}"; check the id`);
  return { value: { found: false } };
}

/** The documents that fit all conditions, in the order of their ids, at most `limit`. */
function findResult(call: Call, config: ReadOf<'find'>, documents: Iterable<readonly [string, Document]>): CallResult {
  const conditions = conditionsOf(call, config.where);
  const found: [string, Document][] = [];
  for (const [id, document] of documents) if (conditions.every((fits) => fits(document))) found.push([id, document]);
  const shown = found.sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, config.limit);
  const rows = shown.map(([, document]) => selected(document, config.select));
  return { value: { ids: shown.map(([id]) => id), rows, count: rows.length }, version: digest(rows) };
}

function selected(document: Document, fields: readonly string[] | undefined): Document {
  if (!fields) return document;
  return Object.fromEntries(Object.entries(document).filter(([field]) => fields.includes(field)));
}

/**
 * One row for each key, in the order of the keys: `{at, key, found: true, id, value}` with the document that has it, or
 * `{at, key, found: false}`. A key that two documents have is refused: nobody could say which is meant.
 */
function entriesResult(
  call: Call,
  config: ReadOf<'entries'>,
  documents: Iterable<readonly [string, Document]>,
): CallResult {
  const keys = keysArg(call, config.keys);
  const found = new Map<string, { id: string; value: unknown }>();
  for (const [id, document] of documents) {
    for (const key of new Set(keys)) {
      const value = child(child(document, config.field), key);
      if (value === undefined) continue;
      if (found.has(key)) throw refused(`"${key}" is in ${found.get(key)?.id} and in ${id}; one of them is wrong`);
      found.set(key, { id, value });
    }
  }
  const rows = keys.map((key, at) => ({ at, key, found: found.has(key), ...found.get(key) }));
  return { value: { rows, count: rows.length }, version: digest(rows) };
}

function keysArg(call: Call, argument: string): string[] {
  const value = call.args[argument];
  const keys = Array.isArray(value) ? value : [value];
  if (keys.every((key) => typeof key === 'string')) return keys;
  throw refused(`${call.capability.id} needs "${argument}" as text or a list of texts`);
}

function conditionsOf(call: Call, where: Readonly<Record<string, string>>): ((document: Document) => boolean)[] {
  return Object.entries(where)
    .flatMap(([field, argument]) => condition(call, field, argument))
    .map(
      ({ path, text }) =>
        (document) =>
          textAt(document, path) === text,
    );
}

function condition(call: Call, field: string, argument: string): { path: string[]; text: string }[] {
  const value = call.args[argument];
  if (value !== undefined) return [{ path: field.split('.'), text: canonical(value) }];
  if (call.capability.args[argument]?.optional) return [];
  throw refused(`${call.capability.id} needs the argument "${argument}"`);
}

function textAt(document: Document, path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>((at, key) => child(at, key), document);
  return value === undefined ? undefined : canonical(value);
}

function child(parent: unknown, key: string | number): unknown {
  return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key)
    ? Reflect.get(parent, key)
    : undefined;
}

/** How documents are reached while a patch is applied. */
export interface DocumentAccess {
  hasCollection(collection: string): boolean;
  get(collection: string, id: string): Document | undefined;
  put(collection: string, id: string, document: Document): void;
  remove(collection: string, id: string): void;
}

/** Apply all changes in order. Throws a deterministic `ToolError` at the first that does not fit; the caller rolls back. */
export function applyChanges(access: DocumentAccess, list: readonly Change[]): void {
  for (const one of list) {
    const [collection, id, ...keys] = one.path;
    if (!access.hasCollection(collection)) throw refused(`there is no collection "${collection}"; nothing was changed`);
    const holder = { [id]: access.get(collection, id) };
    const changed = structuredClone(holder);
    if (changed[id] === undefined) delete changed[id];
    applyChange(changed, [id, ...keys], one);
    const document = changed[id];
    if (document === undefined) access.remove(collection, id);
    else if (isDocument(document)) access.put(collection, id, document);
    else throw refused(`${pathText(one)} would no longer be an object; nothing was changed`);
  }
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function applyChange(root: object, path: readonly (string | number)[], one: Change): void {
  const key = path.at(-1) as string | number;
  const parent = path.slice(0, -1).reduce<unknown>((at, step) => child(at, step), root);
  if (typeof parent !== 'object' || parent === null)
    throw refused(`there is nothing that could hold ${pathText(one)}; nothing was changed`);
  if (Array.isArray(parent)) assertIndex(parent, key, one);
  assertCurrent(child(parent, key), one);
  if (one.op !== 'remove') Reflect.set(parent, key, structuredClone(one.new));
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}

/** A list has its elements and the place after its end, no holes and no other fields. */
function assertIndex(list: readonly unknown[], key: string | number, one: Change): void {
  if (typeof key === 'number' && key <= list.length) return;
  throw refused(`${pathText(one)} is not a place in a list of ${list.length}; nothing was changed`);
}

function assertCurrent(current: unknown, one: Change): void {
  if (one.op === 'add' && current !== undefined)
    throw refused(`${pathText(one)} is already there; nothing was changed`);
  if (one.op === 'remove' && current === undefined) throw refused(`${pathText(one)} is not there; nothing was changed`);
  if (one.old === undefined || canonical(current ?? null) === canonical(one.old)) return;
  throw refused(`${pathText(one)} is not what was expected; read it again before changing it; nothing was changed`);
}

function pathText({ path }: Change): string {
  return path.join('/');
}
