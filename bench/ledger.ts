/** The ledger alone: sealing and appending in groups, and verifying. */
import { join } from 'node:path';
import type { RecordEntry } from '@reeve/kernel';
import { GENESIS, type Head, headOf, seal, verify } from '@reeve/ledger';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { type Row, rate, repeated, seconds } from './lib/measure.ts';
import { temporary } from './lib/world.ts';

const GROUP = 256;

const entries = (from: number, count: number): RecordEntry[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ seq: from + i, org: 'bench', at: 1_700_000_000_000 + from + i, actor: { principal: 'p', seat: 's' } },
    ...{ kind: 'bench.event', v: 1, stream: `bench/${from + i}`, causation: { command: `c-${from + i}`, digest: 'd' } },
    ...{ correlation: `C-${(from + i) % 1000}`, visibility: 'organisation' as const },
    body: { text: 'x'.repeat(430), number: from + i, flag: true },
  }));

async function append(directory: string, count: number): Promise<number> {
  const store = await sqliteStore({ directory });
  const lease = await store.lease.acquire('bench', 60_000, Date.now());
  if (!('epoch' in lease)) throw new Error('no lease');
  const all = entries(1, count);
  const perSecond = await rate(count, async () => {
    let head: Head = GENESIS;
    let written: Promise<void> = Promise.resolve();
    for (let i = 0; i < count; i += GROUP) {
      // As the loop does: the next group is sealed while the one before is written.
      const sealed = seal(head.hash, all.slice(i, i + GROUP));
      await written;
      written = store.append(head, lease.epoch, sealed);
      head = headOf(sealed, head);
    }
    await written;
  });
  await store.close();
  return perSecond;
}

async function verified(directory: string): Promise<number> {
  const store = await sqliteStore({ directory });
  const start = process.hrtime.bigint();
  const result = await verify(store.load(0));
  const took = seconds(start);
  await store.close();
  if (!result.ok) throw new Error('the chain does not verify');
  return result.count / took;
}

export async function ledger(runs: number): Promise<Row[]> {
  return temporary(async (directory) => {
    let n = 0;
    const appended = await repeated(runs, () => append(join(directory, `ledger-${n++}`), 51_200));
    const check = await repeated(runs, () => verified(join(directory, 'ledger-0')));
    return [
      {
        what: 'ledger: seal + append, 500-byte events, groups of 256',
        value: appended,
        unit: '/s',
        target: '≥ 50,000',
        met: appended >= 50_000,
      },
      { what: 'ledger: verify (one core)', value: check, unit: '/s', target: '≥ 300,000', met: check >= 300_000 },
    ];
  });
}
