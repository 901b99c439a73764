/** What has left memory, read back from the ledger when somebody looks. */
import { existed, recall, type State } from '@reeve/kernel';
import { readHeader } from '@reeve/ledger';
import type { Runtime } from '@reeve/runtime';
import type { Archive } from './archive.ts';
import { allRecords } from './views/ledger.ts';

const STREAMS: Readonly<Record<string, string>> = { C: 'case', OP: 'operation', A: 'approval' };

const inMemory = (state: State, id: string): boolean =>
  state.cases.cases.has(id) || state.operations.operations.has(id) || state.governance.approvals.has(id);

/** The case a thing belongs to, or the operation of no case; null when the ledger knows nothing of it. */
async function threadOf({ store }: Archive, id: string): Promise<string | null> {
  const stream = `${STREAMS[id.slice(0, id.indexOf('-'))]}/${id}`;
  const [first] = (await store.history({ stream, order: 'oldest', limit: 1 })).records;
  return first ? readHeader(first.header).correlation : null;
}

/** The past of one case, operation or approval as a state of its own; null for what is in memory, or never was. */
export async function recalled(runtime: Runtime, archive: Archive, id: string): Promise<State | null> {
  if (!(await runtime.read((state) => !inMemory(state, id) && existed(state, id)))) return null;
  const correlation = await threadOf(archive, id);
  if (correlation === null) return null;
  const records = await allRecords(archive, { correlation });
  return runtime.read((state) => recall(state, records));
}

/** [SRV80] Look at a case, an operation or an approval wherever it is. @throws what `look` throws for what is nowhere. */
export async function lookAt<T>(runtime: Runtime, archive: Archive, id: string, look: (state: State) => T): Promise<T> {
  const past = await recalled(runtime, archive, id);
  return past ? look(past) : runtime.read(look);
}
