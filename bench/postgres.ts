/** The ledger and the whole life of an operation on PostgreSQL, a server of its own on this machine, fsync on. */
import type { RecordEntry } from '@reeve/kernel';
import { headOf, seal } from '@reeve/ledger';
import { type PostgresStores, postgresStores } from '@reeve/ledger/postgres';
import { trialServer, withoutPostgres } from '@reeve/ledger/trial';
import { median, percentile, type Row, repeated, seconds } from './lib/measure.ts';
import { lives } from './operations.ts';

const GROUP = 256;
const GROUPS = 60;

const entry = (seq: number): RecordEntry => ({
  ...{ seq, org: 'bench', at: 1_790_000_000_000, kind: 'bench.event', v: 1, visibility: 'organisation' },
  ...{ actor: { principal: 'bench', seat: 'clerk' }, stream: `case/${seq % 50}`, correlation: `C-${seq % 50}` },
  ...{ causation: { command: `c-${seq}`, digest: 'd'.repeat(64) }, body: { text: 'x'.repeat(480) } },
});

/** Events per second in groups, sealed and appended one group after the other. */
async function appends(stores: PostgresStores, name: string): Promise<number> {
  const store = await stores.store(name);
  const lease = await store.lease.acquire('bench', 600_000, 0);
  const epoch = 'epoch' in lease ? lease.epoch : 0;
  let head = await store.head();
  const start = process.hrtime.bigint();
  for (let group = 0; group < GROUPS; group++) {
    const records = seal(
      head.hash,
      Array.from({ length: GROUP }, (_, i) => entry(head.seq + 1 + i)),
    );
    await store.append(head, epoch, records);
    head = headOf(records, head);
  }
  return (GROUP * GROUPS) / seconds(start);
}

export async function postgres(runs: number): Promise<Row[]> {
  const missing = withoutPostgres();
  if (missing !== null) return [{ what: `PostgreSQL: ${missing}`, value: Number.NaN, unit: '' }];
  const server = await trialServer();
  const stores = await postgresStores({ url: server.url });
  let n = 0;
  const next = () => `bench-${n++}`;
  try {
    const grouped = await repeated(runs, () => appends(stores, next()));
    const p50: number[] = [];
    const single = await repeated(runs, async () => {
      const { perSecond, latencies } = await lives(await stores.store(next()), 300, 1);
      p50.push(percentile(latencies, 50));
      return perSecond;
    });
    const wide = await repeated(runs, async () => (await lives(await stores.store(next()), 6000, 64)).perSecond);
    return [
      { what: 'PostgreSQL: seal + append, 500-byte events, groups of 256', value: grouped, unit: '/s' },
      { what: 'PostgreSQL: governed operation, whole life, concurrency 1', value: single, unit: '/s' },
      { what: '  p50', value: median(p50), unit: 'ms' },
      {
        ...{ what: 'PostgreSQL: governed operation, whole life, concurrency 64', value: wide, unit: '/s' },
        ...{ target: '≥ 1,500', met: wide >= 1500 },
      },
    ];
  } finally {
    await stores.close();
    await server.remove();
  }
}
