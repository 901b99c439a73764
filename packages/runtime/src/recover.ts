import { createState, evolve, type KernelRecord, type State } from '@reeve/kernel';
import { type Head, open, type SealedRecord, type Store, upcasters } from '@reeve/ledger';
import { readSnapshot } from './snapshot.ts';

/** Lifts old record bodies to today's shapes. Add a step here together with a version in the kernel's EVENT_VERSIONS. */
export const UPCASTERS = upcasters([]);

export const readRecord = (sealed: SealedRecord): KernelRecord => UPCASTERS.apply(open(sealed)) as KernelRecord;

export interface Recovered {
  readonly state: State;
  readonly head: Head;
  /** Records read after the snapshot. */
  readonly replayed: number;
}

/**
 * The state as the ledger says: the newest snapshot that fits, then the records after it.
 * @throws StoreCorrupt, or TypeError for a record that cannot be read: `reeve ledger verify` finds the place.
 */
export async function recover(store: Store, org: string): Promise<Recovered> {
  const state = readSnapshot(await store.snapshot.load(), org) ?? createState(org);
  const from = state.seq;
  for await (const sealed of store.load(from)) evolve(state, readRecord(sealed));
  const head = await store.head();
  if (head.seq !== state.seq) throw new Error(`the ledger ends at ${head.seq}, but ${state.seq} records were read`);
  return { state, head, replayed: state.seq - from };
}
