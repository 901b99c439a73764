/** A process that runs the organisation: the real runtime on simulated ports. It can be killed and can stand still. */
import type { Occupant as OccupantDef, State } from '@reeve/kernel';
import type { KeyStore, Store } from '@reeve/ledger';
import { type Clock, type Kernel, openRuntime, type Runtime, type ToolHost } from '@reeve/runtime';
import { type Occupant, type Script, scriptOccupant } from '@reeve/workers';
import { cutTorn, type Disk, storeOn } from './disk.ts';
import type { Weather } from './faults.ts';
import { type KeyDisk, keysOn, putBack } from './keys.ts';
import type { Random } from './random.ts';
import type { Process, Scheduler } from './scheduler.ts';
import type { World } from './world/system.ts';
import { SimTools } from './world/tools.ts';
import type { Truth } from './world/truth.ts';

/** Where a planted bug can sit: each wraps one real part. Absent, everything is as it is. */
export interface Seams {
  readonly kernel?: (kernel: Kernel, random: Random) => Kernel;
  readonly store?: (store: Store, disk: Disk, random: Random) => Store;
  readonly tools?: (tools: ToolHost, truth: Truth, random: Random) => ToolHost;
  readonly clock?: (clock: Clock, random: Random) => Clock;
  /** The store does not cut off what was not committed. */
  readonly keepTorn?: boolean;
  readonly keys?: (keys: KeyStore, random: Random) => KeyStore;
  readonly words?: (index: Store['words']) => Store['words'];
  /** For what has no port: put in place before a simulation and, by what it returns, taken out after it. */
  readonly patch?: () => () => void;
}

export interface NodeOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly weather: Weather;
  readonly disk: Disk;
  readonly world: World;
  readonly truth: Truth;
  readonly scripts: ReadonlyMap<string, Script>;
  readonly kernel: Kernel;
  readonly seams: Seams;
  readonly limits: { readonly snapshotEvery: number; readonly parkAfter: number };
  /** The lease lapses after so many milliseconds without a renewal. */
  readonly leaseTtl: number;
  /** Latency of disk, network and tools at most, in virtual milliseconds. */
  readonly latency: { readonly disk: number; readonly tool: number };
  /** Under which personal values are sealed; absent, they stand on the ledger in the clear. */
  readonly keys?: KeyDisk | undefined;
  /** Something went wrong inside Reeve itself. */
  readonly onTrouble: (what: string) => void;
}

export class Node implements Process {
  readonly name: string;
  alive = true;
  stalledUntil = 0;
  runtime: Runtime | null = null;
  readonly #options: NodeOptions;
  readonly #tools: SimTools;

  /** @param holder name of the process on leases */
  constructor(options: NodeOptions, holder: string) {
    this.name = holder;
    this.#options = options;
    const { world, truth, scheduler, weather, disk, latency, random, onTrouble } = options;
    this.#tools = new SimTools({
      ...{ world, truth, scheduler, weather, disk, process: this },
      ...{ random: random.fork('tools'), latency: latency.tool, onTrouble },
    });
  }

  /** Start the runtime. @throws Unavailable while another process holds the lease; what the disk throws */
  async open(): Promise<void> {
    const { random, disk, truth, limits, leaseTtl, seams, kernel, onTrouble } = this.#options;
    if (seams.keepTorn) disk.torn = 0;
    cutTorn(disk);
    const keys = this.#keys();
    this.runtime = await openRuntime({
      org: 'sim',
      holder: this.name,
      clock: seams.clock?.(this.#clock(), random.fork('clock-seam')) ?? this.#clock(),
      store: seams.store?.(this.#store(), disk, random.fork('store-seam')) ?? this.#store(),
      tools: seams.tools?.(this.#tools, truth, random.fork('tools-seam')) ?? this.#tools,
      kernel: seams.kernel?.(kernel, random.fork('kernel-seam')) ?? kernel,
      occupants: (_seat, occupant) => this.#occupant(occupant),
      entropy: () => random.next().toString(36).slice(2),
      ...(keys ? { keys } : {}),
      limits: { ...limits, executors: 8, runs: 8 },
      lease: { ttl: leaseTtl, renew: leaseTtl / 3 },
      log: (level, message, detail) => {
        const { error = '' } = (detail ?? {}) as { error?: string };
        if (level === 'error' && INTERNAL.test(message) && !INJECTED.test(error))
          onTrouble(`${message}: ${JSON.stringify(detail ?? {})}`);
      },
    });
  }

  /** The process is gone between one instant and the next. */
  kill(): void {
    this.alive = false;
    this.runtime = null;
    this.#tools.abandon();
  }

  /** Look at the state through the public door; null when there is none to look at. */
  async look<T>(view: (state: State) => T): Promise<T | null> {
    try {
      return this.runtime === null ? null : await this.runtime.read((state) => this.#shown(state, view));
    } catch {
      return null;
    }
  }

  #shown<T>(state: State, view: (state: State) => T): T {
    const { truth, disk } = this.#options;
    truth.shown.push({ seq: state.seq, durable: disk.memory.records.length - disk.torn });
    return view(state);
  }

  #clock(): Clock {
    const { scheduler } = this.#options;
    return {
      now: () => scheduler.now,
      after: (ms, wake) => scheduler.after(ms, 'timer', this, wake),
      soon: (run) => void scheduler.after(0, 'turn', this, run),
    };
  }

  #store(): Store {
    const { disk, scheduler, random, weather, latency } = this.#options;
    const kill = () => this.kill();
    return storeOn({
      ...{ disk, scheduler, weather, kill, process: this },
      ...{ random: random.fork('disk'), latency: latency.disk },
    });
  }

  /** Now and then somebody has put an older copy in place before the process starts. */
  #keys(): KeyStore | undefined {
    const { keys: disk, scheduler, weather, random, latency, seams } = this.#options;
    if (!disk) return undefined;
    const older = weather.take(scheduler.time, 'keys-older');
    if (older) putBack(disk, scheduler.time - older.ms, scheduler.time);
    const keys = keysOn({ disk, scheduler, random: random.fork('keys'), process: this, latency: latency.disk });
    return seams.keys?.(keys, random.fork('keys-seam')) ?? keys;
  }

  #occupant(def: OccupantDef): Occupant | null {
    const script =
      def.kind === 'script' && def.script !== undefined ? this.#options.scripts.get(def.script) : undefined;
    if (!script) return null;
    const { work } = scriptOccupant(script);
    return { kind: 'script', work: async (desk, signal) => this.#work(() => work(desk, signal)) };
  }

  async #work<T>(work: () => Promise<T>): Promise<T> {
    const { scheduler, weather, random, latency } = this.#options;
    await scheduler.wait(random.next() * latency.tool, 'occupant', this);
    if (weather.take(scheduler.time, 'occupant-throws')) throw new Error('the script has a bug today');
    if (weather.take(scheduler.time, 'occupant-hangs')) return new Promise(() => {});
    const report = await work();
    if (weather.take(scheduler.time, 'occupant-dies-at-the-end')) throw new Error('the script broke at its last line');
    return report;
  }
}

/** What a runtime says when something failed that no fault of the simulation explains. */
const INTERNAL = /failed in Reeve itself|worker pool failed|stopped to recover/;
/** What faults of the disk, of a deposed owner, and a bug that is reported anyway, sound like. */
const INJECTED =
  /the disk|no space|holds the lease|hold the lease|could not be renewed in time|someone else appended|a bug in Reeve/;
