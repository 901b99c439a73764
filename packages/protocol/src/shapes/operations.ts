import { z } from 'zod';
import {
  actor,
  approvalId,
  caseId,
  interventionKind,
  money,
  operationId,
  operationStatus,
  seq,
  span,
  tier,
  time,
  troubleKind,
  values,
  verdict,
} from './common.ts';
import { hand } from './hands.ts';
import { whyGap } from './purpose.ts';
import { routed } from './routing.ts';

export const reason = z.object({
  check: z.string(),
  rule: z.string(),
  verdict,
  message: z.string(),
  instead: z.string().optional(),
  until: time.optional().describe('for what is put off: when it is asked again'),
});

const decision = z.object({
  verdict,
  reasons: z.array(reason),
  flagged: z.boolean(),
  cost: money,
  approval: z.string().nullable(),
  grant: z.string().optional().describe('the standing grant that answered what was asked'),
});

export const reading = z.object({ value: values, version: z.string().optional(), at: time });
const evidence = z.object({ kind: z.string(), ref: z.string(), digest: z.string().optional() });
const failure = z.object({ category: z.string(), message: z.string() });

const summaryFields = {
  id: operationId,
  status: operationStatus,
  capability: z.string(),
  tool: z.string(),
  effect: z.enum(['read', 'reversible', 'compensable', 'irreversible']),
  seat: z.string(),
  case: caseId.nullable(),
  run: z.string().nullable(),
  cost: money,
  flagged: z.boolean().describe('it proceeded, but a human should look at it'),
  approval: approvalId.nullable(),
  attempt: z.number().int(),
  requestedAt: time,
  settledAt: time.nullable(),
  failure: failure.nullable(),
};
export const operationSummary = z.object(summaryFields);

export const operation = z.object({
  ...summaryFields,
  key: z.string(),
  principal: z.string(),
  args: values,
  argsDigest: z.string(),
  contract: z.string().nullable(),
  why: z.string().nullable(),
  confidence: z.number().nullable(),
  resource: z.string().nullable(),
  metric: z.string().nullable(),
  compensates: z.string().nullable(),
  compensation: z.string().nullable(),
  reads: z.record(z.string(), reading).nullable(),
  decision: decision.nullable(),
  reservation: z.string().nullable(),
  lease: z.object({ executor: z.string(), until: time }).nullable(),
  retryAt: time.nullable(),
  result: values.nullable(),
  evidence: z.array(evidence),
  note: z.string().nullable(),
});

const silence = z.object({ at: time, rule: z.enum(['stop', 'proceed', 'escalate']) });

const approvalFields = {
  id: approvalId,
  operation: operationId,
  case: caseId.nullable(),
  requester: z.string(),
  approvers: z.array(z.string()),
  status: z.enum(['pending', 'approved', 'rejected', 'revised']),
  recommendation: z.string(),
  capability: z.string(),
  cost: money,
  requestedAt: time,
  silence,
  expires: time,
  decidedBy: z.string().nullable(),
  note: z.string().nullable(),
};
export const approvalSummary = z.object(approvalFields);

/** What an approver sees on one page. */
const packet = z.object({
  recommendation: z.string(),
  capability: z.string(),
  args: values,
  descriptor: z.string().optional().describe('digest of the capability and its tool, as they were declared then'),
  argsDigest: z.string().describe('give it back as `digest` with the decision: the approval is then of exactly this'),
  reasons: z.array(reason),
  state: z.record(z.string(), reading),
  evidence: z.array(z.string()),
  metric: z.string().nullable(),
  alternatives: z.array(z.string()),
  maximumDamage: z.string(),
  cost: money,
  uncertainty: z.string(),
});
export const approval = z.object({ ...approvalFields, packet });

const person = z.object({ seat: z.string(), title: z.string(), principal: z.string().nullable() });

/** Everything that explains one operation, in the order a reviewer asks. */
export const explanation = z.object({
  operation: operation.pick({
    id: true,
    status: true,
    capability: true,
    tool: true,
    effect: true,
    args: true,
    requestedAt: true,
    settledAt: true,
    result: true,
    failure: true,
  }),
  who: z.object({
    seat: z.string(),
    title: z.string(),
    principal: z.string(),
    line: z.array(person).describe('supervisors, the nearest first'),
  }),
  authority: z.object({
    tier: tier.nullable(),
    right: z.object({ capability: z.string(), when: z.string().optional(), limit: money.optional() }).nullable(),
    definition: z.string().describe('digest of the definition in force then'),
    note: z.string(),
  }),
  reads: z.array(reading.extend({ name: z.string() })),
  contract: z
    .object({
      id: z.string(),
      title: z.string(),
      rules: z.array(z.object({ rule: z.string(), when: z.enum(['before', 'after']), that: z.string() })),
    })
    .nullable(),
  decision: decision.extend({ at: time, seq }).nullable(),
  decisions: z
    .array(z.object({ seq, at: time, verdict, message: z.string() }))
    .describe('every time the gate was asked'),
  approval: z
    .object({
      id: approvalId,
      status: z.string(),
      approvers: z.array(z.string()),
      by: z.string().nullable(),
      bySilence: z.boolean(),
      way: z.enum(['link', 'reply']).nullable().describe('how, when by mail'),
      note: z.string().nullable(),
      requestedAt: time,
      decidedAt: time.nullable(),
      waited: span.nullable(),
    })
    .nullable(),
  attempts: z.array(
    z.object({
      attempt: z.number().int(),
      executor: z.string(),
      at: time,
      endedAt: time.nullable(),
      outcome: z.enum(['succeeded', 'failed', 'lapsed', 'running']),
      message: z.string().nullable(),
    }),
  ),
  cost: z.object({
    money,
    accounts: z.array(
      z.object({
        seq,
        at: time,
        what: z.enum(['reserved', 'settled', 'released']),
        from: z.string(),
        to: z.string(),
        amount: z.number(),
      }),
    ),
  }),
  evidence: z.array(evidence),
  verification: z.object({
    status: z.enum(['verified', 'failed', 'pending', 'none']),
    checks: z.array(z.string()),
    failed: z.array(z.object({ rule: z.string(), message: z.string() })),
    after: reading.nullable(),
    at: time.nullable(),
  }),
  uncertainty: z.object({ confidence: z.number().nullable(), why: z.string().nullable() }),
  metric: z
    .object({
      id: z.string(),
      title: z.string(),
      unit: z.string(),
      current: z.number().nullable(),
      target: z.number().nullable(),
      direction: z.enum(['at-least', 'at-most']).nullable(),
      met: z.boolean().nullable(),
    })
    .nullable(),
  case: z.object({ id: caseId, subject: z.string(), customer: z.string(), status: z.string() }).nullable(),
  run: z
    .object({
      id: z.string(),
      worker: z.string(),
      startedAt: time,
      message: z.string(),
      outcome: z.string().nullable(),
    })
    .nullable(),
  interventions: z
    .array(
      z.object({
        ...{ seq, at: time, seat: z.string(), trouble: troubleKind, action: interventionKind },
        ...{ reason: z.string(), done: z.string() },
      }),
    )
    .describe('what was done about the seat meanwhile'),
  compensation: z.object({ compensates: z.string().nullable(), by: z.string().nullable() }),
  requestedBy: actor,
  records: z.array(seq),
});

export const why = z.object({
  asked: z.string(),
  operations: z.array(explanation),
  gap: whyGap.optional().describe('why there is this case at all: it was opened for a target'),
  routing: z.array(routed).optional().describe('of a case: how it came to who has it, oldest first'),
  hands: z.array(hand).optional().describe('of a case: who did what, and who came next, oldest first'),
});

export type OperationSummary = z.output<typeof operationSummary>;
export type OperationView = z.output<typeof operation>;
export type ApprovalSummary = z.output<typeof approvalSummary>;
export type ApprovalView = z.output<typeof approval>;
export type Explanation = z.output<typeof explanation>;
export type Why = z.output<typeof why>;
