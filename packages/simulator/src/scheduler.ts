/**
 * The only source of time and of order in a simulation. Everything that waits (timers, the disk, tools, the network,
 * people) is an event here; events come one at a time, by virtual time and, at the same time, in seeded order. Between
 * two of them all promises that can go on do, so nothing depends on the machine [SIM1].
 */
import type { Random } from './random.ts';

/** Who an event belongs to: a process that can die (its events are lost) or stall (they come late). */
export interface Process {
  readonly name: string;
  alive: boolean;
  /** Virtual time until which nothing of it happens. */
  stalledUntil: number;
}

export interface Event {
  /** Virtual milliseconds since the start; what timers count in. */
  at: number;
  readonly order: number;
  readonly what: string;
  readonly owner: Process | null;
  run: (() => void) | null;
}

export class Scheduler {
  /** Virtual milliseconds since the start. It only rises. */
  time = 0;
  /** What a wall clock shows beyond `time`: jumps of the clock move it. */
  offset: number;
  fired = 0;
  readonly #heap: Event[] = [];
  readonly #random: Random;
  /** No event is fired any more. */
  halted = false;
  /** Sees every event before it runs; may kill its owner. */
  onEvent: (event: Event) => void = () => {};

  /** @param epoch milliseconds since 1970 that the wall clock shows at the start */
  constructor(random: Random, epoch: number) {
    this.#random = random;
    this.offset = epoch;
  }

  /** What a wall clock shows. */
  get now(): number {
    return this.time + this.offset;
  }

  /** Run `run` after `ms` virtual milliseconds, unless it is cancelled or its owner is gone by then. */
  after(ms: number, what: string, owner: Process | null, run: () => void): () => void {
    const at = this.time + Math.max(0, Math.round(ms));
    const event: Event = { at, order: this.#random.next(), what, owner, run };
    this.#push(event);
    return () => {
      event.run = null;
    };
  }

  /** A promise that is kept after `ms` virtual milliseconds. */
  wait(ms: number, what: string, owner: Process | null): Promise<void> {
    return new Promise((resolve) => this.after(ms, what, owner, resolve));
  }

  /** Let everything happen up to `until`. Resolves when the next event is later. */
  async run(until: number): Promise<void> {
    await settled();
    for (let event = this.#next(until); event !== null; event = this.#next(until)) {
      this.fired += 1;
      this.onEvent(event);
      if (event.owner?.alive === false) continue;
      event.run?.();
      await settled();
    }
    this.time = Math.max(this.time, until);
  }

  /** The next events that will be fired, soonest first; for a person who wonders why nothing goes on. */
  waiting(most: number): readonly Event[] {
    return this.#heap
      .filter(({ run, owner }) => run !== null && owner?.alive !== false)
      .sort((a, b) => (sooner(a, b) ? -1 : 1))
      .slice(0, most);
  }

  #next(until: number): Event | null {
    for (;;) {
      const event = this.#heap[0];
      if (event === undefined || event.at > until || this.halted) return null;
      this.#pop();
      if (event.run === null || event.owner?.alive === false) continue;
      if (event.owner !== null && event.owner.stalledUntil > event.at) {
        event.at = event.owner.stalledUntil;
        this.#push(event);
        continue;
      }
      this.time = Math.max(this.time, event.at);
      return event;
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!sooner(heap[i]!, heap[parent]!)) return;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const child = right < heap.length && sooner(heap[right]!, heap[left]!) ? right : left;
      if (!sooner(heap[child]!, heap[i]!)) return;
      [heap[i], heap[child]] = [heap[child]!, heap[i]!];
      i = child;
    }
  }
}

const sooner = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Every promise that can go on has gone on: a turn of the platform's own loop comes after all of them. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
