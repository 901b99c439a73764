import { z } from 'zod';
import { text } from '../core/names.ts';
import { duration } from '../core/quantities.ts';
import type { NoticeWay } from '../notices/definition.ts';
import type { Verdict } from '../words.ts';
import { type ControlEvents, controlCommands, grantOnApproval } from './control-schema.ts';
import { SWITCH_SCOPES, type SwitchScope, switchTarget } from './controls.ts';

export { VERDICTS, type Verdict } from '../words.ts';

const CHECKS = [
  'identity',
  'switch',
  'right',
  'separation',
  'contract',
  'provenance',
  'money',
  'rate',
  'edge',
  'policy',
  'approval',
] as const;
export type Check = (typeof CHECKS)[number];

export interface Reason {
  check: Check;
  /** The policy, contract condition or rule that said so. */
  rule: string;
  verdict: Verdict;
  message: string;
  /** What the seat may do instead. */
  instead?: string;
  /** For `defer`: when it is worth asking again. */
  until?: number;
}

/** What the gate says about one operation, with every reason. */
export interface Decision {
  verdict: Verdict;
  reasons: Reason[];
  /** Proceeds, but a human should look at it (money between the tiers). */
  flagged: boolean;
  /** Money to reserve, micro-units. */
  cost: number;
  /** The approval that turned asks into permission. */
  approval: string | null;
  /** The standing grant that did, and is one use shorter for it. */
  grant?: string;
}

const switchRef = z.strictObject({
  scope: z.enum(SWITCH_SCOPES),
  id: switchTarget.default('all'),
  reason: text(1000).min(1),
});

const approvalId = z.string().regex(/^A-\d+$/);
export const governanceCommands = {
  'approval.decide': z.strictObject({
    approval: approvalId,
    verdict: z.enum(['approve', 'reject', 'revise']),
    note: text(4000).optional(),
    /** Digest of the arguments the approver saw; must be those that will be executed. */
    digest: text(100).optional(),
    /** How long the reviewer took over it. */
    spent: duration.optional(),
    /** Approve this one, and the next ones of the same seat and capability within these limits. */
    grant: grantOnApproval.optional(),
  }),
  'switch.trip': switchRef,
  'switch.rearm': switchRef,
  ...controlCommands,
} as const;

/** What an approver sees (R-E45). */
export interface ReviewPacket {
  recommendation: string;
  capability: string;
  args: Record<string, unknown>;
  argsDigest: string;
  /** Digest of the capability and its tool as they are declared now [GOV55]. */
  descriptor?: string;
  reasons: Reason[];
  /** Relevant state as read: name → value, version, time. */
  state: Record<string, { value: Record<string, unknown>; version?: string | undefined; at: number }>;
  evidence: string[];
  metric: string | null;
  alternatives: string[];
  maximumDamage: string;
  cost: number;
  uncertainty: string;
}

export interface GovernanceEvents extends ControlEvents {
  'approval.requested': {
    approval: string;
    operation: string;
    case: string | null;
    requester: string;
    approvers: string[];
    packet: ReviewPacket;
    silence: { at: number; rule: 'stop' | 'proceed' | 'escalate' };
    expires: number;
    nonce: string;
  };
  'approval.decided': {
    approval: string;
    operation: string;
    case: string | null;
    verdict: 'approve' | 'reject' | 'revise';
    by: string;
    note: string | null;
    bySilence: boolean;
    waited: number;
    /** Time the reviewer took, milliseconds; who he stood in for; who agreed before him (quorum). */
    spent?: number;
    for?: string;
    endorsed?: string[];
    /** By mail; at the console or the command line when absent. */
    way?: NoticeWay;
  };
  'approval.escalated': {
    approval: string;
    operation: string;
    /** Those newly asked; `approvers` are all. */
    asked: string[];
    approvers: string[];
    silence: { at: number; rule: 'stop' | 'proceed' | 'escalate' };
  };
  /** `condition` is the switch of the definition that tripped by itself. */
  'switch.tripped': { scope: SwitchScope; id: string; reason: string; by: string; condition?: string };
  'switch.rearmed': { scope: SwitchScope; id: string; reason: string; by: string };
}
