import type { EventKind } from '@reeve/kernel';

/**
 * Where the body of each event holds what a customer wrote, or what names or addresses him. The type asks for every kind:
 * an event that is added to the kernel does not compile here until somebody has thought about it.
 *
 * A path is names joined by dots, `*` for each element of a list or record, and says how its value is to be sealed:
 * - `text`      a text; reads `[erased]` when the key is gone
 * - `=text`     a name things are compared by; equal ones stay equal: `[erased 5f3a…]`, the same mark for the same text
 * - `text{}`    a value of any shape, with all that is in it, names of fields included
 */
export const PERSONAL: { readonly [K in EventKind]: readonly string[] } = {
  'case.opened': ['subject', 'text', '=customer', 'name', '=externalId', 'data{}'],
  'case.received': ['text'],
  'case.classified': [],
  'case.noted': ['text'],
  'case.assigned': ['reason', 'packet{}'],
  'case.started': [],
  'case.waiting': ['question'],
  'case.blocked': ['reason'],
  'case.resumed': ['reason'],
  'case.escalated': ['reason'],
  'case.alerted': [],
  'case.resolved': ['summary', '=evidence.*'],
  'case.verified': ['checks.*', 'note'],
  'case.rejected': ['checks.*', 'note'],
  'case.closed': ['learned'],
  'case.cancelled': ['reason'],
  'case.reopened': ['reason'],
  'case.feedback': ['text'],
  'customer.forgotten': ['reason'],
  'task.delegated': ['packet.subproblem', 'packet.context{}', 'packet.tried.*', 'packet.output', 'packet.success'],
  'task.completed': ['report{}'],
  'message.sent': ['text', 'data{}'],
  'message.done': ['note'],
  'case.archived': [],
  'operation.archived': [],
  'operation.requested': [
    'provenance.grounds{}',
    'provenance.findings.*.message',
    'provenance.findings.*.instead',
    '=key',
    'args{}',
    '=argsDigest',
    'why',
    '=resource',
    'overrides.reason',
  ],
  'operation.repeated': [],
  'operation.read': ['reads.*.value{}', '=reads.*.version'],
  'operation.deferred': ['reason'],
  'operation.resumed': ['reason'],
  'operation.decided': ['reasons.*.message', 'reasons.*.instead'],
  'operation.leased': [],
  'operation.succeeded': ['result{}', '=version', '=evidence.*.ref'],
  'operation.verified': ['after.value{}', '=after.version', 'checks.*'],
  'operation.verification_failed': ['after.value{}', '=after.version', 'failed.*.message'],
  'operation.failed': ['message'],
  'operation.retried': [],
  'operation.lapsed': ['reason'],
  'operation.reconciling': [],
  'operation.reconciled': ['note'],
  'operation.compensating': [],
  'operation.compensated': [],
  'operation.escalated': ['reason'],
  'approval.requested': [
    'packet.recommendation',
    'packet.args{}',
    '=packet.argsDigest',
    'packet.reasons.*.message',
    'packet.reasons.*.instead',
    'packet.state.*.value{}',
    '=packet.state.*.version',
    '=packet.evidence.*',
    'packet.alternatives.*',
    'packet.maximumDamage',
    'packet.uncertainty',
  ],
  'approval.decided': ['note'],
  'approval.escalated': [],
  'approval.endorsed': ['note'],
  'grant.given': ['=customer', 'args{}', 'reason'],
  'grant.revoked': ['reason'],
  'operation.overridden': ['reason'],
  'run.started': ['seen.resolution'],
  'run.resumed': [],
  'run.refused': ['=action', 'rejection.message', 'rejection.hint'],
  'run.parked': [],
  'run.woken': [],
  'run.spent': [],
  'run.asked': [],
  // What was answered lies in a blob, sealed under the customer's key.
  'run.answered': [],
  'run.finished': ['report{}'],
  'run.failed': ['message'],
  'run.retried': [],
  'run.stopped': ['message'],
  'run.interrupted': ['reason'],
  'run.withdrawn': [],
  'budget.funded': [],
  'budget.reserved': [],
  'budget.settled': [],
  'budget.spent': [],
  'budget.released': [],
  'budget.alerted': [],
  'economy.reviewed': [],
  // These are about the organisation and the people who work in it, not about its customers.
  'organisation.applied': [],
  'organisation.restructured': [],
  'task.moved': [],
  'message.moved': [],
  'case.joined': [],
  'approval.moved': [],
  'operation.moved': [],
  'complaint.raised': ['text'],
  'complaint.explained': ['text'],
  'complaint.escalated': [],
  'complaint.answered': ['text', 'compensation'],
  'service.requested': [],
  'service.overdue': [],
  'service.ended': [],
  'seat.shift': [],
  'seat.occupied': [],
  'seat.paused': [],
  'seat.resumed': [],
  'seat.suspended': [],
  'switch.tripped': [],
  'switch.rearmed': [],
  'deputy.named': [],
  'deputy.withdrawn': [],
  'violation.raised': [],
  'incident.opened': [],
  'incident.closed': [],
};

/** How the value at a path is sealed. */
export type Way = 'text' | 'name' | 'tree';

export interface PersonalPath {
  readonly steps: readonly string[];
  readonly way: Way;
}

const NONE: readonly PersonalPath[] = [];
const PATHS: ReadonlyMap<string, readonly PersonalPath[]> = new Map(
  Object.entries(PERSONAL).map(([kind, paths]) => [kind, paths.map(parsePath)]),
);

function parsePath(path: string): PersonalPath {
  const way = path.startsWith('=') ? 'name' : path.endsWith('{}') ? 'tree' : 'text';
  return { steps: path.replace(/^=|\{\}$/g, '').split('.'), way };
}

/** The personal paths of an event; none for one the kernel does not know. */
export function personalPaths(kind: string): readonly PersonalPath[] {
  return PATHS.get(kind) ?? NONE;
}
