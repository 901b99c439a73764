import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { duration, HOUR, MINUTE, money } from '../core/quantities.ts';
import { selection } from '../purpose/definition.ts';
import { ACTIONS, type Action, WAKE_REASONS } from '../words.ts';

export { ACTIONS, type Action, TROUBLES, type TroubleKind, WAKE_REASONS, type WakeReason } from '../words.ts';

const ladder = (...rungs: Action[]) => z.array(z.enum(ACTIONS)).min(1).max(10).default(rungs);

/** An event that wakes somebody. */
export const wakeRule = z.strictObject({ id, why: z.enum(WAKE_REASONS), when: selection, text: text(500) });

const REPORTING = ['off', 'record', 'message'] as const;
const reporting = z.enum(REPORTING);

/** What the compliance score is the mean of; a weight of 0 leaves one out [OVS50]. */
export const COMPLIANCE = ['authority', 'tracking', 'decisions', 'verification', 'deadlines'] as const;
export type ComplianceCategory = (typeof COMPLIANCE)[number];
const weight = z.number().min(0).max(100).default(1);

/**
 * Thresholds of oversight. Defaults are those of the requirements; each is the organisation's to change. A limit of 0
 * (`silent`, `quiet`, `long`, `waiting`, `outage`) is never passed.
 */
export const oversightSettings = z.strictObject({
  /** How often a run at work shows that it lives (R-C10). */
  heartbeat: duration.default(30_000),
  /** Without a sign of life for so long, a run is unresponsive (R-D17). */
  silent: duration.default(MINUTE),
  /** Alive without doing anything for so long, or at work for so long altogether, it is stuck (R-D19, R-C12). */
  quiet: duration.default(5 * MINUTE),
  long: duration.default(HOUR),
  /** Answers of a model in a row without an act: spinning (R-D19). */
  thoughts: z.number().int().min(2).max(1000).default(10),
  /** Runs and hand-overs of one case in a row that changed nothing: looping. */
  fruitless: z.number().int().min(2).max(1000).default(6),
  /** Work that waits for so long at an agent that does nothing (R-C12). */
  waiting: duration.default(MINUTE),
  ladders: z
    .strictObject({
      unresponsive: ladder('restart', 'restart', 'reassign', 'escalate'),
      looping: ladder('reassign', 'pause', 'escalate'),
      spinning: ladder('nudge', 'restart', 'reassign', 'escalate'),
      stuck: ladder('nudge', 'restart', 'reassign', 'escalate'),
      idle_with_work: ladder('nudge', 'nudge', 'escalate'),
    })
    .prefault({}),
  /** Between two rungs; and how many interventions a seat gets within a time before a person is asked. */
  patience: duration.default(2 * MINUTE),
  most: z.number().int().min(1).max(100).default(10),
  window: duration.default(HOUR),
  /** A tool that is down for so long is an incident. */
  outage: duration.default(5 * MINUTE),
  /** A write to the ledger that takes longer is slow; then so many cases a minute are opened, high ones always. */
  slow: duration.default(5000),
  intake: z.number().int().min(0).max(1_000_000).default(60),
  wake: z
    .strictObject({
      /** Worth of a case from which somebody is woken for an opportunity; nobody when absent. */
      opportunity: money.optional(),
      /** An unclear decision is one about at least so much, or about what cannot be undone. */
      stakes: money.default(500_000_000),
      /** One thing wakes nobody again within this time. */
      again: duration.default(HOUR),
      rules: z.array(wakeRule).max(100).default([]),
    })
    .prefault({}),
  reports: z
    .strictObject({
      daily: reporting.default('record'),
      weekly: reporting.default('message'),
      monthly: reporting.default('message'),
    })
    .prefault({}),
  /** In percent: below these a seat is pointed out (R-C14). */
  utilisation: z.number().min(0).max(100).default(30),
  success: z.number().min(0).max(100).default(70),
  compliance: z
    .strictObject({ authority: weight, tracking: weight, decisions: weight, verification: weight, deadlines: weight })
    .prefault({}),
});
export type OversightSettings = z.infer<typeof oversightSettings>;
