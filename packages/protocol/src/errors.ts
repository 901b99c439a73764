import type { Mistake, Problem, ProblemCode } from './shapes/problem.ts';

/** The server answered with an error. `message` is its `detail`; `hint` says what to do next. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly hint: string;
  readonly rule: string | undefined;
  readonly problems: readonly Mistake[];
  /** When trying again makes sense, in milliseconds from now; null when the server did not say. */
  readonly retryAfter: number | null;
  constructor(problem: Problem, retryAfter: number | null = null) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.hint = problem.hint;
    this.rule = problem.rule;
    this.problems = problem.problems ?? [];
    this.retryAfter = retryAfter;
  }
}

/** Nothing answers at the address, or what answers is not Reeve. Whether a write happened is unknown. */
export class Unreachable extends Error {
  readonly url: string;
  readonly hint: string;
  constructor(url: string, why: string, cause?: unknown) {
    super(`no answer from Reeve at ${url}: ${why}`, { cause });
    this.name = 'Unreachable';
    this.url = url;
    this.hint = 'start it with `reeve up`, or check the address';
  }
}
