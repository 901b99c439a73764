/**
 * Runs of models: 200 at once against a provider that takes 2 s for each reply, and what 1,000 seats cost that have nothing to do.
 * The provider is a process of its own, so that what is measured is the organisation.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Definition, definition } from '@reeve/kernel';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { openRuntime, type Runtime } from '@reeve/runtime';
import { grantedTo, modelOccupant } from '@reeve/workers/model';
import { sdkModel } from '@reeve/workers/model/sdk';
import { median, percentile, type Row, seconds } from './lib/measure.ts';
import { hostOf, InstantTool, OWNER, temporary } from './lib/world.ts';

const RUNS = 200;
const LATENCY = 2000;
/** Replies of one run: three writes and a report. */
const TURNS = 4;
const IDLE = 1000;

const clerk = (i: number, runs: number) => ({
  ...{ id: `clerk-${i}`, title: `Clerk ${i}`, unit: 'office', supervisor: 'boss', runs },
  charter: { purpose: 'Write.', tier: 'executor', rights: [{ capability: 'book.write' }], stop: { steps: 50 } },
  occupant: { principal: `model-${i}`, kind: 'model', model: 'big' },
});

const office = (url: string, clerks: number, runs: number): Definition =>
  definition.parse({
    name: 'Bench',
    settings: { intake: clerks > 0 ? 'clerk-0' : 'boss', earned: ['book.*'] },
    units: [{ id: 'office', title: 'Office' }],
    seats: [
      {
        ...{ id: 'boss', title: 'Boss', unit: 'office' },
        charter: { purpose: 'Decide.', tier: 'executor' },
        occupant: { principal: 'anna', kind: 'human' },
      },
      ...Array.from({ length: clerks }, (_, i) => clerk(i, runs)),
    ],
    tools: [{ id: 'book', connector: 'book' }],
    capabilities: [
      { id: 'book.write', tool: 'book', effect: 'reversible', args: { entry: 'string' }, settle: 'native-key' },
    ],
    contracts: [{ id: 'write', capability: 'book.write' }],
    models: [{ id: 'big', provider: 'openai-compatible', name: 'big-1', endpoint: url }],
    prices: ['input-tokens', 'output-tokens'].map((unit) => ({
      id: unit,
      of: 'big',
      unit,
      price: 1,
      from: '2026-01-01',
    })),
  });

/** A provider in another process; resolves to its address. */
async function provider(): Promise<{ url: string; child: ChildProcess }> {
  const script = fileURLToPath(new URL('lib/provider.ts', import.meta.url));
  const child = fork(script, [String(LATENCY), String(TURNS)], { execArgv: ['--import', './bin/typescript.js'] });
  const url = await new Promise<string>((resolve) => child.once('message', (message) => resolve(String(message))));
  return { url, child };
}

async function open(def: Definition, directory: string): Promise<Runtime> {
  const store = await sqliteStore({ directory });
  const runtime = await openRuntime({
    ...{ org: 'bench', store, tools: hostOf(new InstantTool()), limits: { runs: 2 * RUNS } },
    occupants: (id, occupant) => {
      const seat = def.seats.find((one) => one.id === id);
      if (occupant.kind !== 'model' || !seat) return null;
      const [model] = def.models;
      const offered = { def: model!, port: sdkModel(model!, async () => undefined), pricesCached: false };
      return modelOccupant({
        ...{ charter: seat.charter, occupant, cache: null, capabilities: grantedTo(def, seat) },
        ...{ model: () => offered, pause: async () => {} },
      });
    },
  });
  const body = { base: '', reason: 'bench', definition: def };
  const reply = await runtime.submit({ id: 'apply', kind: 'organisation.apply', actor: OWNER, body });
  if (!reply.ok) throw new Error(reply.rejection.message);
  return runtime;
}

interface Crowd {
  readonly took: number;
  readonly cpu: number;
  readonly slowest: number;
}

/** All runs at once, from the first ticket to the last report. */
async function crowd(url: string): Promise<Crowd> {
  return temporary(async (directory) => {
    const runtime = await open(office(url, 1, RUNS), directory);
    const began = new Map<string, number>();
    const took: number[] = [];
    const stop = new AbortController();
    const all = (async () => {
      for await (const { record } of runtime.subscribe({ signal: stop.signal, after: 0 })) {
        if (record.kind === 'run.started') began.set(record.body.run, performance.now());
        if (record.kind === 'run.stopped' || record.kind === 'run.failed') throw new Error(record.body.message);
        if (record.kind === 'run.finished') took.push(performance.now() - began.get(record.body.run)!);
        if (took.length === RUNS) return;
      }
    })();
    const [start, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
    const cases = Array.from({ length: RUNS }, (_, n) =>
      runtime.submit({
        ...{ id: `case-${n}`, kind: 'case.open', actor: OWNER },
        body: { subject: `Case ${n}`, customer: `c${n}@d.example` },
      }),
    );
    await Promise.all([...cases, all]);
    const used = process.cpuUsage(cpu);
    stop.abort();
    const result = { took: seconds(start), cpu: (used.user + used.system) / 1e6, slowest: percentile(took, 95) / 1000 };
    await runtime.stop(0);
    return result;
  });
}

/** Bytes of the heap for each seat that has nothing to do, and the processor time of all of them in ten seconds. */
async function idle(): Promise<{ bytes: number; cpu: number }> {
  const heap = async (clerks: number): Promise<{ bytes: number; cpu: number }> =>
    temporary(async (directory) => {
      const runtime = await open(office('http://127.0.0.1:9/v1', clerks, 4), directory);
      await runtime.idle();
      globalThis.gc?.();
      const { heapUsed } = process.memoryUsage();
      const before = process.cpuUsage();
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      const { user, system } = process.cpuUsage(before);
      await runtime.stop(0);
      return { bytes: heapUsed, cpu: (user + system) / 1000 };
    });
  await heap(1);
  const [few, many] = [await heap(0), await heap(IDLE)];
  // Less than nothing is noise.
  return { bytes: (many.bytes - few.bytes) / IDLE, cpu: Math.max(0, many.cpu - few.cpu) };
}

export async function runs(times: number): Promise<Row[]> {
  const { url, child } = await provider();
  const crowds: Crowd[] = [];
  try {
    for (let i = 0; i < times; i++) crowds.push(await crowd(url));
  } finally {
    child.kill();
  }
  const ideal = (TURNS * LATENCY) / 1000;
  const took = median(crowds.map((one) => one.took));
  const { bytes, cpu } = await idle();
  return [
    {
      ...{ what: `${RUNS} runs at once, ${TURNS} replies of ${LATENCY / 1000} s each`, value: took, unit: 's' },
      ...{ target: '', note: `the provider alone takes ${ideal} s` },
    },
    { what: 'the same, p95 of one run', value: median(crowds.map((one) => one.slowest)), unit: 's' },
    {
      ...{ what: 'the same, processor time of a reply with its operation', unit: 'ms' },
      value: median(crowds.map((one) => (one.cpu * 1000) / (RUNS * TURNS))),
    },
    {
      ...{ what: `${IDLE} idle model seats, memory of each`, value: bytes / 1024, unit: 'KB' },
      ...{ target: '< 5 KB', met: bytes < 5 * 1024, note: globalThis.gc ? '' : 'without --expose-gc: rough' },
    },
    {
      ...{ what: `${IDLE} idle model seats, processor time in 10 s beyond that of none`, value: cpu, unit: 'ms' },
      ...{ target: 'none', met: cpu < 50 },
    },
  ];
}
