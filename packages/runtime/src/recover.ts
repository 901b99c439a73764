import { createState, dropSpentTimers, evolve, type KernelRecord, type State } from '@reeve/kernel';
import {
  type Head,
  hasErased,
  type KeyStore,
  open,
  pagesOf,
  reveal,
  type SealedRecord,
  type Store,
  sealedSnapshots,
  upcasters,
} from '@reeve/ledger';
import { customerOf } from './past.ts';
import { readSnapshot, takeSnapshotGently } from './snapshot.ts';

/** Lifts old record bodies to today's shapes. Add a step here together with a version in the kernel's EVENT_VERSIONS. */
export const UPCASTERS = upcasters([]);

export type ReadRecord = (sealed: SealedRecord) => KernelRecord;

/** Reads records: opens them, reveals what is personal (or `[erased]`), lifts old shapes. */
export const recordReader =
  (keys: KeyStore | undefined): ReadRecord =>
  (sealed) =>
    UPCASTERS.apply(reveal(open(sealed), keys?.byId ?? (() => null))) as KernelRecord;

/** Where snapshots go: sealed when there are keys, since they hold everybody's texts. */
export const snapshotsOf = (store: Store, keys: KeyStore | undefined): Store['snapshot'] =>
  keys ? sealedSnapshots(store.snapshot, keys) : store.snapshot;

/** Records between two looks at the timers that a replay sets again. */
const TIDY = 20_000;

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
export async function recover(store: Store, org: string, keys?: KeyStore): Promise<Recovered> {
  const { state, from } = await replayed(store, org, keys, async () => {});
  const head = await store.head();
  if (head.seq !== state.seq) throw new Error(`the ledger ends at ${head.seq}, but ${state.seq} records were read`);
  return { state, head, replayed: state.seq - from };
}

/**
 * The state after record `upTo`, or after all there are, and the record of the snapshot it was read from. Gives way by `pause`,
 * so that another state can be read beside the one that works.
 */
export async function replayed(
  store: Store,
  org: string,
  keys: KeyStore | undefined,
  pause: () => Promise<void>,
  upTo = Number.POSITIVE_INFINITY,
): Promise<{ state: State; from: number }> {
  await keys?.refresh?.();
  const read = recordReader(keys);
  const snapshot = await readSnapshot(await snapshotsOf(store, keys).load(), org, pause);
  const state = snapshot && snapshot.seq <= upTo ? snapshot : createState(org);
  const from = state.seq;
  for await (const page of pagesOf(store.load(from, upTo - from))) {
    for (const sealed of page) {
      evolve(state, read(sealed));
      if (state.seq % TIDY === 0) dropSpentTimers(state);
    }
    await pause();
  }
  if (state.seq > from) dropSpentTimers(state);
  return { state, from };
}

/** Customers who are to be forgotten and whose key is still there: a crash came in between. [RT14] */
export async function halfForgotten(state: State, store: Store, keys: KeyStore): Promise<string[]> {
  const read = recordReader(keys);
  const left: string[] = [];
  for (const id of state.cases.forgotten) {
    const customer = state.cases.cases.get(id)?.customer ?? (await customerOf(store, read, id));
    if (customer !== undefined && !hasErased(customer)) left.push(customer);
  }
  return left;
}

/**
 * The snapshot of the state after record `seq`, for whoever reads the ledger beside its owner. `pause` is called between pieces
 * of the work, and may throw to end it. @throws as `recover`
 */
export async function snapshotAt(
  store: Store,
  org: string,
  keys: KeyStore | undefined,
  seq: number,
  pause: () => Promise<void>,
): Promise<Uint8Array> {
  return takeSnapshotGently((await replayed(store, org, keys, pause, seq)).state, pause);
}
