/** Values of targets as people write them, and what they change. Pure. */
import type { GapView, UnitPurposeView } from '@reeve/protocol';
import { MINUTE, parseMoney } from './format.ts';

type Unit = GapView['unit'];

/** Money in its unit, durations in minutes, anything else as the number it is. */
const wantedText = (value: number, unit: Unit): string =>
  String(unit === 'money' ? value / 1_000_000 : unit === 'duration' ? value / MINUTE : value);

/** What was written, in the units of the ledger; null when it is no such value. */
export function parseWanted(text: string, unit: Unit): number | null {
  if (unit === 'money') return parseMoney(text);
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return null;
  return unit === 'duration' ? Math.round(value * MINUTE) : value;
}

export interface Wanted {
  readonly purpose: string;
  /** Target → what was written for it. */
  readonly targets: Readonly<Record<string, string>>;
}

/** What is in force, to begin with. */
export const wantedNow = ({ purpose, targets }: UnitPurposeView): Wanted => ({
  purpose,
  targets: Object.fromEntries(targets.map((each) => [each.target, wantedText(each.target_value, each.unit)])),
});

/** The amendments that lead from what is in force to what was written; null when a value is none. */
export function amendmentsOf(of: UnitPurposeView, { purpose, targets }: Wanted): Record<string, unknown>[] | null {
  const before = wantedNow(of);
  const changed = of.targets.filter(({ target }) => targets[target]?.trim() !== before.targets[target]);
  const sets = changed.map(({ target, unit }) => ({ set: target, value: parseWanted(targets[target] ?? '', unit) }));
  if (sets.some(({ value }) => value === null)) return null;
  const texts = purpose.trim() === of.purpose || purpose.trim() === '' ? [] : [{ purpose: purpose.trim() }];
  return [...texts, ...sets.map(({ set, value }) => ({ set, to: { value } }))];
}
