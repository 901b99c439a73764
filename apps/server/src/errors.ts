import type { Rejection } from '@reeve/kernel';
import type { Mistake, ProblemCode } from '@reeve/protocol';

/** An expected refusal: becomes a problem+json answer, or a message of the command line. */
export class Refusal extends Error {
  readonly code: ProblemCode;
  /** What to do next. */
  readonly hint: string;
  readonly rule: string | undefined;
  readonly problems: readonly Mistake[];
  constructor(
    code: ProblemCode,
    message: string,
    hint: string,
    more: { rule?: string | undefined; problems?: readonly Mistake[] } = {},
  ) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.hint = hint;
    this.rule = more.rule;
    this.problems = more.problems ?? [];
  }
}

/** What to do next where the kernel gives no hint of its own. */
const HINTS: Record<Rejection['code'], string> = {
  invalid: 'correct the request and send it again',
  'not-found': 'check the id',
  forbidden: 'ask somebody with the authority',
  conflict: 'look at the current state and decide again',
  'duplicate-key': 'use a new key for a new request',
  exhausted: 'wait, or ask for a larger allowance',
};

export const refusalOf = ({ code, message, hint, rule }: Rejection): Refusal =>
  new Refusal(code, message, hint ?? HINTS[code], { rule });

export type StartCode =
  | 'port-in-use'
  | 'port-refused'
  | 'not-writable'
  | 'no-space'
  | 'in-use'
  | 'newer-data'
  | 'not-data'
  | 'wrong-organisation'
  | 'corrupt'
  | 'tools';

/** An organisation could not be opened or served. `message` says what and why, `next` what to do. */
export class StartError extends Error {
  readonly code: StartCode;
  readonly next: string;
  constructor(code: StartCode, message: string, next: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StartError';
    this.code = code;
    this.next = next;
  }
}
