import type { RunDetail } from '@reeve/protocol';
import { countText, momentText, moneyText } from './quantities.ts';
import { fit, safe } from './table.ts';

/** Who works on what, at what cost. */
export const runHead = (run: RunDetail, currency: string): string =>
  `${run.id}  ${run.seat}, played by ${safe(run.principal)}${run.case === null ? '' : `, on ${run.case}`}: ${run.status}\n` +
  `Cost  ${moneyText(run.spent, currency)}, ${countText(run.tokens)} tokens\n`;

/** Its steps, one a line, and what the model said below. */
export function stepsText(steps: RunDetail['steps'], width: number): string {
  const lines = steps.flatMap(({ at, step, sentence, said }) => {
    const start = `${momentText(at)}  ${(step === null ? '' : String(step)).padStart(3)}  `;
    const wide = Math.min(width, 500);
    const text =
      said === null || said.text === '' ? [] : [fit(`${' '.repeat(start.length)}"${safe(said.text)}"`, wide)];
    return [fit(start + safe(sentence), wide), ...text];
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** How it ended. */
export function endText({ report, reason }: RunDetail): string {
  if (reason !== null) return `Ended because ${safe(reason)}\n`;
  const given = Object.entries(report ?? {}).map(([name, value]) => {
    const text = Array.isArray(value) ? value.join(', ') : String(value);
    return `${name.padEnd(12)} ${safe(text)}\n`;
  });
  return given.join('');
}
