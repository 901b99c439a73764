import { z } from 'zod';
import { capabilityPattern } from '../core/names.ts';

/** What must be there before a case is resolved, besides its evidence (R-E33). */
export const closing = z.strictObject({
  /** Somebody has said what it was about. */
  topic: z.boolean().default(true),
  /** Nothing asked for on it is still open. */
  operations: z.boolean().default(true),
  /** How sure of the cause who resolves it must say he is. */
  confidence: z.number().min(0).max(1).optional(),
  /** What the customer is told was done: an operation of this kind on the case, since it was opened or came back. */
  told: capabilityPattern.optional(),
});
export type Closing = z.infer<typeof closing>;
