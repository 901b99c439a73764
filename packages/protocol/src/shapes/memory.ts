import { z } from 'zod';
import { caseId, name, seq, time } from './common.ts';

export const beliefId = z.string().regex(/^BL-\d{1,15}$/, 'expected the id of a belief, such as BL-12');
export const skillId = z.string().regex(/^SK-\d{1,15}$/, 'expected the id of a skill, such as SK-12');
export const snapshotId = z.string().regex(/^DS-\d{1,15}$/, 'expected the id of a snapshot, such as DS-12');
const teamId = z.string().regex(/^TM-\d{1,15}$/, 'expected the id of a team, such as TM-3');

export const layer = z.enum(['stable', 'state', 'working']);
export const standing = z
  .enum(['confirmed', 'held', 'unconfirmed', 'contested'])
  .describe('confirmed and held may steer what is done; the others count as content from outside');
const value = z.union([z.string(), z.number(), z.boolean()]);

export const belief = z.object({
  id: beliefId,
  seat: z.string(),
  layer,
  statement: z.string(),
  key: z.string().nullable().describe('what it is a value of; beliefs under one key contradict each other'),
  value: value.nullable(),
  confidence: z.number().describe('0 to 1'),
  impact: z.enum(['low', 'high']),
  standing,
  origin: z.string().describe('person:ann, seat:desk-agent, or the tool and capability that shows it'),
  evidence: z.array(z.string()),
  taint: z.array(z.string()).describe('untrusted sources behind it'),
  case: caseId.nullable(),
  customer: z.string().nullable().describe('whom it is about: it is erased with him'),
  private: z.boolean(),
  by: z.string(),
  at: time,
  seenAt: time.describe('when it was last said'),
  until: time.nullable().describe('when it ends by itself'),
  confirmed: z.object({ by: z.string(), how: z.enum(['person', 'second-source']), at: time }).nullable(),
  repeatedBy: z.array(z.string()).describe('other origins that said the same'),
  contradicts: z.array(beliefId),
  disputed: z.object({ by: z.string(), reason: z.string(), at: time }).nullable(),
  shared: z
    .object({ from: z.string(), belief: z.string(), contract: z.string(), purpose: z.string() })
    .nullable()
    .describe('whose it is, when another seat told it'),
});
export const beliefDetail = belief.extend({ against: z.array(belief).describe('what says otherwise, in full') });

export const skillKind = z.enum(['pattern', 'template', 'issue']);
export const skill = z.object({
  id: skillId,
  seat: z.string(),
  kind: skillKind,
  title: z.string(),
  text: z.string(),
  topics: z.array(z.string()),
  taint: z.array(z.string()),
  case: caseId.nullable().describe('where it was learned; it is erased with that customer unless it is adopted'),
  by: z.string(),
  at: time,
  adopted: z.boolean().describe('a person said that it is of general use'),
  uses: z.number().int(),
  successes: z.number().int(),
  failures: z.number().int(),
  rate: z.number().nullable().describe('share of the uses that went well; null when none is decided'),
  usedAt: time.nullable(),
});

const snapshot = z.object({
  id: snapshotId,
  branch: z.string(),
  parent: snapshotId.nullable(),
  merged: snapshotId.nullable(),
  root: z.string().describe('SHA-256 of the tree: equal roots are equal desks'),
  files: z.number().int(),
  bytes: z.number().int(),
  added: z.number().int().describe('bytes that had to be stored for it'),
  purpose: z.string(),
  conflicts: z.array(z.string()),
  by: z.string(),
  at: time,
});

export const snapshotTaken = z.object({
  snapshot: snapshotId,
  root: z.string(),
  files: z.number().int(),
  bytes: z.number().int(),
  added: z.number().int().describe('bytes that had to be stored'),
  changed: z.number().int().describe('files that differ from the snapshot before'),
  conflicts: z.array(z.string()).describe('files both sides changed; the other side is beside it as .theirs'),
  seq,
});

const branch = z.object({
  name: z.string(),
  head: snapshotId.nullable(),
  from: snapshotId.nullable(),
  purpose: z.string(),
  status: z.enum(['active', 'closed']),
  at: time,
});

export const deskSummary = z.object({
  seat: z.string(),
  title: z.string(),
  purpose: z.string().nullable().describe('what it is at; null when nobody has said'),
  since: time.nullable(),
  served: z.number().int().describe('purposes so far'),
  beliefs: z.object({ stable: z.number().int(), state: z.number().int(), working: z.number().int() }),
  contested: z.number().int(),
  unconfirmed: z.number().int(),
  skills: z.number().int(),
  snapshots: z.number().int(),
});
export const deskDetail = deskSummary.extend({
  branches: z.array(branch),
  latest: z.array(snapshot).describe('snapshots, the newest first'),
  past: z.array(z.object({ purpose: z.string(), until: time, snapshot: snapshotId.nullable() })),
  limits: z.object({
    stable: z.number().int(),
    state: z.number().int(),
    working: z.number().int(),
    skills: z.number().int(),
  }),
});

const byTopic = z.object({ topic: z.string(), total: z.number().int(), successful: z.number().int() });
export const graph = z.object({
  nodes: z.array(
    z.object({
      seat: z.string(),
      title: z.string(),
      cases: z.number().int(),
      successful: z.number().int(),
      failed: z.number().int(),
      averageTime: z.number().nullable().describe('milliseconds of a case on average'),
      lastAt: time.nullable(),
      topics: z.array(byTopic),
    }),
  ),
  edges: z.array(
    z.object({
      a: z.string(),
      b: z.string(),
      topic: z.string(),
      count: z.number().int(),
      successes: z.number().int(),
      at: time,
    }),
  ),
});

const parts = z.object({
  domains: z.number(),
  skills: z.number(),
  technologies: z.number(),
  success: z.number(),
  recency: z.number(),
  experience: z.number(),
});
const member = z.object({
  role: z.string(),
  seat: z.string().nullable().describe('null where nobody fits'),
  score: z.number().describe('the sum of its parts'),
  parts,
  candidates: z.array(z.object({ seat: z.string(), score: z.number() })),
});
const topology = z.enum(['pipeline', 'star', 'parallel', 'review', 'mesh']);
const names = z.array(name).max(50).optional();

export const teamWanted = z.strictObject({
  purpose: z.string().min(1).max(1000),
  roles: z
    .array(z.strictObject({ role: name, domains: names, skills: names, technologies: names }))
    .min(1)
    .max(20),
  ordered: z.boolean().optional().describe('each role needs the one before: a pipeline'),
  central: name.optional().describe('the role all others depend on: a star'),
  independent: z.boolean().optional().describe('parallel'),
  review: name.optional().describe('the role that reviews the others'),
  without: names.describe('seats that are not to be chosen'),
});

export const teamProposal = z.object({
  purpose: z.string(),
  topics: z.array(z.string()),
  topology,
  members: z.array(member),
  edges: z.array(
    z.object({ from: z.string(), to: z.string(), as: z.enum(['hands-over', 'depends', 'reviews', 'talks']) }),
  ),
  missing: z.array(z.string()).describe('skills nobody in it has'),
  complementary: z.array(z.object({ seat: z.string(), skills: z.array(z.string()) })),
  known: z.array(
    z.object({ seats: z.tuple([z.string(), z.string()]), count: z.number().int(), successes: z.number().int() }),
  ),
});

export const team = z.object({
  id: teamId,
  purpose: z.string(),
  topics: z.array(z.string()),
  topology,
  members: z.array(member),
  at: time,
  outcome: z.object({ success: z.boolean(), by: z.string(), at: time }).nullable(),
});

export const contextContract = z.object({
  id: z.string(),
  title: z.string(),
  purpose: z.string(),
  from: z.array(z.string()),
  to: z.array(z.string()),
  keys: z.array(z.string()),
  layers: z.array(layer),
  form: z.enum(['whole', 'value', 'summary']),
  personal: z.boolean(),
  confirmed: z.boolean(),
  for: z.number().describe('milliseconds the receiver keeps it'),
});

export const deskHit = z.object({
  what: z.enum(['belief', 'skill', 'snapshot', 'recall', 'briefing']),
  id: z.string(),
  seat: z.string(),
  at: time,
  seq,
  text: z.string(),
  live: z.boolean().describe('is it still at the desk?'),
});

export type BeliefView = z.output<typeof belief>;
export type BeliefDetail = z.output<typeof beliefDetail>;
export type SkillView = z.output<typeof skill>;
export type SnapshotView = z.output<typeof snapshot>;
export type DeskSummary = z.output<typeof deskSummary>;
export type DeskDetail = z.output<typeof deskDetail>;
export type GraphView = z.output<typeof graph>;
export type TeamProposal = z.output<typeof teamProposal>;
export type TeamView = z.output<typeof team>;
export type ContextView = z.output<typeof contextContract>;
export type DeskHit = z.output<typeof deskHit>;
