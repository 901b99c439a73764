/** Files of a package that import each other in a ring: which is read first then decides what is there, and neither stands alone. */
import { posix } from 'node:path';
import type { Facts } from './facts.ts';
import { type Problem, problem } from './problem.ts';
import { homeOf } from './repo.ts';

type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * Rings of files, each once, with a way round. What is imported as a type is erased, and what is loaded when it is asked for finds
 * the others there: they close none.
 */
export function cycleProblems(all: readonly Facts[]): Problem[] {
  const graph = graphOf(all);
  return ringsOf(graph).map(([first]) =>
    problem(first!, 1, `imports itself: ${wayRound(graph, first!)}. Move what both need to a file of its own.`),
  );
}

function graphOf(all: readonly Facts[]): Graph {
  const paths = new Set(all.map(({ path }) => path));
  const target = (path: string, specifier: string) => posix.join(posix.dirname(path), specifier);
  return new Map(
    all.map(({ path, imports }) => [
      path,
      imports
        .filter(({ specifier, typeOnly, lazy }) => specifier.startsWith('.') && !typeOnly && !lazy)
        .map(({ specifier }) => target(path, specifier))
        .filter((other) => paths.has(other) && homeOf(other) === homeOf(path)),
    ]),
  );
}

/** Files that lead to each other, in groups of more than one (Tarjan's strongly connected components). */
function ringsOf(graph: Graph): string[][] {
  const rings: string[][] = [];
  const low = new Map<string, number>();
  const open: string[] = [];
  const visit = (path: string): number => {
    const order = low.size;
    low.set(path, order);
    open.push(path);
    let least = order;
    for (const to of graph.get(path) ?? [])
      if (!low.has(to)) least = Math.min(least, visit(to));
      else if (open.includes(to)) least = Math.min(least, low.get(to)!);
    low.set(path, least);
    if (least === order) {
      const ring = open.splice(open.indexOf(path));
      if (ring.length > 1) rings.push(ring.sort());
    }
    return least;
  };
  for (const path of graph.keys()) if (!low.has(path)) visit(path);
  return rings;
}

/** The shortest way from the first file of a ring back to it. */
function wayRound(graph: Graph, first: string): string {
  const from = new Map<string, string>();
  const queue = [first];
  for (const at of queue)
    for (const to of graph.get(at) ?? [])
      if (!from.has(to)) {
        from.set(to, at);
        queue.push(to);
      }
  const way = [first];
  for (let at = from.get(first)!; at !== first; at = from.get(at)!) way.unshift(at);
  return [first, ...way].join(' → ');
}
