/**
 * Who does something, and since when not: kept up by the records themselves [OVS1]. The maps of runs and waiting seats are in
 * the order of their times, so that a look sees what is due at their heads and nothing else.
 */
import type { KernelRecord, RecordOf } from '../core/events.ts';
import { dequeue, enqueue, length } from '../core/queue.ts';
import { type State, setTimer } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { isHuman } from '../organisation/views.ts';
import { countSeat } from './numbers.ts';
import { oversightOf } from './settings.ts';
import { emptyWatch, type SeatWatch } from './state.ts';

/** Things a seat did that are remembered; the ledger has all of them. */
const RECENT = 50;
/** Two acts of a seat further apart than this are two times of work (R-C13). */
const PAUSE = 5 * 60_000;

export function watchOf(state: State, seat: string): SeatWatch {
  let watch = state.oversight.seats.get(seat);
  if (!watch) {
    watch = emptyWatch();
    state.oversight.seats.set(seat, watch);
  }
  return watch;
}

/** Records by a seat that say what it did (R-C9, R-D24). What follows by itself is no act of its. */
const ACTS: ReadonlySet<string> = new Set([
  ...['case.noted', 'case.classified', 'case.assigned', 'case.started', 'case.waiting', 'case.blocked', 'case.resumed'],
  ...['case.escalated', 'case.resolved', 'case.verified', 'case.rejected', 'case.closed', 'case.cancelled'],
  ...['case.reopened', 'task.delegated', 'task.completed', 'message.sent', 'message.done', 'operation.requested'],
  ...[
    'approval.decided',
    'approval.endorsed',
    'operation.overridden',
    'seat.paused',
    'seat.resumed',
    'incident.closed',
  ],
]);

const aboutOf = (record: KernelRecord): string | null => {
  const body = record.body as { case?: unknown; operation?: unknown; run?: unknown };
  const named = body.operation ?? body.case ?? body.run;
  return typeof named === 'string' ? named : null;
};

function note(state: State, seat: string, record: KernelRecord): void {
  const watch = watchOf(state, seat);
  const gap = record.at - watch.lastAt;
  if (gap > 0 && gap < PAUSE) countSeat(state, record.at, seat, 'active.ms', gap);
  watch.lastAt = record.at;
  enqueue(watch.recent, { seq: record.seq, at: record.at, kind: record.kind, about: aboutOf(record) });
  while (length(watch.recent) > RECENT) dequeue(watch.recent);
}

/** Called for every record. */
export function observe(state: State, record: KernelRecord): void {
  if (ACTS.has(record.kind) && record.actor.seat !== undefined) note(state, record.actor.seat, record);
}

/** To the end of a map that is in the order of its times. */
function latest(map: Map<string, Time>, key: string, at: Time): void {
  map.delete(key);
  map.set(key, at);
}

type Limit = 'silent' | 'quiet' | 'long' | 'waiting';

/** A look is arranged for the first multiple of the heartbeat at which a limit can be passed: many share one [OVS2]. */
function lookFor(state: State, limit: Limit, at: Time): void {
  const settings = oversightOf(state);
  if (settings[limit] === 0) return;
  const every = Math.max(1000, settings.heartbeat);
  const bucket = Math.ceil((at + settings[limit]) / every) * every;
  if (bucket <= (state.oversight.looks[limit] ?? 0)) return;
  state.oversight.looks[limit] = bucket;
  setTimer(state, bucket, `oversight.look:${bucket}`);
}

/** A run shows that it lives. */
function alive(state: State, run: string, at: Time): void {
  latest(state.oversight.signs, run, at);
  lookFor(state, 'silent', at);
}

function does(state: State, run: string, at: Time): void {
  if (state.oversight.signs.has(run)) alive(state, run, at);
  latest(state.oversight.doing, run, at);
  lookFor(state, 'quiet', at);
}

/** A step of a run that did something, called for every journaled step. */
export function stepped(state: State, run: string, at: Time): void {
  if (!state.oversight.doing.has(run)) return;
  does(state, run, at);
  state.oversight.thoughts.delete(run);
}

/** [OVS5] Only who promised signs of life is missed when none come. */
function begins(state: State, run: string, at: Time, beats: true | undefined): void {
  if (beats) alive(state, run, at);
  does(state, run, at);
  latest(state.oversight.begun, run, at);
  lookFor(state, 'long', at);
}

function rests(state: State, run: string): void {
  const { signs, doing, begun, thoughts } = state.oversight;
  for (const map of [signs, doing, begun, thoughts]) map.delete(run);
}

/** Does work wait for an agent that is doing nothing? */
function idleWithWork(state: State, seat: string): boolean {
  const found = state.organisation.seats.get(seat);
  const active = state.inbox.seats.get(seat)?.active ?? 0;
  return state.inbox.ready.has(seat) && active === 0 && found?.status === 'active' && !isHuman(found);
}

function waits(state: State, seat: string, at: Time): void {
  const { waiting } = state.oversight;
  if (!idleWithWork(state, seat)) waiting.delete(seat);
  else if (!waiting.has(seat)) {
    waiting.set(seat, at);
    lookFor(state, 'waiting', at);
  }
}

/** Whose message it was: it may be done by somebody else's word. */
export const receiverOf = ({ stream }: { readonly stream: string }): string => stream.slice('seat/'.length);

type OnRun = { at: Time; body: { run: string } };
const seatOf = (state: State, r: OnRun & { body: { seat?: string } }): string =>
  r.body.seat ?? state.runs.runs.get(r.body.run)?.seat ?? '';

/** A run ended without anything having come of it since the last time something did. */
function fruitless(state: State, about: string | null): void {
  if (about === null || !state.cases.live.has(about)) return;
  state.oversight.fruitless.set(about, (state.oversight.fruitless.get(about) ?? 0) + 1);
}

const fruitful = (state: State, r: { body: { case: string | null } }): void => {
  if (r.body.case !== null) state.oversight.fruitless.delete(r.body.case);
};

function ends(state: State, r: OnRun & { correlation: string; body: { seat: string; case?: string | null } }): void {
  rests(state, r.body.run);
  fruitless(state, r.body.case ?? (r.correlation.startsWith('C-') ? r.correlation : null));
  waits(state, r.body.seat, r.at);
}

const pauses = (state: State, r: OnRun): void => {
  rests(state, r.body.run);
  waits(state, seatOf(state, r), r.at);
};

function thinks(state: State, r: OnRun): void {
  if (!state.oversight.doing.has(r.body.run)) return;
  does(state, r.body.run, r.at);
  const { thoughts } = state.oversight;
  thoughts.set(r.body.run, (thoughts.get(r.body.run) ?? 0) + 1);
}

/** After the modules whose state it looks at. */
export const watchEvolve = {
  'run.started': (state: State, r: RecordOf<'run.started'>) => {
    watchOf(state, r.body.seat);
    begins(state, r.body.run, r.at, r.body.beats);
    waits(state, r.body.seat, r.at);
  },
  'run.resumed': (state: State, r: RecordOf<'run.resumed'>) => {
    begins(state, r.body.run, r.at, r.body.beats);
    waits(state, seatOf(state, r), r.at);
  },
  'run.beat': (state: State, r: RecordOf<'run.beat'>) => {
    if (state.oversight.doing.has(r.body.run)) alive(state, r.body.run, r.at);
  },
  'run.refused': (state: State, r: RecordOf<'run.refused'>) => {
    if (state.oversight.doing.has(r.body.run)) does(state, r.body.run, r.at);
  },
  'run.asked': (state: State, r: RecordOf<'run.asked'>) => {
    if (state.oversight.doing.has(r.body.run)) does(state, r.body.run, r.at);
  },
  'run.answered': thinks,
  'run.parked': pauses,
  'run.interrupted': pauses,
  'run.finished': ends,
  'run.stopped': ends,
  'run.failed': (state: State, r: RecordOf<'run.failed'>) =>
    r.body.retryAt === null ? ends(state, r) : pauses(state, r),
  'message.sent': (state: State, r: RecordOf<'message.sent'>) => waits(state, r.body.to, r.at),
  'message.done': (state: State, r: RecordOf<'message.done'>) => waits(state, receiverOf(r), r.at),
  'message.moved': (state: State, r: RecordOf<'message.moved'>) => {
    waits(state, r.body.from, r.at);
    waits(state, r.body.to, r.at);
  },
  'seat.paused': (state: State, r: RecordOf<'seat.paused'>) => waits(state, r.body.seat, r.at),
  'seat.suspended': (state: State, r: RecordOf<'seat.suspended'>) => waits(state, r.body.seat, r.at),
  'seat.resumed': (state: State, r: RecordOf<'seat.resumed'>) => waits(state, r.body.seat, r.at),
  'seat.occupied': (state: State, r: RecordOf<'seat.occupied'>) => waits(state, r.body.seat, r.at),
  'case.assigned': (state: State, r: RecordOf<'case.assigned'>) => fruitless(state, r.body.case),
  'case.received': fruitful,
  'case.waiting': fruitful,
  'case.resolved': fruitful,
  'case.verified': fruitful,
  'case.closed': fruitful,
  'case.cancelled': fruitful,
  'case.escalated': fruitful,
  'case.reopened': fruitful,
  'task.delegated': fruitful,
  'task.completed': fruitful,
  'operation.succeeded': (state: State, r: RecordOf<'operation.succeeded'>) => {
    if (state.operations.operations.get(r.body.operation)?.effect !== 'read') fruitful(state, r);
  },
  /** The organisation slept: nobody could show that he lives. Everybody starts afresh. */
  'oversight.woke': (state: State, r: RecordOf<'oversight.woke'>) => {
    const { signs, doing } = state.oversight;
    for (const run of [...doing.keys()]) begins(state, run, r.at, signs.has(run) || undefined);
    for (const seat of state.oversight.waiting.keys()) state.oversight.waiting.set(seat, r.at);
    lookFor(state, 'waiting', r.at);
  },
};
