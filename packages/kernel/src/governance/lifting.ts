import type { State } from '../core/state.ts';
import type { Operation } from '../operations/state.ts';
import type { Check, Reason } from './schema.ts';

/**
 * Checks a human may override. Not identity (tenant isolation, attribution), money (the books are the ledger's), switches
 * (they are re-armed), provenance and approvals (they are decided).
 */
const OVERRIDABLE: ReadonlySet<Check> = new Set(['right', 'separation', 'contract', 'rate', 'policy']);
/** Refusals without which there is nothing to execute: malformed arguments, no such capability, no contract, no reading, nobody to ask. */
const NEVER = /^(OP6|GOV7|GOV48|.*\/read\/.*)$/;

export const mayBeLifted = (state: State, op: Operation, r: Reason): boolean =>
  OVERRIDABLE.has(r.check) && !NEVER.test(r.rule) && state.organisation.capabilities.has(op.capability);

/** [GOV44] Does an override lift this refusal? */
export const lifted = (state: State, op: Operation, r: Reason): boolean =>
  op.overrides?.rules.includes(r.rule) === true && mayBeLifted(state, op, r);
