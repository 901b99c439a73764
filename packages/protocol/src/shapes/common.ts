import type { CommandKind } from '@reeve/kernel';
import {
  ACTIONS,
  CHANNELS,
  INCIDENT_CAUSES,
  LANES,
  MESSAGE_TYPES,
  MODES,
  OCCUPANT_KINDS,
  OPERATION_STATUSES,
  PRIORITIES,
  STATUSES,
  SWITCH_SCOPES,
  TIERS,
  TROUBLES,
  VERDICTS,
  WAKE_REASONS,
} from '@reeve/kernel/words';
import { z } from 'zod';

// The words are the kernel's own, from the one file of it that imports nothing: this package must not pull the rest into a browser.

export const caseStatus = z.enum(STATUSES);
export const priority = z.enum(PRIORITIES);
export const channel = z.enum(CHANNELS);
export const operationStatus = z.enum(OPERATION_STATUSES);
export const occupantKind = z.enum(OCCUPANT_KINDS);
export const tier = z.enum(TIERS);
export const verdict = z.enum(VERDICTS);
export const switchScope = z.enum(SWITCH_SCOPES);
export const incidentCause = z.enum(INCIDENT_CAUSES);
export const troubleKind = z.enum(TROUBLES);
export const interventionKind = z.enum(ACTIONS);
export const wakeReason = z.enum(WAKE_REASONS);
export const mode = z.enum(MODES);
export const lane = z.enum(LANES);
export const messageType = z.enum(MESSAGE_TYPES);

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
