/** A running organisation: acquires the ledger, recovers, runs a generation, and starts another one when that one fails. */
import { randomUUID } from 'node:crypto';
import type { Actor, Reply, State } from '@reeve/kernel';
import { Deposed, forgetCustomer, StoreCorrupt } from '@reeve/ledger';
import { systemClock } from './clock.ts';
import { Generation } from './generation.ts';
import { customerOf } from './past.ts';
import {
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
import { halfForgotten, type ReadRecord, type Recovered, recordReader, recover } from './recover.ts';

export const DEFAULT_LIMITS: Limits = {
  queue: 10_000,
  batch: 512,
  executors: 64,
  runs: 64,
  parkAfter: 2000,
  snapshotEvery: 50_000,
};

/** The lease on the ledger, and how often it is renewed, in milliseconds. */
const LEASE = { ttl: 15_000, renew: 5_000 } as const;
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
  readonly #options: Required<Omit<RuntimeOptions, 'occupants' | 'limits' | 'keys'>> & {
    readonly limits: Limits;
    readonly keys: RuntimeOptions['keys'];
    readonly occupants: RuntimeOptions['occupants'];
  };
  readonly recordOf: ReadRecord;
  #generation: Generation | null = null;
  #status: RuntimeStatus = 'starting';
  #reason: string | null = null;
  #epoch = 0;
  #failures = 0;
  #cancelRenewal: () => void = () => {};
  #recovery: Promise<void> = Promise.resolve();

  constructor(options: RuntimeOptions) {
    this.#options = {
      clock: systemClock,
      entropy: randomUUID,
      holder: 'local',
      log: () => {},
      ...options,
      occupants: options.occupants,
      keys: options.keys,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
    };
    this.recordOf = recordReader(options.keys);
  }

  get org(): string {
    return this.#options.org;
  }

  async open(): Promise<void> {
    await this.#begin();
    this.#renewLater();
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

  async *subscribe(options: SubscribeOptions = {}): AsyncIterable<Published> {
    let after = options.after ?? (await this.read((state) => state.seq));
    while (!options.signal?.aborted) {
      const generation = this.#generation;
      if (generation) {
        const feed = generation.feed.subscribe({ ...options, after });
        for await (const published of feed) {
          after = published.record.seq;
          yield published;
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
      const busy = queued + executing + waitingJobs + activeRuns > 0 || this.#generation?.loop.busy === true;
      quiet = busy || this.#status === 'recovering' ? 0 : quiet + 1;
      await this.#pause(busy ? 5 : 1);
    }
  }

  async stop(grace = 5000): Promise<void> {
    if (this.#status === 'stopped') return;
    await this.#recovery;
    const generation = this.#generation;
    this.#cancelRenewal();
    if (generation) {
      await generation.end(stopped(), grace).catch(() => {});
      this.#generation = null;
    }
    this.#become('stopped', 'stopped on request');
    await this.#options.store.lease.release(this.#epoch).catch(() => {});
    await this.#options.tools.close();
  }

  async #begin(): Promise<void> {
    const { store, clock, holder } = this.#options;
    const lease = await store.lease.acquire(holder, LEASE.ttl, clock.now());
    if (!('epoch' in lease)) {
      const until = new Date(lease.until).toISOString();
      const why = `the ledger is in use by "${lease.heldBy}" until ${until}`;
      throw new Unavailable('deposed', why, 'stop that process, or wait until its lease has run out', null);
    }
    this.#epoch = lease.epoch;
    const recovered = await this.#recover();
    const generation = new Generation({
      ...this.#options,
      ...{ recovered, epoch: lease.epoch },
      onFailure: (error) => this.#failed(generation, error),
    });
    await generation.begin();
    await generation.loop.read(() => undefined);
    this.#generation = generation;
    this.#become('running', null);
  }

  /** The state without those who are to be forgotten, also when a crash came between the record and the key. */
  async #recover(): Promise<Recovered> {
    const { store, org, keys } = this.#options;
    const recovered = await recover(store, org, keys);
    const left = keys ? await halfForgotten(recovered.state, store, keys) : [];
    if (!keys || left.length === 0) return recovered;
    for (const customer of left) await forgetCustomer(customer, { keys, snapshot: store.snapshot });
    return recover(store, org, keys);
  }

  async forget(command: { id: string; actor: Actor; case: string; reason: string }): Promise<Reply> {
    const { id, actor, reason } = command;
    if (!this.#options.keys) return { ok: false, rejection: WITHOUT_KEYS };
    const body = { case: await this.#caseInMemory(command.case), reason };
    const reply = await this.submit({ id, actor, kind: 'customer.forget', body });
    const generation = this.#generation;
    if (!reply.ok || reply.repeated || !generation) return reply;
    // The state still holds what he wrote: it is thrown away, and the next one is read without his key.
    this.#generation = null;
    this.#become('recovering', 'a customer is being forgotten');
    this.#recovery = this.#recoverFrom(generation, 'a customer is being forgotten');
    await this.#recovery;
    return reply;
  }

  /**
   * [RT15] The kernel knows no more whose an archived case was: another case of the same customer stands for it, so that
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
      this.#become('deposed', message);
      void generation.end(this.#unavailable(), 0);
      return;
    }
    this.#become('recovering', message);
    this.#recovery = this.#recoverFrom(generation, message);
  }

  async #recoverFrom(generation: Generation, why: string): Promise<void> {
    const before = generation.loop.head.seq;
    await generation.end(recovering(why), 0);
    for (;;) {
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
        this.#become('recovering', error instanceof Error ? error.message : String(error));
      }
    }
  }

  #become(status: RuntimeStatus, reason: string | null): void {
    this.#status = status;
    this.#reason = reason;
  }

  #unavailable(): Unavailable {
    if (this.#status === 'deposed')
      return new Unavailable('deposed', this.#reason ?? 'another process owns the ledger', 'ask that one', null);
    return this.#status === 'stopped' ? stopped() : recovering(this.#reason ?? 'the organisation is starting');
  }

  #renewLater(): void {
    this.#cancelRenewal = this.#options.clock.after(LEASE.renew, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    const { store, clock } = this.#options;
    const epoch = this.#epoch;
    try {
      const held = await store.lease.renew(epoch, LEASE.ttl, clock.now());
      if (!held && epoch === this.#epoch && this.#generation)
        this.#failed(this.#generation, new Deposed(epoch, epoch + 1));
    } catch (error) {
      this.#options.log('warn', 'the lease on the ledger could not be renewed', { error: String(error) });
    }
    if (this.#status !== 'stopped' && this.#status !== 'deposed') this.#renewLater();
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
  const organisation = new Organisation(options);
  await organisation.open();
  return organisation;
}
