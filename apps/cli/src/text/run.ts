import { stripVTControlCharacters } from 'node:util';
import type { RunDetail, RunOutput } from '@reeve/protocol';
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

const MARKS = { text: '', stdout: '', stderr: '', call: '> ', result: '< ', note: '- ' } as const;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it removes
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text of a stranger with its line breaks, without what a terminal would act on. */
const harmless = (text: string): string =>
  stripVTControlCharacters(text.replaceAll(/\r\n?/g, '\n')).replace(CONTROLS, '');

/**
 * What a run wrote, as it did; calls and what came of them on lines of their own.
 * @param line does it begin on a new line? The answer says so of what follows.
 */
export function outputText(entries: RunOutput['entries'], line: boolean): { text: string; line: boolean } {
  let text = '';
  let fresh = line;
  for (const { kind, text: written } of entries) {
    const mark = MARKS[kind];
    text += `${mark !== '' && !fresh ? '\n' : ''}${mark}${harmless(written)}`;
    fresh = text.endsWith('\n') || (text === '' && fresh);
  }
  return { text, line: fresh };
}
