/** What the process of `job-main.ts` is told, and what it answers: one backup is taken or checked in it. */
import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type StartCode, StartError } from '../errors.ts';
import type { BackupOptions, Step } from './take.ts';

export type Job =
  | { readonly take: Omit<BackupOptions, 'onProgress'> }
  | { readonly check: { readonly path: string; readonly room: string } };

export interface Progress {
  readonly step: Step;
  readonly done: number;
  readonly of: number | null;
}

export type Answer =
  | { readonly progress: Progress }
  | { readonly done: true }
  | { readonly failed: { readonly code: StartCode | null; readonly message: string; readonly next: string } };

const RUN = fileURLToPath(new URL('../../../../bin/run.js', import.meta.url));
const MAIN = fileURLToPath(new URL('./job-main.ts', import.meta.url));

/**
 * Runs a job in a process of its own, behind everything else on the machine: copying a database and following a chain keep a process busy
 * for as long as they take, and the organisation has to work meanwhile.
 * @returns when it is done. @throws StartError of the job; `corrupt` when the process was lost.
 */
export function runJob(job: Job, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<void> {
  const child = fork(RUN, [MAIN, JSON.stringify(job)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  lower(child);
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  return answered(child, onProgress).finally(() => signal.removeEventListener('abort', stop));
}

function answered(child: ChildProcess, onProgress: (progress: Progress) => void): Promise<void> {
  let said = '';
  let last: Answer | null = null;
  child.stderr?.on('data', (chunk) => (said = `${said}${chunk}`.slice(-2000)));
  child.on('message', (answer: Answer) => {
    if ('progress' in answer) onProgress(answer.progress);
    else last = answer;
  });
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(lost(error.message)));
    child.on('close', () => {
      if (last === null) reject(lost(said.trim().split('\n').at(-1) ?? ''));
      else if ('failed' in last)
        reject(new StartError(last.failed.code ?? 'corrupt', last.failed.message, last.failed.next));
      else resolve();
    });
  });
}

const lost = (why: string): StartError =>
  new StartError('corrupt', `the process that worked on it was lost${why === '' ? '' : `: ${why}`}`, 'try again');

function lower({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, 10);
  } catch {
    // It may have ended already; priority is a kindness, not a need.
  }
}
