import type { OperationOutcome } from '@reeve/workers';

type NotDone = Exclude<OperationOutcome, { status: 'done' }>;

/** The rules that spoke against it, without the contract's name. */
export const rulesOf = (outcome: OperationOutcome): string[] =>
  outcome.status === 'refused' ? outcome.reasons.map(({ rule }) => rule.slice(rule.indexOf('/') + 1)) : [];

/** Why nothing came of it, in a sentence a reader understands (T9). */
export function why(outcome: NotDone): string {
  if (outcome.status === 'failed') return `${outcome.message} (${outcome.category})`;
  if (outcome.note) return `the editor in chief said no: ${outcome.note}`;
  return outcome.reasons.map(({ message, instead }) => (instead ? `${message} ${instead}` : message)).join(' ');
}

/** Ids of what was done: what was refused or failed is no evidence of anything. */
export const done = (...outcomes: readonly (OperationOutcome | undefined)[]): string[] =>
  outcomes.flatMap((one) => (one?.status === 'done' ? [one.operation] : []));
