import type { Operation, State } from '@reeve/kernel';
import type { OperationOutcome } from '@reeve/workers';

/** What a person said when he decided on this operation, if one did. */
function decidedNote(state: State, op: Operation): string | undefined {
  const id = op.decision?.reasons.find((reason) => reason.check === 'approval')?.rule;
  const approval = id === undefined ? undefined : state.governance.approvals.get(id);
  return approval ? (approval.note ?? approval.status) : undefined;
}

function refused(state: State, op: Operation): OperationOutcome {
  const reasons = (op.decision?.reasons ?? []).filter((reason) => reason.verdict !== 'allow');
  const note = decidedNote(state, op);
  return {
    status: 'refused',
    operation: op.id,
    reasons: reasons.map(({ check, rule, message, instead }) => ({
      ...{ check, rule, message },
      ...(instead === undefined ? {} : { instead }),
    })),
    ...(note === undefined ? {} : { note }),
  };
}

/** How a settled operation came out, for the occupant that asked; null while it is under way. */
export function outcomeOf(state: State, op: Operation): OperationOutcome | null {
  if (op.settledAt === null) return null;
  switch (op.status) {
    case 'succeeded':
    case 'verified':
      return { status: 'done', operation: op.id, verified: op.status === 'verified', result: op.result ?? {} };
    case 'denied':
    case 'recorded':
      return refused(state, op);
    default:
      return {
        status: 'failed',
        operation: op.id,
        category: op.failure?.category ?? 'judgment',
        message: op.failure?.message ?? `the operation is ${op.status}`,
      };
  }
}
