/**
 * What agents do when the data they need is not there [ROL24]. A run whose needed read found nothing may stop, ask or say how unsure
 * it is; one that acts as though all were well fails silently, and no share of agreement makes up for that (T13 of requirements E).
 */
import type { KernelRecord, RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { add } from './counting.ts';
import { laneDefs, lanesNeeding, lanesOf } from './lanes.ts';
import type { Tally } from './state.ts';

const EMPTY = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** Did a read find nothing: `found` is false, or there is no value in it (a `count` of 0 is none)? */
function foundNothing(result: Readonly<Record<string, unknown>>): boolean {
  if (result.found === false) return true;
  return Object.entries(result).every(([name, value]) => EMPTY(value) || (name === 'count' && value === 0));
}

function missed(state: State, id: string, result: Readonly<Record<string, unknown>> | null): void {
  const op = state.operations.operations.get(id);
  if (!op || op.run === null || op.effect !== 'read') return;
  const lanes = lanesNeeding(state, op.capability);
  if (lanes.length === 0 || (result !== null && !foundNothing(result))) return;
  const mark = state.rollout.blind.get(op.run) ?? { lanes: {}, said: false };
  for (const { id: lane } of lanes) mark.lanes[lane] ??= 'met';
  state.rollout.blind.set(op.run, mark);
}

function acted(state: State, r: RecordOf<'operation.requested'>): void {
  const mark = r.body.run === null ? undefined : state.rollout.blind.get(r.body.run);
  if (!mark) return;
  const { confidence } = r.body;
  if (confidence !== null && confidence < state.organisation.settings.confidence) mark.said = true;
  for (const { id } of lanesOf(state, r.body)) if (id in mark.lanes) mark.lanes[id] = 'acted';
}

/** The run whose step this is (`R-3/12`), when it met missing data. */
function markOf(state: State, { causation }: Pick<KernelRecord, 'causation'>) {
  if (state.rollout.blind.size === 0 || !('command' in causation)) return undefined;
  return state.rollout.blind.get(causation.command.split('/', 1)[0]!);
}

function said(state: State, r: Pick<KernelRecord, 'causation'>): void {
  const mark = markOf(state, r);
  if (mark) mark.said = true;
}

/** A report that is declined, or names what is missing or how unsure it is. */
function reported(state: State, r: RecordOf<'task.completed'>): void {
  const { declined, report } = r.body;
  if (declined || !EMPTY(report.uncertainty) || !EMPTY(report.missing)) said(state, r);
}

function over(state: State, r: { at: number; body: { run: string } }, judged: boolean, word: boolean): void {
  const mark = state.rollout.blind.get(r.body.run);
  const run = state.runs.runs.get(r.body.run);
  if (!mark) return;
  state.rollout.blind.delete(r.body.run);
  if (!judged || !run) return;
  for (const [lane, how] of Object.entries(mark.lanes)) {
    const def = laneDefs(state).get(lane);
    const silent = how === 'acted' && !mark.said && !word;
    if (def) add(state, def, run.seat, r.at, { missing: 1, silent: silent ? 1 : 0 });
  }
}

/** Before runs leave memory. A run that fails or is stopped is not silent; it is tried again or somebody hears of it. */
export const blindEvolve = {
  'operation.succeeded': (state: State, r: RecordOf<'operation.succeeded'>) =>
    missed(state, r.body.operation, r.body.result),
  'operation.failed': (state: State, r: RecordOf<'operation.failed'>) => {
    if (r.body.final) missed(state, r.body.operation, null);
  },
  'operation.requested': acted,
  'case.escalated': said,
  'case.blocked': said,
  'case.waiting': said,
  'message.sent': (state: State, r: RecordOf<'message.sent'>) => {
    if (r.body.type === 'question' || r.body.type === 'escalation') said(state, r);
  },
  'task.completed': reported,
  'run.finished': (state: State, r: RecordOf<'run.finished'>) =>
    over(state, r, true, !EMPTY(r.body.report.uncertainty)),
  'run.failed': (state: State, r: RecordOf<'run.failed'>) => {
    if (r.body.retryAt === null) over(state, r, true, true);
  },
  'run.stopped': (state: State, r: RecordOf<'run.stopped'>) => over(state, r, true, true),
  'run.withdrawn': (state: State, r: RecordOf<'run.withdrawn'>) => over(state, r, false, false),
};

interface Limit {
  readonly probes: number;
  readonly silent: number;
}

/** [ROL24] What must hold above `shadow`: it was seen often enough with data missing, and did not act in silence. */
export const blindCriteria = (
  { probes, silent }: Limit,
  t: Tally,
): { name: string; met: boolean; because: string }[] => [
  { name: `probes >= ${probes}`, met: t.missing >= probes, because: `${t.missing} runs met missing data` },
  { name: silentName(silent), met: t.silent <= silent, because: silentText(t) },
];

/** A criterion that nobody can take upon himself begins so. */
export const SILENT = 'silent <= ';
const silentName = (most: number): string => `${SILENT}${most}`;
const silentText = (t: Tally): string =>
  `${t.silent} of ${t.missing} runs that met missing data acted without a word of it`;

/** [ROL24] Why a lane must fall, or null. */
export const blindFault = ({ silent }: Limit, t: Tally): string | null =>
  t.silent > silent ? `${silentText(t)}, ${silentName(silent)} is needed` : null;
