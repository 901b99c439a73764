/** Why a command was not accepted. Data, not an exception: nothing was changed. */
export interface Rejection {
  readonly code: RejectionCode;
  /** What happened and why. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
  /** The rule or field concerned, e.g. `CAS4` or `body.evidence`. */
  readonly rule?: string;
}

export const REJECTION_CODES = [
  'invalid', // the command is malformed
  'not-found', // no such thing, or not visible to the actor
  'forbidden', // the actor lacks the authority
  'conflict', // the state does not allow it now
  'duplicate-key', // same command id, different body
  'exhausted', // a budget or limit is used up
] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

export class Rejected extends Error {
  readonly rejection: Rejection;
  constructor(rejection: Rejection) {
    super(rejection.message);
    this.name = 'Rejected';
    this.rejection = rejection;
  }
}

/** Leave `decide` with a rejection. Only `decide` functions may call it; `step` turns it back into data. */
export function reject(code: RejectionCode, message: string, more: { hint?: string; rule?: string } = {}): never {
  throw new Rejected({ code, message, ...more });
}

/** A broken invariant: a bug, never a user's mistake. The organisation stops with its state intact. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
