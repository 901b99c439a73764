/** How a seat has done day by day, as text. */
import type { ResponseOf } from '@reeve/protocol';
import type { View } from './lists.ts';
import { countText, spanText } from './quantities.ts';
import { table } from './table.ts';

type Trend = ResponseOf<'trends'>['trends'][number];

const NAMES: Record<Trend['measure'], string> = {
  ...{ cases: 'cases closed', utilisation: 'time at work', success: 'runs finished', duration: 'time to close' },
};

function valueText(measure: Trend['measure'], value: number | null): string {
  if (value === null) return '-';
  if (measure === 'duration') return spanText(value);
  const rounded = countText(Math.round(value * 10) / 10);
  return measure === 'cases' ? rounded : `${rounded} %`;
}

const trendText = (trend: number | null): string => (trend === null ? '-' : `${trend > 0 ? '+' : ''}${trend} %`);

export function trendsText(trends: readonly Trend[], view: View): string {
  const columns = [
    { title: '' },
    { title: 'nine days' },
    { title: 'today', align: 'right' },
    { title: 'mean', align: 'right' },
    { title: 'trend', align: 'right' },
  ] as const;
  const rows = trends.map(({ measure, chart, current, average, trend }) => [
    ...[NAMES[measure], chart, valueText(measure, current), valueText(measure, average), trendText(trend)],
  ]);
  return table(columns, rows, view.width);
}
