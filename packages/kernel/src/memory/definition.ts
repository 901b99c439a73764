import { z } from 'zod';
import { capabilityPattern, id, text } from '../core/names.ts';
import { DAY, duration } from '../core/quantities.ts';

/**
 * Stable: preferences and facts that outlive purposes. State: a time-stamped picture of the purpose at hand. Working: what one case
 * (or the day) needs, gone with it (R-E87).
 */
export const LAYERS = ['stable', 'state', 'working'] as const;
export type Layer = (typeof LAYERS)[number];
export const layer = z.enum(LAYERS);

/**
 * - `confirmed`: a person, or a second independent source, stands behind it: it may steer;
 * - `held`: of low impact, and nothing from outside is behind it: whole values of it count;
 * - `unconfirmed`: it is shown, and counts as content from outside;
 * - `contested`: something says otherwise and nobody has decided: so does this.
 */
export const STANDINGS = ['confirmed', 'held', 'unconfirmed', 'contested'] as const;
export type BeliefStanding = (typeof STANDINGS)[number];

export const SKILL_KINDS = ['pattern', 'template', 'issue'] as const;
export type SkillKind = (typeof SKILL_KINDS)[number];

const count = (usual: number, most = 100_000) => z.number().int().positive().max(most).default(usual);
const points = (usual: number) => z.number().int().nonnegative().max(1000).default(usual);

/** What a team is chosen by (R-D32); the defaults are those of the requirements. */
const teamSettings = z.strictObject({
  domain: points(10),
  skill: points(5),
  technology: points(3),
  /** Times the share of cases that went well. */
  success: points(5),
  /** Last worked within 7 days; within 30 days. */
  week: points(5),
  month: points(2),
  /** One point for so many cases, up to `most` points. */
  casesPerPoint: count(10),
  most: points(5),
  /** Below this nobody is proposed. */
  minimum: points(1),
  /** Candidates named for each role. */
  candidates: count(3, 20),
});
export type TeamSettings = z.infer<typeof teamSettings>;

/** Sizes and spans of memory. Beliefs are counted for each desk and layer; the working ones for each case. */
export const memorySettings = z.strictObject({
  stable: count(500, 5000),
  state: count(200, 5000),
  working: count(100, 5000),
  skills: count(300, 5000),
  /** How long a belief holds when nobody says until when. */
  stateFor: duration.default(30 * DAY),
  workingFor: duration.default(7 * DAY),
  /** What a briefing brings of them at most, and how large it is, in tokens. */
  briefed: z
    .strictObject({ beliefs: count(40, 500), skills: count(10, 100), tokens: count(32_000, 1_000_000) })
    .prefault({}),
  /** Snapshots of a desk that are known by name; older ones stay on the ledger. */
  snapshots: count(200, 10_000),
  /** Edges of the graph of who worked with whom; the longest unused goes first. */
  edges: count(5000),
  team: teamSettings.prefault({}),
});
export type MemorySettings = z.infer<typeof memorySettings>;

const seats = z.array(z.union([z.literal('*'), id])).min(1);

/**
 * A context contract (R-E87): what seats may tell others of what they believe, in which form, for which purpose and how long. What
 * no contract allows stays at its desk.
 */
export const context = z.strictObject({
  id,
  title: text(200).default(''),
  purpose: text(1000).min(1),
  from: seats,
  to: seats,
  /** Keys of beliefs: `supplier.iban`, `supplier.*`; `*` also allows beliefs without a key. */
  keys: z.array(capabilityPattern).min(1),
  layers: z.array(layer).min(1).default(['stable', 'state']),
  /** `value`: key and value, without the sentence around them; `summary`: only what the sender writes anew. */
  form: z.enum(['whole', 'value', 'summary']).default('whole'),
  /** May beliefs about a customer be told? */
  personal: z.boolean().default(false),
  /** Only what is confirmed. */
  confirmed: z.boolean().default(false),
  /** How long the receiver keeps it. */
  for: duration.default(7 * DAY),
});
export type ContextDef = z.infer<typeof context>;
