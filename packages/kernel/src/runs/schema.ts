import { z } from 'zod';
import { id, text } from '../core/names.ts';
import type { Seen } from './seen.ts';

const runId = z.string().regex(/^R-\d+$/);
const at = z.strictObject({ run: runId });

export const report = z.strictObject({
  outcome: text(4000),
  uncertainty: text(2000).optional(),
  next: text(2000).optional(),
  learned: text(2000).optional(),
});
export type RunReport = z.infer<typeof report>;

export const runCommands = {
  /** Take the most urgent actionable message of a seat. */
  'run.start': z.strictObject({ seat: id, worker: text(200) }),
  'run.resume': at.extend({ worker: text(200) }),
  /** One journaled step: the inner command is done once, whatever the number of attempts of the run. */
  'run.act': at.extend({
    step: z.number().int().positive(),
    command: z.strictObject({ kind: text(100), body: z.record(z.string(), z.unknown()) }),
  }),
  'run.park': at.extend({ operation: z.string().regex(/^OP-\d+$/) }),
  'run.spend': at.extend({
    step: z.number().int().positive(),
    money: z.number().int().nonnegative().default(0),
    tokens: z.number().int().nonnegative().default(0),
    what: text(300),
  }),
  'run.finish': at.extend({ report }),
  'run.fail': at.extend({ message: text(4000) }),
  'run.interrupt': at.extend({ reason: text(1000) }),
} as const;

export type StopReason = 'steps' | 'time' | 'repeats' | 'money' | 'control';
interface At {
  run: string;
}
export interface RunEvents {
  'run.started': At & {
    seat: string;
    principal: string;
    message: string;
    case: string | null;
    worker: string;
    seen: Seen | null;
  };
  'run.resumed': At & { worker: string };
  'run.refused': At & {
    step: number;
    action: string;
    rejection: { code: string; message: string; hint?: string; rule?: string };
  };
  'run.parked': At & { operation: string };
  'run.woken': At & { operation: string };
  'run.spent': At & { step: number; money: number; tokens: number; what: string };
  'run.finished': At & { report: RunReport; seat: string; case: string | null };
  'run.failed': At & { message: string; retryAt: number | null; seat: string };
  'run.retried': At;
  /** `by` is what stopped it from outside: the key of a switch, or `suspended:` and the seat. */
  'run.stopped': At & { reason: StopReason; message: string; seat: string; case: string | null; by?: string };
  'run.interrupted': At & { reason: string };
}
