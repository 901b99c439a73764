import type { SealedRecord, Store } from '@reeve/ledger';

/** A store whose appends the test decides about. */
export function guarded(inner: Store, guard: (records: readonly SealedRecord[]) => Promise<void> | void): Store {
  return {
    ...inner,
    load: inner.load.bind(inner),
    head: inner.head.bind(inner),
    history: inner.history.bind(inner),
    close: inner.close.bind(inner),
    snapshot: inner.snapshot,
    blob: inner.blob,
    lease: inner.lease,
    append: async (head, epoch, records) => {
      await guard(records);
      await inner.append(head, epoch, records);
    },
  };
}
