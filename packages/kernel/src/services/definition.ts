import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { duration, money } from '../core/quantities.ts';
import { fields } from '../operations/definition.ts';

/** Something a seat does for others, by contract (R-D57): what goes in, what comes out, by when, at what price, for whom. */
export const service = z.strictObject({
  id,
  /** The seat that provides it. */
  seat: id,
  title: text(200).min(1),
  description: text(2000).default(''),
  input: fields.default({}),
  output: fields.default({}),
  /** When it is done and well. */
  success: text(1000).default('the output is complete and correct'),
  /** How long it may take; in the provider's working hours when it has any. */
  within: duration.default(24 * 3_600_000),
  /** What one request costs the asker's unit, in micro-units: shown and counted, not moved. */
  price: money.default(0),
  /** Who may ask; everybody when both are empty. */
  askers: z.strictObject({ seats: z.array(id).default([]), units: z.array(id).default([]) }).prefault({}),
  /** Requests it works on at once; more are refused. */
  capacity: z.number().int().positive().max(100_000).optional(),
  keywords: z.array(text(60).min(1)).max(30).default([]),
  /** Services it needs itself. */
  needs: z.array(id).default([]),
  /** Also for agents of other organisations, over A2A. */
  offered: z.boolean().optional(),
  /** No longer to be asked for, with what to ask for instead. */
  deprecated: z.strictObject({ because: text(500), instead: id.optional() }).optional(),
});
export type ServiceDef = z.infer<typeof service>;
