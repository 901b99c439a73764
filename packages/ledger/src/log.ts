import { GENESIS, type Head } from './chain.ts';
import type { Entry, Reading } from './export.ts';
import { createTree, leafOf, type MerkleTree } from './merkle.ts';
import { checkpointText, openCheckpoint } from './notes/checkpoint.ts';
import { noteText } from './notes/note.ts';
import { ed25519Node, type Signer } from './notes/signer.ts';
import { pagesOf, type Records } from './pages.ts';
import { sha256Node } from './sha256-node.ts';
import { type CheckpointStore, type Store, StoreCorrupt, type StoredCheckpoint } from './store/port.ts';
import { createVerifier } from './verify.ts';

/** What signing and reading need of a store. */
export type LogStore = Pick<Store, 'checkpoint' | 'head' | 'load'>;

/**
 * Signs a checkpoint of all records there are now, and stores it. Reads only what came since the latest one, verifying it
 * on the way: nobody vouches for what he has not looked at. Calling it again, or after a crash, is harmless.
 *
 * @param upTo covers the records up to this head only, e.g. the last that is durable; all of them unless told otherwise.
 * @returns the signed note; that of the latest checkpoint if nothing came since.
 * @throws StoreCorrupt if the records, or the latest checkpoint, are not what they should be: nothing is signed then.
 */
export async function makeCheckpoint(store: LogStore, signer: Signer, upTo?: Head): Promise<string> {
  const latest = await store.checkpoint.latest();
  const head = upTo ?? (await store.head());
  if (latest !== null && latest.size > head.seq && upTo === undefined) throw cutShort(latest.size);
  if (latest !== null && latest.size >= head.seq) return latest.note;
  const tree = latest === null ? createTree(sha256Node) : await continued(latest, signer);
  await grow(store, tree, head);
  const text = checkpointText({ origin: signer.key.name, size: tree.size, root: tree.root() });
  const note = noteText({ text, signatures: [signer.sign(text, 0)] });
  return keep(store.checkpoint, head, note, tree);
}

/** Another process with the same key may have been faster, and further: then its checkpoint is the latest. */
async function keep(checkpoints: CheckpointStore, head: Head, note: string, tree: MerkleTree): Promise<string> {
  try {
    await checkpoints.put(head, note, tree.frontier().hashes);
    return note;
  } catch (error) {
    const latest = error instanceof RangeError ? await checkpoints.latest() : null;
    if (latest === null || latest.size <= head.seq) throw error;
    return latest.note;
  }
}

/** The tree of the latest checkpoint. The root decides, whoever's key signed it: keys are changed now and then. */
async function continued({ size, note, frontier }: StoredCheckpoint, { key }: Signer): Promise<MerkleTree> {
  const tree = createTree(sha256Node, { size, hashes: frontier });
  const opened = await openCheckpoint(note, [key], ed25519Node);
  const changed = !opened.ok && opened.what === 'signature';
  if (!opened.ok && !changed) throw new StoreCorrupt(`the latest checkpoint cannot be continued: ${opened.why}`);
  if (!note.startsWith(checkpointText({ origin: key.name, size, root: tree.root() }))) {
    throw new StoreCorrupt(`the checkpoint of ${size} records is not of the tree that is stored with it`);
  }
  return tree;
}

async function grow(store: LogStore, tree: MerkleTree, head: Head): Promise<void> {
  const start = await headAt(store, tree.size);
  const verifier = createVerifier({ start, expected: head });
  for await (const page of pagesOf(store.load(tree.size, head.seq - tree.size))) {
    for (const record of page) if (verifier.push(record)) tree.add(leafOf(record.hash, sha256Node));
  }
  const { firstBad } = verifier.finish();
  if (firstBad !== undefined) throw new StoreCorrupt(`record ${firstBad.seq} is not sound: ${firstBad.why}`);
}

async function headAt(store: LogStore, seq: number): Promise<Head> {
  if (seq === 0) return GENESIS;
  for await (const { hash } of store.load(seq - 1, 1)) return { seq, hash };
  throw cutShort(seq);
}

const cutShort = (seq: number): StoreCorrupt =>
  new StoreCorrupt(`the ledger ends before record ${seq}, which a checkpoint covers`);

/**
 * The ledger of a store as it would be exported: its records and checkpoints, up to the head of this moment.
 *
 * @param keys verifier keys of the log, the newest last.
 * @param upTo ends after so many records instead.
 */
export async function storeReading(
  store: LogStore,
  org: string,
  keys: readonly string[],
  upTo?: number,
): Promise<Reading> {
  // Before the head is looked at: a checkpoint of more records than there are shows that the end is missing.
  const signed = upTo ?? (await store.checkpoint.latest())?.size ?? 0;
  const end = upTo ?? (await store.head()).seq;
  const entries = merged(store.load(0, end), store.checkpoint.load(-1), Math.max(end, signed));
  return { manifest: { reeve: 'ledger', format: 2, org, keys }, entries };
}

async function* merged(
  records: Records,
  checkpoints: AsyncIterable<StoredCheckpoint>,
  last: number,
): AsyncGenerator<Entry> {
  const notes = checkpoints[Symbol.asyncIterator]();
  let next = await notes.next();
  const due = (size: number) => !next.done && next.value.size <= size;
  let size = 0;
  for await (const page of pagesOf(records)) {
    for (const record of page) {
      for (; due(size); next = await notes.next()) yield { checkpoint: (next.value as StoredCheckpoint).note };
      yield { record };
      size += 1;
    }
  }
  for (; due(last); next = await notes.next()) yield { checkpoint: (next.value as StoredCheckpoint).note };
}
