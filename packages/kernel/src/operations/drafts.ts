import { type Draft, event } from '../core/events.ts';
import type { Decision, Reason } from '../governance/schema.ts';
import type { OperationEvents } from './schema.ts';
import type { Operation } from './state.ts';

type OpEvent = Extract<keyof OperationEvents, string>;

/** The event takes `body` over: a copy of every body would cost a tenth of a decision. */
export const emit = <K extends OpEvent>(
  op: { id: string; case: string | null },
  kind: K,
  body: Omit<OperationEvents[K], 'operation'>,
): Draft => event(kind, `operation/${op.id}`, Object.assign(body, { operation: op.id }) as never, op.case ?? op.id);

export const decided = (op: Operation, decision: Decision): Draft =>
  emit(op, 'operation.decided', { ...decision, capability: op.capability, case: op.case });

export const refusal = (op: Operation, reason: Reason): Draft =>
  decided(op, { verdict: 'deny', reasons: [reason], flagged: false, cost: op.cost, approval: op.approval });
