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
  text: z.string().optional().describe('the record as a sentence; in lists only'),
});

/** The same with what happened as a sentence. */
export const historyEntry = ledgerRecord.extend({ sentence: z.string() });

export const head = z.object({
  seq,
  hash: z.string(),
  verifier: z.string().nullable().describe('public key that signs the checkpoints; null when there is none'),
  checkpoint: z.string().nullable().describe('the latest checkpoint, a C2SP signed note; null before the first'),
});

/** A proof file; the answer is byte for byte what `reeve ledger verify --proof` takes. */
export const proof = z.object({
  reeve: z.literal('proof'),
  format: z.literal(1),
  org: z.string(),
  record: z.object({ header: z.string(), body: z.string(), hash: z.string() }).describe('as it was hashed'),
  previous: z.string().describe('hash of the record before'),
  inclusion: z.array(z.string()).describe('path from the leaf to the root, RFC 9162'),
  checkpoint: z.string().describe('the signed note with the root'),
});

export type HistoryEntry = z.output<typeof historyEntry>;
export type LedgerRecord = z.output<typeof ledgerRecord>;
export type LedgerProof = z.output<typeof proof>;
export type LedgerHead = z.output<typeof head>;
