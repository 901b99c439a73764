import { z } from 'zod';
import { capabilityPattern, id, text } from '../core/names.ts';
import { duration, MINUTE, money } from '../core/quantities.ts';
import { PERIODS } from './periods.ts';

export { PERIODS } from './periods.ts';

const CURRENCIES = ['money', 'tokens', 'runs', 'calls'] as const;
export type Currency = (typeof CURRENCIES)[number];

/**
 * A salami limit (T18): at most `amount` within any `window` that ends now, counting what is reserved and what is spent.
 * Beyond it a human is asked, or the operation is denied.
 */
const limit = z.strictObject({
  amount: money,
  window: duration.refine((ms) => ms >= MINUTE, 'a window lasts at least a minute').default(30 * 24 * 60 * MINUTE),
  verdict: z.enum(['ask', 'deny']).default('ask'),
});

/** Periods whose value is known when they are over. */
const EARNED: readonly string[] = ['month', 'quarter'];

/** An allowance: how much its owner may spend per period. Money in micro-units; other currencies count whole units. */
export const budget = z
  .strictObject({
    id,
    title: text(200).default(''),
    /** Exactly one owner; omitted means the organisation. */
    seat: id.optional(),
    unit: id.optional(),
    /** Every case gets an account of its own with the whole allocation. */
    each: z.literal('case').optional(),
    /** Only spending in this lane: by operations under the contracts that are steps of this flow. */
    lane: id.optional(),
    /** Only spending on cases of these topics, by these capabilities: a category. Both when both are given. */
    only: z
      .strictObject({ topics: z.array(id).default([]), capabilities: z.array(capabilityPattern).default([]) })
      .optional(),
    currency: z.enum(CURRENCIES).default('money'),
    allocation: money,
    /** Besides, a share of the value its seats earned in the period before, at most so much: what pays may spend more (R-A32). */
    earns: z.strictObject({ percent: z.number().gt(0).max(100), most: money }).optional(),
    period: z.enum(PERIODS).default('month'),
    /** Largest single transaction. */
    perTransaction: money.optional(),
    /** Largest sum on one case (salami limit). */
    perCase: money.optional(),
    /** Largest sum to one recipient: the value of this argument, or of the first of these that the operation has. */
    perRecipient: limit
      .extend({ argument: z.union([text(100).min(1), z.array(text(100).min(1)).min(1).max(10)]) })
      .optional(),
    /** Largest sum for the customer of the case. */
    perCustomer: limit.optional(),
    /** Largest sum one requester (the person or agent, in whatever seat) may spend. */
    perRequester: limit.optional(),
    /** Percentages of the allocation whose use is announced, each once per period. */
    thresholds: z.array(z.number().int().min(1).max(1000)).max(20).default([90]),
    /** Announce a day on which more than this many times the average of the seven days before is spent. */
    spike: z.number().gt(1).max(1000).optional(),
    /** Seat that is told; when absent the human who answers for the budget's seat, unit or organisation. */
    owner: id.optional(),
  })
  .refine(
    ({ earns, currency, period, each }) =>
      earns === undefined || (currency === 'money' && each === undefined && EARNED.includes(period)),
    {
      path: ['earns'],
      message: 'only money of a month or a quarter is earned, and not for each case',
    },
  );
/** The most it can hold in a period: what it is given and what it can have earned. */
export const mostOf = ({ allocation, earns }: BudgetDef): number => allocation + (earns?.most ?? 0);

export type BudgetDef = z.infer<typeof budget>;
/** Does the budget count a part of the work only, whoever does it? Then it does not bound all that somebody spends. */
export const countsPart = ({ lane, only }: BudgetDef): boolean => lane !== undefined || only !== undefined;

export type LimitDef = z.infer<typeof limit>;
