import { sha256Node } from '../../sha256-node.ts';
import { StoreCorrupt } from '../errors.ts';
import type { BlobStore } from '../port.ts';
import { checkDigest } from '../shared.ts';
import type { Database } from './database.ts';

/** One that is there but damaged is replaced. */
const PUT = `INSERT INTO blob (org, digest, bytes) VALUES ($1, $2, $3)
  ON CONFLICT (org, digest) DO UPDATE SET bytes = excluded.bytes WHERE sha256(blob.bytes) <> blob.digest`;
const GET = 'SELECT bytes FROM blob WHERE org = $1 AND digest = $2';

export function tableBlobs(database: () => Database, org: number): BlobStore {
  const put = async (bytes: Uint8Array): Promise<string> => {
    const digest = sha256Node(bytes);
    await database().run(PUT, [org, Buffer.from(digest, 'hex'), Buffer.from(bytes)]);
    return digest;
  };
  const get = async (digest: string): Promise<Uint8Array | null> => {
    checkDigest(digest);
    const [row] = await database().run<{ bytes: Buffer }>(GET, [org, Buffer.from(digest, 'hex')]);
    if (row === undefined) return null;
    if (sha256Node(row.bytes) !== digest)
      throw new StoreCorrupt(`the blob ${digest} has other content than its name says`);
    return Uint8Array.from(row.bytes);
  };
  return { put, get };
}
