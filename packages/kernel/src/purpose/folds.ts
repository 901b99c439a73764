/** [PUR1] How events move metrics: worked out once per list of metrics, so an event costs what it is counted for. */
import { compileCondition } from '../cel/index.ts';
import type { KernelRecord } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { cellAt, emptyCell, meaning } from './cells.ts';
import type { MetricDef } from './definition.ts';
import { groupOf } from './groups.ts';
import { count } from './sketch.ts';
import type { Cell, MetricValue } from './state.ts';

interface Selection {
  readonly event: string;
  readonly where?: string | undefined;
}
/** What an event is worth to a metric; null when it does not count. May note something for a later event. */
type Amount = (record: KernelRecord, value: MetricValue) => number | null;
type Add = (cell: Cell, amount: number) => void;
interface Fold {
  readonly selection: Selection;
  readonly amount: Amount;
  readonly add: Add;
}

/** Things that have begun and not ended, per metric; the oldest are forgotten first [PUR8]. */
export const STARTS = 10_000;
/** Groups of one metric; what belongs to further ones is counted together [PUR9]. */
const GROUPS = 200;
const OTHERS = '(others)';

const one: Amount = () => 1;
const addN: Add = (cell) => {
  cell.n += 1;
};
const addOf: Add = (cell) => {
  cell.of += 1;
};
const addSum: Add = (cell, amount) => {
  cell.sum += amount;
  cell.n += 1;
};
const addValue: Add = (cell, amount) => {
  addSum(cell, amount);
  cell.sketch ??= new Map();
  count(cell.sketch, amount);
};
const replace: Add = (cell, amount) => {
  cell.sum = amount;
  cell.n = 1;
};

/** A number in the body, by the names that lead to it. */
function numberAt(body: unknown, path: readonly string[]): number | null {
  let found = body;
  for (const name of path) {
    if (typeof found !== 'object' || found === null) return null;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return typeof found === 'number' ? found : null;
}

function fieldOf(field: string): Amount {
  const path = field.split('.');
  return (record) => numberAt(record.body, path);
}

const thing = (record: KernelRecord, of: string): string | null => {
  const id = (record.body as unknown as Readonly<Record<string, unknown>>)[of];
  return typeof id === 'string' ? id : null;
};

/** [PUR8] The first of several beginnings counts, and each is ended once. */
function begins(of: string): Amount {
  return (record, value) => {
    const id = thing(record, of);
    value.starts ??= new Map();
    const { starts } = value;
    if (id === null || starts.has(id)) return null;
    starts.set(id, record.at);
    if (starts.size > STARTS) starts.delete(starts.keys().next().value!);
    return null;
  };
}

function ends(of: string): Amount {
  return (record, value) => {
    const id = thing(record, of);
    const start = id === null ? undefined : value.starts?.get(id);
    if (id === null || start === undefined) return null;
    value.starts!.delete(id);
    return record.at - start;
  };
}

/** [PUR10] What a capability answered is a measurement, and the operation that asked is its evidence. */
function reports(capability: string, field: string): Amount {
  const path = field.split('.');
  return (record, value) => {
    const body = record.body as unknown as { capability: string; operation: string; result: unknown };
    const found = body.capability === capability ? numberAt(body.result, path) : null;
    if (found !== null) value.source = { operation: body.operation, at: record.at };
    return found;
  };
}

function foldsOf({ measure: m }: MetricDef): Fold[] {
  if ('count' in m) return [{ selection: m.count, amount: one, add: addN }];
  if ('ratio' in m)
    return [
      { selection: m.ratio.of, amount: one, add: addN },
      { selection: m.ratio.to, amount: one, add: addOf },
    ];
  if ('sum' in m) return [{ selection: m.sum, amount: fieldOf(m.sum.field), add: addSum }];
  if ('mean' in m) return [{ selection: m.mean, amount: fieldOf(m.mean.field), add: addSum }];
  if ('percentile' in m) return [{ selection: m.percentile, amount: fieldOf(m.percentile.field), add: addValue }];
  if ('reported' in m) {
    const { capability, field } = m.reported;
    return [{ selection: { event: 'operation.succeeded' }, amount: reports(capability, field), add: replace }];
  }
  const { from, to, of, p } = m.between;
  return [
    // The end first: one event may end one span and begin the next.
    { selection: to, amount: ends(of), add: p === undefined ? addSum : addValue },
    { selection: from, amount: begins(of), add: addN },
  ];
}

/** The conditions of a metric, for those who check them. */
export const conditionsOf = (metric: MetricDef): string[] =>
  foldsOf(metric).flatMap(({ selection: { where } }) => (where === undefined ? [] : [where]));

/** Kinds of events that move a metric. */
export const kindsOf = (metric: MetricDef): string[] => foldsOf(metric).map(({ selection }) => selection.event);

interface Mover {
  readonly metric: MetricDef;
  readonly measure: string;
  readonly fold: Fold;
}

const index = new WeakMap<readonly MetricDef[], Map<string, Mover[]>>();
function movers(metrics: readonly MetricDef[]): Map<string, Mover[]> {
  let found = index.get(metrics);
  if (found) return found;
  found = new Map();
  for (const metric of metrics) {
    const measure = meaning(metric);
    for (const fold of foldsOf(metric)) {
      const kind = fold.selection.event;
      found.set(kind, [...(found.get(kind) ?? []), { metric, measure, fold }]);
    }
  }
  index.set(metrics, found);
  return found;
}

/** [PUR2] */
function matches({ where }: Selection, record: KernelRecord): boolean {
  if (where === undefined) return true;
  const held = compileCondition(where)({ body: record.body as never, actor: record.actor as never });
  return held.ok && held.value;
}

/** [PUR3] Numbers of metrics that are gone, or mean something else now, are dropped. */
export function forget(state: State): void {
  const kept = new Map(state.purpose.metrics.map((metric) => [metric.id, meaning(metric)]));
  for (const [id, value] of state.purpose.values) if (kept.get(id) !== value.measure) state.purpose.values.delete(id);
}

function seriesOf(value: MetricValue, group: string): Cell {
  value.groups ??= new Map();
  const { groups } = value;
  const known = groups.get(group);
  if (known) return known;
  const name = groups.size < GROUPS ? group : OTHERS;
  const series = groups.get(name) ?? emptyCell();
  groups.set(name, series);
  return series;
}

function move(state: State, { metric, measure, fold }: Mover, record: KernelRecord): void {
  if (!matches(fold.selection, record)) return;
  let value = state.purpose.values.get(metric.id);
  if (!value) {
    value = { ...emptyCell(), measure };
    state.purpose.values.set(metric.id, value);
  }
  const amount = fold.amount(record, value);
  if (amount === null) return;
  fold.add(cellAt(value, metric.window, record.at), amount);
  const group = metric.by === undefined ? null : groupOf(state, metric.by, record);
  if (group !== null) fold.add(cellAt(seriesOf(value, group), metric.window, record.at), amount);
}

/** [PUR11] The work on a gap is no work the organisation is there for: what happens to its case is not counted. */
const ofGap = (state: State, { kind, correlation }: KernelRecord): boolean =>
  state.purpose.gapCases.size > 0 && kind.startsWith('case.') && state.purpose.gapCases.has(correlation);

/** [PUR1] Called for every record: metrics are folded from events as they pass, whatever the history. */
export function measure(state: State, record: KernelRecord): void {
  const found = movers(state.purpose.metrics).get(record.kind);
  if (!found || ofGap(state, record)) return;
  for (const mover of found) move(state, mover, record);
}
