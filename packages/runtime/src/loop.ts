/**
 * The only place where the organisation changes: decide a batch, append it in one transaction, then answer and publish.
 *
 * [RT1] Callers are answered, and effects begin, only after their records are durable.
 * [RT2] One transaction at a time. While it is written, what arrives is decided already, on a state that runs ahead of what
 *       is durable; all of that goes into the next transaction together (group commit).
 * [RT3] If an append fails or the kernel breaks an invariant, nothing that is not durable is kept: the loop ends and hands
 *       over to recovery. Every waiting caller hears that his command may be sent again under the same id.
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

/**
 * [RT37] Commands decided at a stretch. Whoever writes gets them while the next are decided; with all that wait decided at once,
 * one half would always wait for the other.
 */
const AT_ONCE = 24;

const forgets = ({ kind }: KernelRecord): boolean => kind === 'customer.forgotten';

interface Waiting {
  readonly command: Submission;
  /** Answered when it is decided, durable or not. */
  readonly early: boolean;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Unavailable) => void;
}

/** Somebody who hears nothing before all that he depends on is durable. */
interface Caller {
  readonly settle: () => void;
  readonly reject: (error: Unavailable) => void;
}

/** Decided, and not durable yet. */
interface Decided {
  readonly records: readonly KernelRecord[];
  /** The same records as they go to the ledger, sealed onto all that was decided before. */
  readonly sealed: Promise<readonly SealedRecord[]>;
  readonly callers: Caller[];
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
  /** What was just decided, which is not durable yet: what follows from it may be submitted, and goes into the same transaction. */
  readonly onDecided?: (records: readonly KernelRecord[]) => void;
  /** After every durable batch, before anybody is answered. */
  readonly onDurable: (published: readonly Published[]) => void;
  /** How long a write took, milliseconds. */
  readonly onWritten?: (ms: number) => void;
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
  /** The hash of the last record that is decided, durable or not. */
  #sealing: Promise<string>;
  #queue: Waiting[] = [];
  #taken = 0;
  #scheduled = false;
  /** Decided, waits for the transaction before it. At most `limits.batch` callers, so that the state never runs far ahead. */
  #decided: Decided[] = [];
  /** Being written. */
  #flight: Decided[] = [];
  #writing: Promise<void> | null = null;
  /** Views that wait for the loop to be at rest; nothing is decided meanwhile. */
  #readers = 0;
  /** [RT14] Somebody is to be forgotten: nothing more is decided on a state that holds his words, or sealed under his key. */
  #parted: Unavailable | null = null;
  #ended: Unavailable | null = null;
  #failed = false;
  #alarm: { at: number; cancel: () => void } | null = null;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#head = options.head;
    this.#sealing = Promise.resolve(options.head.hash);
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
    return this.#scheduled || this.#ahead || this.queued > 0;
  }

  /** @returns the answer, once what it says is durable */
  submit(command: Submission): Promise<Reply> {
    return this.#enqueue(command, false);
  }

  /**
   * For those who work on the state as it is decided (see `peek`).
   * @returns the answer as soon as it is decided: it holds from `settled` on, or the loop ends
   */
  decide(command: Submission): Promise<Reply> {
    return this.#enqueue(command, true);
  }

  #enqueue(command: Submission, early: boolean): Promise<Reply> {
    const refused = this.#ended ?? this.#parted;
    if (refused) return Promise.reject(refused);
    const { queue } = this.#options.limits;
    if (this.queued >= queue) {
      const why = `${queue} commands are waiting already`;
      return Promise.reject(new Unavailable('overloaded', why, 'send fewer at once and try again shortly', 100));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ command, early, resolve, reject });
      this.#schedule();
    });
  }

  /** Look at the state when nothing is between decided and durable. */
  async read<T>(view: (state: State) => T): Promise<T> {
    if (this.#ahead) await this.#rest();
    if (this.#ended) throw this.#ended;
    return view(this.#options.state);
  }

  /**
   * Look at the state as it is decided, which may be ahead of what is durable: nothing that is seen may be told to anybody, or
   * acted upon outside, before `settled`, or before the answer to a command submitted afterwards.
   * @throws Unavailable when the loop has ended
   */
  peek<T>(view: (state: State) => T): T {
    if (this.#ended) throw this.#ended;
    return view(this.#options.state);
  }

  /** Resolves when all that is decided by now is durable. @throws Unavailable when it never will be */
  settled(): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended);
    const latest = this.#decided.at(-1) ?? this.#flight.at(-1);
    if (!latest) return Promise.resolve();
    return new Promise((settle, reject) => latest.callers.push({ settle, reject }));
  }

  /** Take no more; what is not being written is refused with `reason`. Resolves when what is being written is through. */
  async end(reason: Unavailable): Promise<void> {
    this.#close(reason);
    await this.#writing;
  }

  #close(reason: Unavailable): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#alarm?.cancel();
    this.#refuseQueue(reason);
    for (const { callers } of this.#decided.splice(0)) for (const caller of callers) caller.reject(reason);
  }

  #refuseQueue(reason: Unavailable): void {
    const left = this.#queue.slice(this.#taken);
    this.#queue = [];
    this.#taken = 0;
    for (const waiting of left) waiting.reject(reason);
  }

  /** Is the state ahead of what is durable? */
  get #ahead(): boolean {
    return this.#writing !== null || this.#decided.length > 0;
  }

  /** Nothing more is decided until all that is decided is durable. */
  async #rest(): Promise<void> {
    this.#readers += 1;
    while (this.#ahead) await (this.#writing ?? this.#beginWriting());
    this.#readers -= 1;
    if (this.#readers === 0) this.#goOn();
  }

  #schedule(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    this.#options.clock.soon(() => {
      this.#scheduled = false;
      if (this.#room > 0) this.#turn();
      else if (this.#decided.length > 0 && !this.#writing) void this.#beginWriting();
    });
  }

  /** After something made room, or gave the loop free again. */
  #goOn(): void {
    this.#setAlarm();
    if (this.queued > 0) this.#schedule();
  }

  /** How many commands may be decided now. */
  get #room(): number {
    if (this.#ended || this.#parted || this.#readers > 0) return 0;
    return this.#options.limits.batch - this.#waiting;
  }

  /** Callers of what is decided and not being written yet. */
  get #waiting(): number {
    return this.#decided.reduce((sum, { callers }) => sum + callers.length, 0);
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
    const end = Math.min(this.#queue.length, this.#taken + Math.min(this.#room, AT_ONCE));
    const batch = this.#queue.slice(this.#taken, end);
    this.#taken = end;
    if (this.#taken === this.#queue.length) {
      this.#queue = [];
      this.#taken = 0;
    }
    return batch;
  }

  #turn(): void {
    const batch = this.#take();
    try {
      const decided = this.#decide(batch);
      if (decided.records.length > 0 || batch.length > 0) this.#decided.push(decided);
      this.#options.onDecided?.(decided.records);
    } catch (error) {
      this.#fail(error, batch);
      return;
    }
    if (this.#writing || this.#decided.length === 0) this.#goOn();
    else if (this.#waiting < AT_ONCE && this.#isFollowed(batch)) this.#schedule();
    else void this.#beginWriting();
  }

  /** [RT38] Does more come at once? What comes from outside is not waited for: it is decided while this is written. */
  #isFollowed(batch: readonly Waiting[]): boolean {
    return this.queued > 0 || batch.some(({ early }) => early);
  }

  #beginWriting(): Promise<void> {
    this.#writing = this.#write().finally(() => {
      this.#writing = null;
      this.#goOn();
    });
    this.#goOn();
    return this.#writing;
  }

  /** One transaction after another, each of all that is decided by then. */
  async #write(): Promise<void> {
    while (this.#decided.length > 0) {
      this.#flight = this.#decided.splice(0);
      try {
        const published = await this.#append(this.#flight);
        if (published.length > 0 && this.#flight.length > 0) this.#options.onDurable(published);
      } catch (error) {
        this.#fail(error, []);
        return;
      }
      for (const { callers } of this.#flight.splice(0)) for (const { settle } of callers) settle();
      this.#goOn();
    }
  }

  /** Nothing that is not durable is kept; what is being written may become so, which its callers hear when they ask again. */
  #fail(error: unknown, batch: readonly Waiting[]): void {
    if (this.#failed) return;
    this.#failed = true;
    const bug = error instanceof Bug ? error : null;
    const reason = retry(bug ? bug.message : `the ledger could not be written: ${(error as Error).message}`);
    for (const { callers } of this.#flight.splice(0)) for (const caller of callers) caller.reject(reason);
    for (const waiting of batch) waiting.reject(bug?.command === waiting.command ? failed(bug) : reason);
    this.#close(reason);
    this.#options.onFailure(error);
  }

  #decide(batch: readonly Waiting[]): Decided {
    const { state, clock, entropy, kernel } = this.#options;
    const inputs: Inputs = { now: clock.now(), entropy: entropy() };
    const records: KernelRecord[] = [];
    const due = nextDue(state);
    if (due !== null && due <= inputs.now) records.push(...kernel.tick(state, inputs));
    const callers: Caller[] = [];
    for (const { command, early, resolve, reject } of batch) {
      if (this.#parted) {
        reject(this.#parted);
        continue;
      }
      const { reply, records: more } = this.#step(command, { now: inputs.now, entropy: entropy() });
      for (const record of more) records.push(record);
      if (early) resolve(reply);
      callers.push({ settle: () => resolve(reply), reject });
      if (this.#options.keys && more.some(forgets)) this.#part();
    }
    return { records, sealed: this.#seal(records), callers };
  }

  #part(): void {
    this.#parted = retry('a customer is being forgotten');
    this.#refuseQueue(this.#parted);
  }

  /** While what was decided before is written: then the next transaction need not wait for it. */
  #seal(records: readonly KernelRecord[]): Promise<readonly SealedRecord[]> {
    const sealed = Promise.all([this.#sealing, this.#protect(records)]).then(([hash, sealable]) =>
      seal(hash, sealable),
    );
    this.#sealing = Promise.all([this.#sealing, sealed]).then(([hash, all]) => all.at(-1)?.hash ?? hash);
    // Whoever appends them hears of it; until then it is nobody's unhandled error.
    this.#sealing.catch(() => {});
    return sealed;
  }

  /**
   * [RT14] What is personal goes to the ledger sealed under its customer's key, which is durable before. Whose it is is looked
   * up at once: a later batch may archive the case.
   */
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

  async #append(decided: readonly Decided[]): Promise<Published[]> {
    const records = decided.flatMap((one) => one.records);
    if (records.length === 0) return [];
    const sealed = (await Promise.all(decided.map((one) => one.sealed))).flat();
    const { clock, onWritten } = this.#options;
    const began = clock.now();
    await this.#options.store.append(this.#head, this.#options.epoch, sealed);
    // Who ends has no use for it, and a state that has ended is not looked at.
    if (!this.#ended) onWritten?.(clock.now() - began);
    this.#head = headOf(sealed, this.#head);
    return records.map((record, i) => ({ record, sealed: sealed[i]! }));
  }
}
