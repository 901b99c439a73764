import { z } from 'zod';
import { type PriceUse, used } from '../budget/prices.ts';
import { id, text } from '../core/names.ts';
import type { Remembered } from '../memory/recall.ts';
import { type FailureCategory, failureCategory } from '../operations/definition.ts';
import type { Seen } from './seen.ts';

const runId = z.string().regex(/^R-\d+$/);
const at = z.strictObject({ run: runId });

const report = z.strictObject({
  outcome: text(4000),
  uncertainty: text(2000).optional(),
  next: text(2000).optional(),
  learned: text(2000).optional(),
  /** Operations, tasks and cases it rests on. */
  evidence: z.array(text(200)).max(50).optional(),
});
export type RunReport = z.infer<typeof report>;

/** The worker promises a sign of life with every heartbeat: its silence means something [OVS5]. */
const beats = z.literal(true).optional();

export const runCommands = {
  /** Take the most urgent actionable message of a seat. */
  'run.start': z.strictObject({ seat: id, worker: text(200), beats }),
  'run.resume': at.extend({ worker: text(200), beats }),
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
    /** What was used, as the price table calls it, and how much: then money and tokens follow from the table [BUD13]. */
    of: text(200).min(1).optional(),
    used: used.optional(),
    what: text(300),
  }),
  /** Before something outside is asked that costs: may the run go on, and that it asks [RUN8]. */
  'run.ask': at.extend({ step: z.number().int().positive(), what: text(300) }),
  /** What came of it, by the digest of the blob that holds it, and what it cost [RUN9]. */
  'run.answer': at.extend({
    step: z.number().int().positive(),
    what: text(300),
    answer: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.number().int().nonnegative(),
    of: text(200).min(1).optional(),
    used: used.optional(),
  }),
  'run.finish': at.extend({ report }),
  /** `after`: not before so many milliseconds. A failure of the category `deterministic` or `governance` is not tried again. */
  'run.fail': at.extend({
    message: text(4000),
    category: failureCategory.optional(),
    after: z.number().int().nonnegative().max(86_400_000).optional(),
  }),
  'run.interrupt': at.extend({ reason: text(1000) }),
  /** A person ends it, wherever it is [RUN12]. */
  'run.stop': at.extend({ reason: text(1000).min(1) }),
} as const;

export type StopReason = 'steps' | 'time' | 'repeats' | 'money' | 'tokens' | 'control';
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
    beats?: true;
    /** What it was shown of its desk's memory [MEM11]. */
    memory?: Remembered;
  };
  'run.resumed': At & { worker: string; beats?: true };
  'run.refused': At & {
    step: number;
    action: string;
    rejection: { code: string; message: string; hint?: string; rule?: string };
  };
  'run.parked': At & { operation: string };
  'run.woken': At & { operation: string };
  'run.spent': At & {
    step: number;
    money: number;
    tokens: number;
    what: string;
    prices?: PriceUse[];
    /** `<of>/<unit>` that was used and has no price. */
    unpriced?: string[];
  };
  'run.asked': At & { step: number; what: string };
  'run.answered': At & { step: number; what: string; answer: string; bytes: number };
  'run.finished': At & { report: RunReport; seat: string; case: string | null };
  'run.failed': At & { message: string; retryAt: number | null; seat: string; category?: FailureCategory };
  'run.retried': At;
  /** `by` is what stopped it from outside: the key of a switch, or `suspended:` and the seat. */
  'run.stopped': At & { reason: StopReason; message: string; seat: string; case: string | null; by?: string };
  'run.interrupted': At & { reason: string };
  /** Its work waits again, for whoever does it now. */
  'run.withdrawn': At & { reason: string; seat: string; case: string | null };
}
