/** What an organisation stands on: its ledger, its keys, and what other nodes need of it. Files here, or PostgreSQL. */
import { join } from 'node:path';
import type { KeyStore, Store } from '@reeve/ledger';
import { sqliteKeys } from '@reeve/ledger/keys';
import type { Files } from '@reeve/ledger/postgres';
import { sqliteStore } from '@reeve/ledger/sqlite';
import type { DataDirectory } from './directory.ts';

export interface Ground {
  readonly store: Store;
  readonly keys: KeyStore;
  /** Where packs and keys are shared between nodes; null when this data directory is all there is. */
  readonly files: Files | null;
  close(): Promise<void>;
}

export type OpenGround = (directory: DataDirectory) => Promise<Ground>;

/** The default: everything in the data directory. */
export const fileGround: OpenGround = async ({ path }) => {
  const store = await sqliteStore({ directory: join(path, 'ledger') });
  const keys = await sqliteKeys(join(path, 'keys')).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  return { store, keys, files: null, close: () => closeBoth(keys, store) };
};

/** The keys first: nothing is written without them. */
export async function closeBoth(keys: KeyStore, store: Store): Promise<void> {
  await keys.close();
  await store.close();
}
