import { z } from 'zod';
import { id, type Route } from './route.ts';
import { agUiEvent, runDetail, runOutput } from './shapes/runs.ts';

const runId = z.string().regex(/^R-\d+$/, 'expected a run such as R-1');

/** What workers do, step by step. */
export const RUN_ROUTES = {
  run: {
    method: 'GET',
    path: '/v1/runs/:id',
    summary: 'One run with all its steps so far, what its model said, what it cost, and its report. Finished ones too.',
    params: id(runId),
    responses: { 200: runDetail },
  },
  runOutput: {
    method: 'GET',
    path: '/v1/runs/:id/output',
    summary:
      'The latest of what a run writes while it works, and for a while after: JSON, or events as it comes, which end with it.',
    stream: 'asked',
    params: id(runId),
    query: z.object({ after: z.coerce.number<number>().int().nonnegative().default(0) }),
    responses: { 200: runOutput },
  },
  runAgUi: {
    method: 'GET',
    path: '/v1/runs/:id/ag-ui',
    summary: 'A run from its beginning to its end as events of AG-UI 1.0, as server-sent events. Only to look at.',
    stream: true,
    params: id(runId),
    responses: { 200: agUiEvent },
  },
} as const satisfies Readonly<Record<string, Route>>;
