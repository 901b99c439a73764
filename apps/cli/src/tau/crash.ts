/** The same replay by a child process on SQLite that is killed (`SIGKILL`) again and again at random moments. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Task } from './data.ts';
import { randomFrom } from './random.ts';
import type { TaskResult } from './replay.ts';

/** What the child says when it begins to work; loading takes most of its life and is not worth a kill. */
export const READY = 'ready';
const RUN = fileURLToPath(new URL('../../../../bin/run.js', import.meta.url));
const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url));
/** Latest moment of a kill after the child began to work, in milliseconds: a few tasks. */
const LATEST = 350;

export interface CrashResult {
  readonly results: TaskResult[];
  /** Kills that hit a living child; fewer than asked for when the work was done before. */
  readonly kills: number;
}

/** Where the child works on the task at `index` (its id may be no file name), and what it leaves there when it is done. */
export const taskFolder = (base: string, index: number): string => join(base, `task-${index}`);
export const resultFile = (folder: string): string => join(folder, 'result.json');

/** [TAU5] Replay the tasks of `data` with `kills` kills whose moments follow from `seed`. */
export async function replayWithCrashes(
  data: string,
  tasks: readonly Task[],
  { kills, seed }: { kills: number; seed: number },
): Promise<CrashResult> {
  const base = mkdtempSync(join(tmpdir(), 'reeve-tau-crash-'));
  try {
    const random = randomFrom(seed);
    let hits = 0;
    while (hits < kills && !allDone(base, tasks)) if (await killed(data, base, random() * LATEST)) hits += 1;
    if (!allDone(base, tasks)) await killed(data, base, Number.POSITIVE_INFINITY);
    return { results: tasks.map((_, i) => resultOf(base, i)), kills: hits };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

const allDone = (base: string, tasks: readonly Task[]): boolean =>
  tasks.every((_, i) => existsSync(resultFile(taskFolder(base, i))));

const resultOf = (base: string, index: number): TaskResult =>
  JSON.parse(readFileSync(resultFile(taskFolder(base, index)), 'utf8'));

/** Run the child until it ends or is killed, `delay` ms after it began to work. True when it was killed. */
async function killed(data: string, base: string, delay: number): Promise<boolean> {
  const args = [RUN, CHILD, data, base];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk;
  });
  const timer = killLater(child, delay);
  const signal = await new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.on('close', (code, by) => resolve(by ?? code)),
  );
  clearTimeout(timer());
  if (signal === 'SIGKILL' || signal === 0) return signal === 'SIGKILL';
  throw new Error(`the child of the crash replay ended with ${signal}: ${complaint.trim()}`);
}

function killLater(child: ChildProcess, delay: number): () => NodeJS.Timeout | undefined {
  let timer: NodeJS.Timeout | undefined;
  child.stdout?.on('data', (chunk: Buffer) => {
    if (String(chunk).includes(READY) && Number.isFinite(delay)) timer = setTimeout(() => child.kill('SIGKILL'), delay);
  });
  return () => timer;
}
