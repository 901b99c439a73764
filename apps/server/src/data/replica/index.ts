/** Snapshots of a large state, made on a thread of their own, which reads the same files as the organisation does. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Replica } from '@reeve/runtime';
import type { Files } from './read.ts';

/** What a thread is given: files, up to which record, and where both say how far it is. */
export interface Task extends Files {
  readonly seq: number;
  readonly stage: Int32Array;
}

/** Nothing is open yet. */
export const LOADING = 0;
export const WORKING = 1;
export const STOPPED = 2;

/** Each thread has to be told how TypeScript is run. */
const RUN = new URL('../../../../../bin/run.js', import.meta.url);
const THREAD = fileURLToPath(new URL('./thread.ts', import.meta.url));

/**
 * A thread for each snapshot, gone when it is made: about a second of processor time until it works, and the memory of
 * another state while it does. Only for files: a store in memory cannot be read from elsewhere.
 */
export const threadReplica =
  (files: Files): Replica =>
  (seq, signal) =>
    new Promise((resolve, reject) => {
      const stage = new Int32Array(new SharedArrayBuffer(4));
      const workerData: Task = { ...files, seq, stage };
      const worker = new Worker(RUN, { workerData, argv: [THREAD], execArgv: [] });
      // It must not keep a process alive that is done.
      worker.unref();
      let made: Uint8Array | null = null;
      let problem: unknown = new Error('the thread ended before the snapshot was made');
      // Asked, not terminated: a thread that is torn out of SQLite takes the process with it. What has not opened anything never will.
      const stop = () => {
        if (Atomics.compareExchange(stage, 0, LOADING, STOPPED) === LOADING) reject(problem);
        else Atomics.store(stage, 0, STOPPED);
      };
      signal.addEventListener('abort', stop, { once: true });
      worker.once('message', (bytes: Uint8Array) => {
        made = bytes;
      });
      worker.once('error', (error) => {
        problem = error;
      });
      worker.once('exit', () => {
        signal.removeEventListener('abort', stop);
        if (made === null) reject(problem);
        else resolve(made);
      });
      if (signal.aborted) stop();
    });
