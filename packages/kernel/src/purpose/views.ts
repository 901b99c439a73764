import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { metricSamples, metricValue } from './cells.ts';
import type { Grouping, MetricDef, TargetDef } from './definition.ts';
import { purposeOf, unitOf, WHOLE } from './effective.ts';
import { deciderOf, maturityOf, responsibleFor } from './people.ts';
import type { Proposal, Standing } from './schema.ts';
import { SKETCH_ERROR } from './sketch.ts';
import type { Track, Version } from './state.ts';
import { metricOf, standingOf, type Trend, trendOf } from './targets.ts';

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

function gapOf(target: TargetDef, metric: MetricDef, current: number | null): Gap {
  const { value, direction } = target;
  const met = current === null ? null : direction === 'at-least' ? current >= value : current <= value;
  return {
    ...{ target: target.id, metric: metric.id, title: metric.title, unit: metric.unit },
    ...{ direction, target_value: value, current, met, owner: target.owner ?? null },
  };
}

/** [PUR4] Desired against current, per target. */
export const gaps = (state: State, now: Time = state.now): Gap[] =>
  state.purpose.targets.flatMap((target) => {
    const metric = metricOf(state, target.metric);
    return metric ? [gapOf(target, metric, metricValue(state, metric, now, target.of))] : [];
  });

/** A target with its way, its history and the work on its gap. */
export interface GapLine extends Gap, Pick<Standing, 'expected' | 'distance' | 'status'> {
  /** The unit it belongs to, and the group of the metric it is about. */
  scope: string;
  of: string | null;
  kpi: NonNullable<TargetDef['kpi']> | null;
  because: string;
  deadline: string | null;
  samples: number;
  trend: Trend | null;
  baseline: number | null;
  points: Track['points'];
  responsible: string | null;
  /** The targets it contributes to, the nearest first. */
  serves: string[];
  gap: Track['gap'];
}

/** [PUR45] From a target upwards through what it serves, as far as there is something and nothing comes twice. */
function lineUp(state: State, target: TargetDef): string[] {
  const line: string[] = [];
  let above = target.serves;
  while (above !== undefined && above !== target.id && !line.includes(above)) {
    const found = state.purpose.targets.find(({ id }) => id === above);
    if (!found) break;
    line.push(above);
    above = found.serves;
  }
  return line;
}

function lineFor(state: State, target: TargetDef, now: Time): GapLine[] {
  const metric = metricOf(state, target.metric);
  const standing = standingOf(state, target, now);
  const track = state.purpose.tracks.get(target.id);
  if (!metric || !standing) return [];
  const { expected, distance, status } = standing;
  return [
    {
      ...gapOf(target, metric, standing.value),
      ...{ expected, distance, status, scope: unitOf(target), of: target.of ?? null, kpi: target.kpi ?? null },
      ...{ because: target.because, deadline: target.deadline ?? null },
      samples: metricSamples(state, metric, now, target.of),
      trend: track ? trendOf(target, track) : null,
      ...{ baseline: track?.baseline ?? null, points: track?.points ?? [], gap: track?.gap ?? null },
      responsible: responsibleFor(state, target),
      serves: lineUp(state, target),
    },
  ];
}

/** Every target as it stands, in the order of the definition. */
export const gapLines = (state: State, now: Time = state.now): GapLine[] =>
  state.purpose.targets.flatMap((target) => lineFor(state, target, now));

export interface MetricLine {
  id: string;
  title: string;
  unit: MetricDef['unit'];
  value: number | null;
  samples: number;
  /** Milliseconds looked back; null for everything since it was defined. */
  window: number | null;
  by: Grouping | null;
  groups: { group: string; value: number | null; samples: number }[];
  /** Farthest the value can be from the exact one, as a part of it; 0 for exact ones. */
  error: number;
  /** The operation that reported it. */
  source: { operation: string; at: Time } | null;
}

const inexact = ({ measure }: MetricDef): boolean =>
  'percentile' in measure || ('between' in measure && measure.between.p !== undefined);

export function metricLine(state: State, metric: MetricDef, now: Time = state.now): MetricLine {
  const kept = state.purpose.values.get(metric.id);
  const groups = [...(kept?.groups?.keys() ?? [])].map((group) => ({
    group,
    value: metricValue(state, metric, now, group),
    samples: metricSamples(state, metric, now, group),
  }));
  return {
    ...{ id: metric.id, title: metric.title, unit: metric.unit, window: metric.window ?? null, by: metric.by ?? null },
    ...{ value: metricValue(state, metric, now), samples: metricSamples(state, metric, now), groups },
    ...{ error: inexact(metric) ? SKETCH_ERROR : 0, source: kept?.source ?? null },
  };
}

export const metricLines = (state: State, now: Time = state.now): MetricLine[] =>
  state.purpose.metrics.map((metric) => metricLine(state, metric, now));

/** What a unit should achieve, who decides about it, and who there has nothing to aim at. */
export interface UnitPurpose {
  unit: string;
  title: string;
  purpose: string;
  version: number;
  decider: string | null;
  targets: GapLine[];
  /** [PUR45] Seats none of whose metrics has a target: nobody could say what their work is for (R-E42). */
  aimless: string[];
  maturity: { seat: string; maturity: number }[];
}

function seatsIn(state: State, unit: string) {
  return [...state.organisation.seats.values()].filter((seat) => seat.unit === unit && seat.status !== 'retired');
}

function unitPurpose(state: State, unit: string, title: string, lines: readonly GapLine[]): UnitPurpose {
  const aimed = new Set(state.purpose.targets.map(({ metric }) => metric));
  const seats = seatsIn(state, unit);
  return {
    ...{ unit, title, purpose: purposeOf(state, unit), version: versionsOf(state, unit).at(-1)?.version ?? 0 },
    decider: deciderOf(state, unit),
    targets: lines.filter(({ scope }) => scope === unit),
    aimless: seats.filter(({ charter }) => !charter.metrics.some((id) => aimed.has(id))).map(({ id }) => id),
    maturity: seats.flatMap((seat) => {
      const maturity = maturityOf(state, seat);
      return Number.isFinite(maturity) ? [{ seat: seat.id, maturity }] : [];
    }),
  };
}

/** Every unit; what belongs to none comes first, when there is any. */
export function unitPurposes(state: State, now: Time = state.now): UnitPurpose[] {
  const lines = gapLines(state, now);
  const whole = unitPurpose(state, WHOLE, 'The organisation', lines);
  const units = [...state.organisation.units.values()].map(({ id, title }) => unitPurpose(state, id, title, lines));
  return whole.targets.length + whole.version > 0 ? [whole, ...units] : units;
}

/** Versions kept of a unit's desired state, the oldest first. */
export const versionsOf = (state: State, unit: string): readonly Version[] => state.purpose.versions.get(unit) ?? [];

/** Proposals kept, the newest first. */
export const proposalsOf = (state: State): Proposal[] => [...state.purpose.proposals.values()].reverse();
