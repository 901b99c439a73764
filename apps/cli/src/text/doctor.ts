/** The findings of `reeve doctor`, one line each. */
import type { Finding } from '../machine.ts';
import type { Paint, Tone } from './colour.ts';
import { plural } from './quantities.ts';
import { table } from './table.ts';

const TONES: Readonly<Record<Finding['level'], Tone>> = { ok: 'good', warn: 'warn', fail: 'bad' };

export function doctorText(findings: readonly Finding[], { paint, width }: { paint: Paint; width: number }): string {
  const rows = findings.map(({ level, name, message, why, next }) => [
    paint(TONES[level], level),
    name,
    `${message}${why ? ` (${why})` : ''}${next ? ` → ${next}` : ''}`,
  ]);
  // What to do must be readable whole, so the last column is not cut but may run over.
  return table([{ title: '' }, { title: '' }, { title: '' }], rows, width) + verdict(findings);
}

function verdict(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((each) => each.level === level).length;
  const [fails, warns] = [count('fail'), count('warn')];
  if (fails > 0) return `\n${plural(fails, 'thing stops', 'things stop')} Reeve from working here\n`;
  return warns > 0 ? `\nReeve works here; ${plural(warns, 'warning')}\n` : '\nall is well\n';
}
