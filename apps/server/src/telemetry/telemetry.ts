/** What one process tells of itself: metrics, log lines and spans of the organisations it has open. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { KernelRecord } from '@reeve/kernel';
import type { Store } from '@reeve/ledger';
import type { Kernel, Runtime } from '@reeve/runtime';
import type { Log } from '../house.ts';
import { VERSION } from '../version.ts';
import { RecordMeter } from './from-records.ts';
import { gaugeHealth, gaugeState, gaugeStore } from './from-state.ts';
import { recordLine } from './lines.ts';
import { Meters } from './meters.ts';
import { OtlpExporter, type OtlpOptions } from './otlp.ts';
import { countedKernel, measuredStore, type StoreTold } from './ports.ts';
import { SpanMapper } from './spans.ts';

export interface TelemetryOptions {
  readonly log?: Log;
  /** Where spans go; nowhere unless told. */
  readonly otlp?: Pick<OtlpOptions, 'url' | 'headers' | 'service' | 'every'> | null;
}

interface Organisation {
  readonly runtime: Runtime;
  readonly told: StoreTold;
  readonly data: string;
}

/** Two looks at the state within this time are one, in milliseconds. */
const FRESH = 1000;
/** Wait before the ledger is followed again after it could not be read, in milliseconds. */
const AGAIN = 1000;
/** How long the end of an organisation waits for what is behind its ledger, in milliseconds. */
const LAST = 1000;

export class Telemetry {
  readonly meters = new Meters();
  readonly kernel: Kernel = countedKernel(this.meters);
  readonly exporter: OtlpExporter | null;
  readonly #log: Log;
  readonly #organisations = new Set<Organisation>();
  #delay: IntervalHistogram | null = null;
  #last: { at: number; text: Promise<string> } | null = null;
  #subscribers = 0;

  constructor({ log = () => {}, otlp = null }: TelemetryOptions = {}) {
    this.#log = log;
    const warn: OtlpOptions['warn'] = (message, detail) => log('warn', message, detail);
    this.exporter = otlp === null ? null : new OtlpExporter({ ...otlp, meters: this.meters, warn });
  }

  /** The store of an organisation, measured. */
  store(store: Store): { store: Store; told: StoreTold } {
    return measuredStore(store, this.meters);
  }

  /**
   * Follows an organisation from now on, and shows it in the metrics, until the result is called: what is durable by then is
   * still told, as far as that takes no longer than a second.
   * @param work false to show it without following its ledger
   */
  attach(runtime: Runtime, told: StoreTold, data: string, work: boolean): () => Promise<void> {
    const organisation: Organisation = { runtime, told, data };
    const ended = new AbortController();
    this.#delay ??= delayMonitor();
    this.#organisations.add(organisation);
    const following = work ? this.#follow(runtime, ended.signal) : Promise.resolve();
    return async () => {
      await Promise.race([following, new Promise((resolve) => setTimeout(resolve, LAST).unref())]);
      ended.abort();
      this.#organisations.delete(organisation);
      this.#last = null;
    };
  }

  /** An event stream began; the result says that it ended, however often it is called. */
  subscribed(): () => void {
    this.#subscribers += 1;
    let open = true;
    return () => {
      if (open) this.#subscribers -= 1;
      open = false;
    };
  }

  /** A request was answered. */
  answered(route: string, status: number, seconds: number): void {
    this.meters.add('reeve_http_requests_total', [route, String(status)]);
    this.meters.observe('reeve_http_request_seconds', seconds, [route]);
  }

  /** [OBS1] Everything, as Prometheus text. */
  scrape(): Promise<string> {
    const now = performance.now();
    if (this.#last === null || now - this.#last.at > FRESH) this.#last = { at: now, text: this.#collect() };
    return this.#last.text;
  }

  /** Sends what is left of the spans. */
  async close(): Promise<void> {
    await this.exporter?.close();
  }

  async #collect(): Promise<string> {
    const looks: (() => void)[] = [];
    for (const organisation of this.#organisations) looks.push(await this.#look(organisation));
    // Nothing waits between forgetting and looking anew, so that no half is seen.
    this.meters.clear();
    for (const look of looks) look();
    this.#process();
    return this.meters.text();
  }

  /** What there is to see of one organisation: its state is read now, and written down when the others are. */
  async #look({ runtime, told, data }: Organisation): Promise<() => void> {
    const health = runtime.health();
    const own = new Meters();
    const now = Date.now();
    await runtime.read((state) => gaugeState(own, state, Math.max(now, state.now))).catch(() => undefined);
    return () => {
      this.meters.take(own);
      gaugeHealth(this.meters, health);
      gaugeStore(this.meters, told, health.seq, now);
      for (const file of ['ledger.db', 'ledger.db-wal']) {
        const size = statSync(join(data, 'ledger', file), { throwIfNoEntry: false })?.size;
        if (size !== undefined) this.meters.gauge('reeve_ledger_bytes', size, [file]);
      }
    };
  }

  #process(): void {
    const { meters } = this;
    meters.gauge('reeve_info', 1, [VERSION]);
    meters.gauge('reeve_sse_subscribers', this.#subscribers);
    if (this.exporter) meters.gauge('reeve_traces_queue', this.exporter.waiting);
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    meters.gauge('process_resident_memory_bytes', rss);
    meters.gauge('process_heap_bytes', heapUsed);
    meters.set('process_cpu_seconds_total', (user + system) / 1e6);
    meters.gauge('process_start_time_seconds', Math.round(performance.timeOrigin) / 1000);
    if (this.#delay === null) return;
    for (const [name, of] of [
      ['0.5', 50],
      ['0.99', 99],
      ['1', 100],
    ] as const)
      meters.gauge('reeve_event_loop_delay_seconds', this.#delay.percentile(of) / 1e9, [name]);
    this.#delay.reset();
  }

  /** Beside the loop and behind it: who commands does not wait for this. */
  async #follow(runtime: Runtime, signal: AbortSignal): Promise<void> {
    const meter = new RecordMeter(this.meters);
    const { exporter } = this;
    const spans = exporter ? new SpanMapper(runtime.org, (span) => exporter.add(span)) : null;
    let after = runtime.health().seq;
    await runtime.read((state) => meter.begin(state)).catch(() => undefined);
    while (!signal.aborted && !['stopped', 'deposed'].includes(runtime.health().status)) {
      try {
        for await (const { record } of runtime.subscribe({ after, signal })) {
          after = record.seq;
          meter.see(record);
          spans?.see(record);
          this.#say(record);
        }
      } catch (error) {
        this.#log('warn', 'the ledger could not be followed', { error: String(error) });
        await new Promise((resolve) => setTimeout(resolve, AGAIN).unref());
      }
    }
  }

  #say(record: KernelRecord): void {
    const detail = recordLine(record);
    if (detail) this.#log('info', 'record', detail);
  }
}

/** Looks every 20 ms; keeps no process alive. */
function delayMonitor(): IntervalHistogram {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  return delay;
}
