/** The numbers of R-E90 and R-D70, each with its formula [OVS55]. */
import type { State } from '../core/state.ts';
import { gaps } from '../purpose/views.ts';
import { compliance } from './compliance.ts';
import { quantile } from './numbers.ts';
import type { Numbers } from './state.ts';

type ScoreUnit = 'percent' | 'duration' | 'count' | 'per-week';

export interface Score {
  readonly id: string;
  readonly title: string;
  /** The requirement that asks for it. */
  readonly from: string;
  readonly unit: ScoreUnit;
  /** Null: not measured, and `note` says why. */
  readonly value: number | null;
  readonly formula: string;
  /** What the requirements want. */
  readonly wanted: { readonly direction: 'at-least' | 'at-most'; readonly value: number } | null;
  readonly met: boolean | null;
  readonly note: string | null;
}

/** What a number is made of: the state now, and the counters of a stretch of time. */
export interface Stretch {
  readonly state: State;
  readonly numbers: Numbers;
  /** Milliseconds of it that have passed. */
  readonly length: number;
}

const n = (numbers: Numbers, ...names: string[]): number => names.reduce((sum, name) => sum + (numbers[name] ?? 0), 0);
const share = (part: number, whole: number): number | null => (whole > 0 ? (100 * part) / whole : null);
const least = (value: number) => ({ direction: 'at-least' as const, value });
const most = (value: number) => ({ direction: 'at-most' as const, value });

/** Durations at most so long, in percent of all that were measured. */
const time = (name: string, part: number) => (w: Stretch) => quantile(w.numbers, name, part);

const NOT_COUNTED = 'nothing on the ledger says it yet';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;

/** Share of running time in which no tool and not the store was degraded; open modes count up to now. */
function available({ state, numbers, length }: Stretch): number | null {
  if (length <= 0 || n(numbers, 'operations.decided') === 0) return null;
  const open = [...state.oversight.modes.values()].filter(({ mode }) => mode !== 'supervisor');
  const current = open.reduce((sum, { since }) => sum + Math.min(length, state.now - since), 0);
  const down = n(numbers, 'degraded.ms.tool', 'degraded.ms.store') + current;
  return Math.max(0, 100 - (100 * down) / length);
}

function aligned({ state }: Stretch): number | null {
  const known = gaps(state).filter(({ met }) => met !== null);
  return share(known.filter(({ met }) => met).length, known.length);
}

/** Name, title, requirement, unit, formula, wanted, value, why it may be missing. */
export type Row = [string, string, string, ScoreUnit, string, Score['wanted'], (w: Stretch) => number | null, string];

const EFFECTS = ['operations.succeeded'] as const;

export const ROWS: readonly Row[] = [
  [
    'completion',
    'Completion rate',
    'R-E90',
    'percent',
    'cases closed / (closed + cancelled)',
    null,
    ({ numbers }) => share(n(numbers, 'cases.closed'), n(numbers, 'cases.closed', 'cases.cancelled')),
    'no case was closed or cancelled',
  ],
  [
    'recovery',
    'Time to recovery, median',
    'R-E90',
    'duration',
    'median time from a trouble of a seat or a degraded mode to its end',
    null,
    time('recovery', 0.5),
    'nothing had to recover',
  ],
  [
    'caught',
    'Unsafe attempts caught',
    'R-E90',
    'count',
    'operations refused by the gate (right, separation, policy, provenance)',
    null,
    ({ numbers }) =>
      n(numbers, 'operations.decided') === 0
        ? null
        : n(numbers, 'refused.right', 'refused.separation', 'refused.policy', 'refused.provenance'),
    'nothing was decided',
  ],
  [
    'latency-p50',
    'Case, half within',
    'R-E90',
    'duration',
    'median time from opening to closing of a case',
    null,
    time('case', 0.5),
    'no case was closed',
  ],
  [
    'latency-p95',
    'Case, 95 % within',
    'R-E90',
    'duration',
    '95th percentile of the same',
    null,
    time('case', 0.95),
    'no case was closed',
  ],
  [
    'operation-p50',
    'Operation, half within',
    'R-E90',
    'duration',
    'median time from request to effect, waiting for people included',
    null,
    time('operation', 0.5),
    'no operation succeeded',
  ],
  [
    'operation-p95',
    'Operation, 95 % within',
    'R-E90',
    'duration',
    '95th percentile of the same',
    null,
    time('operation', 0.95),
    'no operation succeeded',
  ],
  [
    'correction',
    'User correction burden',
    'R-E90',
    'percent',
    '(decisions rejected or sent back + overrides + cases reopened) / (decisions + effects + cases closed)',
    null,
    ({ numbers }) =>
      share(
        n(numbers, 'approvals.rejected', 'approvals.revised', 'overrides', 'cases.reopened'),
        n(numbers, 'approvals.approved', 'approvals.rejected', 'approvals.revised', ...EFFECTS, 'cases.closed'),
      ),
    'nobody decided and nothing was done',
  ],
  [
    'trace',
    'Trace completeness',
    'R-E90',
    'percent',
    'effects with a decision, a case and evidence on record / effects',
    least(100),
    ({ numbers }) => share(n(numbers, 'operations.traced'), n(numbers, ...EFFECTS)),
    'nothing had an effect',
  ],
  [
    'alignment',
    'Outcome alignment',
    'R-E90',
    'percent',
    'targets met / targets that can be measured, now',
    null,
    aligned,
    'no target has a value',
  ],
  [
    'arbitration',
    'Arbitration frequency',
    'R-E90',
    'count',
    'disputes brought to an arbiter / agreements',
    null,
    () => null,
    'no other organisation is connected',
  ],
  [
    'stability',
    'Stability of negotiated outcomes',
    'R-E90',
    'percent',
    'agreements that were kept / agreements',
    null,
    () => null,
    'no other organisation is connected',
  ],
  [
    'leakage',
    'Leakage prevented by context contracts',
    'R-E90',
    'count',
    'operations refused for their provenance',
    null,
    ({ numbers }) => (n(numbers, 'operations.decided') === 0 ? null : n(numbers, 'refused.provenance')),
    'nothing was decided',
  ],
  [
    'worker-decision',
    'Decision of a worker, median',
    'R-D70',
    'duration',
    'median time from a message to the end of the run that took it',
    most(MINUTE),
    time('decision', 0.5),
    'no run ended',
  ],
  [
    'supervisor-decision',
    'Decision of an approver, median',
    'R-D70',
    'duration',
    'median time from a request to its decision',
    most(10 * MINUTE),
    time('approval', 0.5),
    'nobody decided',
  ],
  [
    'coordination',
    'Coordination',
    'R-D70',
    'percent',
    'working time of runs on reports, questions and answers / working time of all runs',
    most(5),
    ({ numbers }) => share(n(numbers, 'runs.coordination'), n(numbers, 'runs.ms')),
    'no run took any time',
  ],
  [
    'switching',
    'Context switching',
    'R-D70',
    'percent',
    'runs on another case while the one before, of the same owner, was in progress / runs',
    null,
    ({ numbers }) => share(n(numbers, 'runs.switched'), n(numbers, 'runs.started')),
    'no run began',
  ],
  [
    'user-time',
    'Time of people',
    'R-D70',
    'per-week',
    'time reviewers took, as measured or assumed by the settings, per week',
    most(HOUR),
    ({ numbers, length }) =>
      n(numbers, 'people.ms') === 0 || length <= 0 ? null : (n(numbers, 'people.ms') * WEEK) / Math.max(length, WEEK),
    'no reviewer said how long it took',
  ],
  [
    'alone',
    'Resolved without a person',
    'R-D70',
    'percent',
    'cases closed in which no person had a hand / cases closed',
    least(90),
    ({ numbers }) => share(n(numbers, 'cases.alone'), n(numbers, 'cases.closed')),
    'no case was closed',
  ],
  [
    'escalations',
    'Escalations to people',
    'R-D70',
    'percent',
    'escalations to a person / cases opened (what is strategic nobody can count)',
    null,
    ({ numbers }) => share(n(numbers, 'cases.human'), n(numbers, 'cases.opened')),
    'no case was opened',
  ],
  [
    'sla',
    'In time',
    'R-D70',
    'percent',
    'cases closed before they were due / cases closed',
    least(95),
    ({ numbers }) => share(n(numbers, 'cases.met'), n(numbers, 'cases.closed')),
    'no case was closed',
  ],
  [
    'satisfaction',
    'Satisfaction',
    'R-D70',
    'percent',
    'feedback that says satisfied / feedback',
    least(85),
    ({ numbers }) => share(n(numbers, 'feedback.good'), n(numbers, 'feedback.good', 'feedback.bad')),
    'no customer said anything',
  ],
  [
    'uptime',
    'Tools and store available',
    'R-D70',
    'percent',
    '1 − time with a degraded tool or store / time; when nobody ran it is not on the ledger',
    least(99.9),
    available,
    'nothing was decided',
  ],
  [
    'restructure',
    'Restructuring',
    'R-D70',
    'duration',
    'time from a proposal to change the organisation to its application',
    null,
    () => null,
    NOT_COUNTED,
  ],
  [
    'scaling',
    'Scaling response',
    'R-D70',
    'duration',
    'time from a lasting overload to more seats',
    null,
    () => null,
    NOT_COUNTED,
  ],
  [
    'desired',
    'Desired state measured',
    'R-D70',
    'percent',
    'targets with a current value / targets',
    least(100),
    ({ state }) => {
      const all = gaps(state);
      return share(all.filter(({ met }) => met !== null).length, all.length);
    },
    'there are no targets',
  ],
  [
    'repeats',
    'Repeated incidents',
    'R-D70',
    'percent',
    'incidents whose cause had been declared fixed / incidents',
    most(10),
    ({ numbers }) => share(n(numbers, 'incidents.recurred'), n(numbers, 'incidents.opened')),
    'there was no incident',
  ],
  [
    'proposals',
    'Proposals',
    'R-D70',
    'count',
    'proposals of agents to change how they work, per month',
    null,
    () => null,
    NOT_COUNTED,
  ],
  [
    'catalogue',
    'Service catalogue',
    'R-D70',
    'percent',
    'seats whose services are written down, by a purpose in their charter / seats',
    least(100),
    ({ state }) => {
      const seats = [...state.organisation.seats.values()].filter(({ status }) => status !== 'retired');
      return share(seats.filter(({ charter }) => charter.purpose !== '').length, seats.length);
    },
    'there are no seats',
  ],
  [
    'compliance',
    'Compliance',
    'R-C60',
    'percent',
    'weighted mean of the categories that were measured; see `reeve health`',
    least(98),
    ({ state, numbers }) => compliance(state, numbers).score,
    'nothing was measured',
  ],
];
