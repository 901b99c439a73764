/**
 * The lease on the ledger: acquired, renewed, and given up before it can lapse. [RT12] Nothing here compares clocks with
 * another machine: the store says who holds it, and how long ago it was asked for is measured by this process's own timers.
 */
import { Deposed, type Lease, StoreUnavailable } from '@reeve/ledger';
import { type Clock, type LeaseTimes, type RuntimeOptions, Unavailable } from './port.ts';

export interface LeaseKeeperOptions {
  readonly lease: Lease;
  readonly clock: Clock;
  readonly holder: string;
  readonly times: LeaseTimes;
  readonly log: NonNullable<RuntimeOptions['log']>;
  /** The lease is gone, or may be: stop at once. */
  readonly lost: (error: Error) => void;
}

/** Part of the lease's length that is left unused: what a batch under way may take until it is fenced. */
const MARGIN = 1 / 5;

/** No renewal came through in time. Nobody else need have taken it: acquiring it again tells. [RT40] */
export class LeaseLapsed extends StoreUnavailable {
  constructor() {
    super('retryable', 'the lease on the ledger could not be renewed in time, so this owner stopped: acquire it again');
  }
}

export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  #epoch = 0;
  #held = false;
  #cancelLapse: () => void = () => {};
  #cancelRenewal: () => void = () => {};

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** False from the moment it is, or may be, somebody else's. */
  get held(): boolean {
    return this.#held;
  }

  /** The epoch to append under. @throws Unavailable when another process holds the lease. */
  async acquire(): Promise<number> {
    const { lease, clock, holder, times } = this.#options;
    this.stop();
    const keep = this.#armed();
    const granted = await lease.acquire(holder, times.ttl, clock.now());
    if (!('epoch' in granted)) {
      const until = new Date(granted.until).toISOString();
      const why = `the ledger is in use by "${granted.heldBy}" until ${until}`;
      throw new Unavailable('deposed', why, 'stop that process, or wait until its lease has run out', null);
    }
    this.#epoch = granted.epoch;
    this.#held = true;
    keep();
    this.#renewLater();
    return granted.epoch;
  }

  /** Stops renewing; the lease lapses by itself. */
  stop(): void {
    this.#held = false;
    this.#cancelLapse();
    this.#cancelRenewal();
  }

  async release(): Promise<void> {
    this.stop();
    await this.#options.lease.release(this.#epoch).catch(() => {});
  }

  /** Counts from now, before the store is asked; the result puts this countdown in the place of the one before. */
  #armed(): () => void {
    const { clock, times } = this.#options;
    let kept = false;
    const cancel = clock.after(times.ttl * (1 - MARGIN), () => {
      if (kept) this.#lose(new LeaseLapsed());
    });
    return () => {
      this.#cancelLapse();
      this.#cancelLapse = cancel;
      kept = true;
    };
  }

  #lose(error: Error): void {
    if (!this.#held) return;
    this.stop();
    this.#options.lost(error);
  }

  #renewLater(): void {
    this.#cancelRenewal = this.#options.clock.after(this.#options.times.renew, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    const { lease, clock, times, log } = this.#options;
    const epoch = this.#epoch;
    const keep = this.#armed();
    try {
      const held = await lease.renew(epoch, times.ttl, clock.now());
      if (epoch !== this.#epoch || !this.#held) return;
      if (!held) return this.#lose(new Deposed(epoch, epoch + 1));
      keep();
    } catch (error) {
      log('warn', 'the lease on the ledger could not be renewed', { error: String(error) });
    }
    if (epoch === this.#epoch && this.#held) this.#renewLater();
  }
}
