/** What lanes are judged by, worked out of tallies [ROL11]. */
import { formatMoney } from '../core/quantities.ts';
import { type Criterion, type LaneMeasure, MEASURES, SHARES } from './definition.ts';
import { always } from './intervals.ts';
import type { MeasureLine } from './schema.ts';
import type { Tally } from './state.ts';
import { work } from './tally.ts';

/** So many of so many, for measures that are a share. */
const PARTS: Record<(typeof SHARES)[number], (t: Tally) => { s: number; n: number }> = {
  agreement: (t) => ({ s: t.agreed, n: t.compared }),
  success: (t) => ({ s: t.landed, n: t.landed + t.failed }),
  outcomes: (t) => ({ s: t.closed, n: t.closed + t.lost }),
  // One piece of work may be sent back, undone and come back with its case: it counts as one.
  corrections: (t) => ({ s: Math.min(work(t), t.undone + t.reopened + t.rejected), n: work(t) }),
};

const isShare = (measure: LaneMeasure): measure is (typeof SHARES)[number] =>
  (SHARES as readonly string[]).includes(measure);
const each = (amount: number, n: number): number | null => (n === 0 ? null : amount / n);

/** Value of a measure and of how many it is; null while there is nothing. */
function measured(measure: LaneMeasure, t: Tally): { value: number | null; n: number } {
  if (isShare(measure)) {
    const { s, n } = PARTS[measure](t);
    return { value: n === 0 ? null : (100 * s) / n, n };
  }
  if (measure === 'unsafe') return { value: t.unsafe, n: t.proposals };
  if (measure === 'silent') return { value: t.missing === 0 ? null : t.silent, n: t.missing };
  return { value: each(measure === 'minutes' ? t.minutes : t.cost, t.closed), n: t.closed };
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** A measure with the interval that holds however often one looks. */
function lineOf(measure: LaneMeasure, t: Tally): MeasureLine {
  const { value, n } = measured(measure, t);
  if (!isShare(measure) || n === 0)
    return { measure, value: value === null ? null : round(value), n, low: null, high: null };
  const { low, high } = always(PARTS[measure](t).s, n);
  return { measure, value: round(value!), n, low: round(100 * low), high: round(100 * high) };
}

export const measureLines = (t: Tally): MeasureLine[] => MEASURES.map((measure) => lineOf(measure, t));

/** How a criterion is written where it is named: `agreement >= 80`. */
export const criterionName = ({ measure, atLeast, atMost }: Criterion): string =>
  atLeast === undefined ? `${measure} <= ${atMost}` : `${measure} >= ${atLeast}`;

const UNITS: Record<LaneMeasure, (value: number) => string> = {
  agreement: (v) => `${round(v)} %`,
  success: (v) => `${round(v)} %`,
  outcomes: (v) => `${round(v)} %`,
  corrections: (v) => `${round(v)} %`,
  unsafe: (v) => `${v}`,
  silent: (v) => `${v}`,
  minutes: (v) => `${round(v)} min`,
  cost: (v) => formatMoney(v),
};
const amountText = (measure: LaneMeasure, value: number | null): string =>
  value === null ? 'no data' : UNITS[measure](value);

export interface Judged {
  name: string;
  met: boolean;
  because: string;
}

/**
 * [ROL5] To rise, a share must be as good even at the worse end of its interval; other measures as they are. No data is not met.
 */
export function judge(criterion: Criterion, t: Tally): Judged {
  const { measure, atLeast, atMost } = criterion;
  const { value, n, low, high } = lineOf(measure, t);
  const worst = (atLeast === undefined ? high : low) ?? value;
  const empty = value === null || (measure !== 'unsafe' && n === 0);
  const met = !empty && (atLeast === undefined ? worst! <= atMost! : worst! >= atLeast);
  const range = low === null ? '' : ` (between ${amountText(measure, low)} and ${amountText(measure, high)})`;
  const because = empty ? 'no data' : `${amountText(measure, value)}${range} of ${n}`;
  return { name: criterionName(criterion), met, because };
}

/** [ROL6] To stay, the value itself must be good enough: who falls too early is only asked more. */
export function failing(criteria: readonly Criterion[], t: Tally): string | null {
  for (const criterion of criteria) {
    const { measure, atLeast, atMost } = criterion;
    const { value, n } = measured(measure, t);
    if (value === null) continue;
    const good = atLeast === undefined ? value <= atMost! : value >= atLeast;
    if (!good) return `${measure} is ${amountText(measure, value)} of ${n}, ${criterionName(criterion)} is needed`;
  }
  return null;
}
