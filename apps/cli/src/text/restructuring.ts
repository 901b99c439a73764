import type { RestructuringView } from '@reeve/protocol';
import { momentText, plural } from './quantities.ts';
import { safe, section } from './table.ts';

/** One restructuring in a line. */
export const lineText = (line: RestructuringView): string =>
  `${line.id}  ${momentText(line.at)}  ${safe(line.by)}: ${safe(line.reason)}${line.drift ? '  (not in the pack)' : ''}`;

/** A restructuring with what it did and what moved: `reeve why RS-1`. */
export function restructuringText(found: RestructuringView & { readonly moved: readonly string[] }): string {
  return [
    `${lineText(found)}\n`,
    section('Done', found.sentences),
    section(
      'Retired',
      found.retired.map(({ seat, heir }) => `${seat}; ${heir} took its place`),
    ),
    section('Told', [found.told.join(', ')]),
    section(
      `Moved (${plural(found.moved.length, 'record')})`,
      found.moved.map((line) => safe(line)),
    ),
    section('Looked out for', found.warnings),
  ].join('');
}
