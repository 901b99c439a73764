import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { DAY, duration, HOUR, MINUTE } from '../core/quantities.ts';
import { MESSAGE_TYPES } from './schema.ts';

/** What the receiver's side lets in: the first filter that fits refuses, or holds for the sender's supervisor (R-B39). */
const filter = z.strictObject({
  id,
  /** Whose inbox; all when neither is given. */
  to: z.array(id).max(200).optional(),
  unit: id.optional(),
  from: z.array(id).max(200).optional(),
  /** Nobody but these may write. */
  except: z.array(id).max(200).optional(),
  types: z.array(z.enum(MESSAGE_TYPES)).optional(),
  /** CEL over `message`, `sender`, `receiver`; always when absent. */
  when: text(2000).optional(),
  effect: z.enum(['refuse', 'hold']).default('refuse'),
  because: text(500),
  instead: text(500).optional(),
});

/** What a text may not hold (R-B35), looked for in text and data. */
const CONTENTS = ['personal-data', 'credentials', 'case-mixing'] as const;

const PHRASES = ['click here now', 'limited time offer', 'act fast', 'free money', 'nigerian prince', '$$$$'];

/** What counts as spam; any of these (R-B40). */
const spam = z.strictObject({
  /** Senders below this are not heard … */
  reputation: z.number().min(0).max(1).default(0.3),
  start: z.number().min(0).max(1).default(0.5),
  /** … and what a piece of work that went well, or failed, changes (R-B41). */
  good: z.number().min(0).max(1).default(0.01),
  bad: z.number().min(0).max(1).default(0.05),
  /** More than so many times the same text within this time. */
  same: z.number().int().min(1).max(20).default(3),
  within: duration.default(5 * MINUTE),
  perMinute: z.number().int().min(1).max(100_000).default(60),
  phrases: z.array(text(100).min(1)).max(100).default(PHRASES),
  /** So many different phrases. */
  hits: z.number().int().min(1).max(100).default(2),
});

/** After so many refusals a sender is blocked, for this time or, without one, until somebody lifts it (R-B42). */
const block = z.strictObject({ refusals: z.number().int().min(1).max(1000), for: duration.optional() });
const BLOCKS = [{ refusals: 3, for: 5 * MINUTE }, { refusals: 5, for: HOUR }, { refusals: 10 }];

/** Types of messages, or kinds a sender gives, by what the sender's supervisor hears of them (R-B53). */
const CLASSES = ['routine', 'inform', 'approve'] as const;
export type MessageClass = (typeof CLASSES)[number];
const kinds = z.array(id).max(200).default([]);
const classes = z.strictObject({ routine: kinds, inform: kinds, approve: kinds });

/** What a message to another unit takes (R-B47). */
export const LEVELS = ['inform', 'pre-approved', 'require-approval', 'supervisor-only'] as const;
export type ComplianceLevel = (typeof LEVELS)[number];
const between = z.strictObject({
  /** CEL over `message`, `sender`, `receiver`; the first that holds counts (R-B46). */
  policies: z
    .array(z.strictObject({ id, when: text(2000), level: z.enum(LEVELS) }))
    .max(200)
    .default([]),
  level: z.enum(LEVELS).default('require-approval'),
});

/** Rules of inboxes. An organisation without them delivers as it always did. */
export const inboxRules = z.strictObject({
  filters: z.array(filter).max(500).default([]),
  contents: z.array(z.enum(CONTENTS)).default([]),
  /** Characters of a text. */
  size: z.number().int().min(1).max(20_000).default(20_000),
  spam: spam.prefault({}),
  blocks: z.array(block).max(20).default(BLOCKS),
  classes: classes.prefault({}),
  /** What a unit's supervisor has settled comes first (R-B55). */
  units: z
    .array(classes.extend({ unit: id }))
    .max(200)
    .default([]),
  /** What is in none of the lists. */
  other: z.enum(CLASSES).default('routine'),
  /** Between units; anybody may write to anybody when absent. */
  between: between.optional(),
  /** How long a held message waits for a decision; then its sender is told that nobody decided. */
  silence: duration.default(DAY),
  /** Messages of one sender to one seat in an hour that its supervisor hears of at once (R-B58); failed runs likewise. */
  unusual: z
    .strictObject({ messages: z.number().int().min(1).default(20), failures: z.number().int().min(1).default(5) })
    .prefault({}),
});
export type InboxRules = z.infer<typeof inboxRules>;
export type FilterDef = InboxRules['filters'][number];
