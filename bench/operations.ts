/** The whole life of a governed operation (requested → admitted → leased → succeeded → verified), durable, in process. */
import { join } from 'node:path';
import type { Store } from '@reeve/ledger';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { openRuntime, type Runtime } from '@reeve/runtime';
import { median, parallel, percentile, type Row, repeated, seconds } from './lib/measure.ts';
import { hostOf, InstantTool, OWNER, organisation, temporary } from './lib/world.ts';

/** Operations are spread over this many cases; one case with thousands of them is not what an organisation looks like. */
const CASES = 500;

const CLERK = { principal: 'p-0', seat: 'clerk-0' };

async function withRuntime<T>(store: Store, use: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = await openRuntime({ org: 'bench', store, tools: hostOf(new InstantTool()), occupants: () => null });
  const body = { base: '', reason: 'bench', definition: organisation() };
  await runtime.submit({ id: 'apply', kind: 'organisation.apply', actor: OWNER, body });
  for (let n = 0; n < CASES; n++) {
    const about = { subject: `Case ${n}`, customer: `c${n}@d.example` };
    await runtime.submit({ id: `open-${n}`, kind: 'case.open', actor: OWNER, body: about });
  }
  const result = await use(runtime);
  await runtime.stop();
  await store.close();
  return result;
}

/** Calls back when each operation is verified. */
function follow(runtime: Runtime): { done: (operation: string) => Promise<void>; end: () => void } {
  const waiting = new Map<string, () => void>();
  const verified = new Set<string>();
  const stop = new AbortController();
  void (async () => {
    for await (const { record } of runtime.subscribe({ signal: stop.signal })) {
      if (record.kind !== 'operation.verified') continue;
      const wake = waiting.get(record.body.operation);
      if (wake) wake();
      else verified.add(record.body.operation);
    }
  })();
  const done = (operation: string) =>
    verified.delete(operation) ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(operation, resolve));
  return { done, end: () => stop.abort() };
}

/** `total` operations in an organisation on this store, `width` at a time; the store is closed at the end. */
export async function lives(
  store: Store,
  total: number,
  width: number,
): Promise<{ perSecond: number; latencies: number[] }> {
  return withRuntime(store, async (runtime) => {
    const { done, end } = follow(runtime);
    const start = process.hrtime.bigint();
    const latencies = await parallel(total, width, async (i) => {
      const body = {
        capability: 'book.write',
        case: `C-${1 + (i % CASES)}`,
        args: { entry: `entry-${i}`, amount: 10 },
      };
      const reply = await runtime.submit({ id: `op-${i}`, kind: 'operation.request', actor: CLERK, body });
      if (!reply.ok) throw new Error(reply.rejection.message);
      await done(reply.result.operation as string);
    });
    const took = seconds(start);
    end();
    return { perSecond: total / took, latencies };
  });
}

export async function operations(runs: number): Promise<Row[]> {
  return temporary(async (directory) => {
    let n = 0;
    const next = () => sqliteStore({ directory: join(directory, `run-${n++}`) });
    const p50: number[] = [];
    const p95: number[] = [];
    const single = await repeated(runs, async () => {
      const { perSecond, latencies } = await lives(await next(), 500, 1);
      p50.push(percentile(latencies, 50));
      p95.push(percentile(latencies, 95));
      return perSecond;
    });
    const wide = await repeated(runs, async () => (await lives(await next(), 10_000, 64)).perSecond);
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
