/**
 * The numbers of an organisation counted a second time: every value that a check of the targets writes down is what the
 * records before it give, worked out from a list of them and not from sums that are carried on.
 */
import { type Body, type Entry, type Finding, sorted } from './records.ts';

interface Selection {
  readonly event: string;
  readonly where?: string;
  readonly field?: string;
  readonly p?: number;
}
type Measure =
  | { readonly count: Selection }
  | { readonly sum: Selection }
  | { readonly mean: Selection }
  | { readonly percentile: Selection }
  | { readonly ratio: { readonly of: Selection; readonly to: Selection } }
  | {
      readonly between: { readonly from: Selection; readonly to: Selection; readonly of: string; readonly p?: number };
    };

interface MetricDef {
  readonly id: string;
  readonly window?: number;
  readonly by?: string;
  readonly measure: Measure;
}

/** One event that counts. `to`: on the other side of a ratio. */
interface Point {
  readonly at: number;
  readonly value: number;
  readonly to: boolean;
}

interface Metric {
  readonly def: MetricDef;
  points: Point[];
  readonly begun: Map<string, number>;
}

/** A window is cut into so many stretches; the oldest one counts no more when a new one begins. */
const STRETCHES = 30;
/** How far a percentile may be from the exact one, as a part of it. */
const TOLERANCE = 1 / 128;
/** Rounding of sums and quotients. */
const NOTHING = 1e-9;

/** Conditions that are understood here: a field, a field that is there, a field that is a text. */
const CONDITION = /^body\.(\w+)(?: == "([^"]*)"| (!= null))?$/;

/** Does the event count? Null when the condition is one that is not understood here. */
function holds(where: string | undefined, body: Body): boolean | null {
  if (where === undefined) return true;
  const found = CONDITION.exec(where);
  if (!found) return null;
  const value = body[found[1]!];
  if (found[2] !== undefined) return value === found[2];
  return found[3] === undefined ? value === true : value !== null && value !== undefined;
}

const valueAt = (body: Body, field: string): unknown =>
  field.split('.').reduce<unknown>((value, name) => (value as Body | undefined)?.[name], body);

export class Numbers {
  readonly findings: Finding[] = [];
  /** Values that were compared. */
  compared = 0;
  readonly #metrics = new Map<string, Metric>();
  readonly #targets = new Map<string, string>();
  readonly #gaps = new Set<string>();

  apply(entry: Entry): void {
    const { kind, body, seq, at } = entry;
    if (kind === 'organisation.applied') this.#applied(body);
    if (kind === 'purpose.checked') this.#checked(seq, at, body);
    if (kind.startsWith('case.') && this.#gaps.has(String(body.case))) return;
    if (kind === 'gap.opened') this.#gaps.add(String(body.case));
    for (const metric of this.#metrics.values()) count(metric, entry);
    if (kind === 'case.archived') this.#gaps.delete(String(body.case));
  }

  #applied(body: Body): void {
    const { metrics = [], targets = [] } = body.changed as {
      readonly metrics?: readonly MetricDef[];
      readonly targets?: readonly { id: string; metric: string; of?: string }[];
    };
    for (const def of metrics) this.#defined(def);
    // Those about one group of a metric are not counted again.
    for (const { id, metric, of } of targets) if (of === undefined) this.#targets.set(id, metric);
    for (const { kind, id } of body.removed as readonly { kind: string; id: string }[]) {
      if (kind === 'metrics') this.#metrics.delete(id);
      if (kind === 'targets') this.#targets.delete(id);
    }
  }

  /** One that means the same goes on; one that is new begins with nothing. */
  #defined(def: MetricDef): void {
    const meaning = ({ measure, window, by }: MetricDef) => sorted({ measure, window, by });
    const before = this.#metrics.get(def.id);
    if (before && meaning(before.def) === meaning(def)) return;
    this.#metrics.set(def.id, { def, points: [], begun: new Map() });
  }

  #checked(seq: number, at: number, body: Body): void {
    for (const { target, value } of body.standings as readonly { target: string; value: number | null }[]) {
      const metric = this.#metrics.get(this.#targets.get(target) ?? '');
      if (!metric || !understood(metric.def.measure)) continue;
      const counted = worth(metric, at);
      this.compared += 1;
      if (!same(value, counted, metric.def.measure))
        this.findings.push({
          rule: 'metric',
          detail: `record ${seq} says ${metric.def.id} is ${value}; counted again it is ${counted}`,
        });
    }
  }
}

const partsOf = (m: Measure): readonly Selection[] => {
  if ('ratio' in m) return [m.ratio.of, m.ratio.to];
  if ('between' in m) return [m.between.from, m.between.to];
  return Object.values(m) as Selection[];
};

const understood = (m: Measure): boolean => partsOf(m).every(({ event, where }) => event && holds(where, {}) !== null);

function count(metric: Metric, { kind, body, at }: Entry): void {
  const { measure: m } = metric.def;
  if ('between' in m) {
    between(metric, m.between, { kind, body, at });
    return;
  }
  partsOf(m).forEach(({ event, where, field }, i) => {
    if (event !== kind || !holds(where, body)) return;
    const value = field === undefined ? 1 : valueAt(body, field);
    if (typeof value === 'number') metric.points.push({ at, value, to: i === 1 });
  });
}

type Span = Extract<Measure, { between: unknown }>['between'];

function between(
  metric: Metric,
  { from, to, of }: Span,
  { kind, body, at }: Pick<Entry, 'kind' | 'body' | 'at'>,
): void {
  const id = String(body[of]);
  const begun = metric.begun.get(id);
  if (kind === to.event && holds(to.where, body) && begun !== undefined) {
    metric.begun.delete(id);
    metric.points.push({ at, value: at - begun, to: false });
  }
  if (kind === from.event && holds(from.where, body) && !metric.begun.has(id)) metric.begun.set(id, at);
}

function worth(metric: Metric, now: number): number | null {
  const { measure: m, window } = metric.def;
  if (window !== undefined) {
    const length = Math.ceil(window / STRETCHES);
    const oldest = Math.floor(now / length) - STRETCHES;
    metric.points = metric.points.filter(({ at }) => Math.floor(at / length) > oldest);
  }
  const { points } = metric;
  const values = points.filter(({ to }) => !to).map(({ value }) => value);
  const total = values.reduce((sum, value) => sum + value, 0);
  if ('count' in m) return values.length;
  if ('sum' in m) return total;
  if ('ratio' in m)
    return values.length === points.length ? null : (100 * values.length) / (points.length - values.length);
  const p = 'percentile' in m ? m.percentile.p : 'between' in m ? m.between.p : undefined;
  if (values.length === 0) return null;
  if (p === undefined) return total / values.length;
  values.sort((a, b) => a - b);
  return values[Math.max(0, Math.ceil((p / 100) * values.length) - 1)]!;
}

function same(said: number | null, counted: number | null, m: Measure): boolean {
  if (said === null || counted === null) return said === counted;
  const sketched = 'percentile' in m || ('between' in m && m.between.p !== undefined);
  return Math.abs(said - counted) <= Math.abs(counted) * (sketched ? TOLERANCE : NOTHING) + NOTHING;
}
