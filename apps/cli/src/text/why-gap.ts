/** Why there is a case at all that nobody asked for: a target moved away. */
import type { WhyGap } from '@reeve/protocol';
import type { View } from './lists.ts';
import { metricText, momentText } from './quantities.ts';
import { safe } from './table.ts';

const WHY = {
  widening: 'the gap had been getting wider',
  staying: 'the gap had stayed open',
  missed: 'its deadline had passed',
} as const;

export function gapText(asked: string, gap: WhyGap, view: View): string {
  const show = (value: number | null) => metricText(value, gap.unit, view.currency);
  const { opened, escalated, closed } = gap;
  const wanted =
    gap.direction === null
      ? ''
      : ` (wanted ${gap.direction === 'at-least' ? 'at least' : 'at most'} ${show(gap.wanted)})`;
  const expected =
    opened.expected === null || opened.expected === gap.wanted ? '' : `, ${show(opened.expected)} was expected by then`;
  const checks = opened.points.map(({ value }) => show(value)).join(' → ');
  return [
    `${view.paint('bold', asked)} was opened for the target ${gap.target}: ${safe(gap.title)}${wanted}\n`,
    `  ${momentText(opened.at)}  ${WHY[gap.why]}: ${show(opened.value)}${expected}; ${opened.owner} was to close it (record ${opened.seq})\n`,
    ...(checks === '' ? [] : [`  the checks before: ${checks}\n`]),
    ...(gap.because === '' ? [] : [`  why it matters: ${safe(gap.because)}\n`]),
    ...escalated.map(
      (each) =>
        `  ${momentText(each.at)}  from ${each.from} to ${each.to}, at ${show(each.value)} (record ${each.seq})\n`,
    ),
    closed === null
      ? '  the gap is open\n'
      : `  ${momentText(closed.at)}  ${closed.why === 'met' ? `over: ${show(closed.value)}` : 'the target was withdrawn'} (record ${closed.seq})\n`,
  ].join('');
}
