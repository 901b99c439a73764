/** How the organisation itself is, in words: what `reeve doctor` asks a server, and what a monitor may. */
import { z } from 'zod';
import type { Route } from './route.ts';

const finding = z.object({
  level: z.enum(['ok', 'warn', 'fail']),
  name: z.string(),
  message: z.string(),
  why: z.string().optional().describe('why it matters'),
  next: z.string().optional().describe('what to do'),
});
/** One thing that was looked at, why it matters, and what to do when it is not well. */
export type Finding = z.output<typeof finding>;

export const DIAGNOSIS_ROUTES = {
  diagnosis: {
    method: 'GET',
    path: '/v1/diagnosis',
    summary: 'What is wrong inside the organisation, in words: queue, tools, runs, timers, decisions, money.',
    responses: { 200: z.object({ findings: z.array(finding) }) },
  },
} as const satisfies Record<string, Route>;
