import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { amendment, metric, purposeSettings, target } from '@reeve/kernel';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const TEXT = readFileSync(join(import.meta.dirname, '../../../docs/how-to/goals.md'), 'utf8');
const FENCE = '```';
/** The blocks of one language, without their fences. */
const blocks = (language: string): string[] =>
  TEXT.split(`${FENCE}${language}\n`)
    .slice(1)
    .map((rest) => rest.slice(0, rest.indexOf(FENCE)));

interface Block {
  readonly metrics?: unknown[];
  readonly targets?: unknown[];
  readonly settings?: { readonly purpose: unknown };
}

describe('docs/how-to/goals.md', () => {
  it('[PCK66, PCK67] what it shows is what a pack may say', () => {
    const found = blocks('yaml').map((text) => parse(text) as Block);
    expect(found.flatMap(({ metrics = [] }) => metrics).map((each) => metric.parse(each).id)).toEqual([
      'resolution-rate',
    ]);
    expect(found.flatMap(({ targets = [] }) => targets).map((each) => target.parse(each).id)).toEqual([
      'solve-nine-in-ten',
    ]);
    const settings = found.flatMap((each) => (each.settings ? [each.settings.purpose] : []));
    expect(settings.map((each) => purposeSettings.parse(each).delegate)).toEqual([{ below: 20, maturity: 3 }]);
  });

  it('[PUR42] and its proposal changes what can be changed', () => {
    const [text] = blocks('json');
    const { options } = JSON.parse(text!) as { options: { changes: unknown[] }[] };
    for (const { changes } of options) for (const each of changes) expect(amendment.safeParse(each).success).toBe(true);
  });
});
