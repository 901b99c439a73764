import type { Store } from '@reeve/ledger';
import type { Runtime } from '@reeve/runtime';

/** The ledger as it may be read now: records with what is personal in them revealed, or `[erased]`. */
export interface Archive {
  readonly store: Store;
  readonly recordOf: Runtime['recordOf'];
}

export const archiveOf = (runtime: Pick<Runtime, 'recordOf'>, store: Store): Archive => ({
  store,
  recordOf: runtime.recordOf,
});
