import { compareText } from '../problem.ts';

/**
 * The cycles made by following `next` from each id, each once, as the ids in order starting at the smallest.
 * Linear in the number of ids.
 */
export function cycles(ids: Iterable<string>, next: (id: string) => string | undefined): string[][] {
  const walkOf = new Map<string, number>();
  const found: string[][] = [];
  let walk = 0;
  for (const start of ids) {
    walk += 1;
    let id: string | undefined = start;
    while (id !== undefined && !walkOf.has(id)) {
      walkOf.set(id, walk);
      id = next(id);
    }
    if (id !== undefined && walkOf.get(id) === walk) found.push(collect(id, next));
  }
  return found;
}

function collect(start: string, next: (id: string) => string | undefined): string[] {
  const ring = [start];
  for (let id = next(start); id !== undefined && id !== start; id = next(id)) ring.push(id);
  const first = ring.indexOf([...ring].sort(compareText)[0]!);
  return [...ring.slice(first), ...ring.slice(0, first)];
}

/** `a → b → a`. */
export function formatCycle(ring: readonly string[]): string {
  return [...ring, ring[0]].join(' → ');
}
