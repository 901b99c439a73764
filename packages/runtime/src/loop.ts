/**
 * The only place where the organisation changes: decide a batch, append it in one transaction, then answer and publish.
 *
 * [RT1] Callers are answered, and effects begin, only after their records are durable.
 * [RT2] One batch at a time; what arrives meanwhile is decided together next (group commit).
 * [RT3] If an append fails or the kernel breaks an invariant, nothing of the batch is kept: the loop ends and hands over
 *       to recovery. Every waiting caller hears that his command may be sent again under the same id.
 */
import {
  type CommandEnvelope,
  type Inputs,
  type KernelRecord,
  nextDue,
  type Reply,
  type State,
  type StepResult,
} from '@reeve/kernel';
import { type Head, headOf, type KeyStore, protectAll, type SealedRecord, type Store, seal } from '@reeve/ledger';
import { type Clock, type Kernel, type Limits, type Published, type Submission, Unavailable } from './port.ts';

interface Waiting {
  readonly command: Submission;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Unavailable) => void;
}

export interface LoopOptions {
  readonly state: State;
  readonly head: Head;
  readonly epoch: number;
  readonly store: Store;
  readonly keys: KeyStore | undefined;
  readonly clock: Clock;
  readonly kernel: Kernel;
  readonly entropy: () => string;
  readonly limits: Pick<Limits, 'queue' | 'batch'>;
  /** After every durable batch, before anybody is answered. */
  readonly onDurable: (published: readonly Published[]) => void;
  /** Once, when the loop can not go on. */
  readonly onFailure: (error: unknown) => void;
}

/** A broken invariant in the kernel, with the command that met it. */
class Bug extends Error {
  readonly command: Submission;
  constructor(command: Submission, cause: unknown) {
    super(`a bug in Reeve: "${command.kind}" broke an invariant: ${(cause as Error).message}`, { cause });
    this.name = 'Bug';
    this.command = command;
  }
}

const failed = (bug: Bug): Unavailable =>
  new Unavailable('failed', bug.message, 'nothing was changed; report it with the log of the server', null);

const retry = (why: string): Unavailable =>
  new Unavailable('recovering', why, 'send the same command again under the same id', 250);

export class Loop {
  readonly #options: LoopOptions;
  #head: Head;
  #queue: Waiting[] = [];
  #taken = 0;
  #scheduled = false;
  #flight: Promise<void> | null = null;
  #ended: Unavailable | null = null;
  #alarm: { at: number; cancel: () => void } | null = null;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#head = options.head;
    this.#setAlarm();
  }

  get head(): Head {
    return this.#head;
  }

  /** Commands that wait. */
  get queued(): number {
    return this.#queue.length - this.#taken;
  }

  get busy(): boolean {
    return this.#scheduled || this.#flight !== null || this.queued > 0;
  }

  submit(command: Submission): Promise<Reply> {
    if (this.#ended) return Promise.reject(this.#ended);
    const { queue } = this.#options.limits;
    if (this.queued >= queue) {
      const why = `${queue} commands are waiting already`;
      return Promise.reject(new Unavailable('overloaded', why, 'send fewer at once and try again shortly', 100));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ command, resolve, reject });
      this.#schedule();
    });
  }

  /** Look at the state when nothing is between decided and durable. */
  async read<T>(view: (state: State) => T): Promise<T> {
    while (this.#flight !== null) await this.#flight;
    if (this.#ended) throw this.#ended;
    return view(this.#options.state);
  }

  /** Take no more; what waits is refused with `reason`. Resolves when the batch in the works is through. */
  async end(reason: Unavailable): Promise<void> {
    this.#close(reason);
    await this.#flight;
  }

  #close(reason: Unavailable): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#alarm?.cancel();
    const left = this.#queue.slice(this.#taken);
    this.#queue = [];
    this.#taken = 0;
    for (const waiting of left) waiting.reject(reason);
  }

  #schedule(): void {
    if (this.#scheduled || this.#flight !== null || this.#ended) return;
    this.#scheduled = true;
    this.#options.clock.soon(() => {
      this.#scheduled = false;
      if (this.#flight !== null || this.#ended) return;
      this.#flight = this.#turn().finally(() => {
        this.#flight = null;
        this.#setAlarm();
        if (this.queued > 0) this.#schedule();
      });
    });
  }

  /** Wake when the next timer is due. */
  #setAlarm(): void {
    if (this.#ended) return;
    const due = nextDue(this.#options.state);
    if (due === this.#alarm?.at) return;
    this.#alarm?.cancel();
    this.#alarm = null;
    if (due === null) return;
    const cancel = this.#options.clock.after(due - this.#options.clock.now(), () => {
      this.#alarm = null;
      this.#schedule();
    });
    this.#alarm = { at: due, cancel };
  }

  #take(): Waiting[] {
    const end = Math.min(this.#queue.length, this.#taken + this.#options.limits.batch);
    const batch = this.#queue.slice(this.#taken, end);
    this.#taken = end;
    if (this.#taken === this.#queue.length) {
      this.#queue = [];
      this.#taken = 0;
    }
    return batch;
  }

  async #turn(): Promise<void> {
    const batch = this.#take();
    try {
      const { records, replies } = this.#decide(batch);
      const published = await this.#append(records);
      if (published.length > 0) this.#options.onDurable(published);
      batch.forEach((waiting, i) => {
        waiting.resolve(replies[i]!);
      });
    } catch (error) {
      const bug = error instanceof Bug ? error : null;
      const reason = retry(bug ? bug.message : `the ledger could not be written: ${(error as Error).message}`);
      for (const waiting of batch) waiting.reject(bug?.command === waiting.command ? failed(bug) : reason);
      this.#close(reason);
      this.#options.onFailure(error);
    }
  }

  #decide(batch: readonly Waiting[]): { records: KernelRecord[]; replies: Reply[] } {
    const { state, clock, entropy, kernel } = this.#options;
    const inputs: Inputs = { now: clock.now(), entropy: entropy() };
    const records: KernelRecord[] = [];
    const due = nextDue(state);
    if (due !== null && due <= inputs.now) records.push(...kernel.tick(state, inputs));
    const replies = batch.map(({ command }) => {
      const result = this.#step(command, { now: inputs.now, entropy: entropy() });
      for (const record of result.records) records.push(record);
      return result.reply;
    });
    return { records, replies };
  }

  /** [RT14] What is personal goes to the ledger sealed under its customer's key, which is durable before. */
  async #protect(records: readonly KernelRecord[]): Promise<readonly KernelRecord[]> {
    const { keys, state } = this.#options;
    return keys ? protectAll(records, (id) => state.cases.cases.get(id)?.customer, keys) : records;
  }

  #step(command: Submission, inputs: Inputs): StepResult {
    try {
      return this.#options.kernel.step(this.#options.state, command as CommandEnvelope, inputs);
    } catch (error) {
      throw new Bug(command, error);
    }
  }

  async #append(records: readonly KernelRecord[]): Promise<Published[]> {
    if (records.length === 0) return [];
    const sealed: SealedRecord[] = seal(this.#head.hash, await this.#protect(records));
    await this.#options.store.append(this.#head, this.#options.epoch, sealed);
    this.#head = headOf(sealed, this.#head);
    return records.map((record, i) => ({ record, sealed: sealed[i]! }));
  }
}
