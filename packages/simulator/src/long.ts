/** A long quiet time: many seats, many days, many cases, no faults; for the speed of simulation and the size of a ledger. */
import { createHash } from 'node:crypto';
import { DAY, HOUR, type SeatDef, step, tick } from '@reeve/kernel';
import { emptyDisk } from './disk.ts';
import { Weather } from './faults.ts';
import { Node } from './node.ts';
import type { Play } from './packs.ts';
import { randomFrom } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { Clients } from './work/clients.ts';
import { attend, OWNER, type Scene } from './work/people.ts';
import { emptyTruth } from './world/truth.ts';

export interface LongOptions {
  readonly seed: number;
  readonly play: Play;
  readonly days: number;
  readonly casesPerDay: number;
  readonly seats: number;
}

export interface LongOutcome {
  readonly records: number;
  readonly cases: number;
  readonly hash: string;
  /** Wall and processor time in seconds, and the largest heap seen at the end of a day, in MiB. */
  readonly seconds: number;
  readonly cpu: number;
  readonly heap: number;
}

const MIB = 1024 * 1024;
const EPOCH = Date.UTC(2026, 0, 5);

/** The pack with more front desks, until it has so many seats; cases are spread over them. */
function grown({ variants }: Play, seats: number) {
  const [definition] = variants;
  const desk = definition!.seats.find(({ id }) => id === 'front-desk')!;
  const more: SeatDef[] = Array.from({ length: Math.max(0, seats - definition!.seats.length) }, (_, i) => ({
    ...desk,
    id: `front-desk-${i + 2}`,
    occupant: { ...desk.occupant!, principal: `front-desk-${i + 2}-script` },
  }));
  const desks = [desk, ...more].map(({ id }) => id);
  const roomy = [...definition!.seats, ...more].map((seat) => ({ ...seat, cases: 100_000 }));
  return { definition: { ...definition!, seats: roomy }, desks };
}

/** Play the days one after the other; people decide what waits for them once a day. */
export async function playLong(
  options: LongOptions,
  onDay: (day: number, records: number, cpu: number) => void,
): Promise<LongOutcome> {
  const { seed, play, days, casesPerDay, seats } = options;
  const random = randomFrom(seed, 'long');
  const scheduler = new Scheduler(random.fork('order'), EPOCH);
  const { definition, desks } = grown(play, seats);
  const [disk, truth, weather] = [emptyDisk(), emptyTruth(), new Weather([])];
  const world = await play.world(random.fork('world'), EPOCH, 200);
  const node = new Node(
    {
      ...{ scheduler, weather, disk, world, truth, scripts: play.scripts, kernel: { step, tick }, seams: {} },
      ...{ random: random.fork('node'), latency: { disk: 2, tool: 50 }, onTrouble: fail },
      limits: { snapshotEvery: Number.MAX_SAFE_INTEGER, parkAfter: 60_000 },
      leaseTtl: 6 * HOUR,
    },
    'a',
  );
  const nodes = () => (node.runtime === null ? [] : [node]);
  const clients = new Clients({
    ...{ scheduler, disk, random: random.fork('clients'), latency: 5, twice: 0, nodes, onTrouble: fail },
  });
  const scene: Scene = {
    ...{ clients, world, truth, variants: [definition], ticket: play.ticket, wish: play.wish },
    ...{ node: () => node, now: () => scheduler.now },
  };
  const began = performance.now();
  const used = process.cpuUsage();
  const cpu = () => secondsOf(process.cpuUsage(used));
  void node.open();
  clients.send('organisation.apply', OWNER, { base: '', reason: 'the beginning', definition });
  let heap = 0;
  for (let day = 1; day <= days; day++) {
    for (let i = 0; i < casesPerDay; i++)
      scheduler.after(random.next() * DAY, 'person', null, () => {
        const ticket = scene.ticket(random, world.customers);
        clients.send('case.open', OWNER, { ...ticket, channel: 'email', owner: random.pick(desks) });
      });
    scheduler.after(DAY - HOUR, 'person', null, () => void attend(scene));
    await scheduler.run(day * DAY);
    clients.forget();
    heap = Math.max(heap, process.memoryUsage().heapUsed / MIB);
    onDay(day, disk.memory.records.length, cpu());
  }
  const seconds = (performance.now() - began) / 1000;
  const hash = createHash('sha256');
  for (const { hash: link } of disk.memory.records) hash.update(link);
  node.kill();
  const records = disk.memory.records.length;
  return { records, cases: days * casesPerDay, hash: hash.digest('hex'), seconds, cpu: cpu(), heap };
}

const secondsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;

const fail = (what: string): void => {
  throw new Error(what);
};
