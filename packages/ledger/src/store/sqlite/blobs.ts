import { dirname, join } from 'node:path';
import { sha256Node } from '../../sha256-node.ts';
import { StoreCorrupt } from '../errors.ts';
import type { BlobStore } from '../port.ts';
import { checkDigest } from '../shared.ts';
import { readIfThere, syncDirectory, writeDurably } from './durable-file.ts';

/** Blobs as files: `<directory>/ab/cdef…` holds the bytes whose SHA-256 is `abcdef…`. */
export function fileBlobs(directory: string, use: () => unknown): BlobStore {
  const pathOf = (digest: string) => join(directory, digest.slice(0, 2), digest.slice(2));

  const put = async (bytes: Uint8Array): Promise<string> => {
    use();
    const digest = sha256Node(bytes);
    const there = await readIfThere(pathOf(digest));
    // One that is there but damaged is replaced; one that is whole may have been renamed by a writer who crashed
    // before the directory was synced.
    if (there === null || sha256Node(there) !== digest) await writeDurably(pathOf(digest), [bytes]);
    else await syncDirectory(dirname(pathOf(digest)));
    return digest;
  };

  const get = async (digest: string): Promise<Uint8Array | null> => {
    use();
    checkDigest(digest);
    const bytes = await readIfThere(pathOf(digest));
    if (bytes !== null && sha256Node(bytes) !== digest) {
      throw new StoreCorrupt(`the file ${pathOf(digest)} has other content than its name says`);
    }
    return bytes;
  };

  return { put, get };
}
