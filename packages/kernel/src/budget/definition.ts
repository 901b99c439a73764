import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { money } from '../core/quantities.ts';

export const PERIODS = ['once', 'day', 'week', 'month'] as const;

/** An allowance: how much its owner may spend per period. Money in micro-units; other currencies count whole units. */
export const budget = z.strictObject({
  id,
  title: text(200).default(''),
  /** Exactly one owner; omitted means the organisation. */
  seat: id.optional(),
  unit: id.optional(),
  currency: z.enum(['money', 'tokens', 'runs', 'calls']).default('money'),
  allocation: money,
  period: z.enum(PERIODS).default('month'),
  /** Largest single transaction. */
  perTransaction: money.optional(),
  /** Largest sum on one case (salami limit). */
  perCase: money.optional(),
});
export type BudgetDef = z.infer<typeof budget>;
