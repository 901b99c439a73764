import type { BlobStore, SnapshotStore } from '../store/port.ts';
import { customerSubject, type KeyStore, SNAPSHOTS } from './keys.ts';
import { openBytes, sealBytes } from './sealing.ts';

/** Who is forgotten: the names he is known under, and the keys that records of his cases name (see `forgottenKeys`). */
export interface Forgotten {
  readonly customers: readonly string[];
  readonly keys: readonly string[];
}

/**
 * Forgets customers: destroys their keys, and the key of the snapshots (which hold the state in the clear) with the snapshots
 * themselves. The chain, its checkpoints and all proofs stay as they are. Can be called again after a crash.
 *
 * The caller ends what is under way in their cases before, and afterwards reloads the state from the ledger: what a process
 * holds in memory is not touched here.
 *
 * @returns the ids of their keys that are gone now.
 */
export async function forgetCustomers(
  { customers, keys: ids }: Forgotten,
  { keys, snapshot }: { readonly keys: KeyStore; readonly snapshot: Pick<SnapshotStore, 'delete'> },
): Promise<string[]> {
  const { id } = (await keys.ensure([SNAPSHOTS])).get(SNAPSHOTS) as { id: string };
  const destroyed = await keys.destroy([...customers.map(customerSubject), SNAPSHOTS], ids);
  await snapshot.delete();
  return destroyed.filter((each) => each !== id);
}

/** Snapshots that are sealed on disk, and so in every backup. What cannot be opened any more is no snapshot. */
export function sealedSnapshots(inner: SnapshotStore, keys: KeyStore): SnapshotStore {
  const contextOf = (seq: number, version: string) => JSON.stringify(['snapshot', seq, version]);
  return {
    save: async (seq, version, bytes) => {
      const key = (await keys.ensure([SNAPSHOTS])).get(SNAPSHOTS);
      if (key !== undefined) await inner.save(seq, version, sealBytes(key, bytes, contextOf(seq, version)));
    },
    load: async () => {
      const [snapshot, found] = [await inner.load(), await keys.ensure([SNAPSHOTS])];
      const key = found.get(SNAPSHOTS);
      if (snapshot === null || key === undefined) return null;
      const bytes = openBytes(key, snapshot.bytes, contextOf(snapshot.seq, snapshot.version));
      return bytes === null ? null : { ...snapshot, bytes };
    },
    delete: () => inner.delete(),
  };
}

// A sealed blob: the letters RVS1, the id of its key (22), what `sealBytes` gives. Content that begins like that by chance,
// or like its escape, is stored after the letters RVP1.
const SEALED = Buffer.from('RVS1');
const PLAIN = Buffer.from('RVP1');
const ID = 22;

/** Blobs of which some are about a customer. Digests are of what is stored, as records name it. */
export interface PersonalBlobs {
  /** `customer` is whom the content is about, null for nobody. The same content about the same customer is stored once. */
  put(bytes: Uint8Array, customer: string | null): Promise<string>;
  /** `erased` if the key is gone; null if there is no such blob. */
  get(digest: string): Promise<Uint8Array | 'erased' | null>;
}

export function personalBlobs(inner: BlobStore, keys: KeyStore): PersonalBlobs {
  return {
    put: async (bytes, customer) => {
      if (customer === null) return inner.put(isMarked(bytes) ? Buffer.concat([PLAIN, bytes]) : bytes);
      const subject = customerSubject(customer);
      const key = (await keys.ensure([subject])).get(subject);
      if (key === undefined) throw new Error(`the key store gave no key for ${subject}`);
      return inner.put(Buffer.concat([SEALED, Buffer.from(key.id), sealBytes(key, bytes, 'blob')]));
    },
    get: async (digest) => {
      const stored = await inner.get(digest);
      if (stored === null || !isMarked(stored)) return stored;
      if (startsWith(stored, PLAIN)) return stored.slice(PLAIN.length);
      const key = keys.byId(Buffer.from(stored.subarray(SEALED.length, SEALED.length + ID)).toString('latin1'));
      return key === null ? 'erased' : openBytes(key, stored.subarray(SEALED.length + ID), 'blob');
    },
  };
}

const startsWith = (bytes: Uint8Array, mark: Buffer): boolean => mark.equals(bytes.subarray(0, mark.length));
const isMarked = (bytes: Uint8Array): boolean => startsWith(bytes, SEALED) || startsWith(bytes, PLAIN);
