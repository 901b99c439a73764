import { compileCondition } from '../cel/index.ts';
import { canonical } from '../core/canonical.ts';
import type { KernelRecord } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { MetricDef } from './definition.ts';
import type { MetricValue } from './schema.ts';

type Fold = (value: MetricValue, record: KernelRecord) => void;
interface Selection {
  event: string;
  where?: string | undefined;
}

/** [PUR2] */
const matches = (selection: Selection, record: KernelRecord): boolean => {
  if (selection.where === undefined) return true;
  const held = compileCondition(selection.where)({ body: record.body as never, actor: record.actor as never });
  return held.ok && held.value;
};

function folds(metric: MetricDef): [string, Fold][] {
  const m = metric.measure;
  const counting = (s: Selection, add: (v: MetricValue) => void): [string, Fold] => [
    s.event,
    (v, r) => {
      if (matches(s, r)) add(v);
    },
  ];
  const adding = (s: Selection & { field: string }): [string, Fold] => [
    s.event,
    (v, r) => {
      const amount = (r.body as unknown as Record<string, unknown>)[s.field];
      if (typeof amount !== 'number' || !matches(s, r)) return;
      v.sum += amount;
      v.n += 1;
    },
  ];
  if ('count' in m)
    return [
      counting(m.count, (v) => {
        v.n += 1;
      }),
    ];
  if ('ratio' in m)
    return [
      counting(m.ratio.of, (v) => {
        v.n += 1;
      }),
      counting(m.ratio.to, (v) => {
        v.of += 1;
      }),
    ];
  return [adding('sum' in m ? m.sum : m.mean)];
}

interface Mover {
  readonly id: string;
  readonly measure: string;
  readonly fold: Fold;
}

/** Which metrics each event moves, worked out once per definition. */
const index = new WeakMap<readonly MetricDef[], Map<string, Mover[]>>();
function movers(metrics: readonly MetricDef[]): Map<string, Mover[]> {
  let found = index.get(metrics);
  if (found) return found;
  found = new Map();
  for (const metric of metrics) {
    const measure = canonical(metric.measure);
    for (const [kind, fold] of folds(metric))
      found.set(kind, [...(found.get(kind) ?? []), { id: metric.id, measure, fold }]);
  }
  index.set(metrics, found);
  return found;
}

/** [PUR3] Numbers of metrics that are gone, or mean something else now, are dropped. */
function forget(state: State, metrics: readonly MetricDef[]): void {
  const kept = new Map(metrics.map((metric) => [metric.id, canonical(metric.measure)]));
  for (const [id, value] of state.purpose.values) if (kept.get(id) !== value.measure) state.purpose.values.delete(id);
}

/** [PUR1] Metrics are folded from events as they pass: the cost per event does not depend on history. */
export function measure(state: State, record: KernelRecord): void {
  const metrics = state.organisation.definition?.metrics ?? [];
  if (record.kind === 'organisation.applied') forget(state, metrics);
  for (const { id, measure, fold } of movers(metrics).get(record.kind) ?? []) {
    let value = state.purpose.values.get(id);
    if (!value) {
      value = { n: 0, of: 0, sum: 0, measure };
      state.purpose.values.set(id, value);
    }
    fold(value, record);
  }
}
