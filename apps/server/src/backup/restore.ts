/** A data directory out of a backup: verified first, whole or not at all, and with everybody forgotten who was. */
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Head, sha256Node } from '@reeve/ledger';
import { copyDatabase, destroyKeys, sqliteStore } from '@reeve/ledger/sqlite';
import { StartError } from '../errors.ts';
import { checkedManifest, ERASED_KEYS, filesIn, finish, freeTarget, MANIFEST } from './manifest.ts';
import { copyPlain, copySecrets, readErased, soundHead } from './take.ts';

export interface RestoreOptions {
  readonly from: string;
  /** The data directory to make; must not hold anything. */
  readonly data: string;
  /** The folder the keys were backed up to. Without it, what is personal reads `[erased]` for good. */
  readonly keys?: string;
  /** A file of key ids, such as `erased-keys` of a later backup: who was forgotten since. */
  readonly erased?: string;
}

export interface RestoreResult {
  readonly data: string;
  readonly organisation: string;
  readonly head: Head;
  /** Keys that were destroyed again. */
  readonly erased: number;
  readonly keys: boolean;
}

/**
 * [SRV87] Restores a backup: files, chain, checkpoints and blobs are verified before the directory gets its name.
 * @throws StartError `not-writable` when something is there, `corrupt` when the backup is not what it was.
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreResult> {
  const [from, data] = [resolve(options.from), resolve(options.data)];
  const partial = await freeTarget(data);
  const { organisation, files, head } = await checkedManifest(from);
  await mkdir(partial, { recursive: true, mode: 0o700 });
  for (const { path } of files) await copyPlain(join(from, path), join(partial, path));
  const forgotten = [...(await readErased(join(from, ERASED_KEYS))), ...(await given(options.erased))];
  const found = await soundHead(partial, organisation);
  if (found.seq !== head.seq || found.hash !== head.hash) throw wrongHead(from);
  await checkBlobs(partial);
  await rm(join(partial, ERASED_KEYS));
  const erased = options.keys === undefined ? 0 : await restoreKeys(resolve(options.keys), partial, forgotten);
  await rm(join(partial, MANIFEST), { force: true });
  await rmdir(data).catch(() => undefined);
  await finish(partial, data);
  return { data, organisation, head, erased, keys: options.keys !== undefined };
}

const given = async (path: string | undefined): Promise<string[]> =>
  path === undefined ? [] : readErased(resolve(path));

const wrongHead = (from: string): StartError =>
  new StartError('corrupt', `the ledger in ${from} does not end where the backup says`, 'use another backup');

async function restoreKeys(from: string, to: string, forgotten: readonly string[]): Promise<number> {
  const keys = join(to, 'keys');
  await copyDatabase(join(from, 'keys.db'), join(keys, 'keys.db'));
  await copyPlain(join(from, 'ledger.key'), join(keys, 'ledger.key'));
  await copySecrets(from, keys);
  return destroyKeys(keys, forgotten);
}

/** Every blob is what its name says. */
async function checkBlobs(directory: string): Promise<void> {
  const store = await sqliteStore({ directory: join(directory, 'ledger') });
  try {
    const names = await filesIn(join(directory, 'ledger', 'blobs')).catch(() => []);
    for (const name of names) {
      const digest = name.replace('/', '');
      const bytes = await store.blob.get(digest);
      if (bytes === null || sha256Node(bytes) !== digest)
        throw new StartError('corrupt', `the blob ${name} is damaged`, 'use another backup');
    }
  } finally {
    await store.close();
  }
}
