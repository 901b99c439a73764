import type {
  CasePriority,
  CaseStatus,
  CommandKind,
  IncidentCause,
  InterventionKind,
  Lane,
  MessageType,
  Mode,
  OccupantKind,
  OperationStatus,
  SwitchScope,
  Tier,
  TroubleKind,
  Verdict,
  WakeReason,
} from '@reeve/kernel';
import { z } from 'zod';

// Enumerations are written out, because this package must not pull the kernel into a browser; `satisfies` keeps them inside
// the kernel's types and a test keeps them complete.

export const caseStatus = z.enum([
  'new',
  'assigned',
  'in_progress',
  'waiting_internal',
  'waiting_customer',
  'blocked',
  'escalated',
  'resolved',
  'verified',
  'closed',
  'cancelled',
] as const satisfies readonly CaseStatus[]);

export const priority = z.enum(['high', 'normal', 'low'] as const satisfies readonly CasePriority[]);
export const channel = z.enum(['email', 'web', 'phone', 'chat', 'api']);

export const operationStatus = z.enum([
  'requested',
  'denied',
  'deferred',
  'awaiting_approval',
  'recorded',
  'admitted',
  'leased',
  'succeeded',
  'verified',
  'verification_failed',
  'retry_wait',
  'failed',
  'unknown',
  'reconciling',
  'compensating',
  'compensated',
  'escalated',
] as const satisfies readonly OperationStatus[]);

export const occupantKind = z.enum([
  'human',
  'script',
  'model',
  'mcp',
  'command',
  'a2a',
] as const satisfies readonly OccupantKind[]);

export const tier = z.enum(['read-only', 'bounded', 'executor', 'coordinator'] as const satisfies readonly Tier[]);
export const verdict = z.enum(['allow', 'record-only', 'defer', 'ask', 'deny'] as const satisfies readonly Verdict[]);

export const switchScope = z.enum([
  'organisation',
  'unit',
  'seat',
  'capability',
  'tool',
  'lane',
] as const satisfies readonly SwitchScope[]);

export const incidentCause = z.enum([
  'switch',
  'violation',
  'seat',
  'tool',
] as const satisfies readonly IncidentCause[]);

export const troubleKind = z.enum([
  'unresponsive',
  'looping',
  'spinning',
  'stuck',
  'idle_with_work',
] as const satisfies readonly TroubleKind[]);

export const interventionKind = z.enum([
  'nudge',
  'restart',
  'reassign',
  'pause',
  'escalate',
] as const satisfies readonly InterventionKind[]);

export const wakeReason = z.enum([
  'security',
  'opportunity',
  'unclear',
  'failure',
] as const satisfies readonly WakeReason[]);

export const mode = z.enum(['supervisor', 'tool', 'store'] as const satisfies readonly Mode[]);

export const lane = z.enum(['urgent', 'high', 'normal', 'low'] as const satisfies readonly Lane[]);

export const messageType = z.enum([
  'assign',
  'task',
  'report',
  'verify',
  'verified',
  'rejected',
  'customer',
  'reminder',
  'escalation',
  'complaint',
  'accept',
  'decline',
  'bid',
  'question',
  'answer',
  'approval_request',
  'approval_decision',
  'inform',
  'guidance',
  'control',
] as const satisfies readonly MessageType[]);

/** What a person may command; runs and leases belong to the runtime, packs are applied through their own route. */
export const PERSON_COMMANDS = [
  'case.open',
  'case.message',
  'case.classify',
  'case.note',
  'case.assign',
  'case.route',
  'case.transfer',
  'seat.lend',
  'seat.return',
  'intake.throttle',
  'intake.open',
  'case.start',
  'case.wait',
  'case.block',
  'case.resume',
  'case.escalate',
  'case.resolve',
  'case.verify',
  'case.close',
  'case.cancel',
  'case.reopen',
  'case.feedback',
  'task.delegate',
  'task.complete',
  'message.send',
  'message.done',
  'message.decide',
  'sender.block',
  'sender.unblock',
  'customer.block',
  'customer.unblock',
  'complaint.raise',
  'complaint.account',
  'complaint.answer',
  'service.request',
  'organisation.restructure',
  'seat.occupy',
  'seat.pause',
  'seat.resume',
  'seat.suspend',
  'run.stop',
  'operation.request',
  'operation.settle',
  'operation.override',
  'approval.decide',
  'approval.grant',
  'grant.revoke',
  'deputy.name',
  'deputy.withdraw',
  'incident.close',
  'switch.trip',
  'switch.rearm',
  'purpose.amend',
  'purpose.revert',
  'proposal.make',
  'proposal.decide',
  'lane.raise',
  'lane.lower',
  'lane.report',
  'wakeup.acknowledge',
  'belief.record',
  'belief.confirm',
  'belief.dispute',
  'belief.correct',
  'belief.forget',
  'belief.expire',
  'memory.recall',
  'context.share',
  'skill.record',
  'skill.use',
  'skill.judge',
  'skill.adopt',
  'skill.retire',
  'desk.begin',
  'desk.branch',
  'desk.close_branch',
  'team.form',
  'team.close',
] as const satisfies readonly CommandKind[];
export type PersonCommand = (typeof PERSON_COMMANDS)[number];

/** Milliseconds since the Unix epoch. */
export const time = z.number().int().describe('milliseconds since the Unix epoch');
/** Milliseconds. */
export const span = z.number().describe('milliseconds');
/** Integer micro-units of the organisation's currency. */
export const money = z.number().int().describe("micro-units of the organisation's currency: 1,000,000 is one unit");
export const seq = z.number().int().nonnegative().describe('sequence number of a ledger record');
/** A JSON object of any shape. */
export const values = z.record(z.string(), z.unknown());

export const caseId = z.string().regex(/^C-\d{1,15}$/, 'expected the id of a case, such as C-12');
export const operationId = z.string().regex(/^OP-\d{1,15}$/, 'expected the id of an operation, such as OP-12');
export const approvalId = z.string().regex(/^A-\d{1,15}$/, 'expected the id of an approval, such as A-12');
export const grantId = z.string().regex(/^G-\d{1,15}$/, 'expected the id of a standing grant, such as G-12');
export const deputyId = z.string().regex(/^D-\d{1,15}$/, 'expected the id of a deputy, such as D-12');
export const wakeupId = z.string().regex(/^W-\d{1,15}$/, 'expected the id of a wake-up, such as W-12');
export const incidentId = z.string().regex(/^I-\d{1,15}$/, 'expected the id of an incident, such as I-12');
export const proposalId = z.string().regex(/^P-\d{1,15}$/, 'expected the id of a proposal, such as P-12');
/** Ids of seats, units, capabilities and other things of a pack. */
export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'expected a name of lower-case letters, digits, ".", "-" or "_"');

const cursor = z.string().max(300).optional().describe('`next` of the page before, with the same query');
const limit = z.coerce.number<number>().int().min(1).max(1000).default(100);
/** Query fields of every list. */
export const paging = { limit, cursor };
/** Field of every list's answer; present when there are more. */
export const more = { next: z.string().optional() };

export const actor = z.object({ principal: z.string(), seat: z.string().optional() });

/** Answer to a write: the record that made it true. */
export const written = z.looseObject({ seq });
