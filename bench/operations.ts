/** The whole life of a governed operation (requested → admitted → leased → succeeded → verified), durable, in process. */
import { join } from 'node:path';
import type { Store } from '@reeve/ledger';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { openDesk } from './lib/desk.ts';
import { median, parallel, percentile, type Row, repeated, seconds } from './lib/measure.ts';
import { temporary } from './lib/world.ts';

/**
 * `total` operations in an organisation on this store, `width` at a time; the store is closed at the end. `directory` is where
 * it keeps its files, if it does.
 */
export async function lives(
  store: Store,
  total: number,
  width: number,
  directory?: string,
): Promise<{ perSecond: number; latencies: number[] }> {
  const desk = await openDesk(store, directory);
  const start = process.hrtime.bigint();
  const latencies = await parallel(total, width, (i) => desk.operate(i));
  const took = seconds(start);
  await desk.close();
  return { perSecond: total / took, latencies };
}

export async function operations(runs: number): Promise<Row[]> {
  return temporary(async (directory) => {
    let n = 0;
    const next = async (total: number, width: number) => {
      const run = join(directory, `run-${n++}`);
      return lives(await sqliteStore({ directory: run }), total, width, run);
    };
    const p50: number[] = [];
    const p95: number[] = [];
    const single = await repeated(runs, async () => {
      const { perSecond, latencies } = await next(500, 1);
      p50.push(percentile(latencies, 50));
      p95.push(percentile(latencies, 95));
      return perSecond;
    });
    const wide = await repeated(runs, async () => (await next(10_000, 64)).perSecond);
    return [
      { what: 'governed operation, whole life, durable, concurrency 1', value: single, unit: '/s' },
      { what: '  p50', value: median(p50), unit: 'ms', target: '< 5', met: median(p50) < 5 },
      { what: '  p95', value: median(p95), unit: 'ms' },
      {
        what: 'governed operation, whole life, durable, concurrency 64',
        value: wide,
        unit: '/s',
        target: '≥ 5,000',
        met: wide >= 5000,
      },
    ];
  });
}
