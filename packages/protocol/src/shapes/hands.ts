/** Through whose hands a case went: what each of its occupants did, in the order it was done. */
import { z } from 'zod';
import { occupantKind, operationId, seq, time } from './common.ts';

export const hand = z.object({
  seat: z.string(),
  title: z.string(),
  principal: z.string(),
  occupant: occupantKind.nullable().describe('what held the seat then; null where no record says so'),
  run: z.string().nullable().describe('null for what a person did without one'),
  from: time,
  to: time.describe('of its last act before somebody else had a hand in it'),
  did: z.array(
    z.object({
      seq,
      at: time,
      text: z.string().describe('the record as a sentence'),
      operation: operationId.nullable().describe('the operation it asked for'),
    }),
  ),
});

export type Hand = z.output<typeof hand>;
