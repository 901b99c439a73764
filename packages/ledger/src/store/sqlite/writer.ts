/**
 * Appends on a thread of their own, so that the next records are decided while these are written. The thread is begun when
 * there is much to write, and is not there for an organisation with little to do.
 */
import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../errors.ts';
import type { Lines, Verdict } from './appending.js';

export interface WriterOptions {
  readonly path: string;
  /** Milliseconds to wait for another process's transaction. */
  readonly timeout: number;
  readonly maxPages: number | null;
}

type Answer = 'ready' | Verdict | { readonly error: { readonly message: string; readonly errcode?: number } };

interface Caller {
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (error: Error) => void;
}

export class Writer {
  readonly #worker: Worker;
  readonly #gone: Promise<void>;
  /** Resolves when it can be given something to write, or never will be. */
  readonly started: Promise<void>;
  #ready: () => void = () => {};
  #usable = false;
  #alive = true;
  #caller: Caller | null = null;

  constructor(options: WriterOptions) {
    this.#worker = new Worker(new URL('./writer-thread.js', import.meta.url), { workerData: options, execArgv: [] });
    this.started = new Promise((resolve) => {
      this.#ready = resolve;
    });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => this.#hear(answer));
    let reason = 'it ended';
    this.#worker.on('error', (error) => {
      reason = String(error);
    });
    this.#gone = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#alive = false;
        this.#ready();
        this.#settle()?.reject(lost(reason));
        resolve();
      });
    });
  }

  /** Can it be given something to write? Not yet while it starts, and no more once it is gone. */
  get usable(): boolean {
    return this.#usable && this.#alive;
  }

  /** One at a time. @throws what SQLite throws, with its `errcode`; StoreUnavailable when the thread is lost */
  append(batch: Lines): Promise<Verdict> {
    return new Promise((resolve, reject) => {
      this.#caller = { resolve, reject };
      // Only while somebody waits does it keep the process from ending.
      this.#worker.ref();
      this.#worker.postMessage(batch);
    });
  }

  /** Ends the thread after what it writes; its connection is closed when this resolves. */
  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage(null);
    await this.#gone;
  }

  #hear(answer: Answer): void {
    if (answer === 'ready') {
      this.#usable = true;
      this.#ready();
      return;
    }
    const caller = this.#settle();
    if ('error' in answer) caller?.reject(Object.assign(new Error(answer.error.message), answer.error));
    else caller?.resolve(answer);
  }

  #settle(): Caller | null {
    const caller = this.#caller;
    this.#caller = null;
    if (this.#alive) this.#worker.unref();
    return caller;
  }
}

const lost = (reason: string): StoreUnavailable =>
  new StoreUnavailable(
    'terminal',
    `the thread that writes the ledger is lost (${reason}), and with it whether the last records were written: open the ledger again and compare the head.`,
  );
