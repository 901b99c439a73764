// Run by sqlite.test.ts as a process of its own, to be killed: appends batches and prints the head after each.
import { type Head, headOf, type SealedRecord, seal } from '../src/chain.ts';
import { sqliteStore } from '../src/store/sqlite/index.ts';

const store = await sqliteStore({ directory: process.argv[2] as string });
const lease = await store.lease.acquire('appender', 60_000, 0);
if (!('epoch' in lease)) throw new Error(`the lease is held by ${lease.heldBy}`);

function batch(head: Head): SealedRecord[] {
  const entries = Array.from({ length: 9 }, (_, i) => ({
    seq: head.seq + 1 + i,
    org: 'acme',
    at: 1_790_000_000_000,
    actor: { principal: 'agent:mia' },
    kind: 'case.opened',
    v: 1,
    stream: 'case/1',
    causation: { timer: 'tick' },
    correlation: 'case-1',
    visibility: 'organisation' as const,
    body: { text: 'x'.repeat(500) },
  }));
  return seal(head.hash, entries);
}

// Bounded, so that it ends even if nobody kills it.
for (let i = 0, head = await store.head(); i < 20_000; i++) {
  const records = batch(head);
  await store.append(head, lease.epoch, records);
  head = headOf(records, head);
  process.stdout.write(`${head.seq}\n`);
}
