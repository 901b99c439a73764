import type { RecordOf } from '../core/events.ts';
import { countId, type State, setTimer } from '../core/state.ts';
import { releaseWork, removeMessage, seatInbox, takeWork } from '../inbox/evolve.ts';
import { playerOf } from './player.ts';
import type { Run, RunStatus } from './state.ts';

type OnRun = { at: number; body: { run: string } };
const get = (state: State, r: OnRun): Run => state.runs.runs.get(r.body.run)!;

const workKey = (run: Run): string => run.case ?? run.message;

function setStatus(state: State, run: Run, status: RunStatus): void {
  // Only active runs use up a place at the desk: what waits for days must not keep the seat from other work.
  const change = Number(status === 'active') - Number(run.status === 'active');
  if (change !== 0) seatInbox(state, run.seat).active += change;
  run.status = status;
  if (status === 'ready' || status === 'interrupted') state.runs.ready.add(run.id);
  else state.runs.ready.delete(run.id);
  if (run.waiting !== null && status !== 'parked') {
    // The operation is settled: all runs that wait for it are woken together.
    state.runs.waiting.delete(run.waiting);
    run.waiting = null;
  }
}

const timeLimit = (state: State, seat: string): number =>
  state.organisation.seats.get(seat)?.charter.stop.time ?? 15 * 60_000;

function started(state: State, r: RecordOf<'run.started'>): void {
  const b = r.body;
  countId(state, b.run);
  const occupant = state.organisation.seats.get(b.seat)?.occupant;
  const run: Run = {
    id: b.run,
    seat: b.seat,
    principal: b.principal,
    ...(occupant ? { player: playerOf(occupant) } : {}),
    message: b.message,
    case: b.case,
    seen: b.seen,
    ...(b.memory === undefined ? {} : { memory: b.memory }),
    status: 'active',
    worker: b.worker,
    attempt: 1,
    retryAt: null,
    steps: 0,
    refused: {},
    waiting: null,
    actions: {},
    spent: 0,
    reservation: null,
    startedAt: r.at,
    deadline: r.at + timeLimit(state, b.seat),
  };
  state.runs.runs.set(run.id, run);
  takeWork(state, run.seat, workKey(run), run.id);
}

/** [INB1] The message is done exactly when the run that took it ends. */
function ended(state: State, r: OnRun): void {
  const run = get(state, r);
  setStatus(state, run, 'active');
  state.runs.runs.delete(run.id);
  removeMessage(state, run.message);
  releaseWork(state, run.seat, workKey(run));
}

/** [RUN11] Over, but its message is not done. */
function withdrawn(state: State, r: OnRun): void {
  const run = get(state, r);
  setStatus(state, run, 'active');
  state.runs.runs.delete(run.id);
  releaseWork(state, run.seat, workKey(run));
}

function failed(state: State, r: RecordOf<'run.failed'>): void {
  if (r.body.retryAt === null) {
    ended(state, r);
    return;
  }
  const run = get(state, r);
  run.attempt += 1;
  run.retryAt = r.body.retryAt;
  setStatus(state, run, 'retry_wait');
  setTimer(state, r.body.retryAt, `run.retry:${run.id}`);
}

export const runsEvolve = {
  'run.started': started,
  'run.resumed': (state: State, r: RecordOf<'run.resumed'>) => {
    const run = get(state, r);
    run.worker = r.body.worker;
    run.deadline = r.at + timeLimit(state, run.seat);
    setStatus(state, run, 'active');
  },
  'run.refused': (state: State, r: RecordOf<'run.refused'>) => {
    const run = get(state, r);
    run.refused[r.body.step] = r.body.rejection as Run['refused'][number];
    run.steps = Math.max(run.steps, r.body.step);
    run.actions[r.body.action] = (run.actions[r.body.action] ?? 0) + 1;
  },
  'run.parked': (state: State, r: RecordOf<'run.parked'>) => {
    const run = get(state, r);
    setStatus(state, run, 'parked');
    run.waiting = r.body.operation;
    state.runs.waiting.set(r.body.operation, [...(state.runs.waiting.get(r.body.operation) ?? []), run.id]);
  },
  'run.woken': (state: State, r: RecordOf<'run.woken'>) => setStatus(state, get(state, r), 'ready'),
  'run.retried': (state: State, r: RecordOf<'run.retried'>) => setStatus(state, get(state, r), 'ready'),
  'run.spent': (state: State, r: RecordOf<'run.spent'>) => {
    const run = get(state, r);
    run.spent += r.body.money;
    if (r.body.tokens > 0) run.tokens = (run.tokens ?? 0) + r.body.tokens;
  },
  'run.asked': (state: State, r: RecordOf<'run.asked'>) => {
    const run = get(state, r);
    run.steps = Math.max(run.steps, r.body.step);
  },
  'run.answered': (state: State, r: RecordOf<'run.answered'>) => {
    const run = get(state, r);
    run.answers = { ...run.answers, [r.body.step]: r.body.answer };
  },
  'run.finished': ended,
  'run.withdrawn': withdrawn,
  'run.stopped': ended,
  'run.failed': failed,
  'run.interrupted': (state: State, r: RecordOf<'run.interrupted'>) => setStatus(state, get(state, r), 'interrupted'),
};
