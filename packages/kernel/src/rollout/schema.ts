import { z } from 'zod';
import { id, text } from '../core/names.ts';
import type { Time } from '../core/types.ts';
import { type LaneMeasure, STAGES, type Stage } from './definition.ts';
import type { Tally } from './state.ts';

const reason = text(1000).min(1);
const stage = z.enum(STAGES);

export const rolloutCommands = {
  /** One stage up, of a lane or of a seat that is trusted less than its lane. `despite` names criteria that are not met. */
  'lane.raise': z.strictObject({
    lane: id,
    seat: id.optional(),
    to: stage,
    reason,
    despite: z.array(text(100)).max(50).default([]),
  }),
  'lane.lower': z.strictObject({ lane: id, seat: id.optional(), to: stage, reason }),
  /** What a person did about a case outside, to be held against what was proposed. */
  'lane.report': z.strictObject({
    lane: id,
    case: z.string().regex(/^C-\d+$/),
    capability: id,
    args: z.record(z.string(), z.unknown()),
  }),
} as const;

/** A measure as it stood: value, of how many, and the interval in which it lies with 95 % whenever one looks. */
export interface MeasureLine {
  measure: LaneMeasure;
  value: number | null;
  n: number;
  low: number | null;
  high: number | null;
}

export interface SharePoint {
  seat: string;
  share: number;
}

interface Moved {
  lane: string;
  /** One seat, or the whole lane. */
  seat: string | null;
  from: Stage;
  to: Stage;
  by: string;
  reason: string;
  measures: MeasureLine[];
}

type CompareOutcome = 'agreed' | 'differed' | 'not-done' | 'missed';

export interface Comparison {
  lane: string;
  case: string;
  /** Who proposed; for `missed` nobody did. */
  seat: string | null;
  proposal: string | null;
  action: string | null;
  capability: string;
  outcome: CompareOutcome;
  /** Argument (or `target`) → the same? Empty when there was nothing to compare. */
  fields: Record<string, boolean>;
  at: Time;
}

/** One competitor at a selection: what it rested on, and what followed. */
export interface SelectionLine {
  seat: string;
  n: number;
  fitness: number | null;
  parts: { success: number | null; corrections: number | null; cost: number | null; value: number | null };
  tally: Tally;
  before: number;
  after: number;
  weak: number;
  proposal: 'redesign' | 'retire' | null;
}

/** One side of a parallel proof. Percentages; times in milliseconds, money in micro-units, for each case. */
export interface ProofLine {
  seat: string;
  n: number;
  solved: number;
  rate: number;
  low: number;
  high: number;
  cycle: number;
  minutes: number;
  cost: number;
  value: number;
  /** Against the baseline, which has none: points of the rate, with their interval. */
  difference: { value: number; low: number; high: number; verdict: 'better' | 'as-good' | 'worse' | 'open' } | null;
}

export interface Proved {
  lane: string;
  baseline: string;
  sample: number;
  confidence: number;
  margin: number;
  arms: ProofLine[];
  at: Time;
}

export interface RolloutEvents {
  'lane.entered': { lane: string; stage: Stage; shares: SharePoint[]; basis: string; next: Time | null };
  /** The definition shares traffic out anew, or looks at it at other times. */
  'lane.shared': { lane: string; shares: SharePoint[]; basis: string; next: Time | null };
  'lane.left': { lane: string; stage: Stage };
  'lane.raised': Moved & { unmet: string[] };
  'lane.lowered': Moved;
  'lane.acted': {
    lane: string;
    action: string;
    case: string;
    capability: string;
    args: Record<string, unknown>;
    resource: string | null;
    by: string;
    until: Time;
  };
  'lane.compared': Comparison;
  'lane.selected': { lane: string; held: string | null; lines: SelectionLine[]; next: Time };
  'lane.proved': Proved;
}
