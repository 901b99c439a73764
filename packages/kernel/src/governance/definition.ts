import { z } from 'zod';
import { closing } from '../cases/definition.ts';
import { capabilityPattern, id, text } from '../core/names.ts';
import { duration, money } from '../core/quantities.ts';
import { roi } from '../economy/definition.ts';
import { calendar } from '../hours/definition.ts';
import { inboxRules } from '../inbox/rules-definition.ts';
import { memorySettings } from '../memory/definition.ts';
import { noticeSettings } from '../notices/definition.ts';
import { failureCategory } from '../operations/definition.ts';
import { oversightSettings } from '../oversight/definition.ts';
import { purposeSettings } from '../purpose/definition.ts';
import { spanSettings } from '../restructuring/definition.ts';
import { rollout } from '../rollout/definition.ts';
import { routing } from '../routing/definition.ts';
import { grantTerms, reviewSettings, violationSettings } from './controls.ts';

/** A condition in CEL with what to say when it does not hold. */
export const condition = z.strictObject({
  rule: id,
  that: text(2000),
  else: text(500),
  /** What may be done instead. */
  instead: text(500).optional(),
});

/** A read done before the decision and pinned on the record; `args` are CEL over `args, case, actor` (and `result` after). */
const readCall = z.strictObject({ capability: id, args: z.record(z.string(), text(1000)).default({}) });

const TACTICS = ['retry', 'fix-input', 'other-tool', 'peer', 'escalate', 'stop'] as const;

/** Silence (R-E6): what happens when nobody decides in time. */
export const silence = z.strictObject({
  after: duration.default(24 * 3_600_000),
  rule: z.enum(['stop', 'proceed', 'escalate']).default('stop'),
});

/** What must hold before a capability acts, what it changes, what must hold and be proven after. */
export const contract = z.strictObject({
  id,
  capability: id,
  title: text(200).default(''),
  /** Name → read; CEL sees `reads.<name>`. */
  reads: z.record(id, readCall).default({}),
  /** CEL giving the name of the thing changed, e.g. `"order/" + args.order_id`: one operation at a time on it. */
  resource: text(1000).optional(),
  requires: z.array(z.string()).default([]),
  pre: z.array(condition).default([]),
  /** CEL over `args, reads, result, after`. */
  post: z.array(condition).default([]),
  /** Kinds of evidence the case must hold before this may act. */
  evidence: z.array(id).default([]),
  /** Fields of the result that later steps may require; checked when the pack is loaded. */
  emits: z.array(z.string()).default([]),
  /** A fresh read after the effect; CEL sees it as `after`. */
  verify: readCall.optional(),
  failure: z.partialRecord(failureCategory, z.enum(TACTICS)).default({}),
  /** Undo: `args` are CEL over `args, reads, result`. */
  compensate: readCall.optional(),
  escalate: id.optional(),
  /** The requester must not be a seat that did one of these on the same case (R-E35). */
  separation: z.array(capabilityPattern).default([]),
  approval: z
    .strictObject({
      /** Ask always, never beyond what other checks demand, or when this CEL holds. */
      when: text(2000).optional(),
      approvers: z.array(id).default([]),
      silence: silence.prefault({}),
      expires: duration.default(7 * 24 * 3_600_000),
      /** How many different people must agree. */
      quorum: z.number().int().min(1).max(10).default(1),
      grants: grantTerms.prefault({}),
    })
    .prefault({}),
  /** The metric this is meant to move. */
  metric: id.optional(),
});

export const POLICY_EFFECTS = ['deny', 'ask', 'defer', 'record-only', 'allow'] as const;

/** A rule over operations; CEL over `args, reads, resource, case, actor, org, now`. */
export const policy = z.strictObject({
  id,
  on: z.array(capabilityPattern).min(1),
  effect: z.enum(POLICY_EFFECTS),
  when: text(2000).default('true'),
  because: text(500),
  instead: text(500).optional(),
  /** Only for seats in this unit (or below it). */
  unit: id.optional(),
});

/** A chain of contracts; each one's `requires` must be given by `input` or an earlier `emits`. */
export const flow = z.strictObject({
  id,
  title: text(200).default(''),
  input: z.array(z.string()).default([]),
  steps: z.array(id).min(1),
  /** With it the flow is a lane with stages: how far it is trusted, and what must hold for more. */
  rollout: rollout.optional(),
});

/** Organisation-wide settings with the defaults of the requirements. */
export const settings = z.strictObject({
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('USD'),
  /** Money tiers (R-E2): below `flag` proceeds; from `flag` to `ask` inclusive proceeds and is flagged; above waits. */
  tiers: z.strictObject({ flag: money.default(5_000_000), ask: money.default(50_000_000) }).prefault({}),
  sla: z
    .strictObject({
      high: duration.default(4 * 3_600_000),
      normal: duration.default(24 * 3_600_000),
      low: duration.default(72 * 3_600_000),
      /** Count only these hours; all hours when absent. */
      hours: calendar.optional(),
    })
    .prefault({}),
  /** Who first receives what comes from outside. */
  intake: id.optional(),
  /** Who checks resolutions; the owner's supervisor when absent. */
  verifier: id.optional(),
  /** Capabilities with a decision edge that need no asking, because autonomy was earned or the pack's owner says so. */
  earned: z.array(capabilityPattern).default([]),
  /** Ask when the worker's stated confidence is below this (R-D55). */
  confidence: z.number().min(0).max(1).default(0.9),
  /** How a return on what was spent is judged (R-A23). */
  roi: roi.prefault({}),
  reviews: reviewSettings.prefault({}),
  violations: violationSettings.prefault({}),
  /** How desired states are watched and changed; the defaults when absent. */
  purpose: purposeSettings.optional(),
  /** What must be there before a case is resolved (R-E33); its evidence alone when absent. */
  closing: closing.optional(),
  /** How many may report to one seat before a layer is proposed (R-D51); the defaults when absent. */
  span: spanSettings.optional(),
  /** Thresholds of oversight; the defaults when absent. */
  oversight: oversightSettings.optional(),
  /** How work finds who does it; without it, all goes to `intake`. */
  routing: routing.optional(),
  /** What inboxes let in, and what supervisors hear of messages; without it everything is delivered. */
  inbox: inboxRules.optional(),
  /** How long those complained about have for their accounts (24h), and who handles a complaint for the answer (3d). */
  complaints: z
    .strictObject({ accounts: duration.default(24 * 3_600_000), answer: duration.default(72 * 3_600_000) })
    .optional(),
  /** How long cases that are over stay in memory; after that they are read from the ledger. 30 days when absent. */
  retention: duration.optional(),
  /** Sizes and spans of what desks remember; the usual ones when absent. */
  memory: memorySettings.optional(),
  /** How people hear by mail of what waits for them; without it they look at their inboxes. */
  notices: noticeSettings.optional(),
});

export type Condition = z.infer<typeof condition>;
export type ContractDef = z.infer<typeof contract>;
export type PolicyDef = z.infer<typeof policy>;
export type FlowDef = z.infer<typeof flow>;
export type Settings = z.infer<typeof settings>;
export type Tactic = (typeof TACTICS)[number];
