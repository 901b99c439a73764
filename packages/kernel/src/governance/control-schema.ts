import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { duration, money } from '../core/quantities.ts';
import type { IncidentCause } from '../words.ts';

export { INCIDENT_CAUSES, type IncidentCause } from '../words.ts';

const reason = text(1000).min(1);
const operationId = z.string().regex(/^OP-\d+$/);
const time = z.number().int().nonnegative();

/** What an argument may be under a standing grant. Plain data: what the approver reads is what holds. */
const argumentBound = z.strictObject({
  oneOf: z.array(z.unknown()).min(1).max(100).optional(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
});

/** "The next `uses` of this, each up to `each` and `total` in all, within these bounds, for so long." */
const grantLimits = z.strictObject({
  uses: z.number().int().min(1).max(1000),
  for: duration,
  each: money.optional(),
  total: money.optional(),
  customer: text(320).optional(),
  case: z
    .string()
    .regex(/^C-\d+$/)
    .optional(),
  args: z.record(z.string(), argumentBound).default({}),
});
export type GrantLimits = z.output<typeof grantLimits>;

export const controlCommands = {
  'approval.grant': grantLimits.extend({ seat: id, capability: id, reason }),
  'grant.revoke': z.strictObject({ grant: z.string().regex(/^G-\d+$/), reason }),
  'deputy.name': z.strictObject({ seat: id, deputy: id, from: time.optional(), until: time, reason }),
  'deputy.withdraw': z.strictObject({ deputy: z.string().regex(/^D-\d+$/), reason }),
  'operation.override': z.strictObject({
    operation: operationId,
    reason,
    /** The rules that refused, one by one: the answer to the warning. */
    acknowledge: z.array(text(300)).max(100).default([]),
  }),
  'incident.close': z.strictObject({
    incident: z.string().regex(/^I-\d+$/),
    cause: text(2000).min(1),
    done: text(2000).min(1),
    prevention: text(2000).min(1),
  }),
} as const;

/** With `approval.decide`: approve as a standing grant for what comes after, for the same seat and capability. */
export const grantOnApproval = grantLimits;

export interface Override {
  /** The refused operation that is done after all. */
  of: string;
  by: string;
  reason: string;
  /** Rules whose refusal is lifted; every other one still refuses. */
  rules: string[];
}

export const CORRECTIONS = ['warn', 'restrict', 'pause', 'suspend'] as const;
export type Correction = (typeof CORRECTIONS)[number];

export interface ControlEvents {
  'grant.given': {
    grant: string;
    seat: string;
    capability: string;
    uses: number;
    until: number;
    each: number | null;
    total: number | null;
    customer: string | null;
    case: string | null;
    args: GrantLimits['args'];
    /** Digest of the capability and its tool as they were declared then [GOV55]. */
    descriptor?: string;
    by: string;
    principal: string;
    reason: string;
    /** The approval it came with. */
    approval: string | null;
  };
  'grant.revoked': { grant: string; by: string; reason: string };
  'approval.endorsed': {
    approval: string;
    operation: string;
    by: string;
    principal: string;
    note: string | null;
    have: number;
    need: number;
    /** Reviewer's time, milliseconds. */
    spent: number;
  };
  'deputy.named': { deputy: string; seat: string; to: string; from: number; until: number; by: string; reason: string };
  'deputy.withdrawn': { deputy: string; by: string; reason: string };
  'operation.overridden': {
    operation: string;
    by: string;
    principal: string;
    reason: string;
    rules: string[];
    again: string;
  };
  'violation.raised': {
    seat: string;
    level: 1 | 2 | 3 | 4;
    correction: Correction;
    points: number;
    rule: string;
    operation: string;
  };
  'incident.opened': {
    incident: string;
    cause: IncidentCause;
    /** Key of the switch, or the seat. */
    ref: string;
    summary: string;
    done: string[];
    signature?: string;
    level?: number;
    earlier?: string;
  };
  'incident.closed': { incident: string; by: string; cause: string; done: string; prevention: string };
}
