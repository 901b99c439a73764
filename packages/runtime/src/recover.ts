import { createState, dropSpentTimers, evolve, type KernelRecord, type State } from '@reeve/kernel';
import {
  allForgottenKeys,
  type Head,
  type KeyStore,
  open,
  pagesOf,
  reveal,
  type SealedRecord,
  type Store,
  sealedSnapshots,
  upcasters,
} from '@reeve/ledger';
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
  /** A case of each customer who was forgotten by one of those records. */
  readonly forgotten: readonly string[];
}

/**
 * The state as the ledger says: the newest snapshot that fits, then the records after it.
 * @throws StoreCorrupt, or TypeError for a record that cannot be read: `reeve ledger verify` finds the place.
 */
export async function recover(store: Store, org: string, keys?: KeyStore): Promise<Recovered> {
  const { state, from, forgottenBefore } = await replayed(store, org, keys, async () => {});
  const head = await store.head();
  if (head.seq !== state.seq) throw new Error(`the ledger ends at ${head.seq}, but ${state.seq} records were read`);
  return { state, head, replayed: state.seq - from, forgotten: state.cases.forgotten.slice(forgottenBefore) };
}

/**
 * The state after record `upTo`, or after all there are, the record of the snapshot it was read from, and how many had been
 * forgotten by then. Gives way by `pause`, so that another state can be read beside the one that works.
 */
async function replayed(
  store: Store,
  org: string,
  keys: KeyStore | undefined,
  pause: () => Promise<void>,
  upTo = Number.POSITIVE_INFINITY,
): Promise<{ state: State; from: number; forgottenBefore: number }> {
  await keys?.refresh?.();
  const read = recordReader(keys);
  const snapshot = await readSnapshot(await snapshotsOf(store, keys).load(), org, pause);
  const state = snapshot && snapshot.seq <= upTo ? snapshot : createState(org);
  const from = state.seq;
  const forgottenBefore = state.cases.forgotten.length;
  for await (const page of pagesOf(store.load(from, upTo - from))) {
    for (const sealed of page) {
      evolve(state, read(sealed));
      if (state.seq % TIDY === 0) dropSpentTimers(state);
    }
    await pause();
  }
  if (state.seq > from) dropSpentTimers(state);
  return { state, from, forgottenBefore };
}

/**
 * [RT14] Ids of keys that forgetting has left behind, because a crash came in between or an older copy of the keys was put in
 * place; null when there is nothing to make sure of. Forgetting ends by deleting snapshots with their key, and none is taken
 * before: one that can be read holds those forgotten since, and shows that those forgotten before it are. That is so because
 * a start without a snapshot makes a new key for them too: else an older copy of the keys could hold both, that of the
 * snapshots and one that had to go.
 */
export async function halfForgotten(recovered: Recovered, store: Store, keys: KeyStore): Promise<string[] | null> {
  if (recovered.forgotten.length === 0) return null;
  const left = new Set<string>();
  for (const id of new Set(recovered.forgotten))
    for (const key of await allForgottenKeys(store, id)) if (keys.byId(key) !== null) left.add(key);
  return [...left];
}

/** Was it read from the first record on? */
export const isWhole = ({ state, replayed }: Recovered): boolean => replayed === state.seq;

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
