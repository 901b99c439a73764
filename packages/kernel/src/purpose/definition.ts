import { z } from 'zod';
import { id, text } from '../core/names.ts';

/** Events of one kind, kept when `where` (CEL over `body`, `actor`) is true. */
export const selection = z.strictObject({ event: z.string().regex(/^[a-z]+\.[a-z_]+$/), where: text(1000).optional() });

/** A metric defined over the ledger, never typed in (kernel design, purpose). */
export const metric = z.strictObject({
  id,
  title: text(200),
  unit: z.enum(['percent', 'count', 'money', 'duration', 'number']).default('number'),
  measure: z.union([
    z.strictObject({ count: selection }),
    z.strictObject({ ratio: z.strictObject({ of: selection, to: selection }) }),
    z.strictObject({ sum: selection.extend({ field: z.string() }) }),
    z.strictObject({ mean: selection.extend({ field: z.string() }) }),
  ]),
});

/** What should be true, as a number. */
export const target = z.strictObject({
  id,
  metric: id,
  unit: id.optional(),
  owner: id.optional(),
  value: z.number(),
  direction: z.enum(['at-least', 'at-most']),
  because: text(500).default(''),
});
export type MetricDef = z.infer<typeof metric>;
export type TargetDef = z.infer<typeof target>;
