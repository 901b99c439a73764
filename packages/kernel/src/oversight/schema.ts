import { z } from 'zod';
import { text } from '../core/names.ts';
import type { Mode } from '../words.ts';
import type { Action, TroubleKind, WakeReason } from './definition.ts';
import type { Numbers } from './state.ts';

export { MODES, type Mode } from '../words.ts';

export const REPORT_PERIODS = ['day', 'week', 'month'] as const;
export type ReportPeriod = (typeof REPORT_PERIODS)[number];

export const oversightCommands = {
  /** A sign of life of a run at work; the runtime alone gives it. */
  'run.beat': z.strictObject({ run: z.string().regex(/^R-\d+$/) }),
  /** How the store is, measured by the runtime: milliseconds of its slowest recent write. */
  'oversight.observe': z.strictObject({ store: z.number().nonnegative() }),
  /** Somebody has seen why he was woken. */
  'wakeup.acknowledge': z.strictObject({ wakeup: z.string().regex(/^W-\d+$/), note: text(2000).optional() }),
} as const;

interface Intervention {
  seat: string;
  trouble: TroubleKind;
  action: Action;
  /** Rung of the ladder, from 1. */
  rung: number;
  reason: string;
  /** What was done, in words; and what could not be done, and so was left out. */
  done: string;
  run: string | null;
  case: string | null;
  /** The seat that got the work, or was told. */
  to: string | null;
}

export interface OversightEvents {
  'run.beat': { run: string; seat: string };
  'seat.troubled': {
    seat: string;
    trouble: TroubleKind;
    /** Why, in words with the number that decided. */
    why: string;
    since: number;
    run: string | null;
    case: string | null;
  };
  'seat.recovered': { seat: string; trouble: TroubleKind; lasted: number };
  'seat.intervened': Intervention;
  /** Nothing ran for so long: silence before it says nothing about anybody. */
  'oversight.woke': { asleep: number };
  'mode.degraded': { mode: Mode; about: string; why: string; instead: string | null; effect: string };
  'mode.restored': { mode: Mode; about: string; lasted: number };
  'incident.recurred': { incident: string; earlier: string; signature: string; level: number; to: string | null };
  'wakeup.raised': { wakeup: string; why: WakeReason; about: string; text: string; to: string | null };
  'wakeup.acknowledged': { wakeup: string; by: string; note?: string };
  'report.made': {
    period: ReportPeriod;
    name: string;
    from: number;
    until: number;
    numbers: Numbers;
    /** Of the period before, to compare. */
    before: Numbers | null;
    to: string | null;
  };
}
