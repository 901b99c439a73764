/** What a seat is in, worked out from the state alone [OVS3]; and when it came into trouble or got out of it [OVS4]. */
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { formatDuration } from '../core/quantities.ts';
import { type State, setTimer } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { stoppedBy } from '../governance/halting.ts';
import { isHuman } from '../organisation/views.ts';
import type { Run } from '../runs/state.ts';
import { TROUBLES, type TroubleKind } from './definition.ts';
import { oversightOf } from './settings.ts';
import type { Trouble } from './state.ts';
import { receiverOf } from './watch.ts';

/** Two acts of a person within this time are one time of work. */
const AT_WORK = 5 * 60_000;

export type SeatState = 'off' | 'working' | 'idle' | TroubleKind;

export interface Condition {
  readonly state: SeatState;
  /** Does it need somebody's attention? Work may wait a moment without being a problem. */
  readonly problem: boolean;
  readonly why: string;
  readonly since: Time | null;
  readonly run: string | null;
  readonly case: string | null;
}

type Found = Omit<Condition, 'state' | 'problem'>;

const passed = (at: Time | undefined, limit: number, now: Time): at is Time =>
  at !== undefined && limit > 0 && now - at >= limit;
const span = (ms: number): string => formatDuration(Math.floor(ms / 1000) * 1000);
const of = (run: Run, why: string, since: Time): Found => ({ why, since, run: run.id, case: run.case });

type Look = (state: State, run: Run, now: Time) => Found | null;

/** [OVS3] Each of these holds of one run at work. */
const OF_RUN: readonly (readonly [TroubleKind, Look])[] = [
  [
    'unresponsive',
    (state, run, now) => {
      const at = state.oversight.signs.get(run.id);
      return passed(at, oversightOf(state).silent, now) ? of(run, `no sign of life for ${span(now - at)}`, at) : null;
    },
  ],
  [
    'looping',
    (state, run, now) => {
      const times = run.case === null ? 0 : (state.oversight.fruitless.get(run.case) ?? 0);
      return times >= oversightOf(state).fruitless
        ? of(run, `${times} runs and hand-overs of ${run.case} in a row changed nothing`, now)
        : null;
    },
  ],
  [
    'spinning',
    (state, run, now) => {
      const times = state.oversight.thoughts.get(run.id) ?? 0;
      return times >= oversightOf(state).thoughts ? of(run, `${times} thoughts in a row without an act`, now) : null;
    },
  ],
  [
    'stuck',
    (state, run, now) => {
      const { quiet, long } = oversightOf(state);
      const [did, begun] = [state.oversight.doing.get(run.id), state.oversight.begun.get(run.id)];
      if (passed(did, quiet, now)) return of(run, `alive, but it has done nothing for ${span(now - did)}`, did);
      return passed(begun, long, now) ? of(run, `at work without a pause for ${span(now - begun)}`, begun) : null;
    },
  ],
];

/** Runs of a seat that are at work; few, since a seat has a limit. */
function atWork(state: State, seat: string): Run[] {
  const found: Run[] = [];
  for (const work of state.inbox.seats.get(seat)?.work.values() ?? []) {
    const run = work.run === null ? undefined : state.runs.runs.get(work.run);
    if (run?.status === 'active') found.push(run);
  }
  return found;
}

/** Work on a case that goes round in circles between runs: nobody need be at it at this moment. */
function circling(state: State, seat: string, about: string | null, now: Time): Condition | null {
  const c = about === null ? undefined : state.cases.cases.get(about);
  const times = c ? (state.oversight.fruitless.get(c.id) ?? 0) : 0;
  if (!c || c.owner !== seat || times < oversightOf(state).fruitless) return null;
  const why = `${times} runs and hand-overs of ${c.id} in a row changed nothing`;
  return { state: 'looping', problem: true, why, since: now, run: null, case: c.id };
}

const calm = (state: SeatState, why: string, since: Time | null): Condition => ({
  ...{ state, problem: false, why, since, run: null, case: null },
});

function off(state: State, seat: string): Condition | null {
  const found = state.organisation.seats.get(seat);
  if (!found) return calm('off', 'there is no such seat', null);
  if (found.status !== 'active') return calm('off', found.status, null);
  const stopper = stoppedBy(state, seat);
  return stopper === null ? null : calm('off', `stopped by the kill switch ${stopper}`, null);
}

function idle(state: State, seat: string, now: Time): Condition {
  const since = state.oversight.waiting.get(seat);
  if (since !== undefined) {
    const problem = passed(since, oversightOf(state).waiting, now);
    const why = `work has waited for ${span(now - since)} and nobody is at it`;
    const first = state.inbox.seats.get(seat)?.work.values().next().value;
    return {
      state: 'idle_with_work',
      problem,
      why,
      since,
      run: null,
      case: first?.key.startsWith('C-') ? first.key : null,
    };
  }
  const lastAt = state.oversight.seats.get(seat)?.lastAt ?? null;
  const human = isHuman(state.organisation.seats.get(seat));
  if (human && lastAt !== null && now - lastAt < AT_WORK) return calm('working', 'did something just now', lastAt);
  const depth = state.inbox.seats.get(seat)?.depth ?? 0;
  if (depth > 0)
    return calm('idle_with_work', human ? `${depth} messages wait for a person` : 'work waits for others', lastAt);
  return calm('idle', 'nothing to do', lastAt);
}

/**
 * [OVS3] What a seat is in at a time. `about` is a case to look at besides its runs.
 * @param now milliseconds; not before the newest record
 */
export function conditionOf(state: State, seat: string, now: Time, about: string | null = null): Condition {
  const stopped = off(state, seat);
  if (stopped) return stopped;
  const runs = atWork(state, seat);
  for (const [kind, look] of OF_RUN)
    for (const run of runs) {
      const found = look(state, run, now);
      if (found) return { state: kind, problem: true, ...found };
    }
  const circle = circling(state, seat, about, now);
  if (circle) return circle;
  const [first] = runs;
  if (!first) return idle(state, seat, now);
  return {
    ...calm('working', first.case === null ? 'at work' : `at work on ${first.case}`, first.startedAt),
    run: first.id,
    case: first.case,
  };
}

const isTrouble = (state: SeatState): state is TroubleKind => (TROUBLES as readonly string[]).includes(state);

/** The trouble a seat is in, if it lasts. */
export function troubleOf(state: State, seat: string): Trouble | null {
  const found = state.oversight.trouble.get(seat);
  return found && found.endedAt === null ? found : null;
}

/** What changes for a seat when it is looked at now. */
function review(state: State, body: { seat: string; case?: string | null }, ctx: Context): Draft[] {
  const { seat } = body;
  const before = troubleOf(state, seat);
  const now = conditionOf(state, seat, ctx.now, body.case ?? before?.case ?? null);
  const kind = now.problem && isTrouble(now.state) ? now.state : null;
  if (before && before.trouble === kind && before.case === now.case) return [];
  const over = before
    ? [
        event(
          'seat.recovered',
          `seat/${seat}`,
          { seat, trouble: before.trouble, lasted: ctx.now - before.since },
          before.case,
        ),
      ]
    : [];
  if (kind === null) return over;
  const { why, since, run } = now;
  const troubled = { seat, trouble: kind, why, since: since ?? ctx.now, run, case: now.case };
  return [...over, event('seat.troubled', `seat/${seat}`, troubled, now.case)];
}

/** Seats of which a limit has passed, at the heads of what is in the order of time. */
function due(state: State, now: Time): Set<string> {
  const seats = new Set<string>();
  const { silent, quiet, long, waiting } = oversightOf(state);
  const { signs, doing, begun } = state.oversight;
  for (const [map, limit] of [
    [signs, silent],
    [doing, quiet],
    [begun, long],
  ] as const)
    for (const [run, at] of map) {
      if (!passed(at, limit, now)) break;
      seats.add(state.runs.runs.get(run)?.seat ?? '');
    }
  for (const [seat, at] of state.oversight.waiting) {
    if (!passed(at, waiting, now)) break;
    seats.add(seat);
  }
  seats.delete('');
  return seats;
}

/**
 * [OVS2] Looks at who passed a limit. A look that comes much later than arranged found nobody to look: the process did not
 * run, or the machine slept. What was silent meanwhile is not to blame [OVS6].
 */
function look(state: State, body: { id: string }, ctx: Context): Draft[] {
  const late = ctx.now - Number(body.id);
  const seats = due(state, ctx.now);
  if (seats.size === 0) return [];
  if (late > oversightOf(state).heartbeat)
    return [event('oversight.woke', `organisation/${state.org}`, { asleep: late })];
  return [...seats].flatMap((seat) => (troubleOf(state, seat) ? [] : review(state, { seat }, ctx)));
}

export const troublesFollowUps = { 'oversight.look': look, 'oversight.review': review };

export const troublesEvolve = {
  'seat.troubled': (state: State, r: RecordOf<'seat.troubled'>) => {
    const { seat, trouble, why, since, run, case: about } = r.body;
    const before = state.oversight.trouble.get(seat);
    // The same trouble soon again goes on where the ladder was left [OVS11].
    const again = before?.trouble === trouble && r.at - (before.endedAt ?? r.at) < oversightOf(state).window;
    const rung = again ? before.rung : 0;
    state.oversight.trouble.set(seat, { trouble, why, since, run, case: about, rung, nextAt: r.at, endedAt: null });
  },
  'seat.recovered': (state: State, r: RecordOf<'seat.recovered'>) => {
    const found = state.oversight.trouble.get(r.body.seat);
    if (found) Object.assign(found, { endedAt: r.at, nextAt: null });
  },
};

/** Ends of runs and acts may end a trouble; thoughts and ends of runs may begin one. */
function touched(state: State, seat: string, about: string | null): FollowUp[] {
  const times = about === null ? 0 : (state.oversight.fruitless.get(about) ?? 0);
  return troubleOf(state, seat) || times >= oversightOf(state).fruitless
    ? [followUp('oversight.review', { seat, case: about })]
    : [];
}

type OnRun = { body: { run: string; seat?: string } };
const ofRun = (state: State, r: OnRun & { correlation: string }): FollowUp[] =>
  touched(
    state,
    r.body.seat ?? state.runs.runs.get(r.body.run)?.seat ?? '',
    r.correlation.startsWith('C-') ? r.correlation : null,
  );

const ofSeat = (state: State, r: { body: { seat: string } }): FollowUp[] => touched(state, r.body.seat, null);

export const troublesReact = {
  'run.started': ofRun,
  'run.resumed': ofRun,
  'run.beat': ofRun,
  'run.parked': ofRun,
  'run.interrupted': ofRun,
  'run.finished': ofRun,
  'run.stopped': ofRun,
  'run.failed': ofRun,
  'run.answered': (state: State, r: RecordOf<'run.answered'>): FollowUp[] => {
    const run = state.runs.runs.get(r.body.run);
    const times = state.oversight.thoughts.get(r.body.run) ?? 0;
    return run && times >= oversightOf(state).thoughts ? [followUp('oversight.review', { seat: run.seat })] : [];
  },
  'case.assigned': (state: State, r: RecordOf<'case.assigned'>): FollowUp[] => [
    ...touched(state, r.body.to, r.body.case),
    ...(troubleOf(state, r.body.from) ? [followUp('oversight.review', { seat: r.body.from })] : []),
  ],
  'case.escalated': (state: State, r: RecordOf<'case.escalated'>): FollowUp[] =>
    touched(state, r.body.from, r.body.case),
  'operation.requested': (state: State, r: RecordOf<'operation.requested'>): FollowUp[] =>
    troubleOf(state, r.body.seat) ? [followUp('oversight.review', { seat: r.body.seat })] : [],
  'message.done': (state: State, r: RecordOf<'message.done'>): FollowUp[] => touched(state, receiverOf(r), null),
  'message.moved': (state: State, r: RecordOf<'message.moved'>): FollowUp[] => touched(state, r.body.from, null),
  'seat.paused': ofSeat,
  'seat.suspended': ofSeat,
  'seat.occupied': ofSeat,
  'oversight.woke': (state: State): FollowUp[] =>
    [...state.oversight.trouble].flatMap(([seat, { endedAt }]) =>
      endedAt === null ? [followUp('oversight.review', { seat })] : [],
    ),
};

/** Arranged with the events that make it due, so that `decide` need not. */
export const remind = (state: State, at: Time, seat: string): void => setTimer(state, at, `oversight.patience:${seat}`);
