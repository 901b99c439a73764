import type { CallResult, Connector } from '../port.ts';
import { landed } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { jsonStoreConnector, seedOf } from './client.ts';
import {
  applyChanges,
  changesArg,
  type Document,
  type DocumentAccess,
  findResult,
  getResult,
  hashDocuments,
  idArg,
  jsonStoreCapability,
  jsonStoreConfig,
  parseSeed,
} from './wire.ts';

type Collections = Map<string, Map<string, Document>>;

/** JSON documents in memory, with the same hash. */
export function fakeJsonStore(): Connector {
  return fakeConnector(jsonStoreConnector, jsonStoreCapability, (context) => {
    const { database } = parseConfig(jsonStoreConfig, context.tool.config, `tool ${context.tool.id}`);
    let collections = collectionsOf(seedOf(context));
    return {
      writes: ({ action }) => action === 'patch',
      hash: () =>
        hashDocuments(Object.fromEntries([...collections].map(([name, all]) => [name, Object.fromEntries(all)]))),
      run: (call, config): CallResult => {
        if (config.action === 'find') return findResult(call, config, collections.get(config.collection) ?? []);
        if (config.action === 'get') {
          const id = idArg(call, config.id);
          return getResult(collections.get(config.collection)?.get(id), config.missing, id);
        }
        const list = changesArg(call, config.from);
        const draft = new Map([...collections].map(([name, all]) => [name, new Map(all)]));
        applyChanges(accessOf(draft), list);
        collections = draft;
        return landed(`json-store:${database}`, call, { changed: list.length });
      },
    };
  });
}

function collectionsOf(seed: string | undefined): Collections {
  const documents = seed === undefined ? {} : parseSeed(seed);
  return new Map(Object.entries(documents).map(([name, all]) => [name, new Map(Object.entries(all))]));
}

function accessOf(collections: Collections): DocumentAccess {
  return {
    hasCollection: (collection) => collections.has(collection),
    get: (collection, id) => collections.get(collection)?.get(id),
    put: (collection, id, document) => void collections.get(collection)?.set(id, document),
    remove: (collection, id) => void collections.get(collection)?.delete(id),
  };
}
