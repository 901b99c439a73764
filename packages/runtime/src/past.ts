/** What has left the kernel's memory, read back from the ledger for what still needs it. */
import { existed, type KernelRecord, type State } from '@reeve/kernel';
import { readHeader, type Store } from '@reeve/ledger';
import type { ReadRecord } from './recover.ts';

/** Records of one thread at most: what an occupant waits for is told in the first ones. */
const MOST = 1000;

/** The customer of a case, `[erased …]` once he is forgotten; undefined when the ledger does not know the case. */
export async function customerOf(store: Store, read: ReadRecord, id: string): Promise<string | undefined> {
  const query = { stream: `case/${id}`, kind: 'case.opened', order: 'oldest', limit: 1 } as const;
  const [opened] = (await store.history(query)).records.map(read);
  return opened?.kind === 'case.opened' ? opened.body.customer : undefined;
}

/** The records behind an archived operation; null when it is in memory, or never was. */
export async function recordsOf(
  store: Store,
  read: ReadRecord,
  state: State,
  operation: string,
): Promise<KernelRecord[] | null> {
  if (state.operations.operations.has(operation) || !existed(state, operation)) return null;
  const { records } = await store.history({ stream: `operation/${operation}`, order: 'oldest', limit: MOST });
  const correlation = records[0] && readHeader(records[0].header).correlation;
  if (correlation === undefined) return null;
  return (await store.history({ correlation, order: 'oldest', limit: MOST })).records.map(read);
}
