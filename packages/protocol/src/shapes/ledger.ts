import { z } from 'zod';
import { actor, seq, time, values } from './common.ts';

/** One record with its place in the hash chain. */
export const ledgerRecord = z.object({
  seq,
  org: z.string(),
  at: time,
  actor,
  kind: z.string(),
  v: z.number().int(),
  stream: z.string(),
  causation: z.union([
    z.object({ command: z.string(), digest: z.string() }),
    z.object({ seq }),
    z.object({ timer: z.string() }),
  ]),
  correlation: z.string(),
  visibility: z.enum(['public', 'organisation', 'unit', 'seat', 'parties']),
  body: values,
  hash: z.string(),
});

export const head = z.object({ seq, hash: z.string() });

export type LedgerRecord = z.output<typeof ledgerRecord>;
export type LedgerHead = z.output<typeof head>;
