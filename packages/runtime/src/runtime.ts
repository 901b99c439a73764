/** A running organisation: acquires the ledger, recovers, runs a generation, and starts another one when that one fails. */
import { randomUUID } from 'node:crypto';
import { type Actor, type Reply, type State, step, tick, useSha256 } from '@reeve/kernel';
import { Deposed, forgetCustomers, StoreCorrupt, sha256Node } from '@reeve/ledger';
import { systemClock } from './clock.ts';
import { Each } from './each.ts';
import { Generation } from './generation.ts';
import { LeaseKeeper, LeaseLapsed } from './lease.ts';
import { customerOf } from './past.ts';
import {
  type LeaseTimes,
  type Limits,
  type Published,
  type Runtime,
  type RuntimeHealth,
  type RuntimeOptions,
  type RuntimeStatus,
  type Submission,
  type SubscribeOptions,
  Unavailable,
} from './port.ts';
import { halfForgotten, isWhole, type ReadRecord, type Recovered, recordReader, recover } from './recover.ts';

export const DEFAULT_LIMITS: Limits = {
  queue: 10_000,
  batch: 512,
  executors: 64,
  runs: 64,
  parkAfter: 2000,
  snapshotEvery: 50_000,
};

const LEASE: LeaseTimes = { ttl: 15_000, renew: 5_000 };
/** Waits between attempts to recover, in milliseconds, and failures in a row after which a person must look. */
const RECOVERY = { first: 200, most: 10_000, attempts: 400 } as const;

const WITHOUT_KEYS = {
  code: 'conflict',
  message: 'nothing is sealed here, so nobody can be forgotten',
  hint: 'start the organisation with keys',
} as const;

const stopped = (): Unavailable => new Unavailable('stopped', 'the organisation is stopped', 'start it again', null);
const recovering = (why: string): Unavailable =>
  new Unavailable('recovering', why, 'send the same command again under the same id', 500);

class Organisation implements Runtime {
  readonly #options: Required<Omit<RuntimeOptions, 'occupants' | 'limits' | 'keys' | 'replica'>> & {
    readonly limits: Limits;
    readonly keys: RuntimeOptions['keys'];
    readonly occupants: RuntimeOptions['occupants'];
    readonly replica: RuntimeOptions['replica'];
  };
  readonly recordOf: ReadRecord;
  #generation: Generation | null = null;
  #status: RuntimeStatus = 'starting';
  #reason: string | null = null;
  readonly #lease: LeaseKeeper;
  #failures = 0;
  #stopping = false;
  #recovery: Promise<void> = Promise.resolve();
  /** Names of customers who are to be forgotten, until their keys are gone. */
  #doomed: readonly string[] = [];

  constructor(options: RuntimeOptions) {
    this.#options = {
      clock: systemClock,
      kernel: { step, tick },
      entropy: randomUUID,
      holder: 'local',
      lease: LEASE,
      log: () => {},
      ...options,
      occupants: options.occupants,
      keys: options.keys,
      replica: options.replica,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
    };
    this.recordOf = recordReader(options.keys);
    const { store, clock, holder, lease: times, log } = this.#options;
    this.#lease = new LeaseKeeper({
      ...{ lease: store.lease, clock, holder, times, log },
      lost: (error) => this.#generation && this.#failed(this.#generation, error),
    });
  }

  get org(): string {
    return this.#options.org;
  }

  async open(): Promise<void> {
    await this.#begin().catch((error: unknown) => {
      this.#lease.stop();
      throw error;
    });
  }

  submit(command: Submission): Promise<Reply> {
    const generation = this.#generation;
    return generation ? generation.loop.submit(command) : Promise.reject(this.#unavailable());
  }

  async read<T>(view: (state: State) => T): Promise<T> {
    const generation = this.#generation;
    if (!generation) throw this.#unavailable();
    return generation.loop.read(view);
  }

  wake(seat: string): void {
    this.#generation?.wake(seat);
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<Published> {
    return new Each(this.#pages(options), options.signal);
  }

  async *#pages(options: SubscribeOptions): AsyncGenerator<readonly Published[], void, undefined> {
    let after = options.after ?? (await this.read((state) => state.seq));
    while (!options.signal?.aborted) {
      const generation = this.#generation;
      if (generation) {
        for await (const page of generation.feed.pages({ ...options, after })) {
          after = page.at(-1)?.record.seq ?? after;
          yield page;
        }
      }
      if (this.#status === 'stopped' || this.#status === 'deposed') return;
      // A new generation goes on where the old one ended.
      if (generation === this.#generation) await this.#pause(50);
    }
  }

  health(): RuntimeHealth {
    const generation = this.#generation;
    return {
      status: this.#status,
      reason: this.#reason,
      tools: generation?.toolsProblem ?? null,
      seq: generation?.loop.head.seq ?? 0,
      queued: generation?.loop.queued ?? 0,
      executing: generation?.executors.running ?? 0,
      waitingJobs: generation?.executors.waiting ?? 0,
      activeRuns: generation?.pool?.active ?? 0,
    };
  }

  async idle(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      const { queued, executing, waitingJobs, activeRuns } = this.health();
      const { loop, opening } = this.#generation ?? { loop: null, opening: false };
      const busy = queued + executing + waitingJobs + activeRuns > 0 || loop?.busy === true || opening;
      quiet = busy || this.#status === 'recovering' ? 0 : quiet + 1;
      await this.#pause(busy ? 5 : 1);
    }
  }

  async stop(grace = 5000): Promise<void> {
    if (this.#status === 'stopped') return;
    this.#stopping = true;
    await this.#recovery;
    const generation = this.#generation;
    if (generation) {
      await generation.end(stopped(), grace).catch(() => {});
      this.#generation = null;
    }
    this.#become('stopped', 'stopped on request');
    await this.#lease.release();
    await this.#options.tools.close();
  }

  async #begin(): Promise<void> {
    const epoch = await this.#lease.acquire();
    const recovered = await this.#recover();
    const generation = new Generation({
      ...this.#options,
      ...{ recovered, epoch },
      onFailure: (error) => this.#failed(generation, error),
      onForgotten: (customers) => this.#forgotten(generation, customers),
    });
    await generation.begin();
    await generation.loop.read(() => undefined);
    // Lost while the ledger was read: nobody must be answered from it.
    if (!this.#lease.held)
      throw await generation.end(recovering('the lease was lost'), 0).then(() => new LeaseLapsed());
    this.#generation = generation;
    this.#become('running', null);
  }

  /** The state without those who are to be forgotten, also when a crash came between the record and the key. */
  async #recover(): Promise<Recovered> {
    const { store, org, keys } = this.#options;
    const recovered = await recover(store, org, keys);
    const left = keys ? await halfForgotten(recovered, store, keys) : null;
    if (!keys || (left === null && this.#doomed.length === 0)) return recovered;
    const nobody = left?.length === 0 && this.#doomed.length === 0;
    await forgetCustomers({ customers: this.#doomed, keys: left ?? [] }, { keys, snapshot: store.snapshot });
    this.#doomed = [];
    return nobody && isWhole(recovered) ? recovered : recover(store, org, keys);
  }

  async forget(command: { id: string; actor: Actor; case: string; reason: string }): Promise<Reply> {
    const { id, actor, reason } = command;
    if (!this.#options.keys) return { ok: false, rejection: WITHOUT_KEYS };
    const body = { case: await this.#caseInMemory(command.case), reason };
    const reply = await this.submit({ id, actor, kind: 'customer.forget', body });
    if (reply.ok) await this.#recovery;
    return reply;
  }

  /** [RT14] The state still holds what he wrote: it is thrown away, and the next one is read without his keys. */
  #forgotten(generation: Generation, customers: readonly string[]): void {
    if (generation !== this.#generation || this.#stopping) return;
    this.#doomed = [...this.#doomed, ...customers];
    this.#generation = null;
    this.#become('recovering', 'a customer is being forgotten');
    this.#recovery = this.#recoverFrom(generation, 'a customer is being forgotten');
  }

  /**
   * [RT30] The kernel knows no more whose an archived case was: another case of the same customer stands for it, so that
   * nobody is forgotten in whose name something is under way.
   */
  async #caseInMemory(id: string): Promise<string> {
    if (await this.read((state) => state.cases.cases.has(id))) return id;
    const customer = await customerOf(this.#options.store, this.recordOf, id);
    const other = await this.read((state) => [...state.cases.cases.values()].find((c) => c.customer === customer)?.id);
    return other ?? id;
  }

  /** [RT3] Stop, and load again what is durable. Some failures are not for a machine to get over. */
  #failed(generation: Generation, error: unknown): void {
    if (generation !== this.#generation) return;
    this.#generation = null;
    const message = error instanceof Error ? error.message : String(error);
    this.#options.log('error', 'the organisation stopped to recover', { error: message });
    if (error instanceof Deposed || error instanceof StoreCorrupt) {
      this.#depose(message);
      void generation.end(this.#unavailable(), 0);
      return;
    }
    this.#become('recovering', message);
    this.#recovery = this.#recoverFrom(generation, message);
  }

  async #recoverFrom(generation: Generation, why: string): Promise<void> {
    const before = generation.loop.head.seq;
    await generation.end(recovering(why), 0);
    while (!this.#stopping) {
      this.#failures += 1;
      if (this.#failures > RECOVERY.attempts) {
        this.#become('stopped', `recovery was given up after ${RECOVERY.attempts} attempts: ${this.#reason}`);
        return;
      }
      await this.#pause(Math.min(RECOVERY.most, RECOVERY.first * 2 ** (this.#failures - 1)));
      try {
        await this.#begin();
        if ((this.#generation?.loop.head.seq ?? 0) > before) this.#failures = 0;
        return;
      } catch (error) {
        this.#generation = null;
        // [RT41] Somebody else took over meanwhile: he is the one to ask, and is left alone.
        if (error instanceof Unavailable && error.reason === 'deposed') return this.#depose(error.message);
        this.#become('recovering', error instanceof Error ? error.message : String(error));
      }
    }
  }

  #depose(why: string): void {
    this.#lease.stop();
    this.#become('deposed', why);
  }

  #become(status: RuntimeStatus, reason: string | null): void {
    this.#status = status;
    this.#reason = reason;
  }

  #unavailable(): Unavailable {
    if (this.#status === 'deposed')
      return new Unavailable(
        'deposed',
        this.#reason ?? 'another process owns the ledger',
        'send the same command again under the same id: to that one, or here, where it may be passed on',
        500,
      );
    return this.#status === 'stopped' ? stopped() : recovering(this.#reason ?? 'the organisation is starting');
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(ms, resolve));
  }
}

/**
 * Start an organisation on its ledger. Resolves when it takes commands.
 * @throws Unavailable when another process owns the ledger; StoreCorrupt and others of the store when it cannot be read.
 */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  useSha256(sha256Node);
  const organisation = new Organisation(options);
  await organisation.open();
  return organisation;
}
