/** The tables of `npm run bench:peers`, as Markdown. */
import { median } from '../lib/measure.ts';
import { type Kind, versionsOf } from './kinds.ts';
import type { Speeds, Waits } from './measured.ts';

const number = (value: number): string =>
  Number.isFinite(value) ? value.toLocaleString('en', { maximumSignificantDigits: 3 }) : '–';

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** How many times as fast `reeve` is, run by run, so that both sides of a ratio were measured within the same minutes. */
function ratio(reeve: readonly Speeds[], peer: readonly Speeds[], width: number): number {
  const pairs = Math.min(reeve.length, peer.length);
  return median(
    Array.from({ length: pairs }, (_, i) => reeve[i]!.at[width]!.perSecond / peer[i]!.at[width]!.perSecond),
  );
}

function speedRow(kind: Kind, width: number, speeds: ReadonlyMap<string, readonly Speeds[]>): string[] {
  const own = speeds.get(kind.name)!;
  const of = (key: 'perSecond' | 'p50' | 'p99') => number(median(own.map(({ at }) => at[width]![key])));
  const beside = (name: string) => `${number(ratio(speeds.get(name) ?? [], own, width))} ×`;
  return [
    ...[kind.title, String(width), of('perSecond'), of('p50'), of('p99')],
    ...[beside('reeve'), beside('reeve-postgres')],
  ];
}

/**
 * What was made, and how long all would take if the rest went as the part did: marked "≈". Memory and disk are not
 * extrapolated: what a few hundred add is mostly what a process takes once it has begun to work.
 */
function waitRow(kind: Kind, waits: Waits): string[] {
  const { asked, count, seconds, memory, disk, empty, restart, why } = waits;
  const all = count < asked ? ` (≈ ${number((seconds * asked) / count)})` : '';
  return [
    ...[
      kind.title,
      `${count.toLocaleString('en')}${count < asked ? ' (time was up)' : ''}`,
      `${number(seconds)} s${all}`,
    ],
    ...[
      `${number(memory)} MB`,
      `${number(disk)} MB`,
      `${number(empty)} s`,
      restart === null ? why : `${number(restart)} s`,
    ],
  ];
}

const verified = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');

export function report(
  kinds: readonly Kind[],
  widths: readonly number[],
  speeds: ReadonlyMap<string, readonly Speeds[]>,
  waits: ReadonlyMap<string, Waits>,
): string {
  const measured = kinds.filter(({ name }) => speeds.get(name)!.length > 0);
  const about = measured.map((kind) => [
    ...[kind.title, versionsOf(kind), verified(speeds.get(kind.name)![0]!.settings)],
  ]);
  const rates = widths.flatMap((width) => measured.map((kind) => speedRow(kind, width, speeds)));
  const waiting = kinds.flatMap((kind) => (waits.has(kind.name) ? [waitRow(kind, waits.get(kind.name)!)] : []));
  const tables = [
    markdown(['peer', 'versions (licences)', 'durability, as read back'], about),
    markdown(
      ['peer', 'at once', 'per second', 'p50 ms', 'p99 ms', 'Reeve on SQLite is', 'Reeve on PostgreSQL is'],
      rates,
    ),
  ];
  if (waiting.length > 0)
    tables.push(
      markdown(
        ['peer', 'waiting', 'made in', 'memory', 'disk', 'start, none waiting', 'restart, all waiting'],
        waiting,
      ),
    );
  return tables.join('\n\n');
}
