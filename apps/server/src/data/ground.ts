/** What an organisation stands on: its ledger, its keys, and what other nodes need of it. Files here, or PostgreSQL. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyStore, openLogKeys, type Store } from '@reeve/ledger';
import { sqliteKeys } from '@reeve/ledger/keys';
import { type Files, type PostgresStores, postgresKeys, tableFiles } from '@reeve/ledger/postgres';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { openSealed, sealWith } from '../cluster/secret.ts';
import { StartError } from '../errors.ts';
import type { DataDirectory } from './directory.ts';
import { readOptional, writeWhole } from './files.ts';

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

/** Ledger and keys in PostgreSQL; what is in the data directory can be made again out of it. */
export const postgresGround =
  (stores: PostgresStores, secret: Uint8Array): OpenGround =>
  async (directory) => {
    const store = await stores.store(directory.organisation);
    const keys = await postgresKeys(stores.database, { org: store.id, secret });
    const files = tableFiles(stores.database, store.id);
    await shareSigningKey(directory, files, secret);
    return { store, keys, files, close: () => closeBoth(keys, store) };
  };

async function closeBoth(keys: KeyStore, store: Store): Promise<void> {
  await keys.close();
  await store.close();
}

const SIGNING_KEY = join('keys', 'ledger.key');

/** [SRV40] Every node signs with the same key: the first one makes it, sealed under the installation's secret. */
async function shareSigningKey({ path, organisation }: DataDirectory, files: Files, secret: Uint8Array): Promise<void> {
  await mkdir(join(path, 'keys'), { recursive: true, mode: 0o700 });
  const file = join(path, SIGNING_KEY);
  const shared = (await files.get(SIGNING_KEY)) ?? (await offerKey(path, organisation, files, secret));
  const key = openSealed(secret, shared, SIGNING_KEY);
  if (key === null)
    throw new StartError(
      'corrupt',
      `the signing key of "${organisation}" in the database was sealed under another secret`,
      'give every node the same secret',
    );
  if ((await readOptional(file)) !== Buffer.from(key).toString('utf8')) await writeWhole(file, key);
}

async function offerKey(path: string, organisation: string, files: Files, secret: Uint8Array): Promise<Uint8Array> {
  await openLogKeys(path, organisation);
  return files.put(SIGNING_KEY, sealWith(secret, await readFile(join(path, SIGNING_KEY)), SIGNING_KEY));
}
