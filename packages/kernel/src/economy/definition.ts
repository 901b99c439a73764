import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { money } from '../core/quantities.ts';
import { selection } from '../purpose/definition.ts';

/**
 * What something is worth when it happens: a case of a topic that is closed, an event of one kind, or one unit of a metric
 * that counts or sums. Exactly one of `topic`, `when` and `metric`.
 */
export const outcome = z
  .strictObject({
    id,
    title: text(200).default(''),
    topic: id.optional(),
    when: selection.optional(),
    metric: id.optional(),
    /** Micro-units of the organisation's currency for each. */
    value: money,
  })
  .refine(({ topic, when, metric }) => [topic, when, metric].filter((each) => each !== undefined).length === 1, {
    message: 'an outcome is one of: a closed case of a "topic", an event ("when"), a unit of a "metric"',
  });

/** How a return is judged (R-A23). The first band that fits counts; one without a bound fits everything. */
export const band = z.strictObject({
  id,
  title: text(100),
  /** Return in percent must be more than this. */
  over: z.number().optional(),
  /** Return in percent must be at least this. */
  from: z.number().optional(),
});

const BANDS = [
  { id: 'excellent', title: 'Excellent', over: 300 },
  { id: 'good', title: 'Good', from: 100 },
  { id: 'acceptable', title: 'Acceptable', from: 50 },
  { id: 'investigate', title: 'Investigate' },
];

export const roi = z.strictObject({
  bands: z.array(band).min(1).max(20).default(BANDS),
  /** A loss in this many whole months in a row is judged as `shutdown`, whatever the band. */
  shutdown: z.strictObject({ months: z.number().int().positive().max(24).default(2) }).prefault({}),
});

export type OutcomeDef = z.infer<typeof outcome>;
export type BandDef = z.infer<typeof band>;
export type RoiDef = z.infer<typeof roi>;
