import type { KernelRecord, OperationStatus } from '@reeve/kernel';

/** Where a record leaves an operation; null where it does not move it. */
function after(record: KernelRecord): OperationStatus | null {
  switch (record.kind) {
    case 'operation.requested':
    case 'operation.resumed':
      return 'requested';
    case 'operation.decided':
      return VERDICTS[record.body.verdict];
    case 'operation.failed':
      return record.body.final ? 'failed' : 'retry_wait';
    case 'approval.decided':
      return record.body.verdict === 'approve' ? 'requested' : null;
    default:
      return Object.hasOwn(MOVES, record.kind) ? MOVES[record.kind]! : null;
  }
}

const VERDICTS = {
  allow: 'admitted',
  ask: 'awaiting_approval',
  deny: 'denied',
  defer: 'deferred',
  'record-only': 'recorded',
} as const;

const MOVES: Record<string, OperationStatus> = {
  'operation.deferred': 'deferred',
  'operation.leased': 'leased',
  'operation.succeeded': 'succeeded',
  'operation.verified': 'verified',
  'operation.verification_failed': 'verification_failed',
  'operation.retried': 'admitted',
  'operation.lapsed': 'unknown',
  'operation.reconciling': 'reconciling',
  'operation.compensating': 'compensating',
  'operation.compensated': 'compensated',
  'operation.escalated': 'escalated',
};

const FINAL = new Set<OperationStatus>(['denied', 'recorded', 'failed', 'verified', 'compensated', 'escalated']);

/** Status and end of an operation from its records alone, so that it can be told of operations long out of memory. */
export function statusOf(
  operation: readonly KernelRecord[],
  approvals: readonly KernelRecord[],
): { status: OperationStatus; settledAt: number | null } {
  let status: OperationStatus = 'requested';
  let settledAt: number | null = null;
  for (const record of [...operation, ...approvals].sort((a, b) => a.seq - b.seq)) {
    const moved = after(record);
    if (moved === null) continue;
    status = moved;
    const final = record.kind === 'operation.succeeded' ? record.body.final : FINAL.has(moved);
    settledAt = final ? record.at : null;
  }
  return { status, settledAt };
}
