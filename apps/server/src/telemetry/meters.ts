/** Counts, sums and distributions of one process, and their text form. Adding costs one lookup in a Map. */
import { METRIC_NAMES, type MetricDef, type MetricName, metricOf } from './catalogue.ts';

/** [OBS3] Series of one metric at most: what comes after is counted under `other`, so that labels cannot fill the memory. */
const MOST_SERIES = 1000;
const SEPARATOR = '\u0000';

interface Series {
  readonly labels: readonly string[];
  /** Of a histogram: how many fell into each bucket, the last one above all bounds. */
  readonly counts: number[];
  sum: number;
}

export type Labels = readonly string[];

export class Meters {
  readonly #metrics = new Map<MetricName, Map<string, Series>>();

  /** Adds to a counter. */
  add(name: MetricName, labels: Labels = [], amount = 1): void {
    this.#series(name, labels).sum += amount;
  }

  /** Puts a value into a histogram. */
  observe(name: MetricName, value: number, labels: Labels = []): void {
    const series = this.#series(name, labels);
    const { buckets = [] } = metricOf(name);
    const found = buckets.findIndex((bound) => value <= bound);
    const at = found < 0 ? buckets.length : found;
    series.counts[at] = (series.counts[at] ?? 0) + 1;
    series.sum += value;
  }

  /** Sets a gauge, or adds to what another organisation of this process has set since `clear`. */
  gauge(name: MetricName, value: number, labels: Labels = []): void {
    const series = this.#series(name, labels);
    series.sum = metricOf(name).many === 'max' ? Math.max(series.sum, value) : series.sum + value;
  }

  /** Takes over the gauges of another one. */
  take(other: Meters): void {
    for (const [name, metric] of other.#metrics)
      for (const { labels, sum } of metric.values()) this.gauge(name, sum, labels);
  }

  /** Sets a counter to what somebody else counted. */
  set(name: MetricName, value: number, labels: Labels = []): void {
    this.#series(name, labels).sum = value;
  }

  /** Forgets all gauges: they are looked up anew. */
  clear(): void {
    for (const name of METRIC_NAMES) if (metricOf(name).type === 'gauge') this.#metrics.delete(name);
  }

  /** [OBS1] All of it as Prometheus text, version 0.0.4. */
  text(): string {
    return METRIC_NAMES.map((name) =>
      textOf(name, metricOf(name), [...(this.#metrics.get(name)?.values() ?? [])]),
    ).join('');
  }

  #series(name: MetricName, labels: Labels): Series {
    const metric = this.#metrics.get(name) ?? this.#metric(name);
    const key = labels.length === 1 ? labels[0]! : labels.join(SEPARATOR);
    const known = metric.get(key);
    if (known !== undefined) return known;
    if (metric.size >= MOST_SERIES) return this.#other(metric, labels);
    return made(metric, key, labels);
  }

  #metric(name: MetricName): Map<string, Series> {
    const metric = new Map<string, Series>();
    this.#metrics.set(name, metric);
    return metric;
  }

  #other(metric: Map<string, Series>, labels: Labels): Series {
    const other = labels.map(() => 'other');
    const key = other.join(SEPARATOR);
    return metric.get(key) ?? made(metric, key, other);
  }
}

function made(metric: Map<string, Series>, key: string, labels: Labels): Series {
  const series: Series = { labels, counts: [], sum: 0 };
  metric.set(key, series);
  return series;
}

function textOf(name: string, def: MetricDef, all: readonly Series[]): string {
  if (all.length === 0) return '';
  const lines = all.flatMap((series) => (def.buckets ? distribution(name, def, series) : [sample(name, def, series)]));
  return `# HELP ${name} ${def.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${def.type}\n${lines.join('')}`;
}

const sample = (name: string, def: MetricDef, { labels, sum }: Series): string =>
  `${name}${labelText(def.labels ?? [], labels)} ${numberText(sum)}\n`;

function distribution(name: string, { buckets = [], labels: names = [] }: MetricDef, series: Series): string[] {
  let total = 0;
  const lines = [...buckets, Number.POSITIVE_INFINITY].map((bound, i) => {
    total += series.counts[i] ?? 0;
    return `${name}_bucket${labelText([...names, 'le'], [...series.labels, numberText(bound)])} ${total}\n`;
  });
  const own = labelText(names, series.labels);
  return [...lines, `${name}_sum${own} ${numberText(series.sum)}\n`, `${name}_count${own} ${total}\n`];
}

function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  return `{${names.map((name, i) => `${name}="${escaped(values[i] ?? '')}"`).join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const numberText = (value: number): string =>
  value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
