/**
 * [PUR7] A histogram whose bins grow with the values: 64 to each doubling, so the middle of a bin is at most 1/128 away from
 * every value in it. Bins are cut out of the number's own bits, not computed with logarithms: every machine agrees.
 * Two histograms are merged by adding their counts.
 */
export type Sketch = Map<number, number>;

/** Farthest that a percentile is from the exact one, as a part of it. */
export const SKETCH_ERROR = 1 / 128;
/** Sizes that are told apart; smaller ones count as zero, larger ones as the largest. */
const SKETCH_RANGE = { least: 2 ** -20, most: 2 ** 53 } as const;
/** Bits of a double's upper half that are cut off: sign, exponent and six bits of the fraction remain. */
const CUT = 14;

const bits = new DataView(new ArrayBuffer(8));

function binOf(value: number): number {
  const size = Math.abs(value);
  if (size < SKETCH_RANGE.least) return 0;
  bits.setFloat64(0, Math.min(size, SKETCH_RANGE.most));
  const bin = bits.getUint32(0) >>> CUT;
  return value < 0 ? -bin : bin;
}

function edge(bin: number): number {
  bits.setUint32(0, bin << CUT);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

function middle(bin: number): number {
  if (bin === 0) return 0;
  const size = Math.abs(bin);
  const value = (edge(size) + edge(size + 1)) / 2;
  return bin < 0 ? -value : value;
}

export function count(sketch: Sketch, value: number, times = 1): void {
  const bin = binOf(value);
  sketch.set(bin, (sketch.get(bin) ?? 0) + times);
}

export function merge(into: Sketch, other: Sketch): void {
  for (const [bin, times] of other) into.set(bin, (into.get(bin) ?? 0) + times);
}

/** The value that `p` percent (0 to 100) of the values do not exceed, by nearest rank; null when there are none. */
export function percentile(sketch: Sketch, p: number): number | null {
  let total = 0;
  for (const times of sketch.values()) total += times;
  let rank = Math.max(1, Math.ceil((p / 100) * total));
  for (const bin of [...sketch.keys()].sort((a, b) => a - b)) {
    rank -= sketch.get(bin)!;
    if (rank <= 0) return middle(bin);
  }
  return null;
}
