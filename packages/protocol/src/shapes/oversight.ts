import type { TrendMeasure } from '@reeve/kernel';
import { z } from 'zod';
import {
  incidentCause,
  incidentId,
  interventionKind,
  mode,
  money,
  seq,
  span,
  time,
  troubleKind,
  wakeReason,
  wakeupId,
} from './common.ts';
import { target } from './organisation.ts';

export const seatState = z.enum(['off', 'working', 'idle', ...troubleKind.options]);
const percent = z.number().nullable().describe('percent; null where nothing was measured');
/** Counters by name; absent means 0. */
const numbers = z.record(z.string(), z.number());
const trouble = z.object({ trouble: troubleKind, since: time, rung: z.number().int(), nextAt: time.nullable() });

export const seatHealth = z.object({
  seat: z.string(),
  state: seatState,
  problem: z.boolean(),
  why: z.string(),
  since: time.nullable(),
  run: z.string().nullable(),
  case: z.string().nullable(),
  lastAt: time.nullable().describe('when it did something last'),
  trouble: trouble.nullable(),
});

const complianceView = z.object({
  score: percent,
  lines: z.array(
    z.object({
      category: z.string(),
      value: percent,
      judged: z.number().int(),
      failed: z.number().int(),
      weight: z.number(),
    }),
  ),
});

export const wakeUp = z.object({
  id: wakeupId,
  why: wakeReason,
  about: z.string(),
  text: z.string(),
  to: z.string().nullable(),
  at: time,
  acknowledged: z.object({ by: z.string(), at: time }).nullable(),
});

const degradedMode = z.object({
  mode,
  about: z.string(),
  since: time,
  why: z.string(),
  instead: z.string().nullable().describe('what takes its place'),
  effect: z.string(),
});

export const oversightPage = z.object({
  now: time,
  seats: z.array(seatHealth),
  counts: z.record(z.string(), z.number().int()),
  alerts: z
    .array(
      z.object({
        severity: z.enum(['critical', 'warning', 'info']),
        seat: z.string(),
        kind: z.string(),
        message: z.string(),
      }),
    )
    .describe('the most severe first, 200 at most'),
  modes: z.array(degradedMode),
  compliance: complianceView,
  wakeups: z.array(wakeUp),
});

export const intervention = z.object({
  seq,
  at: time,
  seat: z.string(),
  trouble: troubleKind,
  action: interventionKind,
  rung: z.number().int(),
  reason: z.string(),
  done: z.string(),
  run: z.string().nullable(),
  case: z.string().nullable(),
  to: z.string().nullable(),
});

const quantiles = z.object({ p50: span.nullable(), p95: span.nullable() });

export const report = z.object({
  period: z.enum(['day', 'week', 'month']),
  name: z.string(),
  from: time,
  until: time,
  over: z.boolean().describe('false while the period runs: then these are its numbers so far'),
  numbers,
  before: numbers.nullable().describe('of the period before'),
  compliance: complianceView,
  cases: quantiles,
  runs: quantiles,
  decisions: quantiles,
  text: z.string(),
});

const score = z.object({
  id: z.string(),
  title: z.string(),
  from: z.string(),
  unit: z.enum(['percent', 'duration', 'count', 'per-week']),
  value: z.number().nullable().describe('null: not measured, `note` says why'),
  formula: z.string(),
  wanted: z.object({ direction: z.enum(['at-least', 'at-most']), value: z.number() }).nullable(),
  met: z.boolean().nullable(),
  note: z.string().nullable(),
});
export const scorecard = z.object({ from: time, until: time, scores: z.array(score) });

export const trend = z.object({
  measure: z.enum(['cases', 'utilisation', 'success', 'duration'] as const satisfies readonly TrendMeasure[]),
  days: z.array(z.object({ day: z.string(), value: z.number().nullable() })).describe('the oldest first'),
  current: z.number().nullable().describe('cases; percent; percent; milliseconds'),
  average: z.number().nullable(),
  trend: z.number().nullable().describe('from the first day with a value to the last, in percent of the first'),
  chart: z.string(),
});

export const dashboard = z.object({
  seat: z.string(),
  title: z.string(),
  health: seatHealth,
  inbox: z.number().int(),
  openCases: z.number().int(),
  kpis: z.array(target),
  today: numbers,
  week: numbers,
  rates: z.object({ runs: z.number().int(), success: percent, refused: percent, utilisation: percent }),
  budgets: z.array(
    z.object({
      id: z.string(),
      allocation: money,
      spent: money,
      reserved: money,
      available: money,
      currency: z.string(),
      used: z.number(),
    }),
  ),
  recent: z.array(z.object({ seq, at: time, kind: z.string(), about: z.string().nullable() })),
  actions: z.array(z.string()),
});

const lines = z.array(z.string());
export const standup = z.object({
  seat: z.string(),
  kpis: z.array(target),
  done: lines,
  blockers: lines,
  next: lines,
  budget: lines,
});

const told = z.object({ seq, at: time, kind: z.string(), text: z.string() });
export const postMortem = z.object({
  incident: incidentId,
  cause: incidentCause,
  about: z.string(),
  summary: z.string(),
  openedAt: time,
  closedAt: time.nullable(),
  lasted: span.nullable(),
  signature: z.string().nullable(),
  level: z.number().int(),
  earlier: incidentId.nullable(),
  chain: z.array(told).describe('why it was opened: each record followed from the one before'),
  timeline: z.array(told),
  impact: z.object({
    cases: lines,
    operations: z.object({ refused: z.number().int(), failed: z.number().int(), deferred: z.number().int() }),
    runs: z.number().int().describe('runs that were stopped or failed'),
    approvals: z.number().int().describe('decisions asked for meanwhile'),
  }),
  done: lines,
  prevention: z.string().nullable(),
  complete: z.boolean().describe('false when more happened than is shown'),
});

export type SeatHealthView = z.output<typeof seatHealth>;
export type OversightPage = z.output<typeof oversightPage>;
export type ComplianceView = z.output<typeof complianceView>;
export type InterventionView = z.output<typeof intervention>;
export type ReportView = z.output<typeof report>;
export type ScorecardView = z.output<typeof scorecard>;
export type DashboardView = z.output<typeof dashboard>;
export type StandupView = z.output<typeof standup>;
export type WakeUpView = z.output<typeof wakeUp>;
export type PostMortem = z.output<typeof postMortem>;
