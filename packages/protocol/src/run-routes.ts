import { z } from 'zod';
import { id, type Route } from './route.ts';
import { agUiEvent, runDetail } from './shapes/runs.ts';

/** What workers do, step by step. */
export const RUN_ROUTES = {
  run: {
    method: 'GET',
    path: '/v1/runs/:id',
    summary: 'One run with all its steps so far, what its model said, what it cost, and its report. Finished ones too.',
    params: id(z.string().regex(/^R-\d+$/, 'expected a run such as R-1')),
    responses: { 200: runDetail },
  },
  runAgUi: {
    method: 'GET',
    path: '/v1/runs/:id/ag-ui',
    summary: 'A run from its beginning to its end as events of AG-UI 1.0, as server-sent events. Only to look at.',
    stream: true,
    params: id(z.string().regex(/^R-\d+$/, 'expected a run such as R-1')),
    responses: { 200: agUiEvent },
  },
} as const satisfies Readonly<Record<string, Route>>;
