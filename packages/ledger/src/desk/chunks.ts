import { createHash } from 'node:crypto';

/** Bytes of a chunk: at least, on average beyond that (a power of two), at most. */
const SIZES = { least: 4096, average: 16_384, most: 131_072 } as const;
const MASK = SIZES.average - 1;

/** 256 numbers that look random and are the same for ever: chunks that were cut differently would be stored again. */
const GEAR = Uint32Array.from({ length: 256 }, (_, i) =>
  createHash('sha256').update(`reeve desk ${i}`).digest().readUInt32BE(0),
);

/**
 * Content in pieces whose ends follow from the bytes before them, so that a change in the middle leaves the pieces before and
 * after it as they were. The rolling sum forgets a byte after 32 more; a library for these twenty lines would not be smaller.
 */
export function chunksOf(bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let from = 0;
  while (from < bytes.length) {
    const end = from + lengthOf(bytes, from);
    chunks.push(bytes.subarray(from, end));
    from = end;
  }
  return chunks;
}

function lengthOf(bytes: Uint8Array, from: number): number {
  const most = Math.min(SIZES.most, bytes.length - from);
  let sum = 0;
  for (let i = 0; i < most; i++) {
    sum = ((sum << 1) + GEAR[bytes[from + i]!]!) >>> 0;
    // The high bits: the low ones depend on the last few bytes only.
    if (i >= SIZES.least && ((sum >>> 16) & MASK) === 0) return i + 1;
  }
  return most;
}
