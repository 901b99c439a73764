/** Keeps a process running: starts one, kills it when a fault says so, starts another, lets a rival take over. */
import { Unavailable } from '@reeve/runtime';
import type { FaultKind, Weather } from './faults.ts';
import type { Node } from './node.ts';
import type { Random } from './random.ts';
import type { Event, Scheduler } from './scheduler.ts';

export interface SupervisorOptions {
  readonly scheduler: Scheduler;
  readonly weather: Weather;
  readonly random: Random;
  readonly leaseTtl: number;
  /** A new process under a name; `n` counts them. */
  readonly create: (name: string, n: number) => Node;
  readonly onTrouble: (what: string) => void;
}

/** Where a process may be struck down, by the name of the event. */
const AT: Readonly<Record<string, FaultKind>> = {
  append: 'crash-at-append',
  appended: 'crash-after-durable',
  effect: 'crash-at-effect',
  result: 'crash-at-result',
  reply: 'crash-at-reply',
  key: 'crash-at-key',
};
const NAMES = ['a', 'b'] as const;

export class Supervisor {
  readonly #options: SupervisorOptions;
  #nodes: Node[] = [];
  #count = 0;
  #ended = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Processes that take commands, or say why not. */
  answering(): readonly Node[] {
    const { time } = this.#options.scheduler;
    return this.#nodes.filter(({ alive, runtime, stalledUntil }) => alive && runtime !== null && stalledUntil <= time);
  }

  begin(): void {
    this.#start('a');
    this.#watch();
  }

  /** Called before every event: is this the occasion of a fault? */
  struckAt({ what, owner }: Event): void {
    const { weather, scheduler } = this.#options;
    const victim = owner === null ? this.answering()[0] : this.#nodes.find((node) => node === owner);
    if (!victim?.alive) return;
    const kind = AT[what];
    const kinds: FaultKind[] = kind === undefined ? ['crash-anywhere'] : [kind, 'crash-anywhere'];
    if (victim.runtime === null) kinds.push('crash-at-start');
    if (weather.take(scheduler.time, ...kinds)) {
      this.#die(victim);
      return;
    }
    const stall = victim.runtime === null ? undefined : weather.take(scheduler.time, 'stall');
    if (stall) this.#stall(victim, stall.ms);
  }

  end(): void {
    this.#ended = true;
    for (const node of this.#nodes) node.kill();
  }

  #die(node: Node): void {
    node.kill();
    this.#nodes = this.#nodes.filter((one) => one !== node);
  }

  #stall(node: Node, ms: number): void {
    const { scheduler } = this.#options;
    node.stalledUntil = scheduler.time + ms;
    this.#rival(node);
  }

  /** Somebody else tries to take over for as long as the process stands still, and a little longer. */
  #rival(stalled: Node): void {
    const { scheduler, leaseTtl, random } = this.#options;
    scheduler.after(1 + (random.next() * leaseTtl) / 2, 'rival', null, () => {
      if (this.#ended) return;
      const others = this.#nodes.filter((one) => one !== stalled && one.alive);
      if (others.length === 0) this.#start(stalled.name === 'a' ? 'b' : 'a');
      if (scheduler.time < stalled.stalledUntil) this.#rival(stalled);
    });
  }

  /** Looks after the processes a few times in each lease, and starts one when none is left. */
  #watch(): void {
    const { scheduler, random, leaseTtl } = this.#options;
    if (this.#ended) return;
    for (const node of [...this.#nodes]) {
      if (!node.alive) this.#die(node);
      const status = node.runtime?.health().status;
      if (status === 'deposed' || status === 'stopped') this.#die(node);
    }
    if (this.#nodes.length === 0) this.#start(random.chance(0.7) ? 'a' : random.pick(NAMES));
    scheduler.after(Math.min(60_000, leaseTtl / 3) * (0.1 + random.next()), 'watch', null, () => this.#watch());
  }

  #start(name: string): void {
    const node = this.#options.create(name, this.#count++);
    this.#nodes.push(node);
    node.open().catch((error: unknown) => {
      if (!(error instanceof Error)) this.#options.onTrouble(`a start failed with ${String(error)}`);
      if (!(error instanceof Unavailable) && !EXPECTED.test((error as Error).message))
        this.#options.onTrouble(`the organisation did not start: ${(error as Error).message}`);
      this.#die(node);
    });
  }
}

/** What a start may fail of when the disk or the tools are struck. */
const EXPECTED = /disk|tools cannot be opened|no space/;
