/** An organisation's ground in PostgreSQL. Apart from the default, which a server without a database starts faster for. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLogKeys } from '@reeve/ledger';
import { type Files, type PostgresStores, postgresKeys, postgresStores, tableFiles } from '@reeve/ledger/postgres';
import { closeBoth } from '../data/close-both.ts';
import type { DataDirectory } from '../data/directory.ts';
import { readOptional, writeWhole } from '../data/files.ts';
import type { OpenGround } from '../data/ground.ts';
import { StartError } from '../errors.ts';
import { openSealed, sealWith, secretFrom } from './secret.ts';

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

/** The same for one organisation alone: with connections and a secret of its own. */
export const ownDatabase =
  (url: string): OpenGround =>
  async (directory) => {
    const stores = await postgresStores({ url });
    try {
      const ground = await postgresGround(stores, await ownSecret(directory.path))(directory);
      return { ...ground, close: () => ground.close().finally(() => stores.close()) };
    } catch (error) {
      await stores.close();
      throw error;
    }
  };

/** The secret of an installation of one process: made once, in the data directory, for this user only. */
async function ownSecret(data: string): Promise<Uint8Array> {
  const file = join(data, 'keys', 'store.secret');
  await mkdir(join(data, 'keys'), { recursive: true, mode: 0o700 });
  if ((await readOptional(file)) === null) await writeWhole(file, `${randomBytes(32).toString('hex')}\n`);
  return secretFrom(await readFile(file, 'utf8'));
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
