/**
 * Calls of tools that are made elsewhere: the runtime's own executors decide and record as ever [RT8], only the call itself
 * is handed to whoever claims it. Held in memory: when this process dies, the next owner finds the lease of the operation
 * on the ledger and asks the tool by its key, as after any crash.
 */
import { randomUUID } from 'node:crypto';
import { ToolError } from '@reeve/connectors/port';
import type { OrderOutcome, ToolOrder } from '@reeve/protocol';

export interface OrdersOptions {
  /** Milliseconds an executor may be silent before what it holds counts as lost. */
  readonly leaseMs: number;
}

const ORDER_LEASE = 8000;

interface Pending {
  readonly order: ToolOrder;
  readonly resolve: (outcome: OrderOutcome) => void;
  readonly reject: (error: ToolError) => void;
  holder: string | null;
  timer: NodeJS.Timeout | undefined;
}

export class Orders {
  readonly leaseMs: number;
  readonly #pending = new Map<string, Pending>();
  #wakes = new Set<() => void>();

  constructor({ leaseMs }: OrdersOptions = { leaseMs: ORDER_LEASE }) {
    this.leaseMs = leaseMs;
  }

  get waiting(): number {
    return [...this.#pending.values()].filter(({ holder }) => holder === null).length;
  }

  /**
   * Waits until an executor has made the call. @throws ToolError: nobody took it in time (certain that nothing happened), or
   * who took it fell silent (unknown outcome).
   */
  place(order: Omit<ToolOrder, 'id'>, signal: AbortSignal): Promise<OrderOutcome> {
    const id = randomUUID();
    return new Promise<OrderOutcome>((resolve, reject) => {
      const pending: Pending = { order: { ...order, id }, resolve, reject, holder: null, timer: undefined };
      this.#pending.set(id, pending);
      // Before the caller's own patience ends: that would leave the outcome open.
      this.#expire(pending, order.timeout / 2);
      signal.addEventListener('abort', () => this.#lose(pending, 'the call was given up'), { once: true });
      this.#wake();
    });
  }

  /** Orders for this executor; waits for one, at most `wait` milliseconds. */
  async claim(executor: string, capabilities: readonly string[], most: number, wait: number, signal: AbortSignal) {
    for (const end = performance.now() + wait; ; ) {
      // Whoever is gone takes nothing with him.
      if (signal.aborted) return [];
      const taken = this.#take(executor, capabilities, most);
      const left = end - performance.now();
      if (taken.length > 0 || left <= 0) return taken;
      await this.#placed(left, signal);
    }
  }

  /** Which of these it still holds. */
  renew(executor: string, ids: readonly string[]): string[] {
    return ids.filter((id) => {
      const pending = this.#pending.get(id);
      if (pending?.holder !== executor) return false;
      this.#expire(pending, this.leaseMs);
      return true;
    });
  }

  /** False if it was not his any more: nothing is made of the outcome. */
  finish(executor: string, id: string, outcome: OrderOutcome): boolean {
    const pending = this.#pending.get(id);
    if (pending?.holder !== executor) return false;
    this.#remove(pending);
    pending.resolve(outcome);
    return true;
  }

  #take(executor: string, capabilities: readonly string[], most: number): ToolOrder[] {
    const taken: ToolOrder[] = [];
    for (const pending of this.#pending.values()) {
      if (taken.length >= most) break;
      if (pending.holder !== null || !matches(capabilities, pending.order.capability)) continue;
      pending.holder = executor;
      this.#expire(pending, this.leaseMs);
      taken.push(pending.order);
    }
    return taken;
  }

  #expire(pending: Pending, ms: number): void {
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => {
      const { holder, order } = pending;
      this.#lose(
        pending,
        holder === null ? `no executor takes ${order.capability}` : `the executor ${holder} fell silent`,
      );
    }, ms);
  }

  #lose(pending: Pending, why: string): void {
    if (!this.#pending.has(pending.order.id)) return;
    this.#remove(pending);
    pending.reject(new ToolError('transient', why, { uncertain: pending.holder !== null }));
  }

  #remove(pending: Pending): void {
    clearTimeout(pending.timer);
    this.#pending.delete(pending.order.id);
  }

  #wake(): void {
    const wakes = this.#wakes;
    this.#wakes = new Set();
    for (const wake of wakes) wake();
  }

  #placed(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const over = () => {
        clearTimeout(timer);
        this.#wakes.delete(over);
        signal.removeEventListener('abort', over);
        resolve();
      };
      const timer = setTimeout(over, ms);
      this.#wakes.add(over);
      signal.addEventListener('abort', over);
    });
  }
}

/** Is it one of these: exact, `orders.*`, or `*`? */
export const matches = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));

/** Is everything this pattern fits covered by one of those? */
export const covers = (patterns: readonly string[], pattern: string): boolean =>
  patterns.some((each) => (pattern.endsWith('*') && !each.endsWith('*') ? false : matches([each], pattern)));
