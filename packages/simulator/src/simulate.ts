/**
 * One simulation: a seed decides what people do, what goes wrong, how long everything takes and in which order it
 * happens. First work under faults, then a time without any in which everything must come to rest; then the audit.
 */
import { createHash } from 'node:crypto';
import { HOUR, MINUTE, step, tick } from '@reeve/kernel';
import { Auditor, Follower } from './audit/audit.ts';
import { markFrom } from './audit/forgotten.ts';
import { retailPolicy, supportPolicy } from './audit/policies.ts';
import type { Finding } from './audit/records.ts';
import { divergence } from './audit/replay.ts';
import { misshown } from './audit/shown.ts';
import { forgotten, starved } from './audit/starved.ts';
import { type Disk, emptyDisk } from './disk.ts';
import { type Fault, type FaultKind, planFaults, planKeyFaults, sureFaults, Weather } from './faults.ts';
import { plainKeys } from './keys.ts';
import { Node, type Seams } from './node.ts';
import type { Play } from './packs.ts';
import { type Random, randomFrom } from './random.ts';
import { type Event, Scheduler } from './scheduler.ts';
import { Sealed } from './sealed.ts';
import { Supervisor } from './supervisor.ts';
import { noted, type UnderWay } from './under-way.ts';
import { Clients } from './work/clients.ts';
import { attend, OWNER, perform, type Scene } from './work/people.ts';
import {
  type Action,
  type ActionKind,
  planActions,
  planForgetting,
  planOften,
  type Shape,
  shapeOf,
} from './work/plan.ts';
import type { World } from './world/system.ts';
import { emptyTruth, type Truth } from './world/truth.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly play: Play;
  /** Virtual days of work; the seed decides when absent. */
  readonly days?: number | undefined;
  /** Ids of actions and faults that are left out, to find out which of them matter. */
  readonly without?: ReadonlySet<string>;
  /** A planted bug. */
  readonly seams?: Seams;
  /** Are personal values sealed, and customers forgotten? Every sixth seed when absent. */
  readonly sealed?: boolean | undefined;
  /** What people are to do again and again beside what the seed says. */
  readonly often?: readonly ActionKind[] | undefined;
  /** A kind of fault that is to strike for certain, three times if it can. */
  readonly surely?: FaultKind | undefined;
}

export interface Outcome {
  readonly seed: number;
  readonly findings: readonly Finding[];
  readonly records: number;
  /** SHA-256 over all records: the same seed gives the same. */
  readonly hash: string;
  readonly actions: readonly Action[];
  readonly faults: readonly Fault[];
  /** Faults that found an occasion, with the virtual time. */
  readonly struck: readonly { readonly fault: Fault; readonly time: number }[];
  readonly counts: {
    readonly cases: number;
    /** Cases that left memory, and messages that nobody had read by then. */
    readonly left: number;
    readonly unread: number;
    readonly operations: number;
    readonly effects: number;
    readonly commands: number;
  };
  /** Virtual milliseconds that passed, and events that were fired. */
  readonly time: number;
  readonly events: number;
}

/** How long everything may take to come to rest once nothing goes wrong any more, in virtual milliseconds. */
const PATIENCE = 12 * HOUR;
/** So much trouble inside Reeve ends a simulation: it would only go on like this. */
const ENOUGH = 10;
const ROUND = 5 * MINUTE;
/** After it has come to rest, deadlines of cases are let pass, so that those nobody is answerable for are seen. */
const DEADLINES = 80 * HOUR;

/** Play one seed. Never throws for what Reeve does wrong: that is a finding. */
export async function simulate(options: SimulationOptions): Promise<Outcome> {
  const unpatch = options.seams?.patch?.();
  try {
    const simulation = new Simulation(options);
    return await noted(simulation.underWay, simulation.play());
  } finally {
    unpatch?.();
  }
}

const SEALED_EVERY = 6;
/** How often within the time of work the index of words follows the ledger. */
const INDEXED = 4;

class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #shape: Shape;
  readonly #scheduler: Scheduler;
  readonly #weather: Weather;
  readonly #disk: Disk = emptyDisk();
  readonly #truth: Truth = emptyTruth();
  readonly #actions: readonly Action[];
  readonly #faults: readonly Fault[];
  readonly #trouble: Finding[] = [];
  readonly #shown: Finding[] = [];
  readonly #sealed: Sealed | null;
  #supervisor!: Supervisor;
  #clients!: Clients;
  #world!: World;
  #scene!: Scene;
  readonly underWay: UnderWay;

  constructor(options: SimulationOptions) {
    const { seed, play, days, without = new Set<string>() } = options;
    this.#options = options;
    this.#random = randomFrom(seed, play.pack);
    this.#shape = shapeOf(this.#random.fork('shape'), days ?? null);
    const kept = <T extends { readonly id: string }>(list: readonly T[]) => list.filter(({ id }) => !without.has(id));
    const { faults, span } = this.#shape;
    const { sealed = seed % SEALED_EVERY === 0, often = [] } = options;
    this.#actions = kept([
      ...planActions(this.#random.fork('actions'), this.#shape),
      ...(sealed ? planForgetting(this.#random.fork('forgetting'), span) : []),
      ...planOften(often, span),
    ]);
    const drawn = [
      ...planFaults(this.#random.fork('faults'), faults, span),
      ...(sealed ? planKeyFaults(this.#random.fork('key faults'), span) : []),
    ];
    this.#faults = kept([...drawn, ...(options.surely ? sureFaults(options.surely, span) : [])]);
    this.#scheduler = new Scheduler(this.#random.fork('order'), this.#shape.epoch);
    this.#weather = new Weather(this.#faults);
    this.underWay = { options, scheduler: this.#scheduler, doing: 'the world is made' };
    const time = () => this.#scheduler.time;
    this.#sealed = sealed ? new Sealed(this.#random.fork('keys'), this.#disk, time, options.seams?.words) : null;
  }

  async play(): Promise<Outcome> {
    await this.#setUp();
    const { span } = this.#shape;
    for (const action of this.#actions)
      this.#scheduler.after(action.at, 'person', null, () => void perform(this.#scene, action, this.#random));
    for (const { kind, at, ms } of this.#faults)
      if (kind === 'clock-forward' || kind === 'clock-back')
        this.#scheduler.after(at, 'clock', null, () => this.#jump(kind, ms));
    for (let part = 1; part <= INDEXED; part++) {
      this.underWay.doing = 'people work, and things go wrong';
      await this.#scheduler.run((span * part) / INDEXED);
      this.underWay.doing = 'the index of words follows the ledger';
      await this.#sealed?.follow();
    }
    const quiet = await this.#comeToRest();
    const auditor = this.#auditor();
    auditor.read(this.#disk.memory.records);
    return this.#outcome(auditor, quiet);
  }

  async #setUp(): Promise<void> {
    const { play, seams = {} } = this.#options;
    const { span: _, customers, latency, twice, leaseTtl, snapshotEvery, parkAfter, epoch } = this.#shape;
    const scheduler = this.#scheduler;
    const onTrouble = (detail: string) => {
      this.#trouble.push({ rule: 'internal', detail });
      scheduler.halted ||= this.#trouble.length >= ENOUGH;
    };
    this.#world = await play.world(this.#random.fork('world'), epoch, customers);
    const parts = { scheduler, weather: this.#weather, disk: this.#disk, world: this.#world, truth: this.#truth };
    const create = (name: string, n: number) =>
      new Node(
        {
          ...{ ...parts, scripts: play.scripts, kernel: { step, tick }, seams, onTrouble, keys: this.#sealed?.keys },
          ...{ random: this.#random.fork(`node ${n}`), limits: { snapshotEvery, parkAfter }, leaseTtl, latency },
        },
        name,
      );
    this.#supervisor = new Supervisor({
      ...{ scheduler, weather: this.#weather, random: this.#random.fork('supervisor'), create, leaseTtl, onTrouble },
    });
    scheduler.onEvent = (event: Event) => this.#supervisor.struckAt(event);
    this.#clients = new Clients({
      ...{ scheduler, disk: this.#disk, random: this.#random.fork('clients'), latency: latency.network, twice },
      ...{ nodes: () => this.#supervisor.answering(), onTrouble },
    });
    this.#scene = {
      ...{ clients: this.#clients, world: this.#world, truth: this.#truth, variants: play.variants },
      ...{ ticket: play.ticket, wish: play.wish, now: () => scheduler.now },
      node: () => this.#supervisor.answering()[0],
      ...(this.#sealed ? { mark: (random: Random) => markFrom(() => random.next()) } : {}),
    };
    this.#supervisor.begin();
    this.#clients.send('organisation.apply', OWNER, {
      base: '',
      reason: 'the beginning',
      definition: play.variants[0],
    });
  }

  #jump(kind: 'clock-forward' | 'clock-back', ms: number): void {
    if (this.#weather.take(this.#scheduler.time, kind)) this.#scheduler.offset += kind === 'clock-back' ? -ms : ms;
  }

  #auditor(): Auditor {
    const policy = this.#options.play.pack === 'support' ? supportPolicy : retailPolicy;
    const open = this.#sealed?.open;
    return new Auditor({ truth: this.#truth, world: this.#world, sent: this.#clients.sent, policy, open });
  }

  /** Nothing goes wrong, people do their part: does everything come to an end? */
  async #comeToRest(): Promise<boolean> {
    const scheduler = this.#scheduler;
    const follower = new Follower(this.#sealed?.open, (entry) => this.#sealed?.memories.apply(entry));
    this.#weather.clear();
    this.underWay.doing = 'everything is to come to rest';
    const end = scheduler.time + PATIENCE;
    for (let calm = 0; scheduler.time < end && calm < 2 && !scheduler.halted; ) {
      scheduler.after(0, 'person', null, () => void attend(this.#scene));
      await scheduler.run(scheduler.time + ROUND);
      await this.#looked(follower);
      calm = this.#clients.open === 0 && starved(follower.model).length === 0 ? calm + 1 : 0;
    }
    const quiet = scheduler.time < end && !scheduler.halted;
    if (quiet && this.#shape.leaseTtl >= HOUR) await scheduler.run(scheduler.time + DEADLINES);
    await this.#looked(follower);
    return quiet;
  }

  /** Somebody asks the process what is the case, and compares it with what he read himself. */
  async #looked(follower: Follower): Promise<void> {
    const { records } = this.#disk.memory;
    void this.#supervisor.answering()[0]?.look((state) => {
      follower.read(records);
      if (this.#shown.length < ENOUGH)
        this.#shown.push(
          ...misshown(follower.model, state, this.#sealed?.renamed),
          ...(this.#sealed?.looked(state) ?? []),
        );
      return null;
    });
    await this.#scheduler.run(this.#scheduler.time);
    follower.read(records);
  }

  async #outcome(auditor: Auditor, quiet: boolean): Promise<Outcome> {
    const { model, leaving } = auditor;
    const waiting = this.#clients.sent.filter(({ reply, given }) => reply === null && given === null);
    const findings = [
      ...this.#trouble,
      ...auditor.findings(quiet),
      ...this.#shown,
      ...(quiet ? [] : starved(model)),
      ...(quiet && this.#shape.leaseTtl >= HOUR ? [...forgotten(model), ...leaving.stays(this.#scheduler.now)] : []),
      ...waiting.map(({ id, kind }) => ({ rule: 'answered', detail: `${id} (${kind}) was never answered` })),
      ...(quiet ? await this.#replayed() : []),
      ...(await this.#found()),
    ];
    const { records } = this.#disk.memory;
    const hash = createHash('sha256');
    for (const { header, body, hash: link } of records) hash.update(header).update(body).update(link);
    this.#supervisor.end();
    return {
      ...{ seed: this.#options.seed, findings, records: records.length, hash: hash.digest('hex') },
      ...{ actions: this.#actions, faults: this.#faults, struck: this.#weather.struck },
      ...{ time: this.#scheduler.time, events: this.#scheduler.fired },
      counts: {
        ...{ cases: model.cases.size, left: leaving.left, unread: leaving.unread, operations: model.ops.size },
        ...{ effects: this.#truth.effects.length, commands: this.#clients.sent.length },
      },
    };
  }

  async #found(): Promise<Finding[]> {
    this.underWay.doing = 'the index of words is asked for everybody';
    return (await this.#sealed?.found()) ?? [];
  }

  /** What the process believes is what its ledger says. */
  async #replayed(): Promise<Finding[]> {
    this.underWay.doing = 'the process is asked what it remembers, and its ledger is read again';
    const node = this.#supervisor.answering()[0];
    let seen = node === undefined;
    const found = node
      ?.look((state) => structuredClone(state))
      .finally(() => {
        seen = true;
      });
    // A transaction may be on its way: a view waits until the disk has it.
    for (let waits = 0; !seen && waits < 1000; waits++) await this.#scheduler.run(this.#scheduler.time + 10);
    const state = seen ? await found : undefined;
    const keys = this.#sealed ? plainKeys(this.#sealed.keys, () => this.#scheduler.time) : undefined;
    // A snapshot may remember what nobody has the key to any more and nobody was to forget.
    if (this.#sealed && this.#sealed.keys.lost.size > 0) return [];
    return state
      ? divergence(state, this.#disk.memory, keys)
      : [{ rule: 'replay', detail: 'there is no process to ask' }];
  }
}
