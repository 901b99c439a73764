/** An organisation's ground in PostgreSQL. Apart from the default, which a server without a database starts faster for. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLogKeys } from '@reeve/ledger';
import { type Files, type PostgresStores, postgresKeys, postgresStores, tableFiles } from '@reeve/ledger/postgres';
import { closeBoth } from '../data/close-both.ts';
import type { DataDirectory } from '../data/directory.ts';
import { readOptional, writeWhole } from '../data/files.ts';
import type { Ground, OpenGround } from '../data/ground.ts';
import { StartError } from '../errors.ts';
import { LINKS_KEY, makeLinksKey } from '../people/links.ts';
import { type Opened, SecretRing } from './ring.ts';
import { secretFrom } from './secret.ts';
import { databaseShelf } from './shelf.ts';
import { tagsOf } from './tags.ts';

/** Ledger and keys in PostgreSQL; what is in the data directory can be made again out of it. */
const postgresGround =
  (stores: PostgresStores, ring: SecretRing): OpenGround =>
  async (directory) => {
    const store = await stores.store(directory.organisation);
    const files = tableFiles(stores.database, store.id);
    const { under } = await shareKey(directory, files, ring, SIGNING_KEY, () =>
      openLogKeys(directory.path, directory.organisation),
    );
    const tags = await tagsOf(files, ring, under, store.id);
    const keys = await postgresKeys(stores.database, { org: store.id, secret: ring, tags });
    return { store, keys, files, close: () => closeBoth(keys, store) };
  };

/** The same for one of many nodes: what else they have in common is in the database, too. */
export const nodeGround =
  (stores: PostgresStores, ring: SecretRing): OpenGround =>
  async (directory): Promise<Ground> => {
    const ground = await postgresGround(stores, ring)(directory);
    const files = ground.files as Files;
    await shareKey(directory, files, ring, LINKS_KEY, () => makeLinksKey(directory.path));
    return { ...ground, shelf: databaseShelf(files, ring, directory.organisation) };
  };

/** The same for one organisation alone: with connections and a secret of its own. */
export const ownDatabase =
  (url: string): OpenGround =>
  async (directory) => {
    const stores = await postgresStores({ url });
    try {
      const ground = await postgresGround(stores, new SecretRing(await ownSecret(directory.path)))(directory);
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

export const SIGNING_KEY = join('keys', 'ledger.key');

/** [SRV40] Every node has the same key: the first one makes it, sealed under the installation's secret. */
async function shareKey(
  { path, organisation }: DataDirectory,
  files: Files,
  ring: SecretRing,
  name: string,
  make: () => Promise<unknown>,
): Promise<Opened> {
  await mkdir(join(path, 'keys'), { recursive: true, mode: 0o700 });
  const shared = (await files.get(name)) ?? (await offerKey(path, files, ring, name, make));
  const key = ring.open(shared, name);
  if (key === null)
    throw new StartError(
      'corrupt',
      `${name} of "${organisation}" in the database was sealed under another secret`,
      'give every node the same secret; while it is being changed, both',
    );
  const file = join(path, name);
  if ((await readOptional(file)) !== Buffer.from(key.bytes).toString('utf8')) await writeWhole(file, key.bytes);
  return key;
}

async function offerKey(
  path: string,
  files: Files,
  ring: SecretRing,
  name: string,
  make: () => Promise<unknown>,
): Promise<Uint8Array> {
  await make();
  return files.put(name, ring.seal(await readFile(join(path, name)), name));
}
