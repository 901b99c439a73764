/**
 * How long after a kill switch is tripped the last effect in its scope begins, and the last program is gone: at each of the six
 * scopes, with 64 operations under way at any moment and programs running. Linux (it looks for programs in /proc).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Call, type CallResult, openTools, type Tool } from '@reeve/connectors';
import { type Definition, definition, SWITCH_SCOPES, type SwitchScope } from '@reeve/kernel';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { openRuntime, type Runtime } from '@reeve/runtime';
import { median, type Row } from './lib/measure.ts';
import { InstantTool, OWNER, temporary } from './lib/world.ts';

const WIDTH = 64;
const PROGRAMS = 8;
/** What the programs sleep for: by it they are found. */
const MARK = '93817.5';
const CLERK = { principal: 'p-clerk', seat: 'clerk' };
const TARGETS: Readonly<Record<SwitchScope, string>> = {
  ...{ organisation: 'all', unit: 'office', seat: 'clerk', capability: 'book.*', tool: 'book', lane: 'writing' },
};

/** One clerk who writes into a book and runs programs; each tool's switch covers the half of the load that is its own. */
const office = (): Definition =>
  definition.parse({
    name: 'Bench',
    settings: { intake: 'clerk', earned: ['book.write', 'shell.run'] },
    units: [{ id: 'office', title: 'Office' }],
    seats: [
      {
        ...{ id: 'clerk', title: 'Clerk', unit: 'office' },
        charter: { purpose: 'Work.', tier: 'executor', rights: [{ capability: 'book.*' }, { capability: 'shell.*' }] },
        occupant: { principal: CLERK.principal, kind: 'human' },
      },
    ],
    tools: [
      { id: 'book', connector: 'book' },
      {
        id: 'shell',
        connector: 'shell',
        config: { programs: { sleep: '/bin/sleep' }, workspace: 'tool', isolation: 'preferred' },
      },
    ],
    capabilities: [
      { id: 'book.write', tool: 'book', effect: 'reversible', args: { entry: 'string' }, settle: 'native-key' },
      {
        ...{ id: 'shell.run', tool: 'shell', effect: 'reversible', args: { n: 'string' }, timeout: '10m' },
        config: { program: 'sleep', args: [MARK], time: 600_000 },
      },
    ],
    contracts: [
      { id: 'write', capability: 'book.write' },
      { id: 'run', capability: 'shell.run' },
    ],
    flows: [{ id: 'writing', steps: ['write', 'run'] }],
  });

/** Answers after a moment, and notes when each effect began. */
class Clocked extends InstantTool {
  last = 0;
  override async call(_call?: Call): Promise<CallResult> {
    this.last = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 2));
    return super.call();
  }
}

const programs = (): number =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(MARK);
    } catch {
      return false;
    }
  }).length;

async function until(condition: () => boolean): Promise<void> {
  // Not more often: looking for programs takes the loop's time, too.
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

interface Loaded {
  readonly runtime: Runtime;
  readonly book: Clocked;
  end(): Promise<void>;
}

async function loaded(directory: string): Promise<Loaded> {
  const defined = office();
  const [book, store] = [new Clocked(), await sqliteStore({ directory })];
  const shells = {
    tools: [defined.tools[1]!],
    capabilities: defined.capabilities.filter((one) => one.tool === 'shell'),
  };
  const tools = new Map<string, Tool>(await openTools(shells, { data: join(directory, 'tools'), pack: directory }));
  const shell = tools.get('shell')!;
  tools.set('book', book);
  const runtime = await openRuntime({
    ...{ org: 'bench', store, occupants: () => null, limits: { executors: 2 * WIDTH } },
    tools: { get: (id) => tools.get(id), use: async () => {}, close: async () => {} },
  });
  await runtime.submit({
    ...{ id: 'apply', kind: 'organisation.apply', actor: OWNER },
    body: { base: '', reason: 'bench', definition: defined },
  });
  const about = { subject: 'Bench', customer: 'c@d.example', owner: 'clerk' };
  await runtime.submit({ id: 'open', kind: 'case.open', actor: OWNER, body: about });
  const end = async () => {
    await runtime.stop(0);
    await shell.close();
    await store.close();
  };
  return { runtime, book, end };
}

/** Ask on and on, `WIDTH` at a time, until everything is refused. */
function load({ runtime }: Loaded): () => Promise<unknown> {
  let going = true;
  let n = 0;
  const lane = async () => {
    while (going) {
      const body = { capability: 'book.write', case: 'C-1', args: { entry: `${n++}` } };
      await runtime.submit({ id: `w-${n}`, kind: 'operation.request', actor: CLERK, body });
    }
  };
  const lanes = Array.from({ length: WIDTH }, lane);
  return () => {
    going = false;
    return Promise.all(lanes);
  };
}

/** Milliseconds from asking for the trip until it was acknowledged, the last effect began, the last program was gone; effects/s before. */
type Taken = readonly [acknowledged: number, last: number, gone: number, pace: number];

async function once(directory: string, scope: SwitchScope): Promise<Taken> {
  const made = await loaded(directory);
  const { runtime, book } = made;
  for (let n = 0; n < PROGRAMS; n++) {
    const body = { capability: 'shell.run', case: 'C-1', args: { n: `${n}` } };
    await runtime.submit({ id: `p-${n}`, kind: 'operation.request', actor: CLERK, body });
  }
  const stop = load(made);
  await until(() => programs() >= PROGRAMS && book.calls > 500);
  // Undisturbed again.
  const before = book.calls;
  await new Promise((resolve) => setTimeout(resolve, 300));
  const pace = (book.calls - before) / 0.3;
  const [start, id] = [performance.now(), TARGETS[scope]];
  const trip = { scope, id, reason: 'bench' };
  await runtime.submit({ id: 'trip', kind: 'switch.trip', actor: OWNER, body: trip });
  const acknowledged = performance.now() - start;
  const covered = scope !== 'capability' && scope !== 'tool';
  if (covered) await until(() => programs() === 0);
  const gone = covered ? performance.now() - start : Number.NaN;
  // Long enough that anything that was still to begin has begun.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const last = Math.max(0, book.last - start);
  await stop();
  await made.end();
  return [acknowledged, last, gone, pace];
}

export async function switches(runs: number): Promise<Row[]> {
  if (process.platform !== 'linux') return [];
  return temporary(async (parent) => {
    const rows: Row[] = [];
    for (const scope of SWITCH_SCOPES) {
      const taken: Taken[] = [];
      for (let run = 0; run < runs; run++) taken.push(await once(join(parent, `${scope}-${run}`), scope));
      const of = (i: 0 | 1 | 2 | 3) => median(taken.map((each) => each[i]));
      const row = (what: string, value: number): Row => ({
        what,
        value,
        unit: 'ms',
        target: '< 1,000',
        met: value < 1000,
      });
      rows.push(row(`switch on ${scope}: trip to acknowledged`, of(0)), {
        ...row('  trip to the last effect that began', of(1)),
        note: `${Math.round(of(3))} effects/s before`,
      });
      if (!Number.isNaN(of(2))) rows.push(row(`  trip to the last of ${PROGRAMS} programs gone`, of(2)));
    }
    return rows;
  });
}
