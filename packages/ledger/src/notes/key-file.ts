import { randomBytes } from 'node:crypto';
import { chmod, link, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory, writeDurably } from '../store/sqlite/durable-file.ts';
import type { Algorithm } from './note.ts';
import { generateKey, openSigner, type Signer } from './signer.ts';

/**
 * The signer whose key is in `path`; a new one, for this user only, if there is no such file.
 *
 * @throws NoteError if the file holds something else, or the key of another name: a log that changes its name is another log.
 */
export async function signerFile(path: string, name: string, algorithm: Algorithm = 1): Promise<Signer> {
  const signer = openSigner(await readOrMake(path, name, algorithm));
  if (signer.key.name !== name || signer.key.algorithm !== algorithm) {
    throw new TypeError(`${path} holds the key of ${signer.key.name}, not of ${name}: name the file of that key`);
  }
  return signer;
}

async function readOrMake(path: string, name: string, algorithm: Algorithm): Promise<string> {
  const known = await readKey(path);
  if (known !== null) return known;
  const { secret } = generateKey(name, algorithm);
  // Linked, not renamed, into place: of two processes that make the key at once, one takes what the other made.
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  await writeDurably(temporary, [Buffer.from(`${secret}\n`)]);
  try {
    await link(temporary, path);
    await syncDirectory(dirname(path));
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return await readFile(path, 'utf8');
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A key file as it is, or null. A copied one may have lost its permissions: it is made private again. */
async function readKey(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, 'utf8');
    await chmod(path, 0o600).catch(() => undefined);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
