/** What an organisation stands on: its ledger, its keys, and what other nodes need of it. Files here, or PostgreSQL. */
import { join } from 'node:path';
import type { KeyStore, Store } from '@reeve/ledger';
import { sqliteKeys } from '@reeve/ledger/keys';
import type { Files } from '@reeve/ledger/postgres';
import { sqliteStore } from '@reeve/ledger/sqlite';
import type { Replica } from '@reeve/runtime';
import { StartError } from '../errors.ts';
import { closeBoth } from './close-both.ts';
import type { DataDirectory } from './directory.ts';
import { threadReplica } from './replica/index.ts';
import type { Shelf } from './shelf.ts';

export interface Ground {
  readonly store: Store;
  readonly keys: KeyStore;
  /** Who takes snapshots of a large state; absent where nobody but the owner reads the store. */
  readonly replica?: (org: string) => Replica;
  /** Where packs and keys are shared between nodes; null when this data directory is all there is. */
  readonly files: Files | null;
  /** Where nodes keep tokens and sessions; absent where the data directory is the place. */
  readonly shelf?: Shelf;
  close(): Promise<void>;
}

export type OpenGround = (directory: DataDirectory) => Promise<Ground>;

/** The default: everything in the data directory. */
const fileGround: OpenGround = async ({ path }) => {
  const store = await sqliteStore({ directory: join(path, 'ledger') });
  const keys = await sqliteKeys(join(path, 'keys')).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const replica = (org: string) => threadReplica({ org, ledger: join(path, 'ledger'), keys: join(path, 'keys') });
  return { store, keys, replica, files: null, close: () => closeBoth(keys, store) };
};

/**
 * The ground that a store's URL names; without one, files. Of one organisation alone: nodes share their connections.
 * @throws StartError for a URL of anything but PostgreSQL.
 */
export function groundOf(url: string | undefined): OpenGround {
  if (url === undefined) return fileGround;
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new StartError('not-data', `"${url.split(':')[0]}:" is no store`, 'give postgres://…, or leave --store out');
  return async (directory) => (await import('../cluster/ground.ts')).ownDatabase(url)(directory);
}
