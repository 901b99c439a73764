/** The organisations a node has open: opened when asked for, closed when idle or when there are too many. */
import { nextDue } from '@reeve/kernel';
import { Refusal } from '../errors.ts';
import type { House, Log } from '../house.ts';

export interface TenantOptions {
  /** Opens an organisation here. @throws when another node has it. */
  readonly open: (organisation: string) => Promise<House>;
  /** Told after an organisation was closed here, with when it wants to be opened again (milliseconds since 1970). */
  readonly closed: (organisation: string, wakeAt: number | null) => Promise<void>;
  readonly log: Log;
  /** Organisations open at most. */
  readonly most: number;
  /** Milliseconds without a request, run or job after which one is closed. */
  readonly idleAfter: number;
  /** Openings and closings at once: reading a ledger keeps a processor busy. */
  readonly atOnce?: number;
}

interface Tenant {
  readonly house: House;
  /** Requests and streams in the works. */
  busy: number;
  used: number;
}

/** [SRV44] A bounded set of open organisations, least recently used first. */
export class Tenants {
  readonly #options: TenantOptions;
  readonly #open = new Map<string, Tenant>();
  readonly #opening = new Map<string, Promise<Tenant>>();
  readonly #closing = new Map<string, Promise<void>>();
  #places: number;
  #waiting: (() => void)[] = [];

  constructor(options: TenantOptions) {
    this.#options = options;
    this.#places = options.atOnce ?? 8;
  }

  get size(): number {
    return this.#open.size;
  }

  has(organisation: string): boolean {
    return this.#open.has(organisation) || this.#opening.has(organisation);
  }

  /** The open house, or undefined. One that lost its ledger to another node is closed and counts as none. */
  async get(organisation: string): Promise<House | undefined> {
    await this.#closing.get(organisation);
    const tenant = this.#open.get(organisation);
    if (tenant === undefined || !gone(tenant)) return tenant?.house;
    await this.close(organisation);
    return undefined;
  }

  /** Opens it here, once, whoever asks. @throws what opening throws; Refusal `overloaded` when nothing can be closed. */
  async open(organisation: string): Promise<House> {
    const there = await this.get(organisation);
    if (there !== undefined) return there;
    const opening = this.#opening.get(organisation) ?? this.#start(organisation);
    return (await opening).house;
  }

  /** The organisation counts as used until the result is called. */
  hold(organisation: string): () => void {
    const tenant = this.#open.get(organisation);
    if (tenant === undefined) return () => {};
    tenant.busy += 1;
    return () => {
      tenant.busy -= 1;
      tenant.used = performance.now();
    };
  }

  /** Closes organisations that lost their ledger, and those that have been idle for long enough. */
  async sweep(): Promise<void> {
    const now = performance.now();
    const over = [...this.#open].filter(
      ([, tenant]) => gone(tenant) || idleSince(tenant, now) >= this.#options.idleAfter,
    );
    await Promise.all(over.map(([organisation]) => this.close(organisation)));
  }

  /** Closes the one that was used least recently and has nobody at it, to be opened elsewhere at once. @returns which. */
  async handOver(): Promise<string | null> {
    const free = [...this.#open].filter(([, { busy }]) => busy === 0).sort(([, a], [, b]) => a.used - b.used);
    const [organisation] = free[0] ?? [];
    if (organisation === undefined) return null;
    await this.close(organisation, true);
    return organisation;
  }

  /** Closes all, a few at a time. Those that were at work are to be opened elsewhere at once. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#opening.values());
    await Promise.all([...this.#open.keys()].map((organisation) => this.close(organisation, true)));
  }

  /** Closes one: finishes what is in the works, leaves a snapshot, gives its lease back. */
  close(organisation: string, handOver = false): Promise<void> {
    return this.#closing.get(organisation) ?? this.#close(organisation, handOver);
  }

  #start(organisation: string): Promise<Tenant> {
    const opening = this.#turn(async () => {
      await this.#makeRoom();
      const house = await this.#options.open(organisation);
      const tenant: Tenant = { house, busy: 0, used: performance.now() };
      this.#open.set(organisation, tenant);
      return tenant;
    }).finally(() => this.#opening.delete(organisation));
    this.#opening.set(organisation, opening);
    return opening;
  }

  async #makeRoom(): Promise<void> {
    if (this.#open.size < this.#options.most) return;
    const now = performance.now();
    const idle = [...this.#open].filter(([, tenant]) => idleSince(tenant, now) > 0);
    const [oldest] = idle.sort(([, a], [, b]) => a.used - b.used)[0] ?? [];
    if (oldest !== undefined) return this.#close(oldest, false, true);
    throw new Refusal('overloaded', `${this.#open.size} organisations are at work here already`, 'try again shortly');
  }

  #close(organisation: string, handOver: boolean, hasTurn = false): Promise<void> {
    const tenant = this.#open.get(organisation);
    if (tenant === undefined) return Promise.resolve();
    this.#open.delete(organisation);
    const work = () => this.#end(organisation, tenant, handOver);
    const closing = (hasTurn ? work() : this.#turn(work)).finally(() => this.#closing.delete(organisation));
    this.#closing.set(organisation, closing);
    return closing;
  }

  async #end(organisation: string, { house }: Tenant, handOver: boolean): Promise<void> {
    try {
      // One that another node has taken knows nothing of when it is due any more.
      const due = await house.runtime.read(nextDue).catch(() => undefined);
      await house.close();
      if (due !== undefined) await this.#options.closed(organisation, handOver ? 0 : due);
    } catch (error) {
      this.#options.log('warn', 'an organisation could not be closed cleanly', { organisation, error: String(error) });
    }
  }

  /** Runs when there is a place. */
  async #turn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#places > 0) this.#places -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#places += 1;
    }
  }
}

/** Another node has its ledger, or it is being closed. */
export const lost = (house: House): boolean => ['deposed', 'stopped'].includes(house.runtime.health().status);

const gone = ({ house }: Tenant): boolean => lost(house);

/** Milliseconds since anything went on there; 0 while something does. */
function idleSince({ house, busy, used }: Tenant, now: number): number {
  const { queued, executing, waitingJobs, activeRuns } = house.runtime.health();
  return busy + queued + executing + waitingJobs + activeRuns > 0 ? 0 : now - used;
}
