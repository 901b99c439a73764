import { z } from 'zod';
import { money, seq, time, values } from './common.ts';

/** What a model said at a step. */
const said = z.object({
  model: z.string(),
  text: z.string(),
  calls: z.array(z.object({ tool: z.string(), args: values })),
});

const step = z.object({
  seq,
  at: time,
  step: z.number().int().nullable().describe('its number in the run; null for what happens to the run or follows'),
  kind: z.string(),
  sentence: z.string(),
  said: said.nullable().describe('what the model answered; null when it is another kind of record, or was erased'),
});

export const runDetail = z.object({
  id: z.string(),
  seat: z.string(),
  principal: z.string(),
  case: z.string().nullable(),
  status: z.enum(['active', 'parked', 'ready', 'retry_wait', 'interrupted', 'finished', 'stopped', 'failed']),
  startedAt: time,
  endedAt: time.nullable(),
  spent: money,
  tokens: z.number().int(),
  report: values.nullable().describe('outcome, evidence, uncertainty, next, learned'),
  reason: z.string().nullable().describe('why it was stopped or failed'),
  steps: z.array(step),
});

/** One event of AG-UI; its other fields depend on the type. */
export const agUiEvent = z.looseObject({ type: z.string(), timestamp: time });

export type RunDetail = z.output<typeof runDetail>;

const WRITTEN_KINDS = ['text', 'stdout', 'stderr', 'call', 'result', 'note'] as const;

export const runOutput = z.object({
  entries: z.array(
    z.object({
      at: time,
      kind: z
        .enum(WRITTEN_KINDS)
        .describe('text of a model, what a program writes, a call and what came of it, what happens to the run'),
      text: z.string().describe('kinds other than text, stdout and stderr end with a line break'),
    }),
  ),
  next: z.number().int().describe('where it goes on: `after` of the next request'),
  dropped: z.number().int().describe('characters after `after` that are not kept any more'),
  live: z.boolean().describe('more may come'),
});
export type RunOutput = z.output<typeof runOutput>;
