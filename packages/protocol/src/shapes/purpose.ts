import { z } from 'zod';
import { caseId, money, name, operationId, proposalId, seq, span, time, values } from './common.ts';
import { restructuringId, steps } from './restructuring.ts';

const number = z.number().nullable();
const unit = z.enum(['percent', 'count', 'money', 'duration', 'number']);
const because = z.string().min(1).max(2000);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date such as "2027-03-31"');

/** A target as it stands. */
export const gap = z.object({
  target: z.string(),
  metric: z.string(),
  title: z.string(),
  unit,
  direction: z.enum(['at-least', 'at-most']),
  target_value: z.number(),
  current: number,
  met: z.boolean().nullable(),
  owner: z.string().nullable(),
  expected: number.describe('what was to be reached by now'),
  distance: z.number().describe('what is missing, 0 when nothing is'),
  status: z.enum(['met', 'on_track', 'behind', 'missed', 'unknown']),
  scope: z.string().describe('the unit it belongs to'),
  of: z.string().nullable().describe('the group of the metric it is about'),
  kpi: z.enum(['primary', 'secondary', 'quality', 'efficiency']).nullable(),
  because: z.string(),
  deadline: z.string().nullable(),
  samples: z.number().int(),
  trend: z.enum(['better', 'steady', 'worse']).nullable(),
  baseline: number.describe('what was measured first'),
  points: z.array(z.object({ at: time, value: z.number() })).describe('latest checks, the oldest first'),
  responsible: z.string().nullable().describe('who closes the gap'),
  serves: z.array(z.string()).describe('targets it contributes to, the nearest first'),
  gap: z
    .object({
      case: caseId,
      owner: z.string(),
      holder: z.string(),
      openedAt: time,
      level: z.number().int(),
      checks: z.number().int(),
    })
    .nullable()
    .describe('the work on it'),
});

export const metric = z.object({
  id: z.string(),
  title: z.string(),
  unit,
  value: number,
  samples: z.number().int(),
  window: span.nullable().describe('how far it looks back; null for everything since it was defined'),
  by: z.enum(['seat', 'unit', 'lane', 'topic', 'capability']).nullable(),
  groups: z.array(z.object({ group: z.string(), value: number, samples: z.number().int() })),
  error: z.number().describe('farthest the value can be from the exact one, as a part of it'),
  source: z.object({ operation: operationId, at: time }).nullable().describe('the operation that reported it'),
});

export const unitPurpose = z.object({
  unit: z.string(),
  title: z.string(),
  purpose: z.string(),
  version: z.number().int(),
  decider: z.string().nullable().describe('the human who decides what it should achieve'),
  targets: z.array(gap),
  aimless: z.array(z.string()).describe('seats none of whose metrics has a target'),
  maturity: z.array(z.object({ seat: z.string(), maturity: z.number().int() })).describe('of its agents'),
});

const version = z.object({
  version: z.number().int(),
  at: time,
  seq,
  by: z.string(),
  authority: z.enum(['definition', 'human', 'delegated']),
  reason: z.string(),
  changes: z.array(
    z.object({
      what: z.enum(['target', 'metric', 'purpose']),
      id: z.string(),
      before: z.unknown(),
      after: z.unknown(),
    }),
  ),
  proposal: proposalId.optional(),
  reverts: z.number().int().optional(),
});
export const purposeDetail = unitPurpose.extend({ versions: z.array(version).describe('the newest first') });

const amendments = z
  .array(values)
  .max(20)
  .describe('each one of {set, to}, {add}, {remove}, {measure}, {purpose}; targets and metrics as a pack writes them');
export const amendPurpose = z.strictObject({ changes: amendments.min(1), reason: because });
export const revertPurpose = z.strictObject({ version: z.number().int().positive(), reason: because });

const effect = z.object({ metric: name, of: z.string().optional(), value: z.number(), by: date });
const option = z.object({
  id: name,
  title: z.string().min(1).max(200),
  text: z.string().max(4000).optional(),
  cost: money.optional(),
  effects: z.array(effect).min(1).max(10),
  changes: amendments.optional(),
  risk: z.string().max(2000).optional(),
  steps: steps.optional().describe('how the organisation is restructured when it is accepted'),
});
const body = {
  unit: name,
  title: z.string().min(1).max(200),
  analysis: z.string().min(1).max(8000),
  options: z.array(option).min(1).max(5),
  recommend: name,
  evidence: z.array(z.string().min(1).max(100)).min(1).max(50),
};
export const makeProposal = z.strictObject(body);
export const decideProposal = z.strictObject({
  verdict: z.enum(['accept', 'reject', 'revise']),
  option: name.optional().describe('the recommended one unless given'),
  changes: amendments.optional().describe("instead of the option's own"),
  steps: steps.optional().describe("instead of the option's own: to name who sits in new seats"),
  reason: because,
});

export const proposalStatus = z.enum(['open', 'accepted', 'rejected', 'revise']);
export const proposal = z.object({
  ...body,
  options: z.array(option.extend({ sentences: z.array(z.string()).optional().describe('its steps in words') })),
  id: proposalId,
  by: z.string(),
  at: time,
  measured: z.array(z.object({ metric: z.string(), of: z.string().optional(), value: number })),
  about: z.string().optional().describe('the seat it is about, when Reeve itself proposes'),
  status: proposalStatus,
  decision: z
    .object({
      by: z.string(),
      at: time,
      reason: z.string(),
      option: z.string().nullable(),
      restructuring: restructuringId.optional().describe('what was done with it'),
    })
    .nullable(),
  baseline: z.array(number),
  outcomes: z
    .array(
      z.object({
        metric: z.string(),
        of: z.string().optional(),
        by: z.string(),
        baseline: number,
        expected: z.number(),
        actual: number,
        share: number.describe('part of the expected change that happened'),
      }),
    )
    .nullable(),
});

const moved = z.object({ seq, at: time });
/** Why a case was opened for a target, and what became of the gap. */
export const whyGap = z.object({
  target: z.string(),
  title: z.string(),
  unit,
  because: z.string(),
  direction: z.enum(['at-least', 'at-most']).nullable().describe('null when there is no such target any more'),
  wanted: number,
  why: z.enum(['widening', 'staying', 'missed']),
  opened: moved.extend({
    owner: z.string(),
    value: number,
    expected: number,
    points: z.array(z.object({ at: time, value: z.number() })).describe('the checks before, the oldest first'),
  }),
  escalated: z.array(moved.extend({ from: z.string(), to: z.string(), level: z.number().int(), value: number })),
  closed: moved.extend({ why: z.enum(['met', 'withdrawn']), value: number }).nullable(),
});

export type WhyGap = z.output<typeof whyGap>;
export type GapView = z.output<typeof gap>;
export type MetricView = z.output<typeof metric>;
export type UnitPurposeView = z.output<typeof unitPurpose>;
export type PurposeDetail = z.output<typeof purposeDetail>;
export type ProposalView = z.output<typeof proposal>;
