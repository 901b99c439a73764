import { z } from 'zod';
import { actor, caseId, caseStatus, channel, priority, seq, time, values } from './common.ts';
import { approvalSummary, operationSummary } from './operations.ts';
import { needs } from './routing.ts';

const summaryFields = {
  id: caseId,
  status: caseStatus,
  subject: z.string(),
  customer: z.string(),
  name: z.string().nullable(),
  channel: z.string(),
  priority,
  topic: z.string().nullable(),
  owner: z.string(),
  openedAt: time,
  since: time.describe('when it got its status'),
  due: time,
  overdue: z.boolean(),
  reopened: z.number().int(),
  escalations: z.number().int(),
};
export const caseSummary = z.object(summaryFields);

export const task = z.object({
  id: z.string(),
  case: caseId,
  from: z.string(),
  to: z.string(),
  status: z.enum(['open', 'done', 'declined', 'cancelled']),
  packet: z.object({
    subproblem: z.string(),
    context: values,
    tried: z.array(z.string()),
    output: z.string(),
    success: z.string(),
  }),
  report: values.nullable(),
  at: time,
});

export const caseView = z.object({
  ...summaryFields,
  text: z.string(),
  areas: z.array(z.string()),
  parties: z.array(z.string()),
  firstResponseAt: time.nullable(),
  notes: z.array(z.object({ by: z.string(), text: z.string(), at: time })),
  evidence: z.array(z.object({ kind: z.string(), ref: z.string() })),
  resolution: z.object({ summary: z.string(), evidence: z.array(z.string()), by: z.string(), at: time }).nullable(),
  verifier: z.string().nullable(),
  satisfied: z.boolean().nullable(),
  duplicateOf: caseId.nullable(),
  follows: caseId.optional().describe('the archived case it goes on from'),
  data: values.nullable(),
  tasks: z.array(task),
  operations: z.array(operationSummary),
  approvals: z.array(approvalSummary),
});

export const openCase = z.strictObject({
  subject: z.string().min(1).max(500),
  text: z.string().max(100_000).optional(),
  customer: z.string().min(1).max(320),
  name: z.string().max(200).optional(),
  channel: channel.optional(),
  priority: priority.optional(),
  externalId: z.string().max(500).optional(),
  follows: caseId.optional().describe('an archived case that goes on in this one'),
  data: values.optional(),
  needs: needs.optional().describe('what it asks of who does it, when that is known already'),
});

/** One ledger record as a sentence. */
export const entry = z.object({ seq, at: time, actor, kind: z.string(), text: z.string() });

export type CaseSummary = z.output<typeof caseSummary>;
export type CaseView = z.output<typeof caseView>;
export type TaskView = z.output<typeof task>;
export type Entry = z.output<typeof entry>;
