/** How long writes to the ledger take: said to the kernel when that changes something, not otherwise [RT75]. */
import { oversightOf, type State } from '@reeve/kernel';
import type { Clock } from './port.ts';

/** So long the slowest write is looked for before the store is said to be well again, in milliseconds. */
const CALM = 10_000;
/** Slow writes in a row that are no accident. */
const SLOW = 3;

export interface StoreWatchOptions {
  readonly clock: Clock;
  peek<T>(view: (state: State) => T): T;
  /** Submit what was measured, milliseconds; failures are its own concern. */
  readonly report: (store: number) => void;
}

export class StoreWatch {
  readonly #options: StoreWatchOptions;
  #worst = 0;
  #since: number | null = null;
  #reported = false;
  /** Slow writes in a row. */
  #slow = 0;

  constructor(options: StoreWatchOptions) {
    this.#options = options;
  }

  /** One write took so long, in milliseconds. */
  wrote(ms: number): void {
    const { clock, peek } = this.#options;
    const { slow, degraded } = peek((state) => ({
      slow: oversightOf(state).slow,
      degraded: state.oversight.modes.has('store:ledger'),
    }));
    if (!degraded) {
      this.#since = null;
      this.#slow = slow > 0 && ms >= slow ? this.#slow + 1 : 0;
      if (this.#slow >= SLOW && !this.#reported) this.#report(ms);
      return;
    }
    this.#reported = false;
    this.#since ??= clock.now();
    this.#worst = Math.max(this.#worst, ms);
    if (clock.now() - this.#since < CALM) return;
    this.#report(this.#worst);
    this.#since = clock.now();
    this.#worst = 0;
  }

  #report(ms: number): void {
    this.#reported = true;
    this.#options.report(ms);
  }
}
