import type { z } from 'zod';
import { accountsOf, type Spending } from '../budget/accounts.ts';
import { book, release, reserve, settlePart } from '../budget/decide.ts';
import { type Charge as Cost, charge } from '../budget/prices.ts';
import type { Reservation } from '../budget/state.ts';
import { available } from '../budget/views.ts';
import { type Context, type Decide, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { formatMoney } from '../core/quantities.ts';
import { peek } from '../core/queue.ts';
import { type Rejected, reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { stoppedBy } from '../governance/halting.ts';
import { onDuty } from '../hours/views.ts';
import { nextWork } from '../inbox/views.ts';
import { rememberedFor } from '../memory/recall.ts';
import type { Occupant } from '../organisation/schema.ts';
import type { Seat } from '../organisation/state.ts';
import { getSeat, humanAbove } from '../organisation/views.ts';
import type { RunEvents, runCommands, StopReason } from './schema.ts';
import { seenOf } from './seen.ts';
import type { Run } from './state.ts';

type Body<K extends keyof typeof runCommands> = z.output<(typeof runCommands)[K]>;
type RunEvent = Extract<keyof RunEvents, string>;

/** How often a failing run is tried again before a human hears of it, and how long between. */
export const RUN_RETRY = { attempts: 3, first: 1000, factor: 5 } as const;

export const emit = <K extends RunEvent>(
  run: { id: string; case: string | null },
  kind: K,
  body: Omit<RunEvents[K], 'run'>,
): Draft => event(kind, `run/${run.id}`, { run: run.id, ...body } as never, run.case ?? run.id);

function getRun(state: State, id: string): Run {
  const run = state.runs.runs.get(id);
  if (!run) reject('not-found', `there is no run ${id} any more`, { rule: 'RUN2' });
  return run;
}

function active(state: State, id: string): Run {
  const run = getRun(state, id);
  if (run.status !== 'active') reject('conflict', `run ${run.id} is ${run.status}`, { rule: 'RUN2' });
  return run;
}

/** The inner command of a step acts for the run's seat and principal, whoever the worker process is. */
export const runActor = (run: Run) => ({ principal: run.principal, seat: run.seat });

/** [RUN1] A seat that works now, and who sits there. */
function working(state: State, id: string): Seat & { occupant: Occupant } {
  const seat = getSeat(state, id);
  const { occupant } = seat;
  if (seat.status !== 'active' || occupant === null)
    reject('conflict', `seat "${seat.id}" does not work now`, { rule: 'RUN1' });
  if (!onDuty(state, id))
    reject('conflict', `seat "${seat.id}" is outside its working hours`, {
      rule: 'HRS2',
      hint: 'its work waits until its next shift begins',
    });
  const stopper = stoppedBy(state, id);
  if (stopper !== null)
    reject('conflict', `seat "${seat.id}" is stopped by the kill switch ${stopper}`, {
      rule: 'GOV51',
      hint: 'wait until a human re-arms it',
    });
  return { ...seat, occupant };
}

const promised = ({ beats }: { beats?: true | undefined }) => (beats ? { beats } : {});

function start(state: State, body: Body<'run.start'>, ctx: Context): Draft[] {
  const { occupant, ...seat } = working(state, body.seat);
  const box = state.inbox.seats.get(seat.id);
  if (box && box.active >= seat.runs)
    reject('exhausted', `seat "${seat.id}" already has ${box.active} runs`, { rule: 'RUN1' });
  const work = nextWork(state, seat.id, ctx.now);
  // What waits begins with an open message: those done meanwhile are dropped when they are done [INB7].
  const message = work ? peek(work.messages) : undefined;
  const known = message === undefined ? undefined : state.inbox.messages.get(message);
  if (!known) reject('conflict', `nothing waits for "${seat.id}"`, { rule: 'RUN1' });
  const run = { id: nextId(state, 'R'), case: known.case };
  const memory = rememberedFor(state, seat.id, known);
  const started = emit(run, 'run.started', {
    seat: seat.id,
    principal: occupant.principal,
    message: known.id,
    case: known.case,
    worker: body.worker,
    seen: seenOf(state, seat.id, known),
    ...promised(body),
    ...(memory === undefined ? {} : { memory }),
  });
  const money = seat.charter.stop.money ?? 0;
  const spending = { seat: seat.id, case: known.case, capability: null };
  const lacking = tooSmall(state, spending, money, ctx.now);
  if (lacking !== undefined) {
    const message = `the budget "${lacking}" cannot cover another run of "${seat.id}"`;
    return [started, stop({ ...run, seat: seat.id }, 'money', message)];
  }
  const ask = { ...spending, operation: null, run: run.id, money, calls: 0 };
  const one = { seat: seat.id, case: known.case, currency: 'runs' as const, amount: 1, what: run.id };
  return [started, ...reserve(state, ask, ctx.now), ...book(state, one, ctx.now).drafts];
}

/** [RUN6] The first budget without room for one more run: its money, its count of runs, at least one token. */
function tooSmall(state: State, spending: Spending, money: number, now: number): string | undefined {
  const least = { money, runs: 1, tokens: 1 };
  return (['money', 'runs', 'tokens'] as const)
    .flatMap((currency) =>
      accountsOf(state, spending, currency).filter((one) => available(state, one, now) < least[currency]),
    )
    .at(0)?.key;
}

export const stop = (
  run: { id: string; seat: string; case: string | null },
  reason: StopReason,
  message: string,
): Draft => emit(run, 'run.stopped', { reason, message, seat: run.seat, case: run.case });

/** [RUN3] The charter's stopping rule, before each step: steps, time, the same action again and again. */
export function overLimit(state: State, run: Run, step: number, action: string, now: number): Draft[] {
  const rule = getSeat(state, run.seat).charter.stop;
  const end = (reason: StopReason, message: string): Draft[] => [
    stop(run, reason, message),
    ...release(state, run.reservation),
  ];
  if (step > rule.steps) return end('steps', `the run took ${rule.steps} steps, its limit`);
  if (now > run.deadline) return end('time', `the run took longer than ${Math.round(rule.time / 1000)} s`);
  const repeats = run.actions[action] ?? 0;
  return repeats >= rule.repeats ? end('repeats', `the run did the same thing ${repeats} times`) : [];
}

interface Booked {
  readonly drafts: Draft[];
  /** What has nothing left after this, in words. */
  readonly exhausted: string | null;
}

/** What a run uses of its reserve. */
function fromReserve(state: State, reserved: Reservation, { money, prices }: Cost, what: string, now: number): Booked {
  const used = money > 0 && money >= reserved.money - reserved.settled;
  return {
    drafts: settlePart(state, reserved.id, { money, what, prices }, now),
    exhausted: used ? `its reserve of ${formatMoney(reserved.money)}` : null,
  };
}

/** What a run uses that it did not reserve. */
function fromBudgets(state: State, run: Run, currency: 'money' | 'tokens', cost: Cost, ctx: Context): Booked {
  const prices = currency === 'money' ? cost.prices : [];
  const use = { seat: run.seat, case: run.case, currency, amount: cost[currency], what: run.id, prices };
  const { drafts, exhausted } = book(state, use, ctx.now);
  return { drafts, exhausted: exhausted === null ? null : `the budget "${exhausted.id}"` };
}

/** [BUD13] What a use costs: by the price table when it says of what, else as the caller has counted it. */
function costOf(state: State, body: Use, now: number): Cost {
  if (body.of === undefined) return { money: body.money, tokens: body.tokens, prices: [], unpriced: [] };
  if (body.money > 0 || body.tokens > 0)
    reject('invalid', 'a use that names what was used is priced and counted from the table', {
      rule: 'BUD13',
      hint: 'leave out money and tokens, or leave out "of" and "used"',
    });
  return charge(state, body.of, body.used ?? {}, now);
}

/** Why the run cannot go on: what it has used up, or what nobody knows the price of. */
const dryness = (exhausted: string | null, of: string | undefined, { unpriced }: Cost): string | null => {
  if (exhausted !== null) return `the run used up ${exhausted}`;
  return unpriced.length === 0 ? null : `the price table has no price for ${unpriced.join(', ')} of "${of}"`;
};

/** What a step used. */
type Use = Omit<Body<'run.spend'>, 'run'>;

/** [RUN6] Use is booked against the run's reserve; when it is used up the run ends there, in the middle (R-E2, promise 4). */
export function bookUse(state: State, run: Run, body: Use, ctx: Context): Draft[] {
  const cost = costOf(state, body, ctx.now);
  const reserved = run.reservation === null ? undefined : state.budget.reservations.get(run.reservation);
  const money = reserved
    ? fromReserve(state, reserved, cost, body.what, ctx.now)
    : fromBudgets(state, run, 'money', cost, ctx);
  const tokens = fromBudgets(state, run, 'tokens', cost, ctx);
  const drafts = [...money.drafts, ...tokens.drafts, spentOf(run, body, cost)];
  const why = dryness(money.exhausted ?? tokens.exhausted, body.of, cost);
  if (why === null) return [...drafts, ...overCharter(state, run, cost)];
  // A reserve that is used up to the end is settled as a whole: nothing of it comes back.
  const rest = money.exhausted === null ? release(state, run.reservation, cost.money) : [];
  return [...drafts, stop(run, 'money', why), ...rest];
}

/** [RUN3] What the charter lets one run use, also where no budget counts it. */
function overCharter(state: State, run: Run, cost: Cost): Draft[] {
  const { tokens, money } = getSeat(state, run.seat).charter.stop;
  const end = (reason: StopReason, limit: string): Draft[] => [
    stop(run, reason, `the run used up its limit of ${limit}`),
    ...release(state, run.reservation, cost.money),
  ];
  if (money !== undefined && run.spent + cost.money >= money) return end('money', formatMoney(money));
  return tokens !== undefined && (run.tokens ?? 0) + cost.tokens >= tokens ? end('tokens', `${tokens} tokens`) : [];
}

function spentOf(run: Run, body: Use, { money, tokens, prices, unpriced }: Cost): Draft {
  return emit(run, 'run.spent', {
    step: body.step,
    money,
    tokens,
    what: body.what,
    ...(prices.length > 0 ? { prices } : {}),
    ...(unpriced.length > 0 ? { unpriced: unpriced.map((unit) => `${body.of}/${unit}`) } : {}),
  });
}

/** What fails again however often it is tried. */
const HOPELESS: ReadonlySet<string> = new Set(['deterministic', 'governance']);

function fail(state: State, body: Body<'run.fail'>, ctx: Context): Draft[] {
  const run = active(state, body.run);
  const { message, category, after = 0 } = body;
  const again = run.attempt < RUN_RETRY.attempts && !(category && HOPELESS.has(category));
  const wait = Math.max(after, RUN_RETRY.first * RUN_RETRY.factor ** (run.attempt - 1));
  const retryAt = again ? ctx.now + wait : null;
  return [
    emit(run, 'run.failed', { message, retryAt, seat: run.seat, ...(category ? { category } : {}) }),
    ...(again ? [] : release(state, run.reservation)),
  ];
}

export const runsDecide = {
  'run.start': start,
  'run.resume': ((state, body) => {
    const run = getRun(state, body.run);
    if (run.status !== 'ready' && run.status !== 'interrupted')
      reject('conflict', `run ${run.id} is ${run.status}`, { rule: 'RUN2' });
    working(state, run.seat);
    return [emit(run, 'run.resumed', { worker: body.worker, ...promised(body) })];
  }) as Decide<Body<'run.resume'>>,
  'run.park': ((state, body) => {
    const run = active(state, body.run);
    const op = state.operations.operations.get(body.operation);
    if (!op || op.settledAt !== null)
      reject('conflict', `operation ${body.operation} is not under way`, { rule: 'RUN4' });
    return [emit(run, 'run.parked', { operation: op.id })];
  }) as Decide<Body<'run.park'>>,
  'run.spend': ((state, body, ctx) => bookUse(state, active(state, body.run), body, ctx)) as Decide<Body<'run.spend'>>,
  'run.finish': ((state, body) => {
    const run = active(state, body.run);
    return [
      emit(run, 'run.finished', { report: body.report, seat: run.seat, case: run.case }),
      ...release(state, run.reservation),
    ];
  }) as Decide<Body<'run.finish'>>,
  'run.fail': fail,
  'run.interrupt': ((state, body) => [
    emit(active(state, body.run), 'run.interrupted', { reason: body.reason }),
  ]) as Decide<Body<'run.interrupt'>>,
};

/** What a refused step leaves behind, so that the run takes the same branch when it is run again [RUN5]. */
export const refused = (run: Run, step: number, action: string, error: Rejected): Draft =>
  emit(run, 'run.refused', { step, action, rejection: { ...error.rejection } });

export { active as activeRun };

const tries = (category: string | undefined): string =>
  category && HOPELESS.has(category) ? ` (${category}, so it is not tried again)` : ` ${RUN_RETRY.attempts} times`;

/** A run that will not go on by itself: its seat's supervisor hears why, and the case does not wait in silence. */
function told(state: State, run: { id: string; seat: string; case: string | null }, text: string) {
  const to = humanAbove(state, run.seat);
  return to === null
    ? []
    : [
        followUp('inbox.deliver', {
          to,
          from: run.seat,
          type: 'escalation',
          text,
          case: run.case,
          data: { run: run.id },
          priority: 'high',
        }),
      ];
}

export const runsReact = {
  'run.started': (state: State, r: RecordOf<'run.started'>) => {
    const c = r.body.case === null ? undefined : state.cases.cases.get(r.body.case);
    return c?.status === 'assigned' && c.owner === r.body.seat ? [followUp('case.begin', { case: c.id })] : [];
  },
  'run.failed': (state: State, r: RecordOf<'run.failed'>) =>
    r.body.retryAt === null
      ? told(
          state,
          { id: r.body.run, seat: r.body.seat, case: r.correlation.startsWith('C-') ? r.correlation : null },
          `the run of "${r.body.seat}" failed${tries(r.body.category)}: ${r.body.message}`,
        )
      : [],
  'run.stopped': (state: State, r: RecordOf<'run.stopped'>) => [
    ...told(
      state,
      { id: r.body.run, seat: r.body.seat, case: r.body.case },
      `the run of "${r.body.seat}" was stopped: ${r.body.message}`,
    ),
  ],
};

export const runsFollowUps = {
  'run.wake': (state: State, body: { run: string; operation: string }): Draft[] => {
    const run = state.runs.runs.get(body.run);
    return run?.status === 'parked' && run.waiting === body.operation
      ? [emit(run, 'run.woken', { operation: body.operation })]
      : [];
  },
  'run.retry': (state: State, body: { id: string }, ctx: Context): Draft[] => {
    const run = state.runs.runs.get(body.id);
    // After a restart the timers of earlier attempts fire again, too early for this one.
    return run?.status === 'retry_wait' && (run.retryAt ?? 0) <= ctx.now ? [emit(run, 'run.retried', {})] : [];
  },
  'case.begin': (state: State, body: { case: string }): Draft[] => {
    const c = state.cases.cases.get(body.case)!;
    return [event('case.started', `case/${c.id}`, { case: c.id, by: c.owner }, c.id)];
  },
};
