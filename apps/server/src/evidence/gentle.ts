import { setImmediate as turn } from 'node:timers/promises';
import type { LogStore, SealedRecord, Store } from '@reeve/ledger';

/** Longest time in milliseconds that reading keeps the event loop, beside one page out of the store. */
const SLICE = 4;

/**
 * The store for long readings beside a working organisation: SQLite answers at once, so without turns given back nothing else
 * would happen until the end.
 *
 * @param signal ends readings with an error.
 */
export function gently(store: Store, signal: AbortSignal): LogStore {
  return {
    checkpoint: store.checkpoint,
    head: () => store.head(),
    load: (after, limit) => inSlices(store.load(after, limit), signal),
  };
}

async function* inSlices(records: AsyncIterable<SealedRecord>, signal: AbortSignal): AsyncGenerator<SealedRecord> {
  let since = performance.now();
  for await (const record of records) {
    yield record;
    if (performance.now() - since < SLICE) continue;
    await turn();
    signal.throwIfAborted();
    since = performance.now();
  }
}
