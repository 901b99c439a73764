/** Time from starting the process to the first healthy reply: on nothing, and on a ledger of a million records. */
import { join } from 'node:path';
import { type Actor, type KernelRecord, nextDue, step, tick } from '@reeve/kernel';
import { type Head, headOf, seal } from '@reeve/ledger';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { recover } from '@reeve/runtime';
import { median, type Row } from './lib/measure.ts';
import { quietData, residentMegabytes, startServer } from './lib/server.ts';
import { OWNER, temporary } from './lib/world.ts';

const RECORDS = 1_000_000;
const GROUP = 512;
const OPEN_CASES = 100_000;
const SEATS = 10_000;

interface Place {
  readonly data: string;
  readonly org: string;
}
type Run = (id: string, kind: string, body: unknown, actor?: Actor) => Promise<void>;

const opened = (run: Run, i: number): Promise<void> =>
  run(`open-${i}`, 'case.open', { subject: `Case ${i}`, customer: `c${i % 5000}@d.example`, text: 'x'.repeat(300) });

/** How long what is over stays in memory, and how long the history is. */
const RETENTION = '7d';
const FOR_EVER = '9000d';
const ANNA = { principal: 'anna', seat: 'boss' };
const HISTORY = 60 * 86_400_000;

/** A ledger as it would have grown in sixty days: cases opened, noted on, cancelled, their messages read; one in ten left open. */
const grow = (place: Place): Promise<void> =>
  growing(place, async (run, seq) => {
    for (let i = 1; seq() < RECORDS; i++) {
      await opened(run, i);
      for (let n = 0; n < 6; n++) await run(`note-${i}-${n}`, 'case.note', { case: `C-${i}`, text: `Note ${n}` });
      if (i % 10 === 0) continue;
      await run(`done-${i}`, 'message.done', { message: `M-${i}` }, ANNA);
      await run(`end-${i}`, 'case.cancel', { case: `C-${i}`, reason: 'bench' });
    }
  });

const crowd = (place: Place): Promise<void> =>
  growing(place, async (run) => {
    for (let i = 1; i <= OPEN_CASES; i++) await opened(run, i);
  });

/** Commands of the owner, written to the ledger of a stopped organisation. */
async function growing({ data, org }: Place, play: (run: Run, seq: () => number) => Promise<void>): Promise<void> {
  const store = await sqliteStore({ directory: join(data, 'ledger') });
  const { state } = await recover(store, org);
  const lease = await store.lease.acquire('bench', 600_000, Date.now());
  if (!('epoch' in lease)) throw new Error('no lease');
  let head: Head = await store.head();
  let pending: KernelRecord[] = [];
  const flush = async () => {
    const sealed = seal(head.hash, pending);
    await store.append(head, lease.epoch, sealed);
    head = headOf(sealed, head);
    pending = [];
  };
  // Time never goes back: the sixty days begin when the pack was applied.
  const begin = state.now;
  const run: Run = async (id, kind, body, actor = OWNER) => {
    const now = begin + Math.floor((state.seq / RECORDS) * HISTORY);
    while ((nextDue(state) ?? now + 1) <= now) pending.push(...tick(state, { now, entropy: id }));
    const { records, reply } = step(state, { id, kind, actor, body }, { now, entropy: id });
    if (!reply.ok) throw new Error(reply.rejection.message);
    pending.push(...records);
    if (pending.length >= GROUP) await flush();
  };
  await play(run, () => state.seq);
  await flush();
  await store.lease.release(lease.epoch);
  await store.close();
}

async function once(data: string): Promise<{ started: number; memory: number }> {
  const server = await startServer(data);
  const memory = residentMegabytes(server.child.pid!);
  await server.stop();
  return { started: server.started, memory };
}

interface Million {
  readonly with: number;
  readonly without: number;
  readonly memory: number;
}

/** Starts on a million records, of which what is over leaves memory after `retention`. */
async function million(directory: string, retention: string, runs: number): Promise<Million> {
  const grown = await quietData(directory, 20, { intake: 'boss', retention });
  process.stderr.write(`  growing a ledger of ${RECORDS} records, retention ${retention} …\n`);
  await grow(grown);
  // The first start has no snapshot; stopping takes one.
  const first = await once(grown.data);
  const later: { started: number; memory: number }[] = [];
  for (let i = 0; i < runs; i++) later.push(await once(grown.data));
  return {
    with: median(later.map(({ started }) => started)),
    without: first.started,
    memory: median(later.map(({ memory }) => memory)),
  };
}

export async function start(runs: number): Promise<Row[]> {
  return temporary(async (directory) => {
    const empty: number[] = [];
    for (let i = 0; i < runs; i++) empty.push((await once(join(directory, `empty-${i}`))).started);
    const nothing = median(empty);
    const kept = await million(join(directory, 'kept'), FOR_EVER, runs);
    const { with: lean, without, memory } = await million(join(directory, 'grown'), RETENTION, runs);
    return [
      { what: 'start to first healthy reply, empty', value: nothing, unit: 's', target: '< 1.0', met: nothing < 1 },
      {
        what: 'the same, 1,000,000 records, with snapshot',
        value: lean,
        unit: 's',
        target: '< 5',
        met: lean < 5,
      },
      { what: 'the same, 1,000,000 records, without snapshot', value: without, unit: 's' },
      { what: 'RSS after the start with snapshot', value: memory, unit: 'MB' },
      { what: 'with snapshot, when nothing ever leaves memory', value: kept.with, unit: 's' },
      { what: 'without snapshot, when nothing ever leaves memory', value: kept.without, unit: 's' },
      { what: 'RSS, when nothing ever leaves memory', value: kept.memory, unit: 'MB' },
    ];
  });
}

/** What a server takes with very many seats and open cases, after it was started again. */
export async function memory(): Promise<Row[]> {
  return temporary(async (directory) => {
    const place = await quietData(directory, SEATS);
    await crowd(place);
    const first = await once(place.data);
    const { memory: value, started } = await once(place.data);
    return [
      { what: 'RSS, 100,000 open cases, 10,000 seats', value, unit: 'MB', target: '< 1,024', met: value < 1024 },
      { what: 'the same, started from records instead of a snapshot', value: first.memory, unit: 'MB' },
      { what: 'start of it, with snapshot', value: started, unit: 's' },
    ];
  });
}
