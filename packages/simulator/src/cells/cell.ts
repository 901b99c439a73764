/** Organisations in cells: those of a cell live and die together, and ask those of all cells, each on a ledger of its own. */
import { HOUR, step, tick } from '@reeve/kernel';
import { Auditor } from '../audit/audit.ts';
import { supportPolicy } from '../audit/policies.ts';
import type { Finding } from '../audit/records.ts';
import { type Disk, emptyDisk } from '../disk.ts';
import { Weather } from '../faults.ts';
import { Node } from '../node.ts';
import type { Play } from '../packs.ts';
import type { Random } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import { Clients } from '../work/clients.ts';
import type { System, World } from '../world/system.ts';
import { emptyTruth, type Truth } from '../world/truth.ts';

export interface OrganisationOptions {
  readonly id: number;
  readonly cell: number;
  readonly play: Play;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Customers; the first ones are the other organisations. */
  readonly customers: number;
  /** A mail left, once: to which customer, about which case. */
  readonly onMail: (from: Organisation, to: string, about: string) => void;
}

/** Latencies at most, in virtual milliseconds; a lease is short, so that a cell is back soon. */
const LATENCY = { disk: 5, tool: 200, network: 20 } as const;
const LEASE = 15_000;

export class Organisation {
  readonly id: number;
  readonly cell: number;
  readonly clients: Clients;
  readonly truth: Truth = emptyTruth();
  readonly disk: Disk = emptyDisk();
  world!: World;
  #node: Node | null = null;
  #lives = 0;
  readonly #inner: OrganisationOptions;
  readonly #trouble: Finding[] = [];

  constructor(options: OrganisationOptions) {
    const { id, cell, scheduler, random } = options;
    [this.id, this.cell, this.#inner] = [id, cell, options];
    this.clients = new Clients({
      ...{ scheduler, disk: this.disk, random: random.fork('clients'), latency: LATENCY.network, twice: 0.05 },
      ...{ nodes: () => (this.#node?.runtime ? [this.#node] : []), onTrouble: this.#troubled },
    });
  }

  readonly #troubled = (detail: string): void => void this.#trouble.push({ rule: 'internal', detail });

  async build(): Promise<void> {
    const { play, random, scheduler, customers } = this.#inner;
    this.world = posting(await play.world(random.fork('world'), scheduler.now, customers), (to, about) =>
      this.#inner.onMail(this, to, about),
    );
  }

  start(): void {
    const { scheduler, random, play } = this.#inner;
    this.#lives += 1;
    const node = new Node(
      {
        ...{ scheduler, weather: new Weather([]), disk: this.disk, world: this.world, truth: this.truth, seams: {} },
        ...{ scripts: play.scripts, kernel: { step, tick }, random: random.fork(`node ${this.#lives}`) },
        ...{ limits: { snapshotEvery: 2000, parkAfter: 2000 }, leaseTtl: LEASE },
        ...{ latency: { disk: LATENCY.disk, tool: LATENCY.tool }, onTrouble: this.#troubled },
      },
      `node-${this.cell}`,
    );
    this.#node = node;
    node.open().catch((error: unknown) => this.#troubled(`it did not start: ${String(error)}`));
  }

  kill(): void {
    this.#node?.kill();
    this.#node = null;
  }

  /** A process that answers, if there is one. */
  get node(): Node | undefined {
    return this.#node?.runtime ? this.#node : undefined;
  }

  /** What the auditor has against this organisation alone. */
  findings(): Finding[] {
    const auditor = new Auditor({
      ...{ truth: this.truth, world: this.world, sent: this.clients.sent, policy: supportPolicy },
    });
    auditor.read(this.disk.memory.records);
    return [...this.#trouble, ...auditor.findings(false)];
  }
}

/** The subject of a mail names its case. */
const ABOUT = /\[(C-\d+)\]/;

/** The same world; of each mail that leaves, whom it is to and what it is about, once. */
function posting(world: World, onMail: (to: string, about: string) => void): World {
  const seen = new Set<string>();
  const told = (mail: System): System => ({
    writes: (capability) => mail.writes(capability),
    lookup: (key) => mail.lookup(key),
    run: async (call, how) => {
      const result = await mail.run(call, how);
      const about = ABOUT.exec(String(call.args.subject))?.[1];
      if (mail.writes(call.capability.id) && about !== undefined && !seen.has(call.key)) {
        seen.add(call.key);
        onMail(String(call.args.to), about);
      }
      return result;
    },
  });
  return {
    customers: world.customers,
    paid: () => world.paid(),
    breaches: (excused) => world.breaches(excused),
    system: (tool) => {
      const system = world.system(tool);
      return tool === 'mail' && system ? told(system) : system;
    },
  };
}

/** How long everything may take to come to an end once no more is asked, in virtual milliseconds. */
export const AFTERWARDS = 2 * HOUR;
