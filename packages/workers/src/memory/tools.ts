/** What a model can do with the memory of its desk, as tools. */
import { z } from 'zod';
import type { SeatTool } from '../model/capability-tools.ts';
import { deskTool, line } from '../model/desk-tool.ts';
import { isReliable } from './views.ts';

const value = z.union([z.string().max(1000), z.number(), z.boolean()]);
/** Fields that are undefined say nothing. */
const given = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, each]) => each !== undefined)) as never;

const RECALL = deskTool(
  'memory_recall',
  'Look up what this desk knows that has to do with some words.',
  z.strictObject({ query: line(1000), limit: z.number().int().min(1).max(50).optional() }),
  async (desk, { query, limit }) => {
    const found = await desk.recall(query, limit);
    if (!found.ok) return found;
    const trust = (trusted: boolean) => ({ trust: trusted ? 'of the organisation' : 'untrusted' });
    return {
      ok: true,
      result: {
        beliefs: found.result.beliefs.map((b) => ({ ...b, ...trust(isReliable(b)) })),
        skills: found.result.skills.map((s) => ({ ...s, ...trust(!s.untrusted) })),
      },
    };
  },
);

const TOOLS: readonly SeatTool[] = [
  RECALL,
  deskTool(
    'memory_remember',
    'Keep a fact for later runs of this desk. Say what shows it. Facts under one key that differ are put before a person.',
    z.strictObject({
      statement: line(2000),
      key: line(100).optional().describe('what it is a value of, such as supplier.day'),
      value: value.optional(),
      layer: z.enum(['stable', 'state', 'working']).optional().describe('working: for this case only'),
      confidence: z.number().min(0).max(1).optional(),
      evidence: z.array(line(100)).max(20).optional(),
      general: z.boolean().optional().describe('not about this customer'),
    }),
    (desk, args) => desk.remember(given(args)),
  ),
  deskTool(
    'memory_dispute',
    'Say that something this desk believes does not hold.',
    z.strictObject({ belief: line(20), reason: line(1000) }),
    (desk, args) => desk.dispute(args),
  ),
  deskTool(
    'skill_learn',
    'Write down how something is done (pattern), a text to start from (template), or a known issue with its solution (issue).',
    z.strictObject({
      kind: z.enum(['pattern', 'template', 'issue']),
      title: line(200),
      text: line(8000),
      topics: z.array(line(64)).max(20).optional(),
    }),
    (desk, args) => desk.learn(given(args)),
  ),
  deskTool(
    'context_share',
    'Tell another seat what this desk believes, where a context contract of the organisation allows it.',
    z.strictObject({
      to: line(64),
      beliefs: z.array(line(20)).min(1).max(50),
      purpose: line(500),
      summary: line(2000).optional(),
    }),
    (desk, args) => desk.share(given(args)),
  ),
];

const USE = deskTool(
  'skill_use',
  'Say that you use a skill of this desk on the case: how the case ends counts for it.',
  z.strictObject({ skill: line(20) }),
  (desk, { skill }) => desk.useSkill(skill),
);

export const memoryTools = (onCase: boolean): readonly SeatTool[] => (onCase ? [...TOOLS, USE] : TOOLS);
