/** One by one what comes in pages. An async generator would make several promises for each of them; this makes one. */
export class Each<T> implements AsyncIterableIterator<T> {
  readonly #pages: AsyncGenerator<readonly T[], void, undefined>;
  readonly #signal: AbortSignal | undefined;
  #page: readonly T[] = [];
  #next = 0;
  /** The last page that was asked for: who asks again before it has come waits for it. */
  #coming: Promise<unknown> | null = null;

  /** Ends when the pages end, or before the next one of a page when `signal` is aborted. */
  constructor(pages: AsyncGenerator<readonly T[], void, undefined>, signal: AbortSignal | undefined) {
    this.#pages = pages;
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#coming === null && this.#next < this.#page.length) return Promise.resolve(this.#take());
    const asked = (this.#coming ?? Promise.resolve()).catch(() => {}).then(() => this.#fetch());
    this.#coming = asked;
    return asked.finally(() => {
      if (this.#coming === asked) this.#coming = null;
    });
  }

  async return(): Promise<IteratorResult<T>> {
    this.#page = [];
    await this.#pages.return();
    return { done: true, value: undefined };
  }

  async #fetch(): Promise<IteratorResult<T>> {
    while (this.#next >= this.#page.length) {
      const { value, done } = await this.#pages.next();
      if (done) return { done: true, value: undefined };
      this.#page = value;
      this.#next = 0;
    }
    return this.#take();
  }

  #take(): IteratorResult<T> {
    if (!this.#signal?.aborted) return { done: false, value: this.#page[this.#next++]! };
    void this.return();
    return { done: true, value: undefined };
  }
}
