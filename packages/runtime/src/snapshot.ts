import { deserialize, serialize } from 'node:v8';
import { STATE_VERSION, type State } from '@reeve/kernel';
import type { Snapshot } from '@reeve/ledger';

/** A snapshot of another shape is thrown away: it is a cache, the ledger is the truth. */
export const SNAPSHOT_VERSION = `${STATE_VERSION}/v8-1`;

export const takeSnapshot = (state: State): Uint8Array => serialize(state);

/** The state in a snapshot, or null when it is of another version or organisation, or cannot be read. */
export function readSnapshot(snapshot: Snapshot | null, org: string): State | null {
  if (snapshot?.version !== SNAPSHOT_VERSION) return null;
  try {
    const state = deserialize(snapshot.bytes) as State;
    return state.org === org && state.seq === snapshot.seq ? state : null;
  } catch {
    return null;
  }
}
