import type { KeyStore, Store } from '@reeve/ledger';

/** The keys first: nothing is written without them. */
export async function closeBoth(keys: KeyStore, store: Store): Promise<void> {
  await keys.close();
  await store.close();
}
