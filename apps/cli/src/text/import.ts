/** What an import came to. */
import type { Problem } from '../intake/index.ts';
import { countText, plural } from './quantities.ts';

const SHOWN = 50;

export interface ImportResult {
  readonly imported: number;
  readonly known: number;
  readonly cleaned: number;
  readonly bad: readonly Problem[];
}

/** `shown` says how a path is shown to the reader. */
export function importText(
  { imported, known, cleaned, bad }: ImportResult,
  dryRun: boolean,
  shown: (path: string) => string,
): string {
  const problems = bad.slice(0, SHOWN).map((each) => problemText({ ...each, file: shown(each.file) }));
  const more = bad.length > SHOWN ? `and ${countText(bad.length - SHOWN)} more; all of them with --json\n` : '';
  const hidden = cleaned > 0 ? `hidden characters were removed from ${plural(cleaned, 'ticket')}\n` : '';
  const verb = dryRun ? 'would be imported' : 'imported';
  const there = dryRun ? '' : `, ${countText(known)} already there`;
  return `${problems.join('')}${more}${hidden}${countText(imported)} ${verb}${there}, ${countText(bad.length)} bad\n`;
}

/** "tickets.csv:12 customer: there is no customer" and what to do. */
function problemText({ file, line, item, field, message, hint }: Problem): string {
  const place = line !== undefined ? `${file}:${line}` : item !== undefined ? `${file} item ${item}` : file;
  return `${place}${field ? ` ${field}` : ''}: ${message}\n${hint ? `    → ${hint}\n` : ''}`;
}
