/** Where metrics are kept while they are folded, and how they are read. */
import { canonical } from '../core/canonical.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Measure, MetricDef } from './definition.ts';
import { count, merge, percentile } from './sketch.ts';
import type { Cell, MetricValue, Series, Stretch } from './state.ts';

/** Stretches a window is cut into: at its old end it may be shorter by one of them [PUR6]. */
const STRETCHES = 30;

export const emptyCell = (): Cell => ({ n: 0, of: 0, sum: 0 });

const stretchOf = (span: number, at: Time): number => Math.floor(at / Math.ceil(span / STRETCHES));

/** What a metric measures, as text: its title and unit are only how it is shown. */
export const meaning = ({ measure, window: span, by }: MetricDef): string =>
  span === undefined && by === undefined ? canonical(measure) : canonical({ measure, window: span, by });

/** The cell that counts now. [PUR6] Of a window only the latest stretches are kept: nothing is ever subtracted. */
export function cellAt(series: Series, span: number | undefined, at: Time): Cell {
  if (span === undefined) return series;
  series.ring ??= [];
  const { ring } = series;
  const stretch = stretchOf(span, at);
  const last = ring.at(-1);
  if (last?.at === stretch) return last;
  const next: Stretch = { ...emptyCell(), at: stretch };
  ring.push(next);
  while (ring[0]!.at <= stretch - STRETCHES) ring.shift();
  return next;
}

const within = ({ ring = [] }: Series, span: number, now: Time): Stretch[] => {
  const oldest = stretchOf(span, now) - STRETCHES;
  return ring.filter((each) => each.at > oldest);
};

/** All stretches in one cell; a metric without a window is one already. */
function together(series: Series, span: number | undefined, now: Time): Cell {
  if (span === undefined) return series;
  const sum: Cell = emptyCell();
  for (const each of within(series, span, now)) {
    sum.n += each.n;
    sum.of += each.of;
    sum.sum += each.sum;
    if (!each.sketch) continue;
    sum.sketch ??= new Map();
    merge(sum.sketch, each.sketch);
  }
  return sum;
}

const quantile = ({ sketch }: Cell, p: number): number | null => (sketch ? percentile(sketch, p) : null);
const mean = ({ n, sum }: Cell): number | null => (n === 0 ? null : sum / n);

function read(m: Measure, cell: Cell): number | null {
  if ('count' in m) return cell.n;
  if ('sum' in m) return cell.sum;
  if ('ratio' in m) return cell.of === 0 ? null : (100 * cell.n) / cell.of;
  if ('percentile' in m) return quantile(cell, m.percentile.p);
  if ('between' in m && m.between.p !== undefined) return quantile(cell, m.between.p);
  return mean(cell);
}

/** The latest report stands alone in its cell. */
const latest = (series: Series, span: number | undefined, now: Time): Cell =>
  span === undefined ? series : (within(series, span, now).at(-1) ?? emptyCell());

function cellOf(state: State, metric: MetricDef, now: Time, group?: string): Cell {
  const value = state.purpose.values.get(metric.id);
  const series = group === undefined ? value : value?.groups?.get(group);
  if (!series) return emptyCell();
  return 'reported' in metric.measure ? latest(series, metric.window, now) : together(series, metric.window, now);
}

/**
 * Value of a metric at a time, or of one of its groups; null while there is nothing to measure. Ratios are in percent, times
 * between events in milliseconds.
 */
export const metricValue = (state: State, metric: MetricDef, now: Time = state.now, group?: string): number | null =>
  read(metric.measure, cellOf(state, metric, now, group));

/** How many events the value rests on; of a ratio the larger of both counts. */
export function metricSamples(state: State, metric: MetricDef, now: Time = state.now, group?: string): number {
  const { n, of } = cellOf(state, metric, now, group);
  return Math.max(n, of);
}

/** A metric that stands where it is said to, after so many events: for scenarios, never for a running organisation. */
export function standsAt(state: State, metric: MetricDef, value: number, samples: number): void {
  const kept: MetricValue = { ...emptyCell(), measure: meaning(metric) };
  const cell = cellAt(kept, metric.window, state.now);
  Object.assign(cell, sums(metric.measure, value, samples));
  if ('percentile' in metric.measure || 'between' in metric.measure) {
    cell.sketch = new Map();
    count(cell.sketch, value, samples);
  }
  state.purpose.values.set(metric.id, kept);
}

/** The sums behind a value: a count is its own number of events, a ratio is in percent. */
function sums(m: Measure, value: number, samples: number): Cell {
  if ('count' in m) return { n: value, of: 0, sum: 0 };
  if ('sum' in m) return { n: samples, of: 0, sum: value };
  if ('ratio' in m) return { n: (value * samples) / 100, of: samples, sum: 0 };
  return { n: samples, of: 0, sum: value * samples };
}
