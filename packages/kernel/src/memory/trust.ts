/** What makes a belief weigh more: what it leads to, what says the same, and what shows it. How far it then steers: standing.ts. */
import type { State } from '../core/state.ts';
import type { Operation } from '../operations/state.ts';
import { leavesOf, trustOf } from '../provenance/sources.ts';
import { normalise, references } from '../provenance/text.ts';
import type { BeliefValue } from './schema.ts';
import type { Belief } from './state.ts';

/** [MEM3] What leads somewhere, such as an address or an account, is of high impact whatever its author says. */
export function impactOf(declared: 'low' | 'high', statement: string, value: BeliefValue | undefined): 'low' | 'high' {
  return declared === 'high' || references(`${statement}\n${value ?? ''}`).length > 0 ? 'high' : 'low';
}

const spelt = (value: BeliefValue): string => normalise(String(value));

/** Do both say the same? Values are compared when there are any, else the sentences. */
export function agrees(b: Belief, statement: string, value: BeliefValue | undefined): boolean {
  if (b.value !== null && value !== undefined) return spelt(b.value) === spelt(value);
  return b.value === null && value === undefined && normalise(b.statement) === normalise(statement);
}

/** Does a result that counts as the organisation's own data hold the value, as a whole field? */
export const shows = (state: State, op: Operation, value: BeliefValue): boolean =>
  op.result !== null &&
  trustOf(state, op) === 'trusted' &&
  leavesOf(op.result).some((leaf) => leaf.plain === spelt(value));
