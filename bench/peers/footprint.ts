/** What a peer takes: memory of its processes and of PostgreSQL's, and disk. Linux. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** Parents by process. */
function parents(): Map<number, number> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(
    pids.map((pid) => [Number(pid), Number(/^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)]),
  );
}

function family(root: number): number[] {
  const tree = parents();
  const within = (pid: number): boolean => pid === root || (tree.has(pid) && within(tree.get(pid)!));
  return [...tree.keys()].filter(within);
}

/** Shared pages count once, as `Pss` divides them; where the kernel does not tell, what is resident. */
function megabytes(pid: number): number {
  const line = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`));
  return Number((line ?? /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)))?.[1] ?? 0) / 1024;
}

/** The process of the PostgreSQL server on that port. */
export const postmaster = (port: number): number | undefined =>
  [...parents().keys()].find((pid) => {
    const words = read(`/proc/${pid}/cmdline`).split('\0');
    return words[0]?.endsWith('/postgres') && words.includes(`port=${port}`);
  });

/** Megabytes of these processes and all they started. */
export const memoryOf = (roots: readonly number[]): number =>
  roots.flatMap(family).reduce((sum, pid) => sum + megabytes(pid), 0);

/** Megabytes of the files in a folder, as they are allocated. */
export function diskOf(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const blocks = entries.map(
    (entry) => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.blocks,
  );
  return blocks.reduce<number>((sum, some) => sum + ((some ?? 0) * 512) / 1e6, 0);
}
