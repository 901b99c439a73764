/** Numbers as people read them, in texts the kernel writes. */
import { DAY, formatMoney, HOUR, MINUTE } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { MetricDef, TargetDef } from './definition.ts';
import type { Standing } from './schema.ts';
import { metricOf } from './targets.ts';

const rounded = (value: number): string => String(Math.round(value * 100) / 100);

function spanText(ms: number): string {
  const [size, name] = ms >= 2 * DAY ? [DAY, 'days'] : ms >= 2 * HOUR ? [HOUR, 'h'] : [MINUTE, 'min'];
  return `${rounded(ms / size)} ${name}`;
}

/** A value in the unit of its metric. */
export function valueText(value: number | null, unit: MetricDef['unit']): string {
  if (value === null) return 'unknown';
  if (unit === 'money') return formatMoney(value);
  if (unit === 'duration') return spanText(value);
  return unit === 'percent' ? `${rounded(value)} %` : rounded(value);
}

/** "Resolution rate is 72 %; it should be at least 90 % by 2027-03-31, and 80 % by now." */
export function standingText(state: State, target: TargetDef, { value, expected }: Standing): string {
  const metric = metricOf(state, target.metric);
  const show = (each: number | null) => valueText(each, metric?.unit ?? 'number');
  const side = target.direction === 'at-least' ? 'at least' : 'at most';
  const by = target.deadline === undefined ? '' : ` by ${target.deadline}`;
  const now = expected === null || expected === target.value ? '' : `, and ${show(expected)} by now`;
  const whose = target.of === undefined ? '' : ` (${target.of})`;
  return `${metric?.title ?? target.metric}${whose} is ${show(value)}; it should be ${side} ${show(target.value)}${by}${now}.`;
}
