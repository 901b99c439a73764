import type { RejectionCode } from '@reeve/kernel';
import { z } from 'zod';

/** Every code of an error answer, with the status it comes with. The first six are the kernel's rejections [API4]. */
export const PROBLEM_STATUS = {
  invalid: 422,
  'not-found': 404,
  forbidden: 403,
  conflict: 409,
  'duplicate-key': 409,
  exhausted: 429,
  malformed: 400,
  unauthorised: 401,
  'host-refused': 403,
  'unknown-route': 404,
  'wrong-method': 405,
  'too-large': 413,
  'wrong-type': 415,
  overloaded: 429,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<RejectionCode, number> & Record<string, number>;
export type ProblemCode = keyof typeof PROBLEM_STATUS;

const PROBLEM_CODES = Object.keys(PROBLEM_STATUS) as [ProblemCode, ...ProblemCode[]];

/** One of several mistakes: in a pack (file, line, column) or in a request (field). */
export const mistake = z.object({
  file: z.string().optional(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
  field: z.string().optional(),
  rule: z.string().optional(),
  message: z.string(),
  hint: z.string().optional(),
});
export type Mistake = z.output<typeof mistake>;

/** RFC 9457 problem details. `detail` says what happened and why, `hint` what to do next. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.enum(PROBLEM_CODES),
  hint: z.string(),
  rule: z.string().optional(),
  problems: z.array(mistake).optional(),
});
export type Problem = z.output<typeof problem>;
