/** Markdown that is the same for the same facts, one fact a line, so that a difference is a line [FIL3]. */
import { formatDuration, formatMoney, type Gap } from '@reeve/kernel';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it removes
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Written by others: on one line, without what Markdown or a terminal would act on. */
export const cell = (text: string): string =>
  text.replace(CONTROLS, ' ').replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('`', "'").trim();

export const page = (title: string, ...parts: readonly (readonly string[])[]): string =>
  `${[`# ${cell(title)}`, ...parts.filter((part) => part.length > 0).map((part) => `\n${part.join('\n')}`)].join('\n')}\n`;

export const heading = (text: string, lines: readonly string[], none = 'None.'): string[] => [
  `## ${cell(text)}`,
  '',
  ...(lines.length > 0 ? lines : [none]),
];

export const bullets = (items: readonly string[]): string[] => items.map((item) => `- ${cell(item)}`);

export function table(columns: readonly string[], rows: readonly (readonly string[])[], none = 'None.'): string[] {
  if (rows.length === 0) return [none];
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => '---').join('|')}|`, ...rows.map(line)];
}

/** A moment, to the second, UTC. */
export const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
export const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

const rounded = (value: number): string => String(Math.round(value * 100) / 100);

export function metric(value: number | null, unit: Gap['unit'], currency: string): string {
  if (value === null) return 'not measured';
  if (unit === 'money') return `${formatMoney(value)} ${currency}`;
  if (unit === 'duration') return formatDuration(Math.round(value / 1000) * 1000);
  return unit === 'percent' ? `${rounded(value)} %` : rounded(value);
}

export const wanted = (gap: Gap, currency: string): string =>
  `${gap.direction === 'at-least' ? 'at least' : 'at most'} ${metric(gap.target_value, gap.unit, currency)}`;

export const metText = (met: boolean | null): string => (met === null ? 'not measured' : met ? 'met' : 'missed');
