import type { OperationStatus } from './schema.ts';

export const OPERATION_MOVES = [
  'read',
  'defer',
  'resume',
  'admit',
  'ask',
  'deny',
  'record',
  'lease',
  'succeed',
  'verify',
  'fail_verification',
  'retry_later',
  'retry',
  'fail',
  'lapse',
  'reconcile',
  'compensate',
  'compensated',
  'escalate',
  'approve',
] as const;
export type OperationMove = (typeof OPERATION_MOVES)[number];

type Row = Record<OperationMove, OperationStatus | null>;
const none: Row = {
  read: null,
  defer: null,
  resume: null,
  admit: null,
  ask: null,
  deny: null,
  record: null,
  lease: null,
  succeed: null,
  verify: null,
  fail_verification: null,
  retry_later: null,
  retry: null,
  fail: null,
  lapse: null,
  reconcile: null,
  compensate: null,
  compensated: null,
  escalate: null,
  approve: null,
};

/** [OP1] The life cycle of an operation as a total table; `null` refuses. */
export const OPERATION_TABLE: Record<OperationStatus, Row> = {
  requested: {
    ...none,
    read: 'requested',
    defer: 'deferred',
    admit: 'admitted',
    ask: 'awaiting_approval',
    deny: 'denied',
    record: 'recorded',
  },
  deferred: { ...none, resume: 'requested', deny: 'denied' },
  awaiting_approval: { ...none, approve: 'requested', deny: 'denied' },
  admitted: {
    ...none,
    lease: 'leased',
    deny: 'denied',
    ask: 'awaiting_approval',
    record: 'recorded',
    defer: 'deferred',
    succeed: 'succeeded',
    fail: 'failed',
    retry_later: 'retry_wait',
  },
  leased: { ...none, succeed: 'succeeded', fail: 'failed', retry_later: 'retry_wait', lapse: 'unknown' },
  unknown: {
    ...none,
    reconcile: 'reconciling',
    escalate: 'escalated',
    succeed: 'succeeded',
    retry_later: 'retry_wait',
    fail: 'failed',
  },
  reconciling: { ...none, succeed: 'succeeded', retry_later: 'retry_wait', fail: 'failed', escalate: 'escalated' },
  retry_wait: { ...none, retry: 'admitted', deny: 'denied' },
  succeeded: { ...none, verify: 'verified', fail_verification: 'verification_failed', escalate: 'escalated' },
  verification_failed: { ...none, compensate: 'compensating', escalate: 'escalated' },
  compensating: { ...none, compensated: 'compensated', escalate: 'escalated' },
  escalated: { ...none, succeed: 'succeeded', fail: 'failed' },
  verified: none,
  denied: none,
  recorded: none,
  failed: none,
  compensated: none,
};

/** Statuses in which the operation keeps its resource to itself. */
export const HOLDS_RESOURCE: ReadonlySet<OperationStatus> = new Set([
  'requested',
  'admitted',
  'leased',
  'succeeded',
  'verification_failed',
  'retry_wait',
  'unknown',
  'reconciling',
  'compensating',
  'escalated',
]);

/** Over without an effect: the same request may be made again. */
export const WITHOUT_EFFECT: ReadonlySet<OperationStatus> = new Set(['denied', 'recorded', 'failed', 'compensated']);
