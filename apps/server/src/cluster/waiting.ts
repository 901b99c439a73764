/** [SRV72] A node that is started before its database answers waits for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '@reeve/kernel';
import { StoreError } from '@reeve/ledger';
import type { Log } from '../house.ts';

/** Pauses between two attempts, in milliseconds: each is twice as long as the one before, up to a bound. */
const PAUSE = { first: 1000, most: 30_000 } as const;

/** Of these, one after the other. */
export function* pauses(): Generator<number, never> {
  for (let pause: number = PAUSE.first; ; pause = Math.min(PAUSE.most, 2 * pause)) yield pause;
}

export interface Waiting {
  readonly log: Log;
  /** Ends the waiting; what the last attempt failed with is thrown. */
  readonly stop?: AbortSignal | undefined;
}

/**
 * What `attempt` gives once the database answers. Each failure that may pass is said; any other ends it at once.
 * @throws StoreUnavailable that no waiting helps: a wrong password, no such database, a newer Reeve.
 */
export async function whenItAnswers<T>(attempt: () => Promise<T>, { log, stop }: Waiting): Promise<T> {
  const waits = pauses();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StoreError) || error.next === 'terminal' || stop?.aborted) throw error;
      const pause = waits.next().value;
      log('warn', 'waiting for the database', { error: error.message, again: `in ${formatDuration(pause)}` });
      await sleep(pause, undefined, stop ? { signal: stop } : {}).catch(() => {});
      if (stop?.aborted) throw error;
    }
  }
}
