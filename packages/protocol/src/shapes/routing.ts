import type { TransferReason } from '@reeve/kernel';
import { z } from 'zod';
import { caseId, name, seq, span, time, values } from './common.ts';
import { stage } from './lanes.ts';

/** What work asks of who does it. */
export const needs = z.strictObject({
  topic: name.optional(),
  domain: name.optional(),
  skills: z.array(name).max(20).optional(),
  complexity: z.enum(['low', 'medium', 'high']).optional(),
  unit: name.optional().describe('only seats of this unit, or lent to it'),
});
const asked = needs.extend({ skills: z.array(z.string()) });

const transferReason = z.enum([
  'missing_skills',
  'wrong_domain',
  'complexity_too_high',
  'low_confidence',
  'overloaded',
  'unavailable',
] as const satisfies readonly TransferReason[]);

const scored = z.object({
  seat: z.string(),
  score: z.number().describe('0 to 100'),
  load: z.number().describe('100 is idle'),
  experience: z.number(),
  context: z.number(),
  success: z.number(),
  confidence: z.number().nullable().describe('share of similar work it got right; null for a newcomer'),
});

const decisionFields = {
  outcome: z.enum(['assigned', 'waiting', 'direct', 'nobody']),
  to: z.string().nullable(),
  because: z.string(),
  needs: asked,
  rule: z.string().optional().describe('of the definition: what said what is needed, or whose direct line it is'),
  lane: z
    .object({
      lane: z.string(),
      stage: stage,
      point: z.number().describe('where the case fell, of a hundred'),
      share: z.number().describe('agents have what falls below it'),
      shadow: z.string().optional().describe('works on it beside, and carries nothing out'),
    })
    .optional()
    .describe('the lane whose share of traffic decided'),
  candidates: z.array(scored).describe('the five best, best first'),
  considered: z.number().int().describe('seats that were compared'),
  out: z
    .object({
      away: z.number().int(),
      full: z.number().int(),
      gave: z.number().int(),
      unsure: z.number().int(),
    })
    .describe('seats left out, and why'),
};
export const decision = z.object(decisionFields);

export const routed = z.object({
  seq,
  at: time,
  cause: z.enum(['open', 'request', 'transfer', 'queue', 'rebalance', 'classify']),
  from: z.string().nullable(),
  answer: z.string().nullable().describe('what the customer is to be told'),
  ...decisionFields,
});

const transferred = z.object({
  seq,
  at: time,
  from: z.string(),
  reason: transferReason,
  note: z.string(),
  context: values,
  hop: z.number().int(),
});

const staged = z.object({
  task: z.string(),
  to: z.string(),
  status: z.enum(['open', 'done', 'declined', 'cancelled']),
  stage: z.number().int().describe('tasks of one stage go side by side'),
  after: z.array(z.string()),
});

export const routing = z.object({
  case: caseId,
  owner: z.string().nullable().describe('null when it has left memory'),
  needs: asked.nullable(),
  waits: z.object({ place: z.number().int(), of: z.number().int() }).nullable(),
  gave: z.array(z.string()).describe('seats that gave it away: it never comes back to them'),
  decisions: z.array(routed).describe('oldest first'),
  transfers: z.array(transferred),
  mode: z.enum(['none', 'single', 'sequential', 'parallel', 'hybrid']),
  tasks: z.array(staged),
});

const line = z.object({
  seat: z.string(),
  title: z.string(),
  unit: z.string(),
  status: z.string(),
  percent: z.number().describe('of what it can do at once; more than 100 is too much'),
  band: z.enum(['low', 'normal', 'high', 'overloaded']),
  cases: z.object({
    active: z.number().int(),
    high: z.number().int(),
    normal: z.number().int(),
    low: z.number().int(),
    parked: z.number().int().describe('wait for the customer, or are blocked'),
  }),
  tasks: z.number().int(),
  capacity: z.number().int(),
  came: z.number().int().describe('in the last hour'),
  ended: z.number().int(),
  oldest: span.describe('how long its oldest message has waited'),
  awaitedBy: z.number().int().describe('seats that wait for its reports'),
  bottleneck: z.array(z.string()).describe('why it holds others up; empty when it does not'),
  lentTo: z.string().nullable(),
});

export const load = z.object({
  now: time,
  waiting: z.number().int().describe('cases that wait for a seat'),
  incoming: z.number().int().describe('in the last hour'),
  ended: z.number().int(),
  mean: z.number(),
  deviation: z.number(),
  imbalance: z.number().describe('standard deviation over mean'),
  least: z.number(),
  most: z.number(),
  above: z.array(z.string()).describe('seats above one and a half times the mean, the first hundred'),
  below: z.array(z.string()).describe('seats below half the mean, the first hundred'),
  lines: z.array(z.object({ needs: asked, cases: z.number().int(), first: caseId })),
  surge: z.object({ since: time }).nullable(),
  throttled: z.object({ since: time, by: z.string(), reason: z.string() }).nullable(),
  loans: z.array(z.object({ seat: z.string(), unit: z.string(), from: z.string(), until: time })),
  gaps: z.array(
    z.object({
      needs: asked,
      missing: z.array(z.string()).describe('empty when nobody declares all of it together'),
      count: z.number().int(),
      last: time,
      cases: z.array(caseId),
    }),
  ),
  advice: z.array(z.string()),
  seats: z.array(line).describe('the busiest first'),
  next: z.string().optional(),
});

export const transfer = z.strictObject({
  reason: transferReason,
  note: z.string().max(2000).optional(),
  needs: needs.optional(),
  suggest: name.optional(),
  context: z
    .strictObject({
      tried: z.array(z.string().max(1000)).max(50).optional(),
      findings: z.array(z.string().max(2000)).max(50).optional(),
      blockers: z.array(z.string().max(1000)).max(50).optional(),
      spent: span.optional(),
      notes: z.string().max(4000).optional(),
    })
    .optional(),
});

export type RoutingView = z.output<typeof routing>;
export type RoutingDecisionView = z.output<typeof decision>;
export type LoadView = z.output<typeof load>;
