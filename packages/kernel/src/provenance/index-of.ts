/**
 * What is worked out of a text once and looked up afterwards. Results do not change once they are there, so everything here is kept by
 * the identity of a leaf or of the list of leaves; the kernel stays a function of its state.
 */
import type { Leaf } from './sources.ts';
import { addresses, clauses, type Shape, withoutReferences, words } from './text.ts';

/** `make` once for each object. */
export function once<K extends object, V>(make: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (of) => {
    const found = known.get(of) ?? { value: make(of) };
    known.set(of, found);
    return found.value;
  };
}

const BY_SHAPE = {
  email: once((leaf: Leaf) => addresses(leaf.text, 'email')),
  url: once((leaf: Leaf) => addresses(leaf.text, 'url')),
  account: once((leaf: Leaf) => addresses(leaf.text, 'account')),
  word: () => [],
} satisfies Record<Shape, (leaf: Leaf) => string[]>;

export const addressesOf = (leaf: Leaf, shape: Shape): readonly string[] => BY_SHAPE[shape](leaf);
export const sentencesOf = once((leaf: Leaf) => clauses(leaf.text));

/** Characters of one text that say what its record is about. */
const LONGEST = 20_000;

/** What each record is about; the parts of an address are no words. */
export const wordsOfRecords = once((leaves: readonly Leaf[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const leaf of leaves) {
    const own = found.get(leaf.record) ?? new Set();
    found.set(leaf.record, own);
    for (const word of words(withoutReferences(leaf.text.slice(0, LONGEST)))) own.add(word);
  }
  return found;
});

const joined = once((leaves: readonly Leaf[]) => leaves.map((leaf) => leaf.plain).join('\n'));
/** Does any leaf contain the text? One search instead of one for each leaf. */
export const holds = (leaves: readonly Leaf[], plain: string): boolean => joined(leaves).includes(plain);
