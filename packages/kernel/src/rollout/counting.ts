/**
 * What happens in lanes, counted from the events themselves [ROL14]. These folds come before those of operations, runs and cases:
 * an operation still has the status it had, a run is still there.
 */
import type { RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { worthOfTopic } from '../economy/outcomes.ts';
import { VIOLATION_CHECKS } from '../governance/controls.ts';
import type { Decision } from '../governance/schema.ts';
import type { Operation } from '../operations/state.ts';
import { dayOf } from './gate.ts';
import { byPerson, type LaneDef, laneDefs, lanesOf } from './lanes.ts';
import { keepAction, keepProposal } from './pairs.ts';
import type { Bound, Lane } from './state.ts';
import { type Change, count } from './tally.ts';

/** Refusals that say a seat tried what it must not (R-E90): those that count as violations, whatever the settings say. */
const BOUNDARIES: ReadonlySet<string> = new Set(VIOLATION_CHECKS);
const TRAIL = 5;

/** Something of a seat in a lane, while there is one. */
export function add(state: State, def: LaneDef, seat: string, at: Time, change: Change): void {
  const lane = state.rollout.lanes.get(def.id);
  if (lane) count(lane, seat, at, change, { trusted: !byPerson(state, seat), length: def.rollout.recent });
}

const operation = (state: State, id: string): Operation | undefined => state.operations.operations.get(id);

function onOperation(state: State, op: Operation | undefined, at: Time, change: Change): void {
  if (op) for (const def of lanesOf(state, op)) add(state, def, op.seat, at, change);
}

function requested(state: State, r: RecordOf<'operation.requested'>): void {
  for (const def of lanesOf(state, r.body)) add(state, def, r.body.seat, r.at, { proposals: 1 });
}

const unsafe = ({ reasons }: Pick<Decision, 'reasons'>): boolean =>
  !reasons.some((r) => r.verdict === 'deny' && (r.check === 'identity' || r.check === 'switch')) &&
  reasons.some((r) => r.verdict === 'deny' && BOUNDARIES.has(r.check));

/** The first time it is admitted: from now on the case is worked on in the lane, and the day's limits are used. */
function admitted(state: State, op: Operation, def: LaneDef, at: Time): void {
  const lane = state.rollout.lanes.get(def.id);
  if (!lane || op.admittedAt !== undefined) return;
  if (op.case !== null) bind(state, op.case, def.id, op.seat);
  if (byPerson(state, op.seat)) {
    keepAction(state, def, op, at);
    return;
  }
  if (lane.today.day !== dayOf(at)) lane.today = { day: dayOf(at), money: 0, count: 0 };
  lane.today.money += op.cost;
  lane.today.count += 1;
}

function bind(state: State, id: string, lane: string, seat: string): void {
  const bound = state.rollout.cases.get(id) ?? [];
  if (bound.some((each) => each.lane === lane)) return;
  state.rollout.cases.set(id, [...bound, { lane, seat, over: false, minutes: 0, cost: 0 }]);
}

function decided(state: State, r: RecordOf<'operation.decided'>): void {
  const op = operation(state, r.body.operation);
  if (!op) return;
  const { verdict } = r.body;
  for (const def of lanesOf(state, op)) {
    if (verdict === 'deny' && unsafe(r.body)) add(state, def, op.seat, r.at, { unsafe: 1 });
    if (verdict === 'allow') admitted(state, op, def, r.at);
    if (verdict === 'record-only') keepProposal(state, def, op, r.at);
  }
}

/** [ROL10] A person who approves agrees; one who refuses or sends back does not. */
function approved(state: State, r: RecordOf<'approval.decided'>): void {
  const { by, bySilence, verdict } = r.body;
  if (bySilence || !byPerson(state, by)) return;
  const yes = verdict === 'approve' ? 1 : 0;
  const change = { compared: 1, agreed: yes, approved: yes, rejected: 1 - yes };
  onOperation(state, operation(state, r.body.operation), r.at, change);
}

/** What became of it. An escalated one has failed, whatever people make of it. */
function succeeded(state: State, r: RecordOf<'operation.succeeded'>): void {
  const op = operation(state, r.body.operation);
  if (!op || op.status === 'escalated') return;
  onOperation(state, op, r.at, { cost: op.cost, ...(r.body.final ? { landed: 1 } : {}) });
}

function failed(state: State, r: RecordOf<'operation.failed'>): void {
  const op = operation(state, r.body.operation);
  if (r.body.final && op?.status !== 'escalated') onOperation(state, op, r.at, { failed: 1 });
}

const SPOKEN_FOR: ReadonlySet<string> = new Set(['verification_failed', 'compensating']);
function escalated(state: State, r: RecordOf<'operation.escalated'>): void {
  const op = operation(state, r.body.operation);
  if (op && !SPOKEN_FOR.has(op.status)) onOperation(state, op, r.at, { failed: 1 });
}

function undone(state: State, r: RecordOf<'operation.compensated'>): void {
  const op = operation(state, r.body.operation);
  if (op) onOperation(state, op, r.at, { undone: 1, cost: -op.cost, correction: op.cost });
}

const NOTHING: readonly Bound[] = [];
const boundTo = (state: State, id: string | null): readonly Bound[] =>
  id === null ? NOTHING : (state.rollout.cases.get(id) ?? NOTHING);

/** Something spent on a case is spent in the lanes it is worked in, by whoever spent it. */
function onCase(state: State, id: string | null, at: Time, seat: string | null, change: Change): void {
  for (const bound of boundTo(state, id)) {
    const def = laneDefs(state).get(bound.lane);
    if (!def) continue;
    add(state, def, seat ?? bound.seat, at, change);
    bound.cost += change.cost ?? 0;
    bound.minutes += change.minutes ?? 0;
  }
}

function spent(state: State, r: RecordOf<'run.spent'>): void {
  const run = state.runs.runs.get(r.body.run);
  if (!run || r.body.money === 0 || run.case === null) return;
  onCase(state, run.case, r.at, run.seat, { cost: r.body.money, ...correction(state, run.case, r.body.money) });
}

const correction = (state: State, id: string, cost: number): Change =>
  (state.cases.cases.get(id)?.reopened ?? 0) > 0 ? { correction: cost } : {};

/** The time of people counts as soon as they decide, also about what is never admitted. */
function reviewed(state: State, r: RecordOf<'economy.reviewed'>): void {
  const { about, case: id, of, money, minutes } = r.body;
  const change: Change = { cost: money, minutes: minutes ?? 0 };
  const a = state.governance.approvals.get(about);
  const op = a && operation(state, a.operation);
  const bound = boundTo(state, id);
  const refused = a !== undefined && a.status !== 'approved';
  const full = { ...change, ...(refused ? { correction: money } : id === null ? {} : correction(state, id, money)) };
  onCase(state, id, r.at, of, full);
  for (const def of op ? lanesOf(state, op) : [])
    if (!bound.some((each) => each.lane === def.id)) add(state, def, of, r.at, full);
}

function closed(state: State, r: RecordOf<'case.closed'>): void {
  const bound = boundTo(state, r.body.case);
  if (bound.length === 0) return;
  const c = state.cases.cases.get(r.body.case)!;
  const value = c.topic === null ? 0 : worthOfTopic(state.organisation, c.topic);
  const evidence = c.resolution?.evidence ?? [];
  for (const each of bound) {
    const def = laneDefs(state).get(each.lane);
    const lane = state.rollout.lanes.get(each.lane);
    if (!def || !lane) continue;
    add(state, def, each.seat, r.at, { closed: 1, duration: r.body.duration, value });
    lane.trail = [...lane.trail.slice(1 - TRAIL), { case: c.id, seat: each.seat, at: r.at, evidence: [...evidence] }];
    arm(lane, each, def, { solved: 1, duration: r.body.duration, value });
    each.over = true;
  }
}

/** [ROL16] A proof counts the first so many cases of each side, and then no more. */
function arm(lane: Lane, bound: Bound, def: LaneDef, how: { solved: 0 | 1; duration: number; value: number }): void {
  const side = lane.arms.get(bound.seat);
  if (!side || bound.over || lane.proved !== null || side.n >= (def.rollout.proof?.sample ?? 0)) return;
  side.n += 1;
  side.solved += how.solved;
  side.duration += how.duration;
  side.value += how.value;
  side.minutes += bound.minutes;
  side.cost += bound.cost;
}

/** Given up by the lane: a person or another seat has it now, or nobody. */
function lost(state: State, r: { at: Time; body: { case: string } }): void {
  for (const each of boundTo(state, r.body.case)) {
    const def = laneDefs(state).get(each.lane);
    const lane = state.rollout.lanes.get(each.lane);
    if (!def || !lane || each.over) continue;
    add(state, def, each.seat, r.at, { lost: 1 });
    arm(lane, each, def, {
      solved: 0,
      duration: r.at - (state.cases.cases.get(r.body.case)?.openedAt ?? r.at),
      value: 0,
    });
    each.over = true;
  }
}

function reopened(state: State, r: RecordOf<'case.reopened'>): void {
  const topic = state.cases.cases.get(r.body.case)?.topic ?? null;
  const value = topic === null ? 0 : worthOfTopic(state.organisation, topic);
  for (const each of boundTo(state, r.body.case)) {
    const def = laneDefs(state).get(each.lane);
    if (def) add(state, def, each.seat, r.at, { reopened: 1, value: -value });
  }
}

/** Which lanes an event may have changed the numbers of: what is judged after it. */
export function touched(state: State, body: { operation?: unknown; case?: unknown }): readonly string[] {
  const op = typeof body.operation === 'string' ? operation(state, body.operation) : undefined;
  const lanes = new Set(op ? lanesOf(state, op).map(({ id }) => id) : []);
  if (typeof body.case === 'string') for (const bound of boundTo(state, body.case)) lanes.add(bound.lane);
  return [...lanes];
}

export const countingEvolve = {
  'operation.requested': requested,
  'operation.decided': decided,
  'approval.decided': approved,
  'operation.succeeded': succeeded,
  'operation.verified': (state: State, r: RecordOf<'operation.verified'>) =>
    onOperation(state, operation(state, r.body.operation), r.at, { landed: 1 }),
  'operation.verification_failed': (state: State, r: RecordOf<'operation.verification_failed'>) =>
    onOperation(state, operation(state, r.body.operation), r.at, { failed: 1 }),
  'operation.failed': failed,
  'operation.escalated': escalated,
  'operation.compensated': undone,
  'run.spent': spent,
  'economy.reviewed': reviewed,
  'case.closed': closed,
  'case.escalated': lost,
  'case.cancelled': lost,
  'case.reopened': reopened,
  'case.archived': (state: State, r: RecordOf<'case.archived'>) => {
    state.rollout.cases.delete(r.body.case);
    state.rollout.waiting.delete(r.body.case);
  },
};
