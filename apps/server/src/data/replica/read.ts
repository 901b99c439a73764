/** What the thread of a replica does: opens the same files, reads the state as of a record, and takes it down. */
import { useSha256 } from '@reeve/kernel';
import { sha256Node } from '@reeve/ledger';
import { sqliteKeys } from '@reeve/ledger/keys';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { snapshotAt } from '@reeve/runtime';

/** Where the files of an organisation are. */
export interface Files {
  readonly org: string;
  /** Directory of the SQLite store. */
  readonly ledger: string;
  /** Directory of the keys of subjects; absent when personal values stand in the clear. */
  readonly keys?: string;
}

/** The snapshot of the state after record `seq`, in bytes of its own. `goOn` is asked every now and then, and may throw. */
export async function read(
  { org, ledger, keys, seq }: Files & { readonly seq: number },
  goOn: () => Promise<void>,
): Promise<Uint8Array> {
  useSha256(sha256Node);
  const store = await sqliteStore({ directory: ledger });
  const held = keys === undefined ? undefined : await sqliteKeys(keys);
  try {
    return new Uint8Array(await snapshotAt(store, org, held, seq, goOn));
  } finally {
    await held?.close();
    await store.close();
  }
}
