/**
 * Several cells with organisations that ask each other, and one cell that fails for a while: what the others notice, how much
 * waits, how long it takes until all is answered, and whether anything was lost or done twice [SIM30].
 */
import { HOUR, MINUTE } from '@reeve/kernel';
import type { Finding } from '../audit/records.ts';
import type { Play } from '../packs.ts';
import { type Random, randomFrom } from '../random.ts';
import { Scheduler } from '../scheduler.ts';
import { OWNER } from '../work/people.ts';
import { AFTERWARDS, Organisation } from './cell.ts';

export interface CellsOptions {
  readonly seed: number;
  readonly play: Play;
  readonly cells: number;
  /** Organisations of each cell. */
  readonly organisations: number;
  /** Cases an hour that customers open with each organisation. */
  readonly perHour: number;
  /** Virtual hours in which cases are opened. */
  readonly hours: number;
  /** Part of the answered cases after which the organisation asks another one. */
  readonly asks: number;
  /** How long the first cell is down, from the middle on, in virtual milliseconds. */
  readonly outage: number;
}

/** From asking to the mail that answers, in virtual milliseconds. */
export interface Waits {
  readonly count: number;
  readonly median: number;
  readonly slowest: number;
}

export interface CellsOutcome {
  readonly organisations: number;
  readonly records: number;
  readonly cases: number;
  /** Between organisations: asked for, opened on the ledger of who was asked, opened more than once, answered. */
  readonly asked: number;
  readonly opened: number;
  readonly twice: number;
  readonly answered: number;
  /** Answers of cells that never failed, outside and during the outage of the other one. */
  readonly usual: Waits;
  readonly meanwhile: Waits;
  /** Asks of the cell that failed, made while it was down. */
  readonly held: Waits;
  /** Milliseconds from the cell's return until nothing that was asked of it before waits any more. */
  readonly drained: number;
  readonly findings: readonly Finding[];
  readonly cpu: number;
}

interface Ask {
  readonly from: Organisation;
  readonly to: Organisation;
  readonly at: number;
  /** Of the case at the one who was asked; null until he has acknowledged it. */
  case: string | null;
  answered: number | null;
}

const EPOCH = Date.UTC(2026, 2, 2, 8);
/** Customers of each organisation beside the other organisations. */
const PEOPLE = 20;
/** One way between two cells, and within one, in virtual milliseconds at most. */
const DISTANCE = { between: 80, within: 5 } as const;

class Cells {
  readonly #options: CellsOptions;
  readonly #random: Random;
  readonly #scheduler: Scheduler;
  readonly #all: Organisation[];
  readonly #asks: Ask[] = [];
  readonly #byCase = new Map<string, Ask>();

  constructor(options: CellsOptions) {
    const { seed, play, cells, organisations } = options;
    this.#options = options;
    this.#random = randomFrom(seed, 'cells');
    this.#scheduler = new Scheduler(this.#random.fork('order'), EPOCH);
    const count = cells * organisations;
    this.#all = Array.from({ length: count }, (_, id) => {
      const random = this.#random.fork(`organisation ${id}`);
      const onMail = (from: Organisation, to: string, about: string) => this.#mailed(from, to, about);
      const cell = Math.floor(id / organisations);
      return new Organisation({
        id,
        cell,
        play,
        scheduler: this.#scheduler,
        random,
        customers: count + PEOPLE,
        onMail,
      });
    });
  }

  async play(): Promise<CellsOutcome> {
    const { hours, outage, play } = this.#options;
    const scheduler = this.#scheduler;
    const used = process.cpuUsage();
    for (const one of this.#all) {
      await one.build();
      one.start();
      const first = { base: '', reason: 'the beginning', definition: play.variants[0] };
      one.clients.send('organisation.apply', OWNER, first);
      this.#customers(one);
    }
    const down = (hours * HOUR) / 2;
    const failing = this.#all.filter(({ cell }) => cell === 0);
    scheduler.after(down, 'cell', null, () => {
      for (const one of failing) one.kill();
    });
    scheduler.after(down + outage, 'cell', null, () => {
      for (const one of failing) one.start();
    });
    await scheduler.run(hours * HOUR + AFTERWARDS);
    const { user, system } = process.cpuUsage(used);
    for (const one of this.#all) one.kill();
    return this.#outcome(down, down + outage, (user + system) / 1e6);
  }

  #customers(one: Organisation): void {
    const { perHour, hours, play } = this.#options;
    const random = this.#random.fork(`customers ${one.id}`);
    for (let i = 0; i < perHour * hours; i++)
      this.#scheduler.after(random.next() * hours * HOUR, 'person', null, () => {
        const ticket = play.ticket(random, one.world.customers.slice(this.#all.length));
        one.clients.send('case.open', OWNER, { ...ticket, channel: 'email' });
      });
  }

  /** A mail to a customer may make the organisation ask another one; a mail to another organisation answers it. */
  #mailed(from: Organisation, to: string, about: string): void {
    const asker = from.world.customers.findIndex(({ id }) => id === to);
    const ask = this.#byCase.get(`${from.id}/${about}`);
    if (ask) ask.answered ??= this.#scheduler.time;
    if (asker >= this.#all.length && this.#random.chance(this.#options.asks)) this.#ask(from);
  }

  /** Over the network, under an id of its own, until it is acknowledged. */
  #ask(from: Organisation): void {
    const to = this.#random.pick(this.#all.filter((one) => one !== from));
    const ask: Ask = { from, to, at: this.#scheduler.time, case: null, answered: null };
    this.#asks.push(ask);
    const account = to.world.customers[from.id]!;
    const [order] = account.orders;
    const text = `Where is my parcel? Order ${order} has not arrived yet.`;
    const way = from.cell === to.cell ? DISTANCE.within : DISTANCE.between;
    this.#scheduler.after(this.#random.next() * way, 'network', null, () =>
      to.clients.send(
        'case.open',
        OWNER,
        { subject: `Ask ${this.#asks.indexOf(ask)}`, text, customer: account.id, name: account.name, channel: 'api' },
        (reply) => this.#acknowledged(ask, reply.ok ? String(reply.result.case) : null),
      ),
    );
  }

  #acknowledged(ask: Ask, id: string | null): void {
    ask.case = id;
    if (id !== null) this.#byCase.set(`${ask.to.id}/${id}`, ask);
  }

  #outcome(down: number, back: number, cpu: number): CellsOutcome {
    const opened = this.#all.map((one) => asksOn(one));
    const asks = this.#asks;
    const sound = asks.filter(({ to }) => to.cell !== 0);
    const within = ({ at }: Ask) => at >= down && at < back;
    const held = asks.filter((ask) => ask.to.cell === 0 && within(ask));
    const last = Math.max(back, ...held.map(({ answered }) => answered ?? 0));
    return {
      ...{ organisations: this.#all.length, cpu, asked: asks.length, drained: last - back },
      records: sum(this.#all.map(({ disk }) => disk.memory.records.length)),
      cases: sum(opened.map(({ cases }) => cases)),
      opened: sum(opened.map(({ subjects }) => new Set(subjects).size)),
      twice: sum(opened.map(({ subjects }) => subjects.length - new Set(subjects).size)),
      answered: asks.filter(({ answered }) => answered !== null).length,
      usual: waitsOf(sound.filter((ask) => !within(ask))),
      meanwhile: waitsOf(sound.filter(within)),
      held: waitsOf(held),
      findings: this.#all.flatMap((one) => one.findings()),
    };
  }
}

const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0);

/** Cases on the ledger of an organisation, and the asks among them, by their subjects. */
function asksOn({ disk }: Organisation): { cases: number; subjects: string[] } {
  const opened = disk.memory.records.filter(({ header }) => header.includes('"kind":"case.opened"'));
  const subjects = opened.map(({ body }) => (JSON.parse(body) as { subject: string }).subject);
  return { cases: opened.length, subjects: subjects.filter((subject) => /^Ask \d+$/.test(subject)) };
}

function waitsOf(asks: readonly Ask[]): Waits {
  const waits = asks.flatMap(({ at, answered }) => (answered === null ? [] : [answered - at])).sort((a, b) => a - b);
  return { count: waits.length, median: waits[waits.length >> 1] ?? 0, slowest: waits.at(-1) ?? 0 };
}

/** Play some hours of several cells. @throws Error when a pack does not load */
export const playCells = (options: CellsOptions): Promise<CellsOutcome> => new Cells(options).play();

/** What is played unless told otherwise: four cells of five organisations, six hours, half an hour without one cell. */
export const CELLS = { cells: 4, organisations: 5, perHour: 6, hours: 6, asks: 0.3, outage: 30 * MINUTE } as const;
