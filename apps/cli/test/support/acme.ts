/** A data directory with a ledger of made-up records, signed in two checkpoints; as a stopped server leaves it. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCheckpoint, openLogKeys, type RecordHeader, seal } from '@reeve/ledger';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { temporary } from './cli.ts';

type Over = Partial<Pick<RecordHeader, 'stream' | 'kind'>> & { readonly body?: Record<string, unknown> };

export interface Acme {
  /** Records, and after how many of them there is a checkpoint. */
  readonly sizes: readonly number[];
  /** Replaces fields of a record. */
  readonly change?: (seq: number) => Over;
  /** Data directory whose keys sign; new ones unless told otherwise. */
  readonly keysOf?: string;
}

const recordOf = (seq: number, over: Over) => ({
  seq,
  org: 'acme',
  at: 1_790_000_000_000 + seq,
  actor: { principal: 'agent:mia', seat: 'desk' },
  kind: 'case.noted',
  v: 1,
  stream: `case/C-${seq % 5}`,
  causation: { command: `c-${seq}`, digest: 'd'.repeat(64) },
  correlation: `C-${seq % 5}`,
  visibility: 'organisation' as const,
  body: { number: seq },
  ...over,
});

/** @returns the data directory, in a folder of its own. */
export async function acme({ sizes, change = () => ({}), keysOf }: Acme): Promise<string> {
  const data = join(temporary(), 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'reeve.json'), '{"organisation":"acme","version":1,"created":"2026-11-01T00:00:00Z"}\n');
  if (keysOf !== undefined)
    for (const part of ['keys', 'ledger.pub']) cpSync(join(keysOf, part), join(data, part), { recursive: true });
  const { signer } = await openLogKeys(data, 'acme');
  const store = await sqliteStore({ directory: join(data, 'ledger') });
  const lease = (await store.lease.acquire('test', 1000, 0)) as { epoch: number };
  for (const size of sizes) {
    const head = await store.head();
    const entries = Array.from({ length: size - head.seq }, (_, i) => {
      const seq = head.seq + 1 + i;
      return recordOf(seq, change(seq));
    });
    await store.append(head, lease.epoch, seal(head.hash, entries));
    await makeCheckpoint(store, signer);
  }
  await store.close();
  return data;
}
