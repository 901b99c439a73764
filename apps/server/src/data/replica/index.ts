/** Snapshots of a large state, made on a thread of their own, which reads the same files as the organisation does. */
import { Worker } from 'node:worker_threads';
import type { Replica } from '@reeve/runtime';
import type { Files } from './read.ts';

/** Each thread has to be told how TypeScript is loaded. */
const TYPESCRIPT = new URL('../../../../../bin/typescript.js', import.meta.url).href;

/**
 * A thread for each snapshot, gone when it is made: about a second of processor time until it works, and the memory of
 * another state while it does. Only for files: a store in memory cannot be read from elsewhere.
 */
export const threadReplica =
  (files: Files): Replica =>
  (seq, signal) =>
    new Promise((resolve, reject) => {
      const url = new URL('./thread.ts', import.meta.url);
      const worker = new Worker(url, { workerData: { ...files, seq }, execArgv: ['--import', TYPESCRIPT] });
      // It must not keep a process alive that is done; nor may its keys outlive what was asked of it.
      worker.unref();
      const stop = () => void worker.terminate();
      signal.addEventListener('abort', stop, { once: true });
      let made: Uint8Array | null = null;
      let problem: unknown = new Error('the thread ended before the snapshot was made');
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
