import type { History } from '@reeve/ledger';
import type { Runtime } from '@reeve/runtime';
import type { Log } from './house.ts';

/** How often the index of history is brought up to date while nothing waits, and for how long at most, in milliseconds. */
const INDEXING = { every: 1000, most: 50 } as const;

/** Little by little, so that a question finds little left to index; never in the way of commands. */
export function keepIndexed(history: History, runtime: Runtime, log: Log): { stop(): void; done(): Promise<void> } {
  let last: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy || runtime.health().queued > 0) return;
    busy = true;
    last = history
      .catchUp(INDEXING.most)
      .catch((error: unknown) => log('warn', 'history could not be indexed', { error: String(error) }))
      .finally(() => {
        busy = false;
      });
  }, INDEXING.every).unref();
  return { stop: () => clearInterval(timer), done: () => last };
}
