import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { entrusted } from '../governance/controls.ts';
import { type Needs, needs } from '../routing/definition.ts';
import { type CasePriority, CHANNELS, PRIORITIES } from '../words.ts';

export { type CasePriority, type CaseStatus, PRIORITIES, STATUSES } from '../words.ts';

const caseId = z.string().regex(/^C-\d+$/);
const taskId = z.string().regex(/^T-\d+$/);
const reason = text(2000).min(1);
const at = z.strictObject({ case: caseId });

/** The five parts of a delegated task (R-E61). */
const packet = z.strictObject({
  subproblem: text(4000).min(1),
  context: z.record(z.string(), z.unknown()).default({}),
  tried: z.array(text(1000)).max(50).default([]),
  output: text(2000).min(1),
  success: text(2000).min(1),
  /** All that may be done for it, besides reading; without it, whatever both sides may do (T4). */
  grants: z.array(entrusted).max(50).optional(),
});
export type TaskPacket = z.infer<typeof packet>;

export const caseCommands = {
  'case.open': z.strictObject({
    subject: text(500).min(1),
    text: text(100_000).default(''),
    customer: text(320).min(1),
    name: text(200).optional(),
    channel: z.enum(CHANNELS).default('api'),
    priority: z.enum(PRIORITIES).default('normal'),
    externalId: text(500).optional(),
    owner: id.optional(),
    /** A case that is archived and goes on in this one. */
    follows: caseId.optional(),
    data: z.record(z.string(), z.unknown()).optional(),
    /** What it asks of who does it, when that is known already. */
    needs: needs.optional(),
  }),
  'case.message': at.extend({ text: text(100_000).min(1) }),
  'case.classify': at.extend({
    topic: id.optional(),
    areas: z.array(id).max(20).optional(),
    priority: z.enum(PRIORITIES).optional(),
    duplicateOf: caseId.optional(),
  }),
  'case.note': at.extend({ text: text(8000).min(1) }),
  'case.assign': at.extend({ to: id, reason }),
  'case.start': at,
  'case.wait': at.extend({ question: text(8000).min(1) }),
  'case.block': at.extend({ reason }),
  'case.resume': at.extend({ reason: text(2000).default('') }),
  'case.escalate': at.extend({ reason, to: id.optional() }),
  'case.resolve': at.extend({
    summary: text(4000).min(1),
    evidence: z.array(text(300)).max(100),
    /** How sure who resolves it is of its cause. */
    confidence: z.number().min(0).max(1).optional(),
  }),
  'case.verify': at.extend({ passed: z.boolean(), checks: z.array(text(1000)).max(50), note: text(2000).optional() }),
  'case.close': at.extend({ learned: text(2000).optional() }),
  'case.cancel': at.extend({ reason }),
  'case.reopen': at.extend({ reason }),
  'case.feedback': at.extend({ satisfied: z.boolean(), text: text(8000).optional() }),
  /** Forget the customer of this case: named by a case, so that the command itself names nobody. */
  'customer.forget': at.extend({ reason }),
  'task.delegate': at.extend({
    to: id.optional(),
    /** Instead of `to`: what the task asks of who does it. */
    needs: needs.optional(),
    /** Tasks of the case that must be done first. */
    after: z.array(taskId).max(20).optional(),
    packet,
  }),
  'task.complete': z.strictObject({
    task: taskId,
    report: z.record(z.string(), z.unknown()),
    declined: z.boolean().default(false),
  }),
} as const;

interface At {
  case: string;
}
export interface CaseEvents {
  'case.opened': At & {
    subject: string;
    text: string;
    customer: string;
    name?: string;
    channel: string;
    priority: CasePriority;
    externalId?: string;
    owner: string;
    due: number;
    follows?: string;
    data?: Record<string, unknown>;
    needs?: Needs;
    /** Its owner was named by who opened it. */
    named?: true;
    /** Nobody had room: its owner holds it until somebody has. */
    waits?: true;
  };
  'case.received': At & { text: string; owner: string };
  'case.classified': At & {
    topic?: string;
    areas?: string[];
    priority?: CasePriority;
    duplicateOf?: string;
    due: number;
    by: string;
  };
  'case.noted': At & { text: string; by: string };
  /** `packet`: what the next one has to know, at a handover. */
  'case.assigned': At & { to: string; from: string; reason: string; packet?: Record<string, unknown> };
  'case.started': At & { by: string };
  'case.waiting': At & { on: 'customer' | 'internal'; question: string; by: string };
  'case.blocked': At & { reason: string; by: string };
  'case.resumed': At & { reason: string; by: string };
  'case.escalated': At & { reason: string; from: string; to: string; level: number };
  'case.alerted': At & { what: 'due-soon' | 'overdue' | 'waiting-too-long' | 'feedback-missing' };
  'case.resolved': At & {
    summary: string;
    evidence: string[];
    by: string;
    verifier: string | null;
    topic: string | null;
    duration: number;
    confidence?: number;
  };
  'case.verified': At & { checks: string[]; by: string; note?: string };
  'case.rejected': At & { checks: string[]; by: string; note?: string };
  'case.closed': At & {
    by: string;
    learned?: string;
    topic: string | null;
    duration: number;
    firstResponse: number | null;
    reopened: number;
    met: boolean;
  };
  'case.cancelled': At & { reason: string; by: string; duplicateOf?: string };
  'case.reopened': At & { reason: string; by: string; due: number };
  'case.feedback': At & { satisfied: boolean; text?: string };
  'customer.forgotten': At & { cases: string[]; by: string; reason: string };
  'task.delegated': At & {
    task: string;
    from: string;
    to: string;
    packet: TaskPacket;
    /** The task in whose course it was given. */
    under?: string;
    needs?: Needs;
    after?: string[];
    /** Those of `after` that were not done yet. */
    waits?: string[];
  };
  'task.completed': At & { task: string; by: string; report: Record<string, unknown>; declined: boolean };
}
