/** Days of one organisation on virtual time, with people, and with what the plan of the seed brings [SIM20]. */
import { createHash } from 'node:crypto';
import { CONNECTORS } from '@reeve/connectors';
import {
  DAY,
  type Definition,
  EVOLVE,
  type GapLine,
  gapLines,
  HOUR,
  isOpen,
  MINUTE,
  type State,
  step,
  tick,
} from '@reeve/kernel';
import type { Store } from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import { formatProblems, loadPack } from '@reeve/packs';
import type { Runtime } from '@reeve/runtime';
import type { Finding } from '../audit/records.ts';
import { type Disk, emptyDisk } from '../disk.ts';
import { Weather } from '../faults.ts';
import { Node, type Seams } from '../node.ts';
import { folderOf, scriptsOf } from '../packs.ts';
import { type Random, randomFrom } from '../random.ts';
import { Scheduler } from '../scheduler.ts';
import { Clients } from '../work/clients.ts';
import { OWNER } from '../work/people.ts';
import type { Writer } from '../work/tickets.ts';
import { SupportWorld } from '../world/support.ts';
import type { World } from '../world/system.ts';
import { emptyTruth } from '../world/truth.ts';
import { type CaseCount, countCases, readLedger } from './count.ts';
import { habitsOf } from './habits.ts';
import { EVENING, houseOf, REQUEST, TOPIC, TRADES, type Trade } from './house.ts';
import { People } from './people.ts';
import { type DaysPlan, planOf } from './plan.ts';
import { ofDealer, writerOf } from './requests.ts';
import { type Story, storyOf } from './story.ts';
import { contentWorld } from './world.ts';

export interface DaysOptions {
  readonly seed: number;
  readonly pack: 'support' | 'content';
  /** 20 at least. */
  readonly days: number;
  readonly casesPerDay?: number;
  /** A planted bug. */
  readonly seams?: Seams;
}

export interface DaysOutcome {
  readonly trade: Trade;
  /** When day 1 began, milliseconds since 1970. */
  readonly epoch: number;
  readonly plan: DaysPlan;
  readonly story: Story;
  /** How every target stood at the end of some days. */
  readonly gaps: readonly { readonly day: number; readonly lines: readonly GapLine[] }[];
  readonly count: CaseCount;
  /** Cases that clients were told are open, and that the ledger does not know. */
  readonly unknown: readonly string[];
  /** What is wrong with chain, numbers and times. */
  readonly findings: readonly Finding[];
  readonly records: number;
  /** SHA-256 over the chain's last link: the same seed gives the same. */
  readonly hash: string;
  /** What explanations are read from: the state in the end, and the ledger. */
  readonly state: State;
  readonly store: Store;
  readonly recordOf: Runtime['recordOf'];
  readonly definition: Definition;
}

/** Monday, 5 January 2026. */
const EPOCH = Date.UTC(2026, 0, 5);
const CASES = 12;

async function packOf(pack: DaysOptions['pack']): Promise<Definition> {
  const loaded = await loadPack(folderOf(pack), { connectors: CONNECTORS, eventKinds: EVOLVE.keys() });
  if (loaded.ok) return loaded.pack.definition;
  throw new Error(`the pack ${pack} does not load:\n${formatProblems(loaded.problems)}`);
}

const worldOf = async (pack: DaysOptions['pack'], definition: Definition, random: Random): Promise<World> =>
  pack === 'support' ? new SupportWorld(random, EPOCH, 200) : contentWorld(definition, folderOf(pack));

/** Play the days. @throws Error when something went wrong inside Reeve itself */
export async function playDays(options: DaysOptions): Promise<DaysOutcome> {
  const stage = await Stage.build(options);
  await stage.play();
  return stage.outcome();
}

class Stage {
  readonly #plan: DaysPlan;
  readonly #trade: Trade;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #disk: Disk = emptyDisk();
  readonly #definition: Definition;
  readonly #world: World;
  readonly #node: Node;
  readonly #clients: Clients;
  readonly #people: People;
  readonly #write: Writer;
  readonly #told: string[] = [];
  /** As it was looked at last; what is in it goes on changing until the last day is over. */
  #state: State | null = null;
  readonly #gaps: { day: number; lines: readonly GapLine[] }[] = [];

  static async build(options: DaysOptions): Promise<Stage> {
    const { seed, pack } = options;
    const definition = houseOf(await packOf(pack), TRADES[pack]);
    const world = await worldOf(pack, definition, randomFrom(seed, `days/${pack}/world`));
    return new Stage(options, definition, world, await scriptsOf(folderOf(pack)));
  }

  private constructor(
    options: DaysOptions,
    definition: Definition,
    world: World,
    scripts: Awaited<ReturnType<typeof scriptsOf>>,
  ) {
    const { seed, pack, days, casesPerDay = CASES, seams = {} } = options;
    const random = randomFrom(seed, `days/${pack}`);
    const scheduler = new Scheduler(random.fork('order'), EPOCH);
    const trade = TRADES[pack];
    const plan = planOf(random.fork('plan'), days, casesPerDay);
    const truth = emptyTruth();
    const own = definition.seats.find(({ id }) => id === trade.desk)!.occupant!.script!;
    const broken = () => scheduler.time >= plan.broken.from && scheduler.time < plan.broken.to;
    this.#node = new Node(
      {
        ...{ scheduler, weather: new Weather([]), disk: this.#disk, world, truth, kernel: { step, tick }, seams },
        ...{ scripts: habitsOf(scripts, own, { seed, trade, broken }), random: random.fork('node') },
        ...{ latency: { disk: 2, tool: 5000 }, onTrouble: fail },
        limits: { snapshotEvery: Number.MAX_SAFE_INTEGER, parkAfter: 60_000 },
        leaseTtl: 6 * HOUR,
      },
      'a',
    );
    const node = this.#node;
    const clients = new Clients({
      ...{ scheduler, disk: this.#disk, random: random.fork('clients'), latency: 5, twice: 0, onTrouble: fail },
      nodes: () => (node.runtime === null ? [] : [node]),
    });
    const { principal } = definition.seats.find(({ id }) => id === trade.chief)!.occupant!;
    const later = (ms: number, run: () => void) => void scheduler.after(ms, 'person', null, run);
    const town = { trade, clients, truth, node, later, random: random.fork('people'), now: () => scheduler.now };
    this.#people = new People(town, { principal, seat: trade.chief });
    [this.#plan, this.#trade, this.#scheduler, this.#random] = [plan, trade, scheduler, random.fork('requests')];
    [this.#definition, this.#world, this.#clients, this.#write] = [definition, world, clients, writerOf(pack)];
  }

  async play(): Promise<void> {
    const { days, requests, merge, marks } = this.#plan;
    const scheduler = this.#scheduler;
    void this.#node.open();
    this.#send('organisation.apply', { base: '', reason: 'the beginning', definition: this.#definition });
    for (const { at, kind } of requests) scheduler.after(at + HOUR, 'person', null, () => this.#ask(kind));
    scheduler.after(merge + HOUR, 'person', null, () => this.#merge());
    for (let hour = 1; hour < days * 24; hour++)
      scheduler.after(hour * HOUR + HOUR / 2, 'person', null, () => void this.#people.hour());
    for (const day of marks) scheduler.after(day * DAY - MINUTE, 'person', null, () => void this.#mark(day));
    for (let day = 1; day <= days; day++) {
      await scheduler.run(day * DAY);
      this.#clients.forget();
    }
  }

  #send(kind: string, body: Record<string, unknown>, then?: (result: Record<string, unknown>) => void): void {
    this.#clients.send(kind, OWNER, body, (reply) => {
      if (!reply.ok) fail(`${kind}: ${reply.rejection.message}`);
      else then?.(reply.result);
    });
  }

  /** Usual requests and those of dealers come with their topic, which says where they go [RTE17]; the rush is for the evening desk. */
  #ask(kind: DaysPlan['requests'][number]['kind']): void {
    const ticket = this.#write(this.#random, this.#world.customers);
    const given = {
      usual: () => ({ ...ticket, needs: { topic: REQUEST } }),
      wholesale: () => ({ ...ofDealer(ticket, this.#random), needs: { topic: TOPIC } }),
      rush: () => ({ ...ticket, owner: EVENING }),
    }[kind]();
    this.#send('case.open', { ...given, channel: 'email' }, ({ case: id }) => void this.#told.push(String(id)));
  }

  #merge(): void {
    const steps = [{ do: 'merge', seats: [EVENING], into: this.#trade.desk }];
    this.#send('organisation.restructure', { steps, reason: 'One desk answers in the evening, too.' });
  }

  async #mark(day: number): Promise<void> {
    await this.#node.look((state) => {
      this.#gaps.push({ day, lines: structuredClone(gapLines(state, this.#scheduler.now)) });
      this.#state = state;
      return null;
    });
  }

  outcome(): DaysOutcome {
    const runtime = this.#node.runtime!;
    const state = this.#state!;
    const { records } = this.#disk.memory;
    const { entries, findings } = readLedger(records);
    const count = countCases(entries, new Set(state.organisation.seats.keys()));
    const open = new Set([...state.cases.cases.values()].flatMap((one) => (isOpen(one) ? [one.id] : [])));
    const opened = new Set(entries.flatMap(({ kind, body }) => (kind === 'case.opened' ? [String(body.case)] : [])));
    this.#node.kill();
    return {
      ...{ trade: this.#trade, epoch: EPOCH, plan: this.#plan, gaps: this.#gaps, count, findings, state },
      story: storyOf(entries, open),
      unknown: this.#told.filter((id) => !opened.has(id)),
      records: records.length,
      hash: createHash('sha256').update(records.at(-1)!.hash).digest('hex'),
      ...{ store: memoryStore(this.#disk.memory), recordOf: runtime.recordOf, definition: this.#definition },
    };
  }
}

const fail = (what: string): void => {
  throw new Error(what);
};
