import type { State } from '../core/state.ts';
import type { MetricDef } from './definition.ts';

/** Current value of a metric, or null while there is nothing to measure. Ratios are in percent. */
export function metricValue(state: State, metric: MetricDef): number | null {
  const v = state.purpose.values.get(metric.id) ?? { n: 0, of: 0, sum: 0, measure: '' };
  const m = metric.measure;
  if ('count' in m) return v.n;
  if ('sum' in m) return v.sum;
  if ('ratio' in m) return v.of === 0 ? null : (100 * v.n) / v.of;
  return v.n === 0 ? null : v.sum / v.n;
}

export interface Gap {
  target: string;
  metric: string;
  title: string;
  unit: MetricDef['unit'];
  direction: 'at-least' | 'at-most';
  target_value: number;
  current: number | null;
  met: boolean | null;
  owner: string | null;
}

/** [PUR4] Desired against current, per target. */
export function gaps(state: State): Gap[] {
  const d = state.organisation.definition;
  return (d?.targets ?? []).flatMap((t) => {
    const metric = d!.metrics.find((m) => m.id === t.metric);
    if (!metric) return [];
    const current = metricValue(state, metric);
    const met = current === null ? null : t.direction === 'at-least' ? current >= t.value : current <= t.value;
    return [
      {
        target: t.id,
        metric: metric.id,
        title: metric.title,
        unit: metric.unit,
        direction: t.direction,
        target_value: t.value,
        current,
        met,
        owner: t.owner ?? null,
      },
    ];
  });
}
