/** At most so many in a window of time, for each key: a fixed window, so that it costs nothing to keep. */
export class Limit {
  readonly #most: number;
  readonly #window: number;
  readonly #now: () => number;
  readonly #counts = new Map<string, number>();
  #until = 0;

  /** @param window milliseconds */
  constructor(most: number, window: number, now: () => number = Date.now) {
    this.#most = most;
    this.#window = window;
    this.#now = now;
  }

  /** One more; milliseconds to wait when that is too many, else 0. */
  take(key: string): number {
    const now = this.#now();
    // All windows end together: what is remembered is bounded by what comes in one of them.
    if (now >= this.#until) {
      this.#counts.clear();
      this.#until = now + this.#window;
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (this.#counts.size < KEYS || this.#counts.has(key)) this.#counts.set(key, count);
    return count > this.#most ? this.#until - now : 0;
  }
}

/** Keys told apart in one window; those beyond are not counted. */
const KEYS = 10_000;
