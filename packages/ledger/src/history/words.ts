import { createHmac } from 'node:crypto';
import type { SubjectKey } from '../erasure/sealing.ts';

// Words go into the index as keyed hashes, so that the file names nobody: without the key, what is in the index says nothing,
// and what was taken out of it cannot be guessed back from an old copy.

/** Different words of one record at most, and characters that are looked at. */
const MOST = { words: 2000, text: 100_000, cached: 50_000 } as const;
/** Text that stands where something personal is sealed or erased. */
const PLACEHOLDER = /^\[(sealed|erased)( [0-9a-f]{12})?\]$/;

/** The words of a text: letters and digits, letter case and accents ignored, each once. */
export function wordsOf(text: string): string[] {
  const plain = text
    .slice(0, MOST.text)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return [...new Set(plain.match(/[\p{L}\p{N}]+/gu) ?? [])].slice(0, MOST.words);
}

/** All texts and numbers in a body, but not what stands for something sealed. */
export function textsOf(value: unknown, found: string[] = []): string[] {
  if (typeof value === 'string') {
    if (!PLACEHOLDER.test(value)) found.push(value);
  } else if (typeof value === 'number') found.push(String(value));
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) textsOf(part, found);
  return found;
}

/** Hashes words under a key; null for the words of a ledger that seals nothing. */
export function hasher(key: SubjectKey | null): (word: string) => string {
  const known = new Map<string, string>();
  return (word) => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const hash = createHmac('sha256', key?.key ?? '')
      .update(word)
      .digest('hex')
      .slice(0, 16);
    if (known.size >= MOST.cached) known.clear();
    known.set(word, hash);
    return hash;
  };
}
