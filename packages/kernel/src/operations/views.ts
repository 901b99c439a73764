import { archived, existed } from '../archive/views.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import { OPERATION_TABLE, type OperationMove } from './machine.ts';
import type { OperationStatus } from './schema.ts';
import type { Job, Operation } from './state.ts';

export function getOperation(state: State, id: string): Operation {
  const found = state.operations.operations.get(id);
  if (!found && existed(state, id)) archived('operation', id);
  if (!found) reject('not-found', `there is no operation ${id}`, { rule: 'OP2' });
  return found;
}

/** [OP1] Check a move against the table. */
export function allowMove(op: Operation, move: OperationMove): OperationStatus {
  const to = OPERATION_TABLE[op.status][move];
  if (to === null)
    reject('conflict', `operation ${op.id} is ${op.status}; it cannot ${move.replaceAll('_', ' ')} now`, {
      rule: 'OP1',
    });
  return to;
}

export const contractOf = (state: State, op: Operation) =>
  op.contract === null ? undefined : state.organisation.contracts.get(op.capability);

export function holdsLock(state: State, op: Operation): boolean {
  return op.resource === null || state.operations.locks.get(op.resource)?.holder === op.id;
}

/** What remains to be done after the effect: a fresh read to check it, or nothing. */
export const needsVerification = (state: State, op: Operation): boolean => contractOf(state, op)?.verify !== undefined;

/** [OP3] The job an operation's status calls for; executors act on this, not on events. */
export function jobOf(state: State, op: Operation): Job | null {
  const contract = contractOf(state, op);
  switch (op.status) {
    case 'requested':
      return op.reads === null &&
        contract !== undefined &&
        Object.keys(contract.reads).length > 0 &&
        holdsLock(state, op)
        ? 'read'
        : null;
    case 'admitted':
      return 'execute';
    case 'unknown':
    case 'reconciling':
      return state.organisation.capabilities.get(op.capability)?.settle === 'ask' ? null : 'reconcile';
    case 'succeeded':
      return op.settledAt === null && needsVerification(state, op) ? 'verify' : null;
    default:
      return null;
  }
}

/** Has the operation reached an outcome its requester can be told? */
export const isSettled = (op: Operation): boolean => op.settledAt !== null;
