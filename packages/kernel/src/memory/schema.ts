import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { DAY } from '../core/quantities.ts';
import { type BeliefStanding, type Layer, layer, SKILL_KINDS, type SkillKind } from './definition.ts';
import type { TeamEvents } from './team-schema.ts';
import { teamCommands } from './team-schema.ts';

const beliefId = z.string().regex(/^BL-\d{1,15}$/, 'expected the id of a belief, such as BL-12');
const skillId = z.string().regex(/^SK-\d{1,15}$/, 'expected the id of a skill, such as SK-12');
const snapshotId = z.string().regex(/^DS-\d{1,15}$/, 'expected the id of a snapshot, such as DS-12');
const caseId = z.string().regex(/^C-\d+$/);
const value = z.union([text(1000), z.number().finite(), z.boolean()]);
const reason = text(1000).min(1);
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal');

/** What a belief is about, by which beliefs contradict each other: `supplier.iban`. */
const key = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'expected a key of lower-case letters, digits, ".", "-" or "_"');
export type BeliefValue = z.infer<typeof value>;

const recorded = z.strictObject({
  /** The desk it belongs to: the actor's own unless a human above it says so. */
  seat: id.optional(),
  statement: text(2000).min(1),
  key: key.optional(),
  value: value.optional(),
  layer: layer.default('state'),
  confidence: z.number().min(0).max(1).default(0.8),
  impact: z.enum(['low', 'high']).default('low'),
  /** Operations, messages, cases it rests on. */
  evidence: z.array(text(100)).max(20).default([]),
  case: caseId.optional(),
  /** Whom it is about, when that is not the customer of `case`: it is erased with him. */
  customer: text(320).optional(),
  /** Learned on a case, and not about its customer: it is used on other cases, too. Erased with him all the same. */
  general: z.boolean().default(false),
  /** Milliseconds it holds. */
  holds: z
    .number()
    .int()
    .positive()
    .max(3650 * DAY)
    .optional(),
  /** May not be said to other seats in messages and tasks, except through a context contract. */
  private: z.boolean().default(false),
});

export const memoryCommands = {
  'belief.record': recorded.refine((b) => b.value === undefined || b.key !== undefined, {
    message: 'a value needs a key that says what it is a value of',
    path: ['key'],
  }),
  'belief.confirm': z.strictObject({ belief: beliefId, note: text(1000).optional() }),
  'belief.dispute': z.strictObject({ belief: beliefId, reason }),
  'belief.correct': z.strictObject({
    belief: beliefId,
    statement: text(2000).min(1),
    value: value.optional(),
    confidence: z.number().min(0).max(1).optional(),
    reason,
  }),
  'belief.forget': z.strictObject({ belief: beliefId, reason }),
  'belief.expire': z.strictObject({ belief: beliefId, reason }),
  /** What the desk knows that has to do with these words; what is found counts as seen. */
  'memory.recall': z.strictObject({ query: text(1000).min(1), limit: z.number().int().min(1).max(50).default(10) }),
  'context.share': z.strictObject({
    to: id,
    beliefs: z.array(beliefId).min(1).max(50),
    /** The contract to share under; else the first one that allows it. */
    contract: id.optional(),
    purpose: text(500).min(1),
    /** In the sender's own words, where the contract asks for a summary. */
    summary: text(2000).min(1).optional(),
  }),
  'skill.record': z.strictObject({
    seat: id.optional(),
    kind: z.enum(SKILL_KINDS),
    title: text(200).min(1),
    text: text(8000).min(1),
    topics: z.array(id).max(20).default([]),
    case: caseId.optional(),
  }),
  /** It is being used on the case (of the run): how the case ends counts for it. */
  'skill.use': z.strictObject({ skill: skillId, case: caseId }),
  /** How it went where no case tells. */
  'skill.judge': z.strictObject({ skill: skillId, success: z.boolean(), note: text(1000).optional() }),
  /** A person has read it and says that it holds nothing of the case it came from: it outlives the customer. */
  'skill.adopt': z.strictObject({ skill: skillId, title: text(200).min(1), text: text(8000).min(1) }),
  'skill.retire': z.strictObject({ skill: skillId, reason }),
  'desk.begin': z.strictObject({
    seat: id,
    purpose: text(500).min(1),
    mode: z.enum(['fresh', 'continuation', 'reference']).default('fresh'),
    reason,
  }),
  /** Its content is stored already; `root` names it. */
  'desk.snapshot': z.strictObject({
    seat: id,
    branch: id.default('main'),
    root: sha256,
    files: count,
    bytes: count,
    /** Bytes that were not stored before. */
    added: count,
    changed: z.array(text(500)).max(200).default([]),
    purpose: text(500).default(''),
    /** The snapshot merged in, and what stood against each other. */
    merged: snapshotId.optional(),
    conflicts: z.array(text(500)).max(200).default([]),
  }),
  'desk.branch': z.strictObject({ seat: id, branch: id, from: snapshotId, purpose: text(500).min(1) }),
  /** A branch that is over: merged, or given up. Its snapshots stay. */
  'desk.close_branch': z.strictObject({ seat: id, branch: id, reason }),
  ...teamCommands,
} as const;

interface About {
  case: string | null;
  /** Whom it is about, where no case says it. */
  customer?: string;
}
interface Held extends About {
  belief: string;
  seat: string;
}
interface OfSkill extends About {
  skill: string;
  seat: string;
}
interface OfDesk {
  desk: string;
  case: null;
}

/** How a belief ended. */
export type Ending = 'forgotten' | 'expired' | 'refuted' | 'corrected' | 'reset' | 'crowded-out';

export interface MemoryEvents extends TeamEvents {
  'belief.recorded': Held & {
    layer: Layer;
    statement: string;
    key?: string;
    value?: BeliefValue;
    confidence: number;
    impact: 'low' | 'high';
    /** Where it comes from: `person:ann`, `orders/orders.get`, `seat:desk-agent`. */
    origin: string;
    evidence: string[];
    /** Untrusted sources behind it [PRV7]. */
    taint: string[];
    until: number | null;
    private: boolean;
    by: string;
    /** Beliefs that say something else of the same thing. */
    contradicts: string[];
    /** The word of a person is confirmed as it is said. */
    confirmed: boolean;
    /** What it is a copy of, and under which contract. */
    shared?: { from: string; belief: string; contract: string; purpose: string };
    corrects?: string;
  };
  /** Somebody else says the same; `statement` when his words take the place of untrusted ones. */
  'belief.confirmed': Held & {
    by: string;
    how: 'person' | 'second-source' | 'repeated';
    origin: string;
    confidence: number;
    until: number | null;
    statement?: string;
    note?: string;
    refutes: string[];
  };
  'belief.disputed': Held & { by: string; reason: string };
  'belief.ended': Held & { by: string; how: Ending; reason: string };
  'belief.shared': Held & { to: string; as: string; contract: string; purpose: string; by: string };
  'memory.recalled': {
    seat: string;
    run: string | null;
    query: string;
    beliefs: { id: string; standing: BeliefStanding }[];
    skills: string[];
  };
  'skill.recorded': OfSkill & {
    kind: SkillKind;
    title: string;
    text: string;
    topics: string[];
    taint: string[];
    by: string;
    adopts?: string;
  };
  'skill.used': OfSkill & { by: string };
  'skill.judged': OfSkill & { success: boolean; by: string; note?: string };
  'skill.retired': OfSkill & { by: string; reason: string };
  'desk.begun': OfDesk & {
    purpose: string;
    previous: string | null;
    mode: 'fresh' | 'continuation' | 'reference';
    /** Beliefs of the layers that reset, and how many skills stay. */
    reset: string[];
    skills: number;
    /** Where the state before can be looked up. */
    archived: string | null;
    by: string;
    reason: string;
  };
  'desk.snapshotted': OfDesk & {
    snapshot: string;
    branch: string;
    parent: string | null;
    root: string;
    files: number;
    bytes: number;
    added: number;
    changed: string[];
    purpose: string;
    merged?: string;
    conflicts: string[];
    by: string;
  };
  'desk.branched': OfDesk & { branch: string; from: string; purpose: string; by: string };
  'desk.branch_closed': OfDesk & { branch: string; reason: string; by: string };
}
