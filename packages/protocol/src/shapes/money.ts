import { z } from 'zod';
import { caseId, money, more, time } from './common.ts';
import { budget } from './organisation.ts';

/** A month or a quarter, UTC. */
export const period = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2]|Q[1-4])$/, 'expected a month (2026-11) or a quarter (2026-Q4)');

const price = z.object({
  id: z.string(),
  of: z.string().describe('a model, capability, tool or seat, or `human`'),
  unit: z.string(),
  price: money.describe('for `per` units'),
  per: z.number().int(),
  from: z.string().describe('first day, UTC'),
  inForce: z.boolean(),
});

export const prices = z.object({
  version: z.string().describe('of the whole table: it is on every record of what was priced by it'),
  currency: z.string(),
  now: time,
  lines: z.array(price),
});

const limit = z.object({
  amount: z.number(),
  window: z.number().describe('milliseconds'),
  verdict: z.enum(['ask', 'deny']),
});
const account = z.object({
  case: caseId.nullable(),
  available: z.number(),
  reserved: z.number(),
  spent: z.number(),
  used: z.number().describe('percent of the allocation'),
});

export const budgetDetail = z.object({
  budget,
  limits: z.object({
    perTransaction: z.number().nullable(),
    perCase: z.number().nullable(),
    perRecipient: limit.extend({ argument: z.array(z.string()) }).nullable(),
    perCustomer: limit.nullable(),
    perRequester: limit.nullable(),
    spike: z.number().nullable(),
  }),
  only: z
    .object({ topics: z.array(z.string()), capabilities: z.array(z.string()) })
    .nullable()
    .describe('the category it counts'),
  answers: z.string().nullable().describe('the seat that is told of thresholds'),
  accounts: z.array(account).describe('one, or one for each case'),
  ...more,
});

const costs = z.object({ compute: money, operations: money, review: money, total: money });
const ratio = z.number().nullable();

const profitLine = z.object({
  id: z.string(),
  title: z.string(),
  value: money,
  costs,
  profit: money,
  margin: ratio.describe('profit in percent of the value'),
  roi: ratio.describe('profit in percent of the cost'),
  band: z.string().nullable().describe('how the return is judged; `shutdown` after months of loss'),
  previous: z.object({ value: money, cost: money, profit: money }).describe('the period before'),
  trend: z.object({ value: ratio, cost: ratio }).describe('change against it in percent'),
});

export const profitAndLoss = z.object({
  period: z.string(),
  currency: z.string(),
  organisation: profitLine,
  units: z.array(profitLine).describe('each with all inside it'),
  seats: z.array(profitLine),
  ...more,
});

const amount = money.nullable();
const seatCost = z.object({
  seat: z.string(),
  runs: z.number().int(),
  finished: z.number().int(),
  success: ratio.describe('finished runs in percent of those started'),
  costs,
  perRun: amount,
  perSuccess: amount,
  outcomes: z.number().int().describe('closed cases it took part in, without those reopened'),
  perOutcome: amount,
  reviews: z.number().int(),
  minutes: z.number().describe('of people, on its work'),
  rework: money.describe('spent on cases that had been reopened and on decisions that refused, human time included'),
  corrections: z.number().int().describe('work that came back: cases reopened, effects undone, decisions that refused'),
  perCorrection: amount,
  landed: z.number().int().describe('effects that stand'),
  landedShare: ratio.describe('of those asked for, in percent'),
  tokens: z.number().int(),
  unpriced: z.number().int().describe('uses and reviews without a price, missing above'),
});
const topicCost = z.object({
  topic: z.string(),
  closed: z.number().int(),
  cost: money,
  value: money,
  perOutcome: amount,
  roi: ratio,
});

export const outcomeCosts = z.object({
  currency: z.string(),
  months: z.array(z.string()),
  seats: z.array(seatCost),
  topics: z.array(topicCost),
  ...more,
});

export type BudgetView = z.output<typeof budget>;
export type BudgetDetail = z.output<typeof budgetDetail>;
export type PricesView = z.output<typeof prices>;
export type ProfitView = z.output<typeof profitAndLoss>;
export type ProfitLineView = z.output<typeof profitLine>;
export type OutcomeCostsView = z.output<typeof outcomeCosts>;
