import type { Approval, Operation, State } from '@reeve/kernel';
import type {
  ApprovalSummary,
  ApprovalView,
  OperationSummary,
  OperationView,
  ParsedOf,
  ResponseOf,
} from '@reeve/protocol';
import { newestFirst, none } from './page.ts';

export const operationSummary = (op: Operation): OperationSummary => ({
  id: op.id,
  status: op.status,
  capability: op.capability,
  tool: op.tool,
  effect: op.effect,
  seat: op.seat,
  case: op.case,
  run: op.run,
  cost: op.cost,
  flagged: op.decision?.flagged ?? false,
  approval: op.approval,
  attempt: op.attempt,
  requestedAt: op.requestedAt,
  settledAt: op.settledAt,
  failure: op.failure,
});

const operationView = (op: Operation): OperationView => ({
  ...operationSummary(op),
  key: op.key,
  principal: op.principal,
  args: op.args,
  argsDigest: op.argsDigest,
  contract: op.contract,
  why: op.why,
  confidence: op.confidence,
  resource: op.resource,
  metric: op.metric,
  compensates: op.compensates,
  compensation: op.compensation,
  reads: op.reads,
  decision: op.decision,
  reservation: op.reservation,
  lease: op.lease,
  retryAt: op.retryAt,
  result: op.result,
  evidence: op.evidence,
  note: op.note,
});

export function operationDetail(state: State, id: string): OperationView {
  const op = state.operations.operations.get(id);
  if (!op) throw none('operation', id);
  return operationView(op);
}

export function operationList(state: State, query: ParsedOf<'operations'>['query']): ResponseOf<'operations'> {
  const { items, ...next } = newestFirst(
    state.operations.operations.values(),
    query,
    (op) =>
      (query.case === undefined || op.case === query.case) &&
      (query.status === undefined || op.status === query.status) &&
      (query.seat === undefined || op.seat === query.seat),
  );
  return { operations: items.map(operationSummary), ...next };
}

export const approvalSummary = (a: Approval): ApprovalSummary => ({
  id: a.id,
  operation: a.operation,
  case: a.case,
  requester: a.requester,
  approvers: a.approvers,
  status: a.status,
  recommendation: a.packet.recommendation,
  capability: a.packet.capability,
  cost: a.packet.cost,
  requestedAt: a.requestedAt,
  silence: a.silence,
  expires: a.expires,
  decidedBy: a.decidedBy,
  note: a.note,
});

export function approvalDetail(state: State, id: string): ApprovalView {
  const a = state.governance.approvals.get(id);
  if (!a) throw none('approval', id);
  return { ...approvalSummary(a), packet: a.packet };
}

export function approvalList(state: State, query: ParsedOf<'approvals'>['query']): ResponseOf<'approvals'> {
  const { items, ...next } = newestFirst(
    state.governance.approvals.values(),
    query,
    (a) => query.status === undefined || a.status === query.status,
  );
  return { approvals: items.map(approvalSummary), ...next };
}
