import type { RecordOf } from '../core/events.ts';
import type { OperationEvents } from './schema.ts';
import type { Operation } from './state.ts';

type Asked = OperationEvents['operation.requested'];
type Optional = { [K in keyof Asked]-?: object extends Pick<Asked, K> ? K : never }[keyof Asked];

/** What only some operations have. A field that is added to the event does not compile until it is named here. */
const OPTIONAL: { readonly [K in Optional]: K } = {
  prices: 'prices',
  task: 'task',
  expects: 'expects',
  overrides: 'overrides',
  provenance: 'provenance',
};

function keep<K extends Optional>(op: Operation, body: Asked, name: K): void {
  const value = body[name];
  if (value !== undefined) (op as Pick<Asked, Optional>)[name] = value;
}

/**
 * A new operation. Its fields are written out instead of spread: a record with so many fields that was put together from
 * others takes six times the memory and is read many times slower, and there are more operations than anything else.
 */
export function operationOf({ at, body }: RecordOf<'operation.requested'>): Operation {
  const op: Operation = {
    id: body.operation,
    key: body.key,
    status: 'requested',
    capability: body.capability,
    tool: body.tool,
    effect: body.effect,
    args: body.args,
    argsDigest: body.argsDigest,
    contract: body.contract,
    seat: body.seat,
    principal: body.principal,
    case: body.case,
    run: body.run,
    why: body.why,
    confidence: body.confidence,
    resource: body.resource,
    cost: body.cost,
    metric: body.metric,
    compensates: body.compensates,
    compensation: null,
    reads: null,
    decision: null,
    approval: null,
    reservation: null,
    attempt: 0,
    lease: null,
    retryAt: null,
    result: null,
    evidence: [],
    failure: null,
    note: null,
    requestedAt: at,
    settledAt: null,
  };
  for (const name of Object.values(OPTIONAL)) keep(op, body, name);
  return op;
}
