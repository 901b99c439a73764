/**
 * Level-triggered executors: they act on what the state says is due. [RT8] `touch` only says "look again"; a job is taken
 * from `state.operations.jobs` when it is begun, so a restart needs nothing but touching everything once.
 */
import { type CommandKind, type Job, type OperationStatus, type Reply, type State, switchOver } from '@reeve/kernel';
import { type Clock, type RuntimeOptions, Unavailable } from '../port.ts';
import { Halt } from './halt.ts';
import { JOBS, type JobPort, Later } from './jobs.ts';

export interface ExecutorsOptions extends Pick<JobPort, 'clock' | 'executor' | 'tool' | 'peek' | 'settled'> {
  readonly clock: Clock;
  readonly limit: number;
  submit(kind: CommandKind, body: Record<string, unknown>): Promise<Reply>;
  readonly log: NonNullable<RuntimeOptions['log']>;
}

/** An effect under way whose lease has ended: its outcome is found out, or (with nothing to find it out by) a person is asked. */
const LOST: ReadonlySet<OperationStatus> = new Set(['unknown', 'reconciling', 'escalated']);

/** Waits before a job that could not be done is tried again: 100 ms, doubled up to a minute. */
const wait = (tries: number): number => Math.min(60_000, 100 * 2 ** Math.min(tries, 20));

export class Executors {
  readonly #options: ExecutorsOptions;
  readonly #queue = new Set<string>();
  readonly #running = new Map<string, { readonly halt: Halt; readonly job: Job }>();
  readonly #delayed = new Map<string, () => void>();
  readonly #tries = new Map<string, number>();
  #ended = false;

  constructor(options: ExecutorsOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Jobs that wait for a place or for another try. */
  get waiting(): number {
    return this.#queue.size + this.#delayed.size;
  }

  /** An operation may have something to do now. */
  touch(state: State, operation: string): void {
    if (this.#ended) return;
    const job = state.operations.jobs.get(operation);
    const running = this.#running.get(operation);
    if (running !== undefined) {
      const status = state.operations.operations.get(operation)?.status;
      if (running.job === 'execute' && status !== undefined && LOST.has(status)) running.halt.abort();
    } else if (job !== undefined) {
      this.#delayed.get(operation)?.();
      this.#delayed.delete(operation);
      this.#queue.add(operation);
    }
  }

  /** [RT13] A switch was tripped: what only looks is ended too, though it holds no lease. What settles effects goes on. */
  halt(state: State): void {
    for (const [operation, { halt, job }] of this.#running) {
      const op = state.operations.operations.get(operation);
      const looks = job === 'read' || (job === 'execute' && op?.effect === 'read');
      if (op && looks && switchOver(state, op) !== null) halt.abort();
    }
  }

  /** Begin what there is room for. */
  pump(state: State): void {
    for (const operation of this.#queue) {
      if (this.#ended || this.#running.size >= this.#options.limit) return;
      this.#queue.delete(operation);
      const job = state.operations.jobs.get(operation);
      if (job !== undefined) void this.#run(operation, job);
    }
  }

  /** Begin no more; what runs is told to stop. Resolves when it has, or after `grace` milliseconds. */
  async end(grace: number): Promise<void> {
    this.#ended = true;
    this.#queue.clear();
    for (const cancel of this.#delayed.values()) cancel();
    this.#delayed.clear();
    let over = grace <= 0;
    const cancel = this.#options.clock.after(grace, () => {
      over = true;
    });
    while (this.#running.size > 0 && !over) await new Promise<void>((resolve) => this.#options.clock.after(5, resolve));
    cancel();
    for (const { halt } of this.#running.values()) halt.abort();
  }

  async #run(operation: string, job: Job): Promise<void> {
    const halt = new Halt();
    this.#running.set(operation, { halt, job });
    const tries = this.#tries.get(operation) ?? 0;
    const port: JobPort = { ...this.#options, halt };
    let again: number | null = null;
    try {
      await JOBS[job](port, operation, tries);
    } catch (error) {
      again = this.#putOff(operation, job, tries, error);
    }
    this.#running.delete(operation);
    if (again === null) this.#lookAgain(operation, job);
    else this.#delay(operation, again);
  }

  /** How long to wait before the next try, or null when there is to be none. */
  #putOff(operation: string, job: Job, tries: number, error: unknown): number | null {
    if (this.#ended) return null;
    if (error instanceof Unavailable && error.retryAfter === null) return null;
    if (!(error instanceof Later) && !(error instanceof Unavailable))
      this.#options.log('error', `the ${job} of ${operation} failed in Reeve itself`, { error: String(error) });
    this.#tries.set(operation, tries + 1);
    return wait(tries);
  }

  /** The next job of the same operation follows from what was just made durable. The same job again is not hurried. */
  #lookAgain(operation: string, done: Job | null): void {
    if (this.#ended) return;
    try {
      this.#options.peek((state) => {
        if (done !== null) this.#next(state, operation, done);
        this.pump(state);
      });
    } catch {
      // The loop has ended; the next generation touches everything.
    }
  }

  #next(state: State, operation: string, done: Job): void {
    if (state.operations.jobs.get(operation) !== done) {
      this.#tries.delete(operation);
      this.touch(state, operation);
      return;
    }
    const tries = this.#tries.get(operation) ?? 0;
    this.#tries.set(operation, tries + 1);
    if (this.#queue.has(operation)) this.touch(state, operation);
    else this.#delay(operation, wait(tries));
  }

  #delay(operation: string, ms: number): void {
    if (this.#ended) return;
    const cancel = this.#options.clock.after(ms, () => {
      this.#delayed.delete(operation);
      this.#queue.add(operation);
      this.#lookAgain(operation, null);
    });
    this.#delayed.set(operation, cancel);
  }
}
