/** Subscriptions: every durable record once, in order, from any point of the past into the present. */
import type { Store } from '@reeve/ledger';
import type { Published, SubscribeOptions } from './port.ts';
import type { ReadRecord } from './recover.ts';

/** Latest records kept for subscribers that keep up; who falls behind reads from the ledger. */
const KEPT = 256;
const PAGE = 500;

export class Feed {
  readonly #store: Store;
  readonly #read: ReadRecord;
  #recent: Published[] = [];
  #seq: number;
  #wakes = new Set<() => void>();
  #ended = false;

  /** @param seq the last durable record */
  constructor(store: Store, seq: number, read: ReadRecord) {
    this.#store = store;
    this.#read = read;
    this.#seq = seq;
  }

  publish(published: readonly Published[]): void {
    this.#recent.push(...published);
    if (this.#recent.length > 2 * KEPT) this.#recent = this.#recent.slice(-Math.max(KEPT, published.length));
    this.#seq = published.at(-1)?.record.seq ?? this.#seq;
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    const wakes = this.#wakes;
    this.#wakes = new Set();
    for (const wake of wakes) wake();
  }

  /** [RT7] Pages of records; ends when `signal` is aborted or the runtime stops. A slow reader costs no memory here. */
  async *pages({ after, signal }: SubscribeOptions = {}): AsyncGenerator<readonly Published[], void, undefined> {
    let cursor = after ?? this.#seq;
    while (!signal?.aborted) {
      if (cursor < this.#seq) {
        const page = this.#recentAfter(cursor) ?? (await this.#readAfter(cursor));
        cursor = page.at(-1)?.record.seq ?? cursor;
        yield page;
      } else if (this.#ended) {
        return;
      } else {
        await this.#next(signal);
      }
    }
  }

  #recentAfter(after: number): readonly Published[] | null {
    const first = this.#recent[0]?.record.seq;
    if (first === undefined || first > after + 1) return null;
    return this.#recent.slice(after + 1 - first, after + 1 - first + PAGE);
  }

  async #readAfter(after: number): Promise<Published[]> {
    const until = this.#seq;
    const page: Published[] = [];
    for await (const sealed of this.#store.load(after, PAGE)) {
      const record = this.#read(sealed);
      if (record.seq > until) break;
      page.push({ record, sealed });
    }
    return page;
  }

  #next(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        this.#wakes.delete(wake);
        resolve();
      };
      this.#wakes.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}
