/** Who worked with whom, laid out on a circle: no two overlap, whoever has most to do with others stands beside them. Pure. */
import type { Spot } from './tree.ts';

export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly count: number;
  readonly successes: number;
  readonly topics: readonly string[];
}

interface Edge {
  readonly a: string;
  readonly b: string;
  readonly topic: string;
  readonly count: number;
  readonly successes: number;
}

/** Edges of all topics between the same two as one, the busiest first. */
export function pairsOf(edges: readonly Edge[]): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { a, b, topic, count, successes } of edges) {
    const key = JSON.stringify([a, b]);
    const before = pairs.get(key) ?? { a, b, count: 0, successes: 0, topics: [] };
    pairs.set(key, {
      ...before,
      count: before.count + count,
      successes: before.successes + successes,
      topics: [...before.topics, topic],
    });
  }
  return [...pairs.values()].sort((one, other) => other.count - one.count);
}

/** @returns a place for each id on a circle as large as it needs to be for things of this width to stand apart. */
export function layCircle(ids: readonly string[], width: number): Map<string, Spot> {
  const radius = Math.max(width, (ids.length * width) / Math.PI / 1.6);
  return new Map(
    ids.map((id, at) => {
      const angle = (2 * Math.PI * at) / ids.length - Math.PI / 2;
      return [id, { x: Math.round(radius * Math.cos(angle)), y: Math.round(0.62 * radius * Math.sin(angle)) }];
    }),
  );
}
