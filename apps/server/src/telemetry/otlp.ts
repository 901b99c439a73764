/** Hands spans to an OpenTelemetry collector: OTLP over HTTP, as JSON. What the collector does not take is counted, never waited for. */
import { VERSION } from '../version.ts';
import type { Meters } from './meters.ts';
import type { Attributes, Span } from './spans.ts';

export interface OtlpOptions {
  /** Where spans are posted, such as `http://localhost:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  readonly meters: Meters;
  readonly warn: (message: string, detail: Record<string, unknown>) => void;
  /** Spans that may wait (4096), that go together (512), and milliseconds between two posts (2000). */
  readonly queue?: number;
  readonly batch?: number;
  readonly every?: number;
}

/** Milliseconds a post may take, and how often one is tried. */
const PATIENCE = 10_000;
const TIMES = 4;
/** Answers after which the same spans may be sent again. */
const AGAIN = new Set([429, 502, 503, 504]);

/** What the environment says of a collector, as OpenTelemetry names it; null when there is none. */
export function otlpFrom(
  env: Readonly<Record<string, string | undefined>>,
): Pick<OtlpOptions, 'url' | 'headers' | 'service'> | null {
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || (base ? `${base.replace(/\/+$/, '')}/v1/traces` : '');
  if (url === '' || env.OTEL_SDK_DISABLED === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return null;
  return { url, headers: headersOf(env.OTEL_EXPORTER_OTLP_HEADERS ?? ''), service: env.OTEL_SERVICE_NAME || 'reeve' };
}

const headersOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(',')
      .map((pair) => pair.split('='))
      .filter(([name]) => name?.trim())
      .map(([name, ...value]) => [name!.trim().toLowerCase(), decodeURIComponent(value.join('=').trim())]),
  );

export class OtlpExporter {
  readonly #options: OtlpOptions & Required<Pick<OtlpOptions, 'queue' | 'batch' | 'every'>>;
  #waiting: Span[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | null = null;
  #ended = false;
  #failing = false;

  constructor(options: OtlpOptions) {
    this.#options = { queue: 4096, batch: 512, every: 2000, ...options };
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** [OBS23] Never waits: a span that finds no room is dropped and counted. */
  add(span: Span): void {
    if (this.#waiting.length >= this.#options.queue) {
      this.#dropped('full', 1);
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= this.#options.batch) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), this.#options.every).unref();
  }

  /** Sends all that waits. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  /** Sends what waits, once; what is not taken then is lost. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.flush();
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.slice(0, this.#options.batch);
      const why = await this.#send(spans);
      this.#waiting.splice(0, spans.length);
      if (why === null) this.#options.meters.add('reeve_traces_exported_total', [], spans.length);
      else this.#dropped(why, spans.length);
    }
  }

  /** Null when they were taken. */
  async #send(spans: readonly Span[]): Promise<string | null> {
    const body = JSON.stringify(otlpJson(spans, this.#options.service));
    for (let time = 1; ; time++) {
      const { status, after } = await this.#post(body);
      if (status >= 200 && status < 300) return this.#well();
      const again = status === 0 || AGAIN.has(status);
      if (!again || this.#ended || time >= TIMES) return this.#unwell(status);
      await new Promise((resolve) => setTimeout(resolve, after ?? 250 * 2 ** time).unref());
    }
  }

  /** Status 0 when there was no answer. `after`: milliseconds the collector asks to wait, a minute at most. */
  async #post(body: string): Promise<{ status: number; after: number | null }> {
    const { url, headers } = this.#options;
    try {
      const signal = AbortSignal.timeout(this.#ended ? PATIENCE / 5 : PATIENCE);
      const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body, signal };
      const response = await fetch(url, init);
      await response.arrayBuffer();
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
      return { status: response.status, after: Number.isFinite(seconds) ? Math.min(60, seconds) * 1000 : null };
    } catch {
      return { status: 0, after: null };
    }
  }

  #well(): null {
    this.#failing = false;
    return null;
  }

  #unwell(status: number): string {
    // Once, not every two seconds.
    if (!this.#failing) this.#options.warn('the collector takes no spans', { status });
    this.#failing = true;
    return status === 0 ? 'unreachable' : 'refused';
  }

  #dropped(reason: string, count: number): void {
    this.#options.meters.add('reeve_traces_dropped_total', [reason], count);
  }
}

const KINDS = { internal: 1, client: 3 } as const;
const STATUS = { unset: 0, error: 2 } as const;

/** Nanoseconds as text: too many for a number. */
const nanos = (ms: number): string => `${ms}000000`;

const value = (one: string | number | boolean): Record<string, unknown> => {
  if (typeof one === 'string') return { stringValue: one };
  if (typeof one === 'boolean') return { boolValue: one };
  return Number.isInteger(one) ? { intValue: String(one) } : { doubleValue: one };
};

const attributes = (all: Attributes): unknown[] =>
  Object.entries(all).map(([key, one]) => ({ key, value: value(one) }));

/** The body of a post to `/v1/traces`. */
const otlpJson = (spans: readonly Span[], service: string): Record<string, unknown> => ({
  resourceSpans: [
    {
      resource: { attributes: attributes({ 'service.name': service, 'service.version': VERSION }) },
      scopeSpans: [{ scope: { name: 'reeve', version: VERSION }, spans: spans.map(spanJson) }],
    },
  ],
});

const spanJson = (span: Span): Record<string, unknown> => ({
  traceId: span.trace,
  spanId: span.span,
  ...(span.parent === null ? {} : { parentSpanId: span.parent }),
  name: span.name,
  kind: KINDS[span.kind],
  startTimeUnixNano: nanos(span.start),
  endTimeUnixNano: nanos(Math.max(span.start, span.end)),
  attributes: attributes(span.error === null ? span.attributes : { ...span.attributes, 'error.type': span.error }),
  events: span.events.map(({ name, at, attributes: own }) => ({
    name,
    timeUnixNano: nanos(at),
    attributes: attributes(own),
  })),
  links: span.links.map(({ trace, span: to }) => ({ traceId: trace, spanId: to })),
  status: span.error === null ? { code: STATUS.unset } : { code: STATUS.error, message: span.error },
});
