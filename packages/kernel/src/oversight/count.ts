/** What is counted, by the event that makes it so [OVS40]. */
import type { KernelRecord, RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { MessageType } from '../inbox/schema.ts';
import { isHuman, OWNER } from '../organisation/views.ts';
import type { Run } from '../runs/state.ts';
import { count, countFor, countSeat, measure } from './numbers.ts';

/** Work on these is talking about work: coordination (R-D70). */
const COORDINATION: ReadonlySet<MessageType> = new Set([
  'report',
  'question',
  'answer',
  'inform',
  'guidance',
  'accept',
  'decline',
  'bid',
]);

const byHuman = (state: State, { actor }: KernelRecord): boolean =>
  (actor.principal === OWNER && actor.seat === undefined) || isHuman(state.organisation.seats.get(actor.seat ?? ''));

/** A person had a hand in this case. */
function touch(state: State, record: KernelRecord, id: string | null): void {
  if (id !== null && byHuman(state, record) && state.cases.live.has(id)) state.oversight.touched.add(id);
}

function closed(state: State, r: RecordOf<'case.closed'>): void {
  const c = state.cases.cases.get(r.body.case);
  const owner = c?.owner ?? '';
  countFor(state, r.at, owner, 'cases.closed');
  if (r.body.met) countFor(state, r.at, owner, 'cases.met');
  if (!state.oversight.touched.has(r.body.case)) countFor(state, r.at, owner, 'cases.alone');
  if (r.body.reopened === 0) countFor(state, r.at, owner, 'cases.first');
  countSeat(state, r.at, owner, 'cases.ms', r.body.duration);
  measure(state, r.at, 'case', r.body.duration);
  if (r.body.firstResponse !== null) measure(state, r.at, 'response', r.body.firstResponse);
  state.oversight.touched.delete(r.body.case);
}

type OnRun = { at: number; body: { run: string } };

/** A stretch of work of a run is over; what it waits afterwards is not work. */
function stretch(state: State, r: OnRun): Run | undefined {
  const run = state.runs.runs.get(r.body.run);
  const begun = state.oversight.begun.get(r.body.run);
  if (!run || begun === undefined) return run;
  countFor(state, r.at, run.seat, 'runs.ms', r.at - begun);
  const type = state.inbox.messages.get(run.message)?.type;
  if (type !== undefined && COORDINATION.has(type)) count(state, r.at, 'runs.coordination', r.at - begun);
  return run;
}

/** Called before the run leaves memory. */
function runEnds(state: State, r: OnRun, how: 'finished' | 'failed' | 'stopped'): void {
  const run = stretch(state, r);
  if (!run) return;
  countFor(state, r.at, run.seat, `runs.${how}`);
  measure(state, r.at, 'run', r.at - run.startedAt);
  const message = state.inbox.messages.get(run.message);
  if (message) measure(state, r.at, 'decision', r.at - message.at);
}

function runStarts(state: State, r: RecordOf<'run.started'>): void {
  const { seat, case: about } = r.body;
  countFor(state, r.at, seat, 'runs.started');
  const watch = state.oversight.seats.get(seat);
  const before = watch?.lastCase ? state.cases.cases.get(watch.lastCase) : undefined;
  // Another case was taken up while the seat's latest one is its own and under way.
  if (before && before.id !== about && before.owner === seat && before.status === 'in_progress')
    countFor(state, r.at, seat, 'runs.switched');
  if (watch && about !== null) watch.lastCase = about;
}

function decided(state: State, r: RecordOf<'operation.decided'>): void {
  const { verdict, reasons, flagged } = r.body;
  const op = state.operations.operations.get(r.body.operation);
  const seat = op?.seat ?? '';
  if (verdict === 'defer') return;
  countFor(state, r.at, seat, 'operations.decided');
  if (r.body.case !== null) count(state, r.at, 'operations.cased');
  if (flagged) count(state, r.at, 'operations.flagged');
  if (verdict === 'ask') count(state, r.at, 'operations.asked');
  if (verdict !== 'deny') return;
  countFor(state, r.at, seat, 'operations.refused');
  for (const check of new Set(reasons.filter((one) => one.verdict === 'deny').map((one) => one.check)))
    count(state, r.at, `refused.${check}`);
}

function succeeded(state: State, r: RecordOf<'operation.succeeded'>): void {
  const op = state.operations.operations.get(r.body.operation);
  if (!op) return;
  measure(state, r.at, 'operation', r.at - op.requestedAt);
  if (op.effect === 'read') return;
  countFor(state, r.at, op.seat, 'operations.succeeded');
  // Traceable: who decided by what, for which case, and what it left behind (R-E90).
  const authority = op.decision !== null && (op.contract !== null || op.decision.reasons.length > 0);
  if (authority && op.case !== null && r.body.evidence.length > 0) count(state, r.at, 'operations.traced');
}

function approval(state: State, r: RecordOf<'approval.decided'>): void {
  const { verdict, bySilence, waited, case: about } = r.body;
  const word = { approve: 'approved', reject: 'rejected', revise: 'revised' }[verdict];
  count(state, r.at, bySilence ? 'approvals.silent' : `approvals.${word}`);
  if (bySilence) return;
  measure(state, r.at, 'approval', waited);
  touch(state, r as KernelRecord, about);
}

const finalFailure = (state: State, r: RecordOf<'operation.failed'>): void => {
  const op = state.operations.operations.get(r.body.operation);
  if (r.body.final && op) countFor(state, r.at, op.seat, 'operations.failed');
};

function opened(state: State, r: RecordOf<'case.opened'>): void {
  count(state, r.at, 'cases.opened');
  const minute = Math.floor(r.at / 60_000);
  const { intake } = state.oversight;
  intake.count = intake.minute === minute ? intake.count + 1 : 1;
  intake.minute = minute;
}

/** Work on a case by a person: from here on it was not solved by agents alone. */
const handled = (state: State, r: { body: { case: string } } & object): void =>
  touch(state, r as unknown as KernelRecord, r.body.case);

function cancelled(state: State, r: RecordOf<'case.cancelled'>): void {
  count(state, r.at, 'cases.cancelled');
  state.oversight.touched.delete(r.body.case);
}

const one =
  (name: string) =>
  (state: State, r: { at: number }): void =>
    count(state, r.at, name);

/** Counted before the modules that forget what it is about. */
export const countBefore = {
  'run.finished': (state: State, r: RecordOf<'run.finished'>) => runEnds(state, r, 'finished'),
  'run.stopped': (state: State, r: RecordOf<'run.stopped'>) => runEnds(state, r, 'stopped'),
  'run.failed': (state: State, r: RecordOf<'run.failed'>) => {
    if (r.body.retryAt === null) runEnds(state, r, 'failed');
    else stretch(state, r);
  },
  'run.parked': (state: State, r: RecordOf<'run.parked'>) => void stretch(state, r),
  'run.interrupted': (state: State, r: RecordOf<'run.interrupted'>) => void stretch(state, r),
};

export const countEvolve = {
  'case.opened': opened,
  'case.closed': closed,
  'case.cancelled': cancelled,
  'case.reopened': (state: State, r: RecordOf<'case.reopened'>) => {
    count(state, r.at, 'cases.reopened');
    handled(state, r);
  },
  'case.escalated': (state: State, r: RecordOf<'case.escalated'>) => {
    count(state, r.at, 'cases.escalated');
    if (isHuman(state.organisation.seats.get(r.body.to))) count(state, r.at, 'cases.human');
  },
  'case.noted': handled,
  'case.assigned': handled,
  'case.resolved': handled,
  'case.verified': handled,
  'case.rejected': handled,
  'case.feedback': (state: State, r: RecordOf<'case.feedback'>) =>
    count(state, r.at, r.body.satisfied ? 'feedback.good' : 'feedback.bad'),
  'run.started': runStarts,
  'run.spent': (state: State, r: RecordOf<'run.spent'>) => {
    const seat = state.runs.runs.get(r.body.run)?.seat ?? '';
    countFor(state, r.at, seat, 'money', r.body.money);
    countFor(state, r.at, seat, 'tokens', r.body.tokens);
  },
  'operation.decided': decided,
  'operation.succeeded': succeeded,
  'operation.failed': finalFailure,
  'operation.verified': one('operations.verified'),
  'operation.verification_failed': one('operations.unverified'),
  'operation.compensated': one('operations.compensated'),
  'operation.lapsed': one('operations.lapsed'),
  'operation.overridden': one('overrides'),
  'approval.decided': approval,
  'economy.reviewed': (state: State, r: RecordOf<'economy.reviewed'>) =>
    count(state, r.at, 'people.ms', Math.round((r.body.minutes ?? 0) * 60_000)),
  'message.sent': (state: State, r: RecordOf<'message.sent'>) => {
    // What the kernel itself says is no work of anybody, and begins no day.
    if (r.actor.seat !== undefined) countSeat(state, r.at, r.actor.seat, 'messages');
  },
  'incident.opened': one('incidents.opened'),
  'incident.recurred': one('incidents.recurred'),
  'incident.closed': (state: State, r: RecordOf<'incident.closed'>) => {
    const found = state.governance.control.incidents.get(r.body.incident);
    count(state, r.at, 'incidents.closed');
    if (found) measure(state, r.at, 'incident', r.at - found.openedAt);
  },
  'seat.troubled': (state: State, r: RecordOf<'seat.troubled'>) =>
    countFor(state, r.at, r.body.seat, `trouble.${r.body.trouble}`),
  'seat.recovered': (state: State, r: RecordOf<'seat.recovered'>) => measure(state, r.at, 'recovery', r.body.lasted),
  'seat.intervened': (state: State, r: RecordOf<'seat.intervened'>) => {
    countFor(state, r.at, r.body.seat, `intervened.${r.body.action}`);
  },
  'mode.degraded': (state: State, r: RecordOf<'mode.degraded'>) => count(state, r.at, `degraded.${r.body.mode}`),
  'mode.restored': (state: State, r: RecordOf<'mode.restored'>) => {
    measure(state, r.at, 'recovery', r.body.lasted);
    count(state, r.at, `degraded.ms.${r.body.mode}`, r.body.lasted);
  },
  'wakeup.raised': one('wakeups'),
};
