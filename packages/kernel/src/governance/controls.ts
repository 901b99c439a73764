import { z } from 'zod';
import { capabilityPattern, id, text } from '../core/names.ts';
import { duration, HOUR, MICRO, MINUTE, money } from '../core/quantities.ts';
import { SWITCH_SCOPES } from '../words.ts';

export { SWITCH_SCOPES, type SwitchScope } from '../words.ts';

/** An id, or for capabilities a prefix such as `orders.*`. */
export const switchTarget = z.union([id, capabilityPattern]);

const RATE_SUBJECTS = ['organisation', 'unit', 'seat', 'capability', 'customer', 'recipient'] as const;

/** At most `limit` admitted operations in any `window`, counted per subject. */
export const rate = z.strictObject({
  id,
  on: z.array(capabilityPattern).min(1),
  per: z.enum(RATE_SUBJECTS).default('seat'),
  /** For `recipient`: the argument that names who or what is reached; a list counts once for each. */
  argument: text(100).default('to'),
  limit: z.number().int().min(1).max(10_000),
  window: duration,
  effect: z.enum(['deny', 'ask', 'defer']).default('defer'),
  /** Only for this seat, or for seats in this unit (or below it). */
  seat: id.optional(),
  unit: id.optional(),
  because: text(500).default(''),
});

/** A kill switch that trips by itself when its condition over metrics holds (R-E68). */
export const autoSwitch = z.strictObject({
  id,
  title: text(200).default(''),
  scope: z.enum(SWITCH_SCOPES),
  target: switchTarget.default('all'),
  /** The metrics it watches; it is looked at when one of them moves, and waits while one has no value yet. */
  metrics: z.array(id).min(1).max(20),
  /** CEL over `metrics` and `samples` (metric → value, number of events), `now`. */
  when: text(2000),
  /** How long after it was re-armed it does not trip again. */
  cooldown: duration.default(HOUR),
  /** Who may re-arm it, besides the owner and a human at the top; anybody entitled to when empty. */
  rearm: z.array(id).default([]),
  because: text(500),
});

/** How decisions by people are asked for and measured. */
export const reviewSettings = z.strictObject({
  /** Decisions one seat may ask for in an hour (T19), and what happens to what is beyond. */
  perHour: z.number().int().min(1).max(10_000).default(60),
  beyond: z.enum(['defer', 'deny']).default('defer'),
  /** What a decision takes when the reviewer does not say, and what an hour of a reviewer costs. */
  time: duration.default(1.5 * MINUTE),
  hourly: money.default(60 * MICRO),
  /** Signals (R-E46): decisions before anything is said; share of approvals that is over-reviewing; of refusals, weak upstream. */
  least: z.number().int().min(1).default(20),
  over: z.number().min(0).max(1).default(0.98),
  weak: z.number().min(0).max(1).default(0.3),
});

export const VIOLATION_CHECKS = ['right', 'separation', 'policy', 'provenance'] as const;

/** Refusals by a boundary count; each level is reached at so many points, and one point goes after `decay` (R-C58). */
export const violationSettings = z.strictObject({
  checks: z.array(z.enum(VIOLATION_CHECKS)).default([...VIOLATION_CHECKS]),
  warn: z.number().int().positive().default(3),
  restrict: z.number().int().positive().default(8),
  pause: z.number().int().positive().default(16),
  suspend: z.number().int().positive().default(32),
  decay: duration.default(HOUR),
});

/** Standing grants a contract lets its approvers give: the most uses of one, and the longest time. No uses: none. */
export const grantTerms = z.strictObject({
  uses: z.number().int().min(0).max(1000).default(100),
  for: duration.default(30 * 24 * HOUR),
});

/** Something a task may be given the right to, or a seat the right to have done. */
export const entrusted = z.strictObject({ capability: capabilityPattern, limit: money.optional() });

export type RateDef = z.infer<typeof rate>;
export type AutoSwitchDef = z.infer<typeof autoSwitch>;
export type ReviewSettings = z.infer<typeof reviewSettings>;
export type ViolationSettings = z.infer<typeof violationSettings>;
export type GrantTerms = z.infer<typeof grantTerms>;
export type Entrusted = z.infer<typeof entrusted>;
