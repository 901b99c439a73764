import { z } from 'zod';
import {
  caseId,
  deputyId,
  grantId,
  incidentCause,
  incidentId,
  money,
  more,
  name,
  operationId,
  seq,
  span,
  time,
} from './common.ts';

/** What an argument may be under a standing grant. */
const bound = z.strictObject({
  oneOf: z.array(z.unknown()).min(1).max(100).optional(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
});
const bounds = z.record(z.string(), bound);
const because = z.string().min(1).max(1000);

export const grant = z.object({
  id: grantId,
  seat: z.string(),
  capability: z.string(),
  live: z.boolean().describe('may still be used: not revoked, not expired, uses left'),
  uses: z.number().int(),
  used: z.number().int(),
  at: time,
  until: time,
  each: money.nullable().describe('most of one use'),
  total: money.nullable().describe('most of all uses together'),
  spent: money,
  customer: z.string().nullable(),
  case: caseId.nullable(),
  args: bounds.describe('what arguments may be'),
  by: z.string(),
  principal: z.string(),
  reason: z.string(),
  approval: z.string().nullable().describe('the approval it came with'),
  revoked: z.object({ by: z.string(), reason: z.string(), at: time }).nullable(),
});

export const giveGrant = z.strictObject({
  seat: name,
  capability: name,
  reason: because,
  uses: z.number().int().min(1).max(1000),
  for: span.describe('how long it is good, in milliseconds'),
  each: money.optional(),
  total: money.optional(),
  customer: z.string().max(320).optional(),
  case: caseId.optional(),
  args: bounds.optional(),
});

export const deputy = z.object({
  id: deputyId,
  seat: z.string().describe('who is stood in for'),
  to: z.string().describe('who decides instead, under his own name'),
  from: time,
  until: time,
  now: z.boolean().describe('is it so at this moment?'),
  by: z.string(),
  reason: z.string(),
});

export const nameDeputy = z.strictObject({
  seat: name,
  deputy: name,
  from: time.optional().describe('now unless given'),
  until: time,
  reason: because,
});

const limited = z.object({ capability: z.string(), limit: money.nullable() });

/** A delegated task and the rights it carries: what both sides have. */
export const delegation = z.object({
  task: z.string(),
  case: caseId,
  from: z.string(),
  to: z.string(),
  status: z.enum(['open', 'done', 'declined', 'cancelled']),
  at: time,
  line: z.array(z.string()).describe('the task and those in whose course it was given, the nearest first'),
  grants: z.array(limited).nullable().describe('what the packet restricts it to; null when it restricts nothing'),
  carries: z
    .array(limited)
    .describe('what every side has, with the smallest limit; conditions of rights taken as if they held'),
});

const correction = z.enum(['warn', 'restrict', 'pause', 'suspend']);
const level = z.number().int().min(0).max(4);

export const violation = z.object({
  seat: z.string(),
  level,
  correction: correction.nullable().describe('what the level brings with it now'),
  points: z.number().describe('they go down with time'),
  total: z.number().int().describe('all there ever were'),
  latest: z.object({ rule: z.string(), operation: operationId }),
});

/** Each time a seat reached a level, and what was done about it. */
const raised = z.object({
  seq,
  at: time,
  level,
  correction,
  points: z.number(),
  rule: z.string(),
  operation: operationId,
});

export const violationDetail = violation.extend({
  latest: violation.shape.latest.nullable(),
  status: z.string().describe('of the seat'),
  raised: z.array(raised).describe('the newest first'),
  next: z.string().optional(),
});

/** What stands beside the charter of a seat: who decides for it, what it may do beforehand, what it ran into. */
export const standing = {
  grants: z.number().int().describe('standing grants it may still use'),
  violation: violation.nullable(),
  deputies: z.array(deputy).describe('who decides for it now or later'),
  standsInFor: z.array(deputy),
};

export const incident = z.object({
  id: incidentId,
  cause: incidentCause,
  about: z.string().describe('the switch (`scope:id`), the seat, or the tool (`tool:id`)'),
  signature: z.string().optional().describe('what its cause is known by'),
  level: z.number().int().optional().describe('how often the cause came back after it was declared fixed, from 2'),
  earlier: z.string().optional().describe('the incident after which it was declared fixed'),
  summary: z.string(),
  done: z.array(z.string()).describe('what was done about it so far'),
  openedAt: time,
  closed: z
    .object({ at: time, by: z.string(), cause: z.string(), done: z.string(), prevention: z.string() })
    .nullable()
    .describe('how it came about, what was done, what keeps it from happening again'),
});

export const closeIncident = z.strictObject({
  cause: z.string().min(1).max(2000),
  done: z.string().min(1).max(2000),
  prevention: z.string().min(1).max(2000),
});

const reviewLine = z.object({
  id: z.string(),
  approved: z.number().int(),
  rejected: z.number().int(),
  revised: z.number().int(),
  silent: z.number().int().describe('ended by silence'),
  approvalRate: z.number().nullable().describe('share of decisions by people that were approvals, 0 to 1'),
  averageWait: span,
  minutes: z.number().describe('of reviewers'),
  cost: money,
  signal: z.enum(['over-reviewed', 'weak-upstream']).nullable(),
  advice: z.string().describe('the line in words'),
});

export const reviews = z.object({
  pending: z.number().int(),
  decided: z.number().int().describe('decisions by people, of all reviewers'),
  settings: z
    .object({ least: z.number(), over: z.number(), weak: z.number() })
    .describe(
      'decisions before anything is said; share of approvals that is over-reviewing; of refusals, weak upstream',
    ),
  byCapability: z.array(reviewLine),
  byRequester: z.array(reviewLine),
  byReviewer: z.array(reviewLine),
  ...more,
});

export const override = z.strictObject({
  reason: because,
  acknowledge: z
    .array(z.string().max(300))
    .max(100)
    .default([])
    .describe('the rules that refused, each by name: the answer to the warning that comes without them'),
});

export type GrantView = z.output<typeof grant>;
export type DeputyView = z.output<typeof deputy>;
export type DelegationView = z.output<typeof delegation>;
export type ViolationView = z.output<typeof violation>;
export type ViolationDetail = z.output<typeof violationDetail>;
export type IncidentView = z.output<typeof incident>;
export type Reviews = z.output<typeof reviews>;
export type ReviewLineView = z.output<typeof reviewLine>;
