/** The store of the simulation: the memory store, reached over a disk that is slow, full, torn or gone. */
import { type Store, StoreFull, StoreUnavailable } from '@reeve/ledger';
import { type MemoryDisk, memoryDisk, memoryStore } from '@reeve/ledger/memory';
import type { Weather } from './faults.ts';
import type { Random } from './random.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** What outlives every process. */
export interface Disk {
  readonly memory: MemoryDisk;
  /** Records at the end that belong to a transaction that was never committed. */
  torn: number;
}

export const emptyDisk = (): Disk => ({ memory: memoryDisk(), torn: 0 });

/** What a store does when it is opened: a transaction without its end is cut off. */
export function cutTorn(disk: Disk): void {
  if (disk.torn > 0) disk.memory.records.length -= disk.torn;
  disk.torn = 0;
}

export interface DiskOptions {
  readonly disk: Disk;
  readonly process: Process;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly weather: Weather;
  /** Latency of one access at most, in virtual milliseconds. */
  readonly latency: number;
  readonly kill: (process: Process) => void;
}

const gone = (what: string): StoreUnavailable => new StoreUnavailable('retryable', `${what}: the disk did not answer`);

/** The store as one process sees it. */
export function storeOn(options: DiskOptions): Store {
  const { disk, weather, scheduler } = options;
  const base = memoryStore(disk.memory);
  const { access } = new Access(options);
  const failing = async (kind: 'read-fails' | 'lease-fails' | 'snapshot-fails') => {
    if (weather.take(scheduler.time, kind)) throw gone(kind);
  };
  const reading = async () => {
    await access('read');
    await failing('read-fails');
  };
  return {
    ...base,
    append: (expected, epoch, records) => append(options, access, () => base.append(expected, epoch, records), records),
    head: async () => {
      await reading();
      return base.head();
    },
    load: async function* (after, limit) {
      await reading();
      yield* base.load(after, limit);
    },
    history: async (query) => {
      await reading();
      return base.history(query);
    },
    snapshot: {
      ...base.snapshot,
      save: async (seq, version, bytes) => {
        await access('snapshot');
        await failing('snapshot-fails');
        return base.snapshot.save(seq, version, bytes);
      },
      load: async () => {
        await access('snapshot');
        harmSnapshots(options);
        return base.snapshot.load();
      },
    },
    lease: {
      acquire: async (holder, ttl, now) => {
        await access('lease');
        await failing('lease-fails');
        return base.lease.acquire(holder, ttl, now);
      },
      renew: async (epoch, ttl, now) => {
        await access('lease');
        await failing('lease-fails');
        return base.lease.renew(epoch, ttl, now);
      },
      release: async (epoch) => {
        await access('lease');
        return base.lease.release(epoch);
      },
    },
  };
}

/** How long an append takes at most while the disk is slow, in virtual milliseconds. */
const DRAG = 20_000;

class Access {
  readonly #options: DiskOptions;
  constructor(options: DiskOptions) {
    this.#options = options;
  }
  /** The time one access takes; never over when the process dies meanwhile. */
  access = (what: string, extra = 0): Promise<void> => {
    const { scheduler, random, latency, process } = this.#options;
    return scheduler.wait(extra + random.next() * latency, what, process);
  };
}

async function append(
  { weather, scheduler, disk, process, kill, random }: DiskOptions,
  access: Access['access'],
  write: () => Promise<void>,
  records: readonly { header: string; body: string; hash: string }[],
): Promise<void> {
  const slow = weather.take(scheduler.time, 'append-slow');
  const drags = weather.during(scheduler.time, 'disk-slow') ? random.next() * DRAG : 0;
  await access('append', (slow?.ms ?? 0) + drags);
  if (weather.during(scheduler.time, 'disk-full')) throw new StoreFull('the simulated disk', null);
  if (weather.take(scheduler.time, 'append-fails')) throw gone('append');
  if (records.length > 1 && weather.take(scheduler.time, 'append-torn')) {
    const part = records.slice(0, Math.ceil(records.length / 2));
    disk.memory.records.push(...part);
    disk.torn = part.length;
    kill(process);
    return new Promise(() => {});
  }
  await write();
  await access('appended');
  if (weather.take(scheduler.time, 'append-unknown')) throw gone('the answer of an append');
}

/** What happens to snapshots while nobody looks. */
function harmSnapshots({ weather, scheduler, disk }: DiskOptions): void {
  if (disk.memory.snapshots.length === 0) return;
  if (weather.take(scheduler.time, 'snapshot-lost')) disk.memory.snapshots = [];
  const [newest] = disk.memory.snapshots;
  if (newest && weather.take(scheduler.time, 'snapshot-corrupt')) newest.bytes.fill(7, 0, newest.bytes.length >> 1);
}
