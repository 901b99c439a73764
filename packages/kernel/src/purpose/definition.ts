import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { DAY, duration, HOUR } from '../core/quantities.ts';

/** Events of one kind, kept when `where` (CEL over `body`, `actor`) is true. */
export const selection = z.strictObject({ event: z.string().regex(/^[a-z]+\.[a-z_]+$/), where: text(1000).optional() });

/** A numeric field of the event's body, deeper ones with dots: `result.total`. */
const field = text(200);
const percent = z.number().gt(0).lt(100);

/** What two events have in common, so that the time between them can be measured. */
export const SUBJECTS = ['case', 'operation', 'approval', 'run', 'task'] as const;

const measure = z.union([
  z.strictObject({ count: selection }),
  z.strictObject({ ratio: z.strictObject({ of: selection, to: selection }) }),
  z.strictObject({ sum: selection.extend({ field }) }),
  z.strictObject({ mean: selection.extend({ field }) }),
  /** The value that `p` percent of the values do not exceed, at most 1/128 off [PUR7]. */
  z.strictObject({ percentile: selection.extend({ field, p: percent }) }),
  /** Milliseconds from the first event to the second about the same thing: their mean, or a percentile. */
  z.strictObject({
    between: z.strictObject({ from: selection, to: selection, of: z.enum(SUBJECTS), p: percent.optional() }),
  }),
  /** What a capability reported last: its result is the evidence. */
  z.strictObject({ reported: z.strictObject({ capability: id, field }) }),
]);

/** What a metric is told apart by. */
export const GROUPINGS = ['seat', 'unit', 'lane', 'topic', 'capability'] as const;

/** A metric defined over the ledger, never typed in (kernel design, purpose). */
export const metric = z.strictObject({
  id,
  title: text(200),
  unit: z.enum(['percent', 'count', 'money', 'duration', 'number']).default('number'),
  measure,
  /** Only what happened within this time counts; everything since the metric was defined when absent. */
  window: duration.optional(),
  by: z.enum(GROUPINGS).optional(),
});

const date = z.iso.date('expected a date such as "2027-03-31"');

/** What should be true, as a number. */
export const target = z.strictObject({
  id,
  metric: id,
  /** The group of the metric it is about (`by`); all of it when absent. */
  of: text(200).optional(),
  unit: id.optional(),
  owner: id.optional(),
  value: z.number(),
  direction: z.enum(['at-least', 'at-most']),
  because: text(500).default(''),
  /** Which of a seat's numbers it is (R-A14). */
  kpi: z.enum(['primary', 'secondary', 'quality', 'efficiency']).optional(),
  /** The target it contributes to (R-E42). */
  serves: id.optional(),
  /** The last day on which it may still be reached. */
  deadline: date.optional(),
  /** Where the way to the deadline begins; otherwise with what was measured first. */
  start: date.optional(),
  from: z.number().optional(),
  /** Values on the way, each expected from the end of its day on; a straight line when absent. */
  steps: z
    .array(z.strictObject({ by: date, value: z.number() }))
    .max(100)
    .optional(),
  /** With fewer events there is nothing to judge. */
  samples: z.number().int().positive().optional(),
});

const changes = target
  .omit({ id: true, metric: true, unit: true, because: true })
  .partial()
  .extend({ because: text(500).optional() });

/** One change of what a unit should achieve. */
export const amendment = z.union([
  z.strictObject({ set: id, to: changes }),
  z.strictObject({ add: target }),
  z.strictObject({ remove: id }),
  z.strictObject({ measure: metric }),
  z.strictObject({ purpose: text(2000).min(1) }),
]);

/** How far an agent may decide by itself, for all of a unit's or for one seat's purpose (A §1). */
export const maturity = z.number().int().min(0).max(4);

/** How desired states are watched and changed. */
export const purposeSettings = z.strictObject({
  /** How often targets are compared with what is. */
  check: duration.refine((ms) => ms >= HOUR, 'expected an hour or more').default(DAY),
  gaps: z
    .strictObject({
      /** Work is opened when a gap got wider in so many checks, */
      widens: z.number().int().positive().max(1000).default(3),
      /** or stayed behind in so many; afterwards it is escalated each time as many have gone by. */
      stays: z.number().int().positive().max(1000).default(7),
      /** Time allowed for the work. */
      due: duration.default(7 * DAY),
    })
    .prefault({}),
  /** Who is reminded when a period is over (R-A29). */
  cadence: z
    .strictObject({
      week: z.boolean().default(true),
      month: z.boolean().default(true),
      quarter: z.boolean().default(true),
      year: z.boolean().default(true),
    })
    .prefault({}),
  /** Changes of targets' values by the agent that leads the unit: only when the organisation says so (R-A2, R-A28). */
  delegate: z
    .strictObject({
      /** Percent of the value a human set last; the change must be smaller. */
      below: z.number().gt(0).max(20).default(20),
      maturity: maturity.default(3),
    })
    .optional(),
});

export type MetricDef = z.infer<typeof metric>;
export type Measure = MetricDef['measure'];
export type Grouping = (typeof GROUPINGS)[number];
export type TargetDef = z.infer<typeof target>;
export type Amendment = z.infer<typeof amendment>;
export type PurposeSettings = z.infer<typeof purposeSettings>;
