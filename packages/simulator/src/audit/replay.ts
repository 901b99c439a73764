/** Does the memory of the running process, which may have begun with a snapshot, say what its ledger says? */
import { isDeepStrictEqual } from 'node:util';
import type { State } from '@reeve/kernel';
import type { KeyStore } from '@reeve/ledger';
import { type MemoryDisk, memoryDisk, memoryStore } from '@reeve/ledger/memory';
import { recover } from '@reeve/runtime';
import type { Finding } from './records.ts';

/** What of the state is compared, by name. Timers are not: those of the past are set again by a replay and do nothing. */
const PARTS: Readonly<Record<string, (state: State) => unknown>> = {
  seq: ({ seq }) => seq,
  counters: ({ counters }) => counters,
  commands: ({ commands }) => commands,
  definition: ({ organisation }) => organisation.digest,
  seats: ({ organisation }) => organisation.seats,
  cases: ({ cases }) => [cases.cases, cases.tasks],
  messages: ({ inbox }) => inbox.messages,
  operations: ({ operations }) => operations.operations,
  jobs: ({ operations }) => operations.jobs,
  locks: ({ operations }) => operations.locks,
  approvals: ({ governance }) => [governance.approvals, governance.pending],
  switches: ({ governance }) => governance.switches,
  books: ({ budget }) => [budget.books, budget.reservations],
  runs: ({ runs }) => [runs.runs, runs.ready, runs.waiting],
};

/** Differences between `state` and what a replay of all records gives; none when memory and ledger agree. */
export async function divergence(state: State, disk: MemoryDisk, keys?: KeyStore): Promise<Finding[]> {
  const bare: MemoryDisk = { ...memoryDisk(), records: disk.records };
  let again: Awaited<ReturnType<typeof recover>>;
  try {
    again = await recover(memoryStore(bare), state.org, keys);
  } catch (error) {
    return [{ rule: 'replay', detail: `the ledger cannot be read again: ${(error as Error).message}` }];
  }
  return Object.entries(PARTS)
    .filter(([, part]) => !isDeepStrictEqual(part(state), part(again.state)))
    .map(([name]) => ({ rule: 'replay', detail: `the ${name} in memory are not those of the ledger` }));
}
