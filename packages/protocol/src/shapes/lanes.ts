import type { LaneMeasure, Stage } from '@reeve/kernel';
import { z } from 'zod';
import { caseId, money, name, seq, span, time, values } from './common.ts';

export const stage = z.enum([
  'observe',
  'shadow',
  'assist',
  'bounded',
  'end-to-end',
] as const satisfies readonly Stage[]);
const measure = z.enum([
  'agreement',
  'success',
  'outcomes',
  'corrections',
  'unsafe',
  'silent',
  'minutes',
  'cost',
] as const satisfies readonly LaneMeasure[]);

const ratio = z.number().nullable();
const amount = money.nullable();

const measureLine = z.object({
  measure,
  value: ratio.describe(
    'percent; a count for `unsafe` and `silent`, minutes, or micro-units for `cost`; null: no data',
  ),
  n: z.number().int().describe('of how many'),
  low: ratio.describe('interval of 95 % that holds however often one looks'),
  high: ratio,
});

const parts = z.object({ success: ratio, corrections: ratio, cost: ratio, value: ratio });
const competitor = z.object({
  seat: z.string(),
  title: z.string(),
  share: z.number().int().describe('percent of what agents get'),
  stage: stage.describe('how far it is trusted: as far as the lane, or less'),
  fitness: ratio.describe('0 to 100; null: no data'),
  parts: parts.describe('0 to 1 each'),
  n: z.number().int().describe('pieces of work since shares last moved'),
  weak: z.number().int().describe('selections in a row in which it was weak'),
});

const comparison = z.object({
  lane: z.string(),
  case: caseId,
  seat: z.string().nullable(),
  proposal: z.string().nullable(),
  action: z.string().nullable(),
  capability: z.string(),
  outcome: z.enum(['agreed', 'differed', 'not-done', 'missed']),
  fields: z.record(z.string(), z.boolean()).describe('argument, or `target`: the same?'),
  at: time,
});

const proofArm = z.object({
  seat: z.string(),
  n: z.number().int(),
  solved: z.number().int(),
  rate: z.number(),
  low: z.number(),
  high: z.number(),
  cycle: span,
  minutes: z.number(),
  cost: money,
  value: money,
  difference: z
    .object({
      value: z.number(),
      low: z.number(),
      high: z.number(),
      verdict: z.enum(['better', 'as-good', 'worse', 'open']),
    })
    .nullable()
    .describe('to the baseline, in points'),
});
const proved = z.object({
  lane: z.string(),
  baseline: z.string(),
  sample: z.number().int(),
  confidence: z.number(),
  margin: z.number(),
  arms: z.array(proofArm),
  at: time,
});

export const laneMoney = z.object({
  seat: z.string(),
  proposals: z.number().int(),
  landed: z.number().int(),
  landedShare: ratio.describe('effects that stand, in percent of those asked for'),
  closed: z.number().int(),
  corrections: z.number().int(),
  minutes: z.number().describe('of people'),
  value: money,
  cost: money,
  profit: money,
  perSuccess: amount,
  perOutcome: amount,
  perCorrection: amount,
  cycle: span.nullable(),
});

const criterion = z.object({ name: z.string(), met: z.boolean(), because: z.string() });
const guard = z.object({
  id: z.string(),
  title: z.string(),
  metrics: z.array(z.string()),
  when: z.string(),
  because: z.string(),
  tripped: z.boolean(),
});

export const laneSummary = z.object({
  id: z.string(),
  title: z.string(),
  stage,
  since: time,
  by: z.string(),
  reason: z.string(),
  traffic: z.number().describe('percent of its cases that agents get'),
  baseline: z.string().nullable(),
  seats: z.array(competitor),
  measures: z.array(measureLine).describe('in this stage'),
  guards: z.array(guard).describe('kill switches that stand by'),
  waiting: z.number().int().describe("proposals that wait for a person's action"),
});

export const lane = laneSummary.extend({
  outcome: z.string(),
  metric: z.string().nullable(),
  steps: z.array(z.string()),
  topics: z.array(z.string()),
  recent: z.array(measureLine).describe('of its latest work'),
  stay: z.object({ sample: z.number().int(), criteria: z.array(z.string()) }).nullable(),
  ready: z
    .object({ to: stage, criteria: z.array(criterion), switches: z.array(z.string()) })
    .nullable()
    .describe('what must hold for the next stage; null at the highest'),
  limits: z
    .object({
      each: money,
      day: amount,
      count: z.number().int().nullable(),
      usedMoney: money,
      usedCount: z.number().int(),
    })
    .nullable()
    .describe('in the stage `bounded`'),
  differences: z.array(comparison).describe('the latest first, at most 50'),
  selection: z
    .object({
      every: span,
      step: z.number(),
      floor: z.number(),
      cooldown: span,
      sample: z.number().int(),
      margin: z.number(),
      next: time.nullable(),
      moved: time.nullable(),
    })
    .nullable(),
  proof: z
    .object({
      sample: z.number().int(),
      progress: z.array(z.object({ seat: z.string(), n: z.number().int() })),
      result: proved.nullable(),
    })
    .nullable()
    .describe('until the sample is complete only how many there are is known'),
  trail: z.array(z.object({ case: caseId, seat: z.string(), at: time, evidence: z.array(z.string()) })),
  money: z.array(laneMoney).describe('over the months that are kept'),
});

/** One step of a lane as the ledger has it: kind, numbers and a sentence. */
export const laneMove = z.object({ seq, at: time, kind: z.string(), text: z.string(), body: values });

const check = z.object({
  id: z.string(),
  question: z.string(),
  answer: z.enum(['yes', 'no', 'no data']),
  found: z.array(z.string()).describe('what it was answered from'),
});
export const checklist = z.object({ lane: z.string(), checks: z.array(check) });
export const ninetyDays = z.object({ days: z.number().int().nullable(), checks: z.array(check) });

const reason = z.string().min(1).max(1000);
export const lowerLane = z.strictObject({ to: stage, seat: name.optional(), reason });
export const raiseLane = lowerLane.extend({
  despite: z.array(z.string().max(100)).max(50).default([]).describe('criteria that are not met, each by name'),
});
export const reportAction = z.strictObject({ case: caseId, capability: name, args: values });

export type LaneSummary = z.output<typeof laneSummary>;
export type LaneDetail = z.output<typeof lane>;
export type LaneMove = z.output<typeof laneMove>;
export type LaneChecklist = z.output<typeof checklist>;
export type NinetyDaysView = z.output<typeof ninetyDays>;
export type CheckView = z.output<typeof check>;
export type LaneMoneyView = z.output<typeof laneMoney>;
export type MeasureView = z.output<typeof measureLine>;
