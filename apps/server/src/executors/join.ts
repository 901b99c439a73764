/** A remote executor: claims calls of tools, makes them, reports. At least once: the tool's key makes one effect of it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openTools, type Tool, ToolError } from '@reeve/connectors';
import type { Definition } from '@reeve/kernel';
import { ApiProblem, type Client, type OrderOutcome, type ToolOrder } from '@reeve/protocol';
import { Packs } from '../data/packs.ts';
import type { Log } from '../house.ts';
import { matches } from './orders.ts';

export interface ExecutorOptions {
  readonly client: Client;
  /** Unique among the executors that run. */
  readonly name: string;
  /** Which capabilities: exact, `orders.*`, or `*`. */
  readonly capabilities: readonly string[];
  /** Calls at once. */
  readonly width: number;
  /** Folder for the pack, which is fetched, and for what the tools keep in files. */
  readonly data: string;
  readonly log: Log;
  /** Asks to stop: nothing more is claimed, what runs is finished and reported. */
  readonly signal: AbortSignal;
}

interface Opened {
  readonly digest: string;
  readonly definition: Definition;
  readonly tools: ReadonlyMap<string, Tool>;
}

/** Pauses after an answer that was none, and between renewals as a part of the lease, in milliseconds. */
const PAUSE = 300;
const RENEWALS = 3;

/** Works until asked to stop. @throws ApiProblem when the token is refused, Error when the tools cannot be opened. */
export async function runExecutor(options: ExecutorOptions): Promise<void> {
  const executor = new RemoteExecutor(options);
  try {
    await executor.run();
  } finally {
    await executor.close();
  }
}

class RemoteExecutor {
  readonly #options: ExecutorOptions;
  readonly #running = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();
  #opened: Opened | null = null;
  #lease = 8000;
  #renewing: NodeJS.Timeout | undefined;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal, width } = this.#options;
    while (!signal.aborted) {
      if (this.#running.size >= width) await Promise.race([...this.#running.values()].map(({ done }) => done));
      else await this.#patiently(() => this.#claim());
    }
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  async close(): Promise<void> {
    clearTimeout(this.#renewing);
    await Promise.allSettled([...(this.#opened?.tools.values() ?? [])].map((tool) => tool.close()));
  }

  /** An owner that is not there for a moment is waited for. */
  async #patiently(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#options.signal.aborted) return;
      if (error instanceof ApiProblem && error.status < 500 && error.status !== 429) throw error;
      this.#options.log('warn', 'no calls could be claimed', { error: String(error) });
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  async #claim(): Promise<void> {
    const { client, name: executor, capabilities, width, signal } = this.#options;
    await this.#open();
    const most = width - this.#running.size;
    const claim = { executor, capabilities: [...capabilities], most, wait: 5000 };
    // Not aborted when asked to stop while calls may be on their way here: they would be lost until their lease lapses.
    const { digest, lease, orders } = await client.claimOrders({ ...claim, wait: signal.aborted ? 0 : 2000 });
    this.#lease = lease;
    for (const order of orders) this.#begin(order);
    if (digest !== this.#opened?.digest) this.#opened = await this.#reopened();
  }

  #begin(order: ToolOrder): void {
    const stop = new AbortController();
    const done = this.#work(order, stop.signal).finally(() => this.#running.delete(order.id));
    this.#running.set(order.id, { stop, done });
    this.#renewLater();
  }

  async #work(order: ToolOrder, signal: AbortSignal): Promise<void> {
    const { client, name: executor, log } = this.#options;
    const report = await this.#perform(order, signal);
    for (const end = performance.now() + this.#lease; performance.now() < end && !signal.aborted; ) {
      try {
        const { taken } = await client.finishOrder({ executor, order: order.id, report });
        if (!taken) log('warn', 'a call was reported too late', { order: order.id, capability: order.capability });
        return;
      } catch (error) {
        log('warn', 'a call could not be reported', { order: order.id, error: String(error) });
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }

  async #perform(order: ToolOrder, signal: AbortSignal): Promise<OrderOutcome> {
    try {
      return await this.#made(order, signal);
    } catch (error) {
      const known = error instanceof ToolError ? error : new ToolError('transient', String(error), { uncertain: true });
      const { category, message, uncertain } = known;
      return { outcome: 'failed', failure: { category, message: message.slice(0, 2000), uncertain } };
    }
  }

  async #made(order: ToolOrder, signal: AbortSignal): Promise<OrderOutcome> {
    const { tools, definition } = this.#opened as Opened;
    const tool = tools.get(order.tool);
    const capability = definition.capabilities.find(({ id }) => id === order.capability);
    if (!tool || !capability) throw new ToolError('transient', `${order.tool} is not open at this executor`);
    const { args, key, operation, attempt, case: about } = order;
    if (order.kind === 'lookup') {
      if (!tool.lookup) throw new ToolError('deterministic', `${order.tool} cannot look up what it did`);
      const found = await tool.lookup(key, capability);
      return found === null ? { outcome: 'none' } : { outcome: 'done', result: found as Done['result'] };
    }
    const call = { capability, args, key, operation, attempt, now: Date.now(), signal };
    const result = await tool.call({ ...call, ...(about === undefined ? {} : { case: about }) });
    return { outcome: 'done', result: result as Done['result'] };
  }

  #renewLater(): void {
    if (this.#renewing !== undefined) return;
    this.#renewing = setTimeout(() => {
      this.#renewing = undefined;
      void this.#renew();
    }, this.#lease / RENEWALS);
  }

  /** What is lost is stopped: somebody else finds out what became of it. */
  async #renew(): Promise<void> {
    const orders = [...this.#running.keys()];
    if (orders.length === 0) return;
    try {
      const { client, name: executor } = this.#options;
      const held = new Set((await client.renewOrders({ executor, orders })).orders);
      for (const id of orders) if (!held.has(id)) this.#running.get(id)?.stop.abort();
    } catch (error) {
      this.#options.log('warn', 'calls could not be renewed', { error: String(error) });
    }
    this.#renewLater();
  }

  async #open(): Promise<void> {
    this.#opened ??= await this.#reopened();
  }

  /** The tools of the definition in force, of those capabilities that are claimed here. */
  async #reopened(): Promise<Opened | null> {
    const { client, data, capabilities: claimed, log } = this.#options;
    const { digest, archive, definition: given } = await client.executorPack();
    if (given === null) throw new Error('nothing is in force yet: apply a pack first');
    const definition = given as unknown as Definition;
    await mkdir(data, { recursive: true, mode: 0o700 });
    const packs = new Packs(join(data, 'packs'));
    await packs.prepare();
    await packs.unpack(digest, Buffer.from(archive, 'base64'));
    const wanted = new Set(definition.capabilities.filter(({ id }) => matches(claimed, id)).map(({ tool }) => tool));
    const tools = definition.tools.filter(({ id }) => wanted.has(id));
    const folders = { data: join(data, 'tools'), pack: packs.folder(digest), hidden: [] };
    const opened = await openTools({ tools, capabilities: definition.capabilities }, folders);
    await Promise.allSettled([...(this.#opened?.tools.values() ?? [])].map((tool) => tool.close()));
    log('info', 'tools opened', { tools: opened.size });
    return { digest, definition, tools: opened };
  }
}

type Done = Extract<OrderOutcome, { outcome: 'done' }>;
