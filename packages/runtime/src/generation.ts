/**
 * A generation: everything that runs between two recoveries. When the loop ends, its generation ends with it; the next
 * one starts from the ledger alone.
 */
import {
  type CommandKind,
  type Definition,
  type KernelRecord,
  type Reply,
  recall,
  type State,
  SYSTEM,
} from '@reeve/kernel';
import type { KeyStore, Store } from '@reeve/ledger';
import { Executors } from './executors/executors.ts';
import { Feed } from './feed.ts';
import { Loop } from './loop.ts';
import { recordsOf } from './past.ts';
import { openJournal } from './pool/journal.ts';
import { Pool } from './pool/pool.ts';
import type { Clock, Kernel, Limits, Published, RuntimeOptions, ToolHost, Unavailable } from './port.ts';
import { type Recovered, recordReader } from './recover.ts';
import { Snapshots } from './snapshots.ts';
import { StoreWatch } from './store-watch.ts';

/** The run is over for its occupant, whatever it was doing. */
const ENDS_RUN: ReadonlySet<string> = new Set(['run.stopped', 'run.interrupted', 'run.withdrawn']);

export interface GenerationOptions {
  readonly recovered: Recovered;
  readonly epoch: number;
  readonly store: Store;
  readonly keys: KeyStore | undefined;
  readonly tools: ToolHost;
  readonly occupants: RuntimeOptions['occupants'];
  readonly clock: Clock;
  readonly kernel: Kernel;
  readonly entropy: () => string;
  readonly holder: string;
  readonly limits: Limits;
  readonly replica: RuntimeOptions['replica'];
  readonly log: NonNullable<RuntimeOptions['log']>;
  readonly onFailure: (error: unknown) => void;
  /** [RT14] Customers of these names are to be forgotten; nothing more is decided here. */
  readonly onForgotten: (customers: readonly string[]) => void;
}

export class Generation {
  readonly loop: Loop;
  readonly feed: Feed;
  readonly executors: Executors;
  readonly pool: Pool | null;
  readonly #options: GenerationOptions;
  readonly #state: State;
  readonly #store: StoreWatch | null;
  readonly #watchers = new Map<string, Set<() => void>>();
  /** [RT14] Names of customers who are to be forgotten. */
  #forgetting: readonly string[] | null = null;
  #working = false;
  #tools: Promise<void> = Promise.resolve();
  readonly #snapshots: Snapshots;
  #toolsProblem: string | null = null;
  #opening = 0;
  /** Ends the wait for another try to open tools. */
  #cancelOpening: () => void = () => {};
  #ended = false;

  constructor(options: GenerationOptions) {
    const { recovered, store, keys, clock, limits, log, holder, epoch } = options;
    this.#options = options;
    this.#state = recovered.state;
    this.feed = new Feed(store, recovered.state.seq, recordReader(keys));
    this.loop = new Loop({
      ...{ state: this.#state, head: recovered.head, epoch, store, keys, clock, limits },
      ...{ kernel: options.kernel, entropy: options.entropy },
      onDecided: (records) => this.#decided(records),
      onDurable: (published) => this.#durable(published),
      onWritten: (ms) => this.#store?.wrote(ms),
      onFailure: options.onFailure,
    });
    const name = `${holder}/${epoch}`;
    const peek = <T>(view: (state: State) => T) => this.loop.peek(view);
    const settled = () => this.loop.settled();
    this.#store = options.occupants
      ? new StoreWatch({
          ...{ clock, peek },
          // What cannot be said now is measured again.
          report: (store) => void this.system('', 'oversight.observe', { store }).catch(() => {}),
        })
      : null;
    this.#snapshots = new Snapshots({
      ...{ state: this.#state, seq: this.#state.seq, at: this.#state.seq - recovered.replayed },
      ...{ store, keys, clock, limits, log, replica: options.replica },
      read: (view) => this.loop.read(view),
    });
    this.executors = new Executors({
      ...{ clock, log, peek, settled, executor: name, limit: limits.executors },
      tool: (id) => options.tools.get(id),
      submit: (kind, body) => this.loop.decide({ id: '', kind, actor: SYSTEM, body }),
    });
    this.pool = options.occupants
      ? new Pool({
          ...{ clock, log, read: this.#glimpse, worker: name, limit: limits.runs, parkAfter: limits.parkAfter },
          occupants: options.occupants,
          submit: (id, kind, body) => this.system(id, kind, body),
          changed: (operation) => this.#changed(operation),
          past: (operation) => this.#past(operation),
          journal: openJournal(store.blob, keys),
        })
      : null;
  }

  /** Sessions copy what they take along, so they need not hold the loop up: they get it when it is durable. */
  readonly #glimpse = async <T>(view: (state: State) => T): Promise<T> => {
    const seen = this.loop.peek(view);
    await this.loop.settled();
    return seen;
  };

  system(id: string, kind: CommandKind, body: Record<string, unknown>): Promise<Reply> {
    return this.loop.submit({ id, kind, actor: SYSTEM, body });
  }

  /**
   * [RT4] Take over what a former owner left: leases it held are void (their outcomes are reconciled), its runs are
   * interrupted (and run again). Then begin to work.
   */
  async begin(): Promise<void> {
    const { definition, pack } = this.#state.organisation;
    if (definition) await this.#options.tools.use(definition, pack);
    if (this.#options.occupants) {
      const reason = 'the process that worked on it is gone';
      const left = await this.loop.read((state) => ({
        leased: [...state.operations.leased],
        active: [...state.runs.runs.values()].filter((run) => run.status === 'active').map((run) => run.id),
      }));
      await Promise.all([
        ...left.leased.map((operation) => this.system('', 'operation.lapse', { operation, reason })),
        ...left.active.map((run) => this.system('', 'run.interrupt', { run, reason })),
      ]);
    }
    await this.loop.read((state) => {
      this.#working = this.#options.occupants !== undefined;
      this.#touchAll(state);
      this.#pump();
    });
  }

  async end(reason: Unavailable, grace: number): Promise<void> {
    this.#snapshots.stop();
    this.#ended = true;
    this.#cancelOpening();
    await Promise.all([this.pool?.end(grace), this.executors.end(grace)]);
    // What executors learnt last is decided, and shall be written down.
    if (grace > 0) await this.loop.settled().catch(() => {});
    if (grace > 0) await this.#snapshots.last();
    await this.loop.end(reason);
    await this.#snapshots.saved();
    this.feed.end();
    for (const wakes of this.#watchers.values()) for (const wake of wakes) wake();
  }

  /** [RT8] Executors look at the state as it is decided; before they act outside, it is durable. */
  #decided(records: readonly KernelRecord[]): void {
    if (!this.#working) return;
    for (const { kind, body } of records)
      if ('operation' in body && typeof body.operation === 'string' && !kind.startsWith('budget.'))
        this.executors.touch(this.#state, body.operation);
    this.executors.pump(this.#state);
  }

  #durable(published: readonly Published[]): void {
    for (const { record } of published) this.#notice(record);
    this.feed.publish(published);
    if (this.#forgetting) {
      this.#options.onForgotten(this.#forgetting);
      return;
    }
    this.#pump();
    this.#snapshots.reached(published.at(-1)!.record.seq);
  }

  /** [RT14] By what names he is known is asked now: after a restart nobody may be able to read them. */
  #noticeForgotten({ cases }: { readonly cases: readonly string[] }): void {
    if (!this.#options.keys) return;
    this.#snapshots.forbid();
    this.#forgetting = [...new Set(cases.flatMap((id) => this.#state.cases.cases.get(id)?.customer ?? []))];
  }

  #pump(): void {
    if (!this.#working) return;
    this.executors.pump(this.#state);
    this.pool?.pump(this.#state);
  }

  /** Which seats, runs and operations a record may have given something to do. */
  #notice(record: KernelRecord): void {
    const body = record.body as { operation?: unknown; run?: unknown; seat?: unknown; to?: unknown };
    const [kind] = record.kind.split('.') as [string];
    if (typeof body.operation === 'string' && kind !== 'budget') this.#wakeWatchers(body.operation);
    if (ENDS_RUN.has(record.kind)) this.pool?.stop((record.body as { run: string }).run);
    if (record.kind === 'message.sent' || record.kind === 'message.moved') this.pool?.touchSeat(record.body.to);
    else if (record.kind === 'switch.tripped') this.executors.halt(this.#state);
    else if (record.kind === 'switch.rearmed') this.#touchAll(this.#state);
    else if (kind === 'run') this.#noticeRun(record.body as { run: string }, record.actor.seat);
    else if (kind === 'seat' && typeof body.seat === 'string') this.#noticeSeat(body.seat);
    else if (record.kind === 'organisation.applied') this.#newDefinition();
    else if (record.kind === 'customer.forgotten') this.#noticeForgotten(record.body);
  }

  /** Somebody who can play this seat has come. */
  wake(seat: string): void {
    this.#noticeSeat(seat);
    this.#pump();
  }

  /** A seat that works again takes its inbox and the runs that wait for it. */
  #noticeSeat(seat: string): void {
    this.pool?.touchSeat(seat);
    for (const run of this.#state.runs.ready)
      if (this.#state.runs.runs.get(run)?.seat === seat) this.pool?.touchRun(run);
  }

  #noticeRun(body: { run: string; seat?: string }, actor: string | undefined): void {
    this.pool?.touchRun(body.run);
    const seat = this.#state.runs.runs.get(body.run)?.seat ?? body.seat ?? actor;
    if (seat !== undefined) this.pool?.touchSeat(seat);
  }

  #wakeWatchers(operation: string): void {
    const wakes = this.#watchers.get(operation);
    if (!wakes) return;
    this.#watchers.delete(operation);
    for (const wake of wakes) wake();
  }

  #touchAll(state: State): void {
    if (!this.#options.occupants) return;
    for (const operation of state.operations.jobs.keys()) this.executors.touch(state, operation);
    for (const run of state.runs.ready) this.pool?.touchRun(run);
    for (const seat of state.inbox.ready) this.pool?.touchSeat(seat);
  }

  /** Tools of a new definition are opened before anything is executed with them. @param tries how often it was tried before */
  #newDefinition(tries = 0): void {
    const { definition, pack } = this.#state.organisation;
    if (!definition) return;
    this.#opening += 1;
    this.#tools = this.#tools
      .then(() => this.#options.tools.use(definition, pack))
      .then(() => {
        this.#toolsProblem = null;
      })
      .then(() => this.loop.read((state) => this.#touchAll(state)))
      .then(() => this.#pump())
      .catch((error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error);
        if (problem !== this.#toolsProblem)
          this.#options.log('error', 'the tools of the new definition cannot be opened', { error: String(error) });
        this.#toolsProblem = problem;
        this.#openLater(definition, tries);
      })
      .finally(() => {
        this.#opening -= 1;
      });
  }

  /** [RT18] What waits for them would wait for ever. */
  #openLater(wanted: Definition, tries: number): void {
    if (this.#ended) return;
    this.#cancelOpening();
    this.#cancelOpening = this.#options.clock.after(Math.min(60_000, 1000 * 2 ** Math.min(tries, 20)), () => {
      if (this.#state.organisation.definition === wanted) this.#newDefinition(tries + 1);
    });
  }

  /** Are tools of a new definition being opened? What is to be done with them begins afterwards. */
  get opening(): boolean {
    return this.#opening > 0;
  }

  /** [RT18] Why the tools of the definition in force could not be opened, so that older ones are still used; null when they are open. */
  get toolsProblem(): string | null {
    return this.#toolsProblem;
  }

  /** [RT30] A repeated request may name an operation that has left memory. */
  async #past(operation: string): Promise<State | null> {
    const { store, keys } = this.#options;
    if (await this.loop.read((state) => state.operations.operations.has(operation))) return null;
    const records = await this.loop.read((state) => recordsOf(store, recordReader(keys), state, operation));
    return records === null ? null : this.loop.read((state) => recall(state, records));
  }

  /** Resolves at the next durable record about the operation. Registered at once, so nothing is missed. */
  #changed(operation: string): Promise<void> {
    return new Promise((resolve) => {
      const wakes = this.#watchers.get(operation) ?? new Set();
      wakes.add(resolve);
      this.#watchers.set(operation, wakes);
    });
  }
}
