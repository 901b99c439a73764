import { readFile } from 'node:fs/promises';
import { writeDurably } from '../store/sqlite/durable-file.ts';
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
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const { secret } = generateKey(name, algorithm);
  await writeDurably(path, [Buffer.from(`${secret}\n`)]);
  return secret;
}
