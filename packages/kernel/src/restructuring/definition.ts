import { z } from 'zod';
import { DAY, duration } from '../core/quantities.ts';

/** How many seats may report to one before a layer between them is proposed (R-D51). */
export const spanSettings = z.strictObject({
  reports: z.number().int().min(2).max(200).default(15),
  /** When the effect of a layer is compared with what was expected of it. */
  review: duration.refine((ms) => ms >= DAY, 'expected a day or more').default(90 * DAY),
});
export type SpanSettings = z.infer<typeof spanSettings>;

/** Of organisations that say nothing, and of definitions applied before there was such a setting. */
export const USUAL_SPAN: SpanSettings = spanSettings.parse({});
