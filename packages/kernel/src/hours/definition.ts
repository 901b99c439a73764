import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { zoneOf } from './zones.ts';

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'expected a time such as "09:00"');

/** When a seat works, by the clocks of its zone. */
export const calendar = z.strictObject({
  /** IANA name such as `Europe/Berlin`, or a POSIX rule such as `CET-1CEST,M3.5.0,M10.5.0/3`. */
  zone: text(100).refine((name) => zoneOf(name) !== null, 'expected an IANA zone such as "Europe/Berlin"'),
  /** A `to` that is not after `from` is on the next day. */
  week: z
    .array(z.strictObject({ days: z.array(z.enum(WEEKDAYS)).min(1).max(7), from: clock, to: clock }))
    .min(1)
    .max(50),
  /** Days of the zone on which nothing begins. */
  holidays: z.array(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a day such as "2026-12-25"')).default([]),
});

const HANDOVERS = ['due', 'all', 'none'] as const;

export const hours = calendar.extend({
  /** The seat that gets what cannot wait while this one does not work (R-D63). */
  partner: id.optional(),
  /** What goes to the partner at the end of a shift: what is due before the next one, all open cases, or nothing. */
  handover: z.enum(HANDOVERS).default('due'),
});
export type Calendar = z.infer<typeof calendar>;
