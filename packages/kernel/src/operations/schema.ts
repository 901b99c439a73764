import { z } from 'zod';
import type { PriceUse } from '../budget/prices.ts';
import { id, text } from '../core/names.ts';
import type { Override } from '../governance/control-schema.ts';
import type { Tactic } from '../governance/definition.ts';
import type { Decision } from '../governance/schema.ts';
import type { Provenance } from '../provenance/definition.ts';
import { type Effect, type FailureCategory, failureCategory } from './definition.ts';

export { OPERATION_STATUSES, type OperationStatus } from '../words.ts';

const operationId = z.string().regex(/^OP-\d+$/);
const at = z.strictObject({ operation: operationId });
const value = z.record(z.string(), z.unknown());
const evidence = z.strictObject({ kind: text(100), ref: text(500), digest: text(200).optional() });
const reading = z.strictObject({ value, version: text(200).optional(), at: z.number().int() });
export type Reading = z.infer<typeof reading>;
export type Evidence = z.infer<typeof evidence>;

export const operationCommands = {
  'operation.request': z.strictObject({
    capability: id,
    args: value,
    case: z
      .string()
      .regex(/^C-\d+$/)
      .optional(),
    contract: id.optional(),
    /** Idempotency key; derived from case + contract + arguments when absent. */
    key: text(300).optional(),
    why: text(2000).optional(),
    confidence: z.number().min(0).max(1).optional(),
    /** The task it is done for; found by itself when the seat has one on the case. */
    task: z
      .string()
      .regex(/^T-\d+$/)
      .optional(),
    /** Name of a read of the contract → the version its requester saw. */
    expects: z.record(id, text(200)).optional(),
    /** Argument → where its value comes from: `instruction`, `OP-3`, or `OP-3#text` for words inside a value. Only narrows [PRV3]. */
    from: z.record(z.string(), z.array(text(100)).max(50)).optional(),
  }),
  'operation.read': at.extend({ reads: z.record(id, reading) }),
  'operation.read_failed': at.extend({ read: text(100), category: failureCategory, message: text(2000) }),
  'operation.lease': at.extend({ executor: text(200), ttl: z.number().int().positive() }),
  'operation.complete': at.extend({
    attempt: z.number().int().nonnegative(),
    result: value,
    version: text(200).optional(),
    evidence: z.array(evidence).max(100).default([]),
  }),
  'operation.fail': at.extend({
    attempt: z.number().int().nonnegative(),
    category: failureCategory,
    message: text(4000),
    uncertain: z.boolean().default(false),
  }),
  'operation.lapse': at.extend({ reason: text(500) }),
  /** An executor begins to find out what became of an unknown outcome. */
  'operation.look': at.extend({ executor: text(200) }),
  'operation.reconcile': at.extend({
    landed: z.enum(['yes', 'no', 'unknown']),
    result: value.optional(),
    evidence: z.array(evidence).max(100).default([]),
    reading: reading.optional(),
    note: text(2000).optional(),
  }),
  'operation.verify': at.extend({ after: reading }),
  /** The fresh read cannot be done at all. */
  'operation.unverifiable': at.extend({ reason: text(4000).min(1) }),
  'operation.settle': at.extend({ landed: z.boolean(), result: value.optional(), note: text(2000).min(1) }),
} as const;

interface At {
  operation: string;
}
export interface OperationEvents {
  'operation.requested': At & {
    key: string;
    capability: string;
    tool: string;
    effect: Effect;
    args: Record<string, unknown>;
    argsDigest: string;
    contract: string | null;
    seat: string;
    principal: string;
    case: string | null;
    run: string | null;
    why: string | null;
    confidence: number | null;
    resource: string | null;
    cost: number;
    /** Lines of the price table in the cost. */
    prices?: PriceUse[];
    metric: string | null;
    compensates: string | null;
    task?: string;
    expects?: Record<string, string>;
    overrides?: Override;
    provenance?: Provenance;
  };
  /** The same request came again and got the first operation; kept because somebody did ask. */
  'operation.repeated': At & { by: string; run: string | null };
  'operation.read': At & { reads: Record<string, Reading> };
  'operation.deferred': At & { reason: string; behind: string | null; until: number | null };
  'operation.resumed': At & { reason: string };
  'operation.decided': At & Decision & { capability: string; case: string | null };
  'operation.leased': At & { attempt: number; executor: string; until: number };
  'operation.succeeded': At & {
    attempt: number;
    result: Record<string, unknown>;
    version: string | null;
    evidence: Evidence[];
    capability: string;
    case: string | null;
    final: boolean;
  };
  'operation.verified': At & { after: Reading | null; checks: string[] };
  'operation.verification_failed': At & {
    after: Reading | null;
    failed: { rule: string; message: string }[];
    then: 'compensate' | 'escalate';
  };
  'operation.failed': At & {
    attempt: number;
    category: FailureCategory;
    message: string;
    tactic: Tactic;
    final: boolean;
    retryAt: number | null;
  };
  'operation.retried': At & { attempt: number };
  'operation.lapsed': At & { attempt: number; reason: string };
  'operation.reconciling': At & { by: string };
  'operation.reconciled': At & { landed: boolean; note: string | null; retryAt: number | null };
  'operation.compensating': At & { by: string };
  'operation.compensated': At & { by: string };
  'operation.escalated': At & { reason: string; to: string };
}
