/** How targets stand: what is, what was expected by now, and what is missing. */
import { startOf } from '../budget/prices.ts';
import { DAY } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { metricSamples, metricValue } from './cells.ts';
import type { MetricDef, TargetDef } from './definition.ts';
import type { Standing, Status } from './schema.ts';
import type { Track } from './state.ts';

/** The end of a day, UTC. */
export const endOf = (date: string): Time => startOf(date) + DAY;

export const metricOf = (state: State, id: string): MetricDef | undefined =>
  state.purpose.metrics.find((metric) => metric.id === id);

/** What is missing to a value; 0 when nothing is. */
const shortOf = ({ direction }: TargetDef, value: number, current: number): number =>
  Math.max(0, direction === 'at-least' ? value - current : current - value);

/** The latest step whose day is over; before the first one, nothing is expected. */
function stepAt(steps: NonNullable<TargetDef['steps']>, now: Time): number | null {
  const due = steps.filter(({ by }) => endOf(by) <= now).sort((a, b) => endOf(a.by) - endOf(b.by));
  return due.at(-1)?.value ?? null;
}

/** [PUR30] The value expected at a time: the latest step, or a straight line from the beginning to the deadline. */
function expectedAt(target: TargetDef, track: Track | undefined, now: Time): number | null {
  const { deadline, steps, value } = target;
  if (deadline === undefined && steps === undefined) return value;
  if (deadline !== undefined && now >= endOf(deadline)) return value;
  if (steps !== undefined && steps.length > 0) return stepAt(steps, now);
  const from = target.from ?? track?.baseline ?? null;
  const start = target.start === undefined ? track?.since : startOf(target.start);
  if (deadline === undefined || from === null || start === undefined) return null;
  const way = endOf(deadline) - start;
  const share = way <= 0 ? 1 : Math.min(1, Math.max(0, (now - start) / way));
  return from + share * (value - from);
}

function statusOf(target: TargetDef, current: number, expected: number | null, now: Time): Status {
  if (shortOf(target, target.value, current) === 0) return 'met';
  if (target.deadline !== undefined && now >= endOf(target.deadline)) return 'missed';
  return expected === null || shortOf(target, expected, current) === 0 ? 'on_track' : 'behind';
}

/** [PUR31] How a target stands at a time; null when there is no such metric. With too little to judge it is unknown. */
export function standingOf(state: State, target: TargetDef, now: Time): Standing | null {
  const metric = metricOf(state, target.metric);
  if (!metric) return null;
  const value = metricValue(state, metric, now, target.of);
  const expected = expectedAt(target, state.purpose.tracks.get(target.id), now);
  const few = metricSamples(state, metric, now, target.of) < (target.samples ?? 0);
  if (value === null || few) return { target: target.id, value, expected, distance: 0, status: 'unknown' };
  const distance = shortOf(target, target.value, value);
  return { target: target.id, value, expected, distance, status: statusOf(target, value, expected, now) };
}

export const standings = (state: State, now: Time): Standing[] =>
  state.purpose.targets.flatMap((target) => standingOf(state, target, now) ?? []);

const TRENDS = ['better', 'steady', 'worse'] as const;
export type Trend = (typeof TRENDS)[number];
/** Changes smaller than this part of the target are none. */
const STEADY = 0.01;

/** Which way the checks kept of a target point; null with fewer than two. */
export function trendOf(target: TargetDef, { points }: Track): Trend | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return null;
  const better = (last.value - first.value) * (target.direction === 'at-least' ? 1 : -1);
  if (Math.abs(better) <= STEADY * Math.abs(target.value)) return 'steady';
  return better > 0 ? 'better' : 'worse';
}
