import { StoreError } from '@reeve/ledger';
import { PROBLEM_STATUS, type Problem, type ProblemCode } from '@reeve/protocol';
import { Unavailable } from '@reeve/runtime';
import type { z } from 'zod';
import { Refusal } from '../errors.ts';

const TITLES: Record<ProblemCode, string> = {
  invalid: 'The request cannot be carried out as it is',
  'not-found': 'No such thing',
  forbidden: 'Not allowed',
  conflict: 'The current state does not allow this',
  'duplicate-key': 'The key was used for something else',
  exhausted: 'A limit is used up',
  malformed: 'The request is malformed',
  unauthorised: 'A token is needed',
  'host-refused': 'This address is not served',
  'unknown-route': 'No such route',
  'wrong-method': 'Wrong method',
  'too-large': 'The request is too large',
  'wrong-type': 'Wrong content type',
  overloaded: 'Too much at once',
  unavailable: 'Not available now',
  internal: 'A bug in Reeve',
};

const answer = (problem: Problem, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });

/** The answer for a refusal [API4]. */
export function problemResponse(refusal: Refusal, headers: Record<string, string> = {}): Response {
  const { code, message, hint, rule, problems } = refusal;
  const problem: Problem = {
    type: `urn:reeve:problem:${code}`,
    title: TITLES[code],
    status: PROBLEM_STATUS[code],
    detail: message,
    code,
    hint,
    ...(rule === undefined ? {} : { rule }),
    ...(problems.length === 0 ? {} : { problems: [...problems] }),
  };
  return answer(problem, headers);
}

const retryAfter = (ms: number | null): Record<string, string> =>
  ms === null ? {} : { 'retry-after': String(Math.ceil(ms / 1000)) };

/** The answer for anything thrown; null for a bug, which the caller logs. */
export function knownError(error: unknown): Response | null {
  if (error instanceof Refusal) return problemResponse(error);
  if (error instanceof Unavailable) {
    const code = error.reason === 'overloaded' ? 'overloaded' : 'unavailable';
    return problemResponse(new Refusal(code, error.message, error.next), retryAfter(error.retryAfter));
  }
  if (error instanceof StoreError)
    return problemResponse(
      new Refusal('unavailable', error.message, 'look at the log of the server'),
      retryAfter(error.next === 'retryable' ? 1000 : null),
    );
  return null;
}

export const internalError = (id: string): Response =>
  problemResponse(
    new Refusal('internal', `something went wrong inside Reeve (request ${id})`, 'look for this request in its log'),
  );

/** A request that does not fit its schema: every field with what is wrong with it. */
export function misfit(code: ProblemCode, what: string, error: z.ZodError): Refusal {
  const problems = error.issues
    .slice(0, 50)
    .map((issue) => ({ field: issue.path.join('.') || what, message: issue.message }));
  const first = problems[0]!;
  return new Refusal(code, `${first.field}: ${first.message}`, 'see /v1/openapi.json for what is expected', {
    problems,
  });
}
