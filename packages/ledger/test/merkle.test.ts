import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  consistencyRanges,
  createRangeRoots,
  createTree,
  EMPTY_FRONTIER,
  inclusionRanges,
  leafOf,
  type Range,
  verifyConsistency,
  verifyInclusion,
} from '../src/merkle.ts';
import { sha256Node } from '../src/sha256-node.ts';

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const node = (left: string, right: string) => sha256Node(bytes(`01${left}${right}`));

/** MTH of RFC 9162 2.1.1, word for word. */
function naiveRoot(leaves: readonly string[]): string {
  if (leaves.length === 0) return sha256Node('');
  if (leaves.length === 1) return leaves[0] as string;
  const k = half(leaves.length);
  return node(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

const half = (n: number) => 2 ** (Math.ceil(Math.log2(n)) - 1);

/** PATH of RFC 9162 2.1.3.1. */
function naivePath(m: number, leaves: readonly string[]): string[] {
  if (leaves.length <= 1) return [];
  const k = half(leaves.length);
  return m < k
    ? [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))]
    : [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
}

/** SUBPROOF of RFC 9162 2.1.4.1. */
function naiveProof(m: number, leaves: readonly string[], whole = true): string[] {
  if (m === leaves.length) return whole ? [] : [naiveRoot(leaves)];
  const k = half(leaves.length);
  return m <= k
    ? [...naiveProof(m, leaves.slice(0, k), whole), naiveRoot(leaves.slice(k))]
    : [...naiveProof(m - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))];
}

function rootsOf(ranges: readonly Range[], leaves: readonly string[]): string[] {
  const collector = createRangeRoots(ranges, sha256Node);
  for (const leaf of leaves) collector.add(leaf);
  return collector.roots();
}

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => leafOf(sha256Node(`record ${i}`), sha256Node));
const flip = (hash: string, at: number) => hash.slice(0, at) + (hash[at] === '0' ? '1' : '0') + hash.slice(at + 1);

/** The leaves and roots of certificate-transparency's merkle tests. */
const VECTORS: readonly [input: string, root: string][] = [
  ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  ['606162636465666768696a6b6c6d6e6f', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
];
const vectorLeaves = VECTORS.map(([input]) => sha256Node(bytes(`00${input}`)));
const vectorRoot = (size: number) => VECTORS[size - 1]?.[1] as string;

describe('the Merkle tree', () => {
  it('[LED60] has the roots of the certificate-transparency test vectors', () => {
    const tree = createTree(sha256Node);
    expect(tree.root()).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    vectorLeaves.forEach((leaf, i) => {
      tree.add(leaf);
      expect([i, tree.root()]).toEqual([i, vectorRoot(i + 1)]);
    });
  });

  it('[LED61] has the inclusion and consistency proofs of the certificate-transparency test vectors', () => {
    expect(rootsOf(inclusionRanges(0, 8), vectorLeaves)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(rootsOf(inclusionRanges(1, 5), vectorLeaves)).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ]);
    expect(rootsOf(consistencyRanges(6, 8), vectorLeaves)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    expect(rootsOf(consistencyRanges(1, 8), vectorLeaves)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
  });

  it('[LED60] agrees with the definition for every size, also when it is continued from a frontier', () => {
    const leaves = leavesOf(140);
    let tree = createTree(sha256Node);
    leaves.forEach((leaf, i) => {
      tree.add(leaf);
      if (i % 3 === 0) tree = createTree(sha256Node, structuredClone(tree.frontier()));
      expect(tree.root()).toBe(naiveRoot(leaves.slice(0, i + 1)));
      expect(tree.frontier().hashes.length).toBeLessThanOrEqual(8);
    });
  });

  it('[LED60] refuses what is no frontier and no hash', () => {
    const [hash] = leavesOf(1) as [string];
    expect(createTree(sha256Node, EMPTY_FRONTIER).size).toBe(0);
    for (const from of [
      { size: 3, hashes: [hash] },
      { size: -1, hashes: [] },
      { size: 1, hashes: ['x'] },
    ])
      expect(() => createTree(sha256Node, from)).toThrow(TypeError);
    expect(() => leafOf('ABC', sha256Node)).toThrow(TypeError);
  });
});

describe('proofs', () => {
  it('[LED61] of inclusion are those of the definition and verify, for every leaf of every tree up to 40', () => {
    const leaves = leavesOf(40);
    for (let size = 1; size <= 40; size++) {
      const root = naiveRoot(leaves.slice(0, size));
      for (let index = 0; index < size; index++) {
        const proof = rootsOf(inclusionRanges(index, size), leaves);
        expect(proof).toEqual(naivePath(index, leaves.slice(0, size)));
        expect(verifyInclusion({ leaf: leaves[index] as string, index, size, root }, proof, sha256Node)).toBe(true);
      }
    }
  });

  it('[LED62] of consistency are those of the definition and verify, for every pair of trees up to 40', () => {
    const leaves = leavesOf(40);
    const head = (size: number) => ({ size, root: naiveRoot(leaves.slice(0, size)) });
    for (let size = 0; size <= 40; size++) {
      for (let first = 0; first <= size; first++) {
        const proof = rootsOf(consistencyRanges(first, size), leaves);
        if (first > 0) expect(proof).toEqual(naiveProof(first, leaves.slice(0, size)));
        expect([first, size, verifyConsistency(head(first), head(size), proof, sha256Node)]).toEqual([
          first,
          size,
          true,
        ]);
      }
    }
  });

  const place = fc
    .integer({ min: 2, max: 90 })
    .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));

  it('[LED61] of inclusion fail for any other leaf, index, size, root, and for any change of the path', () => {
    const leaves = leavesOf(90);
    fc.assert(
      fc.property(
        place,
        fc.nat(),
        fc.nat(63),
        fc.integer({ min: 0, max: 100 }),
        ({ size, index }, pick, digit, other) => {
          const claim = { leaf: leaves[index] as string, index, size, root: naiveRoot(leaves.slice(0, size)) };
          const proof = rootsOf(inclusionRanges(index, size), leaves);
          const holds = (change: Partial<typeof claim>, path = proof) =>
            verifyInclusion({ ...claim, ...change }, path, sha256Node);
          const at = pick % proof.length;
          expect(holds({})).toBe(true);
          expect(holds({ leaf: flip(claim.leaf, digit) })).toBe(false);
          expect(holds({ root: flip(claim.root, digit) })).toBe(false);
          if (other !== index) expect(holds({ index: other })).toBe(false);
          expect(holds({ index: -1 })).toBe(false);
          expect(holds({ size: index })).toBe(false);
          expect(holds({}, proof.with(at, flip(proof[at] as string, digit)))).toBe(false);
          expect(holds({}, proof.toSpliced(at, 1))).toBe(false);
          expect(holds({}, [...proof, claim.leaf])).toBe(false);
          expect(holds({}, proof.with(at, 'x'))).toBe(false);
        },
      ),
    );
  });

  it('[LED62] of consistency fail for any other root or size, and for any change of the path', () => {
    const leaves = leavesOf(90);
    fc.assert(
      fc.property(place, fc.nat(), fc.nat(63), ({ size, index }, pick, digit) => {
        const first = { size: index + 1, root: naiveRoot(leaves.slice(0, index + 1)) };
        const second = { size, root: naiveRoot(leaves.slice(0, size)) };
        const proof = rootsOf(consistencyRanges(first.size, size), leaves);
        const holds = (a = first, b = second, path = proof) => verifyConsistency(a, b, path, sha256Node);
        expect(holds()).toBe(true);
        expect(holds({ ...first, root: flip(first.root, digit) })).toBe(false);
        expect(holds(first, { ...second, root: flip(second.root, digit) })).toBe(false);
        expect(holds(second, first)).toBe(first.size === second.size);
        expect(holds(first, second, [...proof, first.root])).toBe(false);
        if (proof.length === 0) return;
        const at = pick % proof.length;
        expect(holds(first, second, proof.with(at, flip(proof[at] as string, digit)))).toBe(false);
        expect(holds(first, second, proof.toSpliced(at, 1))).toBe(false);
      }),
    );
  });

  it('[LED61] of what is not there are refused, and too few leaves are noticed', () => {
    expect(() => inclusionRanges(3, 3)).toThrow(RangeError);
    expect(() => inclusionRanges(0, 0)).toThrow(RangeError);
    expect(() => consistencyRanges(4, 3)).toThrow(RangeError);
    expect(() => rootsOf(inclusionRanges(0, 8), leavesOf(7))).toThrow(RangeError);
  });
});
