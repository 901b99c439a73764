import type { CallResult, Connector, OpenContext } from '../port.ts';
import { landed, requestDigest } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { jsonStoreConnector, packFiles } from './client.ts';
import {
  applyChanges,
  changesArg,
  type Document,
  type DocumentAccess,
  type DocumentReads,
  hashDocuments,
  isWrite,
  jsonStoreCapability,
  jsonStoreConfig,
  parseEffects,
  parseSeed,
  preparedChanges,
  readResult,
} from './wire.ts';

type Collections = Map<string, Map<string, Document>>;

/** JSON documents in memory, with the same hash. */
export function fakeJsonStore(): Connector {
  return fakeConnector(jsonStoreConnector, jsonStoreCapability, (context) => {
    const { database } = parseConfig(jsonStoreConfig, context.tool.config, `tool ${context.tool.id}`);
    const { effects, ...world } = worldOf(context);
    let { collections } = world;
    return {
      writes: isWrite,
      hash: () =>
        hashDocuments(Object.fromEntries([...collections].map(([name, all]) => [name, Object.fromEntries(all)]))),
      run: (call, config): CallResult => {
        if (config.action !== 'patch' && config.action !== 'prepared')
          return readResult(accessOf(collections), config, call);
        const list =
          config.action === 'patch'
            ? changesArg(call, config.from)
            : preparedChanges(call, effects.get(requestDigest(call)));
        const draft = new Map([...collections].map(([name, all]) => [name, new Map(all)]));
        applyChanges(accessOf(draft), list);
        collections = draft;
        return landed(`json-store:${database}`, call, { changed: list.length });
      },
    };
  });
}

function worldOf(context: OpenContext) {
  const { seed, effects } = packFiles(context);
  return {
    collections: collectionsOf(seed),
    effects: effects === undefined ? new Map() : parseEffects(effects),
  };
}

function collectionsOf(seed: string | undefined): Collections {
  const documents = seed === undefined ? {} : parseSeed(seed);
  return new Map(Object.entries(documents).map(([name, all]) => [name, new Map(Object.entries(all))]));
}

function accessOf(collections: Collections): DocumentAccess & DocumentReads {
  return {
    hasCollection: (collection) => collections.has(collection),
    get: (collection, id) => collections.get(collection)?.get(id),
    all: (collection) => collections.get(collection) ?? [],
    put: (collection, id, document) => void collections.get(collection)?.set(id, document),
    remove: (collection, id) => void collections.get(collection)?.delete(id),
  };
}
