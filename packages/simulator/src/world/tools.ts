/** The tools of one process: calls travel to the world and back, and either way can go wrong. */
import { type Call, type CallResult, type Tool, ToolError } from '@reeve/connectors';
import type { Definition } from '@reeve/kernel';
import type { ToolHost } from '@reeve/runtime';
import type { Disk } from '../disk.ts';
import type { Fault, Weather } from '../faults.ts';
import type { Random } from '../random.ts';
import type { Process, Scheduler } from '../scheduler.ts';
import type { Conduct, System, World } from './system.ts';
import type { Truth } from './truth.ts';

export interface ToolsOptions {
  readonly world: World;
  readonly truth: Truth;
  readonly process: Process;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly weather: Weather;
  readonly disk: Disk;
  /** Latency of one way at most, in virtual milliseconds. */
  readonly latency: number;
  readonly onTrouble: (what: string) => void;
}

/** Faults of a call that reaches the system and is carried out. */
const LANDS: ReadonlySet<string> = new Set(['tool-late', 'tool-unclassified', 'tool-lands-later']);

/** Calls for one operation, reads included, that nothing but a loop explains. */
const MANY = 150;

const CALL_FAULTS = [
  ...(['tool-late', 'tool-silent', 'tool-transient', 'tool-deterministic', 'tool-judgment'] as const),
  ...(['tool-governance', 'tool-unclassified', 'tool-lands-later'] as const),
];
/** A tool that lies makes sense only where a fresh read can find it out, one that does something else with amounts. */
const VERIFIED = new Set(['orders.refund', 'orders.replace', 'orders.cancel', 'orders.change_address']);

export class SimTools implements ToolHost {
  readonly #options: ToolsOptions;
  readonly #open = new Map<string, Tool>();
  readonly #travelling = new Set<(arrive: boolean) => void>();

  constructor(options: ToolsOptions) {
    this.#options = options;
  }

  get(tool: string): Tool | undefined {
    return this.#open.get(tool);
  }

  async use(definition: Definition): Promise<void> {
    const { scheduler, weather, process } = this.#options;
    await scheduler.wait(1, 'open tools', process);
    if (weather.take(scheduler.time, 'tools-unopened')) throw new Error('the tools cannot be opened');
    for (const { id } of definition.tools) this.#open.set(id, this.#tool(id));
  }

  async close(): Promise<void> {
    this.#open.clear();
  }

  /** The process is gone: what it has sent lands at once or never. */
  abandon(): void {
    for (const arrive of [...this.#travelling]) arrive(this.#options.random.chance(0.5));
  }

  #tool(id: string): Tool {
    const system = this.#options.world.system(id);
    if (!system) throw new Error(`the simulated world has no "${id}"`);
    return {
      call: (call) => this.#call(id, system, call),
      lookup: async (key) => {
        const { scheduler, weather, random, latency, process } = this.#options;
        await scheduler.wait(random.next() * latency, 'lookup', process);
        if (weather.take(scheduler.time, 'lookup-fails')) throw new ToolError('transient', 'the lookup failed');
        return system.lookup(key);
      },
      health: async () => ({ ok: true, message: 'simulated' }),
      close: async () => {},
    };
  }

  async #call(tool: string, system: System, call: Call): Promise<CallResult> {
    const { scheduler, weather, random, latency, process, disk } = this.#options;
    const issuedSeq = disk.memory.records.length - disk.torn;
    this.#count(call.operation, issuedSeq);
    const writes = system.writes(call.capability.id);
    const fault = writes || random.chance(0.3) ? weather.take(scheduler.time, ...CALL_FAULTS) : undefined;
    const outage = weather.during(scheduler.time, 'tool-outage');
    const arrived = await this.#travel(call);
    if (!arrived) return new Promise(() => {});
    if (outage) throw new ToolError('transient', 'the system is down', { uncertain: false });
    if (fault?.kind === 'tool-lands-later' && writes) return this.#later(fault.ms, tool, system, call, issuedSeq);
    if (fault && !LANDS.has(fault.kind)) return failed(fault);
    const result = await this.#land(tool, system, call, issuedSeq);
    if (fault?.kind === 'tool-late') return new Promise(() => {});
    await scheduler.wait(random.next() * latency, 'result', process);
    if (fault) throw new Error('connection reset by peer');
    return result;
  }

  /** The system lets the call lie, long after its caller has stopped waiting and asked what became of it. */
  #later(ms: number, tool: string, system: System, call: Call, issuedSeq: number): Promise<never> {
    const { scheduler, truth } = this.#options;
    scheduler.after(ms, 'late effect', null, () => {
      if (truth.keys.has(call.key)) return;
      truth.late.add(call.operation);
      this.#land(tool, system, call, issuedSeq).catch(() => truth.late.delete(call.operation));
    });
    return new Promise(() => {});
  }

  #count(operation: string, issuedSeq: number): void {
    const { truth, onTrouble } = this.#options;
    const calls = (truth.calls.get(operation) ?? 0) + 1;
    truth.calls.set(operation, calls);
    if (calls === 1) truth.asked.set(operation, issuedSeq);
    if (calls === MANY) onTrouble(`the tools were called ${MANY} times for ${operation}`);
  }

  /** On the way to the system. False when it never gets there: cut off when the caller stops waiting, or dies. */
  #travel(call: Call): Promise<boolean> {
    const { scheduler, random, latency } = this.#options;
    return new Promise((resolve) => {
      const arrive = (there: boolean) => {
        this.#travelling.delete(arrive);
        cancel();
        resolve(there);
      };
      const cancel = scheduler.after(random.next() * latency, 'effect', null, () => arrive(true));
      this.#travelling.add(arrive);
      call.signal.addEventListener('abort', () => this.#travelling.has(arrive) && arrive(random.chance(0.5)));
    });
  }

  async #land(tool: string, system: System, call: Call, issuedSeq: number): Promise<CallResult> {
    const { truth, scheduler, weather } = this.#options;
    const writes = system.writes(call.capability.id);
    const again = truth.keys.has(call.key);
    const odd = writes && !again ? oddFor(weather, scheduler.time, call.capability.id) : undefined;
    const result = await system.run(call, conductOf(odd));
    if (!writes || again) return result;
    truth.keys.add(call.key);
    if (odd?.kind === 'tool-lies') truth.lies.push({ operation: call.operation, key: call.key });
    else
      truth.effects.push({
        ...{ n: truth.effects.length + 1, tool, capability: call.capability.id, operation: call.operation },
        ...{ key: call.key, args: structuredClone(call.args), issuedSeq, at: scheduler.now },
        id: result.evidence?.[0]?.ref ?? '',
      });
    if (odd?.kind === 'tool-skews') truth.skews.add(call.operation);
    return result;
  }
}

function oddFor(weather: Weather, time: number, capability: string): Fault | undefined {
  if (!VERIFIED.has(capability)) return undefined;
  return capability === 'orders.refund'
    ? weather.take(time, 'tool-lies', 'tool-skews')
    : weather.take(time, 'tool-lies');
}

const conductOf = (odd: Fault | undefined): Conduct => {
  if (odd === undefined) return 'honest';
  return odd.kind === 'tool-lies' ? 'lie' : 'skew';
};

/** A failure before anything happened; `tool-silent` is one nobody hears of. */
function failed({ kind }: Fault): Promise<never> {
  if (kind === 'tool-silent') return new Promise(() => {});
  const category = kind.slice('tool-'.length) as 'transient' | 'deterministic' | 'judgment' | 'governance';
  return Promise.reject(new ToolError(category, `a simulated ${category} failure`));
}
