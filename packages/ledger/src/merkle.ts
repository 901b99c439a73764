import { putHex, type Sha256 } from './link.ts';

// The Merkle tree of RFC 6962 / RFC 9162 section 2.1 over the hashes of records. Free of node:*.
//   leaf = SHA-256(0x00 ‖ record hash, 32 bytes)     node = SHA-256(0x01 ‖ left ‖ right)     empty tree = SHA-256("")
// Leaves count from 0: record `seq` is leaf `seq - 1`. Hashes are 64 lower-case hex digits. Sizes go beyond 2^32, so halves
// are taken by division, not by bit operators.

/** A tree as far as it is needed to go on: the roots of its perfect subtrees, largest first. At most 53 of them. */
export interface Frontier {
  readonly size: number;
  readonly hashes: readonly string[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

const leafBytes = new Uint8Array(33);
const nodeBytes = new Uint8Array(65);
nodeBytes[0] = 1;

/** The leaf of a record. @throws TypeError if `recordHash` is none. */
export function leafOf(recordHash: string, sha256: Sha256): string {
  putHex(recordHash, leafBytes, 1);
  return sha256(leafBytes);
}

function nodeOf(left: string, right: string, sha256: Sha256): string {
  putHex(left, nodeBytes, 1);
  putHex(right, nodeBytes, 33);
  return sha256(nodeBytes);
}

export interface MerkleTree {
  readonly size: number;
  /** Adds the next leaf; memory grows with the logarithm of the size. */
  add(leaf: string): void;
  root(): string;
  frontier(): Frontier;
}

/**
 * A tree that grows, continued from `from`.
 *
 * @throws TypeError if `from` is not the frontier of any tree.
 */
export function createTree(sha256: Sha256, from: Frontier = EMPTY_FRONTIER): MerkleTree {
  if (!isFrontier(from)) throw new TypeError(`${from.hashes.length} hashes are no frontier of ${from.size} leaves`);
  const hashes = [...from.hashes];
  let size = from.size;
  return {
    get size() {
      return size;
    },
    add(leaf) {
      let right = leaf;
      // Every trailing one of the size is a perfect subtree that the new leaf completes to a larger one.
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2)
        right = nodeOf(hashes.pop() as string, right, sha256);
      hashes.push(right);
      size += 1;
    },
    root: () => rootOf(hashes, sha256),
    frontier: () => ({ size, hashes: [...hashes] }),
  };
}

/** Root of the tree with this frontier. */
function rootOf(hashes: readonly string[], sha256: Sha256): string {
  if (hashes.length === 0) return sha256('');
  return hashes.reduceRight((right, left) => nodeOf(left, right, sha256));
}

function isFrontier({ size, hashes }: Frontier): boolean {
  return isSize(size) && hashes.length === ones(size) && hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash));
}

const isSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;

function ones(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}

/** Leaves `from` up to, not including, `to`. */
export type Range = readonly [from: number, to: number];

/** Largest power of two below `size` (which is at least 2). */
function split(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

/**
 * The ranges whose roots, in this order, prove that leaf `index` is in the tree of `size` leaves.
 *
 * @throws RangeError if there is no such leaf.
 */
export function inclusionRanges(index: number, size: number): Range[] {
  if (!isSize(index) || !isSize(size) || index >= size) {
    throw new RangeError(`a tree of ${size} leaves has no leaf ${index}: take a checkpoint of a larger one`);
  }
  const ranges: Range[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + split(to - from);
    ranges.push(index < middle ? [middle, to] : [from, middle]);
    [from, to] = index < middle ? [from, middle] : [middle, to];
  }
  return ranges.reverse();
}

/**
 * The ranges whose roots, in this order, prove that the tree of `size` leaves begins with the tree of `first`.
 *
 * @throws RangeError if `first` is larger than `size`.
 */
export function consistencyRanges(first: number, size: number): Range[] {
  if (!isSize(first) || !isSize(size) || first > size) {
    throw new RangeError(`a tree of ${size} leaves does not begin with one of ${first}`);
  }
  if (first === 0) return [];
  const ranges: Range[] = [];
  let [from, to] = [0, size];
  while (first !== to) {
    const middle = from + split(to - from);
    ranges.push(first <= middle ? [middle, to] : [from, middle]);
    [from, to] = first <= middle ? [from, middle] : [middle, to];
  }
  // The root of the smaller tree itself is known to who verifies.
  return from === 0 ? ranges.reverse() : [...ranges, [from, to] as const].reverse();
}

/** Computes the roots of ranges from leaves that pass by in order, from leaf 0: one pass, logarithmic memory. */
export interface RangeRoots {
  add(leaf: string): void;
  /** In the order of the ranges. @throws RangeError if fewer leaves passed by than the ranges need. */
  roots(): string[];
}

export function createRangeRoots(ranges: readonly Range[], sha256: Sha256): RangeRoots {
  const trees = ranges.map(() => createTree(sha256));
  let next = 0;
  return {
    add(leaf) {
      const hit = ranges.findIndex(([from, to]) => from <= next && next < to);
      trees[hit]?.add(leaf);
      next += 1;
    },
    roots: () =>
      trees.map((tree, i) => {
        const [from, to] = ranges[i] as Range;
        if (tree.size !== to - from) throw new RangeError(`the proof needs ${to} leaves, only ${next} were given`);
        return tree.root();
      }),
  };
}

/**
 * Does `proof` show that `leaf` is leaf `index` of the tree of `size` leaves with this root? (RFC 9162, 2.1.3.2)
 * Never throws: what is no proof proves nothing.
 */
export function verifyInclusion(
  claim: { readonly leaf: string; readonly index: number; readonly size: number; readonly root: string },
  proof: readonly string[],
  sha256: Sha256,
): boolean {
  const { leaf, index, size, root } = claim;
  if (!isSize(index) || !isSize(size) || index >= size || ![leaf, root, ...proof].every(isHash)) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeOf(sibling, hash, sha256);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else hash = nodeOf(hash, sibling, sha256);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash === root;
}

/** A tree as others know it. */
export interface TreeHead {
  readonly size: number;
  readonly root: string;
}

/**
 * Does `proof` show that the tree `second` begins with the tree `first`? (RFC 9162, 2.1.4.2) Never throws.
 * Every tree begins with the empty one, and with itself, without proof.
 */
export function verifyConsistency(
  first: TreeHead,
  second: TreeHead,
  proof: readonly string[],
  sha256: Sha256,
): boolean {
  if (!isSize(first.size) || !isSize(second.size) || first.size > second.size) return false;
  if (![first.root, second.root, ...proof].every(isHash)) return false;
  if (first.size === 0) return proof.length === 0 && first.root === sha256('');
  if (first.size === second.size) return proof.length === 0 && first.root === second.root;
  return joins(first, second, ones(first.size) === 1 ? [first.root, ...proof] : proof, sha256);
}

function joins(first: TreeHead, second: TreeHead, path: readonly string[], sha256: Sha256): boolean {
  const [start, ...rest] = path;
  if (start === undefined) return false;
  let [node, last, a, b] = [first.size - 1, second.size - 1, start, start];
  while (node % 2 === 1) [node, last] = [(node - 1) / 2, Math.floor(last / 2)];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [a, b] = [nodeOf(sibling, a, sha256), nodeOf(sibling, b, sha256)];
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else b = nodeOf(b, sibling, sha256);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && a === first.root && b === second.root;
}

const isHash = (hash: string): boolean => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
