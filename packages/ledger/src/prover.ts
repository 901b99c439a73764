import { GENESIS, type SealedRecord } from './chain.ts';
import type { LogStore } from './log.ts';
import { createTree, inclusionRanges, leafOf, nodeOf, type Range, split } from './merkle.ts';
import { nodePort } from './notes/signer.ts';
import { type Proof, proofText, verifyProof } from './proof.ts';
import { sha256Node } from './sha256-node.ts';
import { StoreCorrupt } from './store/port.ts';

/** Proofs out of a store that grows, for who is asked for many. */
export interface Prover {
  /**
   * Proof that record `seq` is under the latest checkpoint. It was verified by `keys`, so nothing needs to be believed of
   * the store; the rest of the ledger is not verified by this.
   *
   * @throws RangeError if no checkpoint covers the record, StoreCorrupt if the records are not those that were signed.
   */
  prove(seq: number, keys: readonly string[]): Promise<Proof>;
}

/** Leaves whose root is remembered: 64 bytes for 1024 records. A power of two. */
const BLOCK = 1024;

/** The first proof reads every record, later ones only what came since and fewer than 2 × 1024 others. One at a time. */
export function createProver(store: LogStore, org: string): Prover {
  /** Roots of the blocks from the beginning. */
  let blocks: string[] = [];
  let last: Promise<unknown> = Promise.resolve();

  const remember = async (size: number): Promise<void> => {
    const [from, to] = [blocks.length * BLOCK, size - (size % BLOCK)];
    let tree = createTree(sha256Node);
    for await (const { hash } of store.load(from, to - from)) {
      tree.add(leafOf(hash, sha256Node));
      if (tree.size < BLOCK) continue;
      blocks.push(tree.root());
      tree = createTree(sha256Node);
    }
  };

  /** Root of leaves that are a subtree, so that every whole block among them stands alone. */
  const rootOf = async ([from, to]: Range): Promise<string> => {
    if (to - from > BLOCK) {
      const middle = from + split(to - from);
      return nodeOf(await rootOf([from, middle]), await rootOf([middle, to]), sha256Node);
    }
    const known = to - from === BLOCK ? blocks[from / BLOCK] : undefined;
    if (known !== undefined) return known;
    const tree = createTree(sha256Node);
    for await (const { hash } of store.load(from, to - from)) tree.add(leafOf(hash, sha256Node));
    return tree.root();
  };

  const make = async (seq: number): Promise<Proof> => {
    const latest = await store.checkpoint.latest();
    const size = latest?.size ?? 0;
    if (latest === null || !Number.isInteger(seq) || seq < 1 || seq > size) {
      throw new RangeError(`record ${seq} is under no checkpoint: the latest covers ${size} records`);
    }
    await remember(size);
    const inclusion: string[] = [];
    for (const range of inclusionRanges(seq - 1, size)) inclusion.push(await rootOf(range));
    const { previous, record } = await recordAt(store, seq);
    return { reeve: 'proof', format: 1, org, record, previous, inclusion, checkpoint: latest.note };
  };

  const prove: Prover['prove'] = async (seq, keys) => {
    const proof = await make(seq);
    const result = await verifyProof(proofText(proof), keys, nodePort);
    if (result.ok) return proof;
    blocks = [];
    throw new StoreCorrupt(`record ${seq} cannot be proved: ${result.why}; run \`reeve ledger verify\``);
  };

  return {
    prove: (seq, keys) => {
      const next = last.then(() => prove(seq, keys));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

async function recordAt(store: LogStore, seq: number): Promise<{ previous: string; record: SealedRecord }> {
  const found: SealedRecord[] = [];
  for await (const { header, body, hash } of store.load(Math.max(0, seq - 2), 2)) found.push({ header, body, hash });
  const [before, record] = seq === 1 ? [GENESIS, found[0]] : found;
  if (before === undefined || record === undefined) throw new StoreCorrupt(`there is no record ${seq} any more`);
  return { previous: before.hash, record };
}
