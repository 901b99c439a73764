import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { money } from '../core/quantities.ts';
import { restructuringStep } from '../restructuring/schema.ts';
import { amendment, type MetricDef, type TargetDef } from './definition.ts';

const reason = text(2000).min(1);
const proposalId = z.string().regex(/^P-\d+$/);
const date = z.iso.date('expected a date such as "2027-03-31"');
const amendments = z.array(amendment).max(20);
const steps = z.array(restructuringStep).min(1).max(50);

/** What an option is expected to do to a metric, and by when. */
const effect = z.strictObject({ metric: id, of: text(200).optional(), value: z.number(), by: date });

/** One way to go (R-A6, R-A31). */
const option = z.strictObject({
  id,
  title: text(200).min(1),
  text: text(4000).default(''),
  cost: money.default(0),
  effects: z.array(effect).min(1).max(10),
  changes: amendments.default([]),
  /** What may go wrong, and what is done then. */
  risk: text(2000).default(''),
  /** How the organisation is restructured when it is accepted. */
  steps: steps.optional(),
});

const proposalBody = z.strictObject({
  unit: id,
  title: text(200).min(1),
  analysis: text(8000).min(1),
  options: z.array(option).min(1).max(5),
  recommend: id,
  /** Cases (C-1), operations (OP-1), records (#12), metrics and targets by name. */
  evidence: z.array(text(100).min(1)).min(1).max(50),
});

const VERDICTS = ['accept', 'reject', 'revise'] as const;

export const purposeCommands = {
  'purpose.amend': z.strictObject({ unit: id, changes: amendments.min(1), reason }),
  'purpose.revert': z.strictObject({ unit: id, version: z.number().int().positive(), reason }),
  'proposal.make': proposalBody,
  'proposal.decide': z.strictObject({
    proposal: proposalId,
    verdict: z.enum(VERDICTS),
    /** The recommended one unless given. */
    option: id.optional(),
    /** Instead of the option's own. */
    changes: amendments.optional(),
    steps: steps.optional(),
    reason,
  }),
} as const;

export type Effect = z.output<typeof effect>;
export type Option = z.output<typeof option>;
type ProposalBody = z.output<typeof proposalBody>;

/** How a target stands. */
const STATUSES = ['met', 'on_track', 'behind', 'missed', 'unknown'] as const;
export type Status = (typeof STATUSES)[number];

/** Something of a desired state before and after; null when it was not there. */
export type Change =
  | { what: 'target'; id: string; before: TargetDef | null; after: TargetDef | null }
  | { what: 'metric'; id: string; before: MetricDef | null; after: MetricDef | null }
  | { what: 'purpose'; id: string; before: string; after: string };

export interface Standing {
  target: string;
  value: number | null;
  expected: number | null;
  /** What is missing, in the unit of the metric; 0 when nothing is. */
  distance: number;
  status: Status;
}

/** What was expected beside what came of it. `share` is the part of the expected change that happened. */
export interface Outcome {
  metric: string;
  of?: string;
  by: string;
  baseline: number | null;
  expected: number;
  actual: number | null;
  share: number | null;
}

/** What was measured when it was proposed; `of` names a group or a seat. */
export interface Measured {
  metric: string;
  of?: string;
  value: number | null;
}

export interface Proposal extends ProposalBody {
  id: string;
  by: string;
  at: number;
  measured: Measured[];
  /** The seat it is about, when Reeve itself proposes. */
  about?: string;
  status: 'open' | 'accepted' | 'rejected' | 'revise';
  decision: { by: string; at: number; reason: string; option: string | null; restructuring?: string } | null;
  /** Of the accepted option, measured when it was accepted. */
  baseline: (number | null)[];
  outcomes: Outcome[] | null;
}

export interface PurposeEvents {
  'purpose.amended': {
    unit: string;
    changes: Change[];
    reason: string;
    by: string;
    authority: 'human' | 'delegated';
    proposal?: string;
    reverts?: number;
  };
  'purpose.checked': { next: number; standings: Standing[] };
  'purpose.reviewed': {
    period: 'week' | 'month' | 'quarter' | 'year';
    name: string;
    to: string;
    standings: Standing[];
  };
  'gap.opened': {
    target: string;
    case: string;
    owner: string;
    why: 'widening' | 'staying' | 'missed';
    standing: Standing;
    points: { at: number; value: number }[];
  };
  'gap.escalated': { target: string; case: string; from: string; to: string; level: number; standing: Standing };
  'gap.closed': { target: string; case: string; why: 'met' | 'withdrawn'; value: number | null };
  'proposal.made': ProposalBody & {
    proposal: string;
    by: string;
    decider: string | null;
    measured: Measured[];
    about?: string;
  };
  'proposal.decided': {
    proposal: string;
    verdict: (typeof VERDICTS)[number];
    option: string | null;
    by: string;
    reason: string;
    baseline: (number | null)[];
    /** The restructuring that was done with it. */
    restructuring?: string;
  };
  'proposal.compared': { proposal: string; outcomes: Outcome[] };
}
