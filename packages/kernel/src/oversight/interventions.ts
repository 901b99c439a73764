/** What is done about a trouble: a ladder, one rung at a time, bounded, each with its reason [OVS10, OVS11, OVS12]. */
import { release } from '../budget/decide.ts';
import { escalationTarget } from '../cases/decide.ts';
import { next } from '../cases/machine.ts';
import type { Case } from '../cases/state.ts';
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { SYSTEM, type Time } from '../core/types.ts';
import type { Message } from '../inbox/state.ts';
import { messagesOf } from '../inbox/views.ts';
import type { Seat } from '../organisation/state.ts';
import { humanAbove, isHuman } from '../organisation/views.ts';
import { messageOver, messagesMoved, type Relocation } from '../restructuring/relocate.ts';
import { emit, stop } from '../runs/decide.ts';
import type { Action, TroubleKind } from './definition.ts';
import { oversightOf } from './settings.ts';
import type { Trouble } from './state.ts';
import { conditionOf, remind, troubleOf, troublesFollowUps } from './troubles.ts';
import { watchOf } from './watch.ts';

interface Did {
  readonly done: string;
  readonly to: string | null;
  readonly drafts: readonly Draft[];
}
type Act = (state: State, seat: Seat, trouble: Trouble) => Did | null;

const activeRun = (state: State, { run }: Trouble) => {
  const found = run === null ? undefined : state.runs.runs.get(run);
  return found?.status === 'active' ? found : undefined;
};

/** Who does the same work beside it: an agent of the unit that works, is not in trouble, and takes the topic; the least busy one. */
function peerOf(state: State, seat: Seat, c: Case): string | null {
  const fits = (other: Seat) =>
    other.id !== seat.id &&
    other.unit === seat.unit &&
    other.status === 'active' &&
    other.occupant !== null &&
    !isHuman(other) &&
    other.charter.tier === seat.charter.tier &&
    (c.topic === null || other.abilities.topics.includes(c.topic)) &&
    troubleOf(state, other.id) === null;
  const load = ({ id }: Seat) => state.inbox.seats.get(id)?.depth ?? 0;
  const peers = [...state.organisation.seats.values()].filter(fits);
  return peers.sort((a, b) => load(a) - load(b) || (a.id < b.id ? -1 : 1))[0]?.id ?? null;
}

/** The case goes to a peer; without one, to whom it would be escalated. */
function handOver(state: State, seat: Seat, c: Case, reason: string): { to: string; draft: Draft } | null {
  const peer = peerOf(state, seat, c);
  if (peer !== null && next(c.status, 'assign') !== null)
    return {
      to: peer,
      draft: event('case.assigned', `case/${c.id}`, { case: c.id, to: peer, from: seat.id, reason }, c.id),
    };
  const to = escalationTarget(state, seat.id);
  if (to === seat.id || next(c.status, 'escalate') === null) return null;
  const level = c.escalations + 1;
  return { to, draft: event('case.escalated', `case/${c.id}`, { case: c.id, reason, from: seat.id, to, level }, c.id) };
}

/** What waits about the case goes along; what told the old seat to get on with it is over, as is the message its run took. */
function goesAlong(state: State, how: Relocation, c: Case, taken: string | undefined): Draft[] {
  const about = messagesOf(state, how.from).filter((message) => message.case === c.id && message.id !== taken);
  const isNudge = ({ type, from }: Message) => type === 'guidance' && from === SYSTEM.principal;
  return [
    ...about.filter(isNudge).map((message) => messageOver(how, message)),
    ...messagesMoved(
      state,
      how,
      about.filter((message) => !isNudge(message)),
    ),
  ];
}

/** [OVS13] The case goes to somebody else, and nothing about it stays behind. */
function reassign(state: State, seat: Seat, trouble: Trouble): Did | null {
  const c = trouble.case === null ? undefined : state.cases.cases.get(trouble.case);
  if (c?.owner !== seat.id) return null;
  const reason = `"${seat.id}" is ${trouble.trouble}: ${trouble.why}`;
  const given = handOver(state, seat, c, reason);
  if (!given) return null;
  const run = activeRun(state, trouble);
  const ended = run
    ? [stop(run, 'control', `its case was given to "${given.to}"`), ...release(state, run.reservation)]
    : [];
  const how = { from: seat.id, to: given.to, reason, tasks: 'move' } as const;
  const drafts = [...ended, ...goesAlong(state, how, c, run?.message), given.draft];
  return { done: `${c.id} was given to "${given.to}"`, to: given.to, drafts };
}

const ACTS: Readonly<Record<Action, Act>> = {
  nudge: (_state, seat, { trouble }) => ({
    done: trouble === 'idle_with_work' ? 'woken' : 'told to report what it waits for, or to hand over',
    to: seat.id,
    drafts: [],
  }),
  restart: (state, _seat, trouble) => {
    const run = activeRun(state, trouble);
    if (!run) return null;
    const reason = `restarted: ${trouble.trouble}, ${trouble.why}`;
    return {
      done: `${run.id} is run again from its journal`,
      to: null,
      drafts: [emit(run, 'run.interrupted', { reason })],
    };
  },
  reassign,
  pause: (_state, seat, { trouble, why }) =>
    seat.status !== 'active' || isHuman(seat)
      ? null
      : {
          done: 'the seat was paused',
          to: null,
          drafts: [event('seat.paused', `seat/${seat.id}`, { seat: seat.id, reason: `${trouble}: ${why}` })],
        },
  escalate: (state, seat) => {
    const to = humanAbove(state, seat.id);
    return {
      done: to === null ? 'an incident was opened' : `"${to}" was told, an incident was opened`,
      to,
      drafts: [],
    };
  },
};

/** How often it was intervened within the window. */
function recent(state: State, seat: string, now: Time): number {
  const times = state.oversight.seats.get(seat)?.interventions ?? [];
  return times.filter((at) => now - at < oversightOf(state).window).length;
}

function rungs(
  state: State,
  seat: string,
  { trouble, rung }: Trouble,
  now: Time,
): { actions: Action[]; from: number; bound: boolean } {
  const { ladders, most } = oversightOf(state);
  const actions = ladders[trouble];
  const done = recent(state, seat, now);
  // [OVS12] Beyond the bound a person is asked, once; then it is left to him.
  if (done > most) return { actions: [], from: 0, bound: true };
  if (done === most) return { actions: ['escalate'], from: 0, bound: true };
  return { actions, from: Math.min(rung, actions.length - 1), bound: false };
}

/** [OVS10] The next rung that can be taken; those that make no sense are left out. */
function intervene(state: State, body: { id: string }, ctx: Context): Draft[] {
  const trouble = troubleOf(state, body.id);
  const seat = state.organisation.seats.get(body.id);
  if (!trouble || !seat || trouble.nextAt === null || trouble.nextAt > ctx.now) return [];
  const now = conditionOf(state, seat.id, ctx.now, trouble.case);
  if (!now.problem || now.state !== trouble.trouble)
    return troublesFollowUps['oversight.review'](state, { seat: seat.id, case: trouble.case }, ctx);
  const { actions, from, bound } = rungs(state, seat.id, trouble, ctx.now);
  for (let rung = from; rung < actions.length; rung++) {
    const action = actions[rung]!;
    const about = { ...trouble, why: now.why, run: now.run };
    const did = ACTS[action](state, seat, about);
    if (did) return [intervened(seat.id, about, action, bound ? trouble.rung : rung, did, bound), ...did.drafts];
  }
  return [];
}

function intervened(
  seat: string,
  trouble: Trouble,
  action: Action,
  rung: number,
  { done, to }: Did,
  bound: boolean,
): Draft {
  const { trouble: kind, why, run, case: about } = trouble;
  const reason = bound ? `${why}; it was intervened too often` : why;
  const body = { seat, trouble: kind, action, rung: rung + 1, reason, done, run, case: about, to };
  return event('seat.intervened', `seat/${seat}`, body, about);
}

export const interventionsFollowUps = { 'oversight.patience': intervene };

export const interventionsEvolve = {
  'seat.intervened': (state: State, r: RecordOf<'seat.intervened'>) => {
    const { seat, rung } = r.body;
    const { patience, most, ladders } = oversightOf(state);
    const watch = watchOf(state, seat);
    watch.interventions = [...watch.interventions, r.at].slice(-(most + 1));
    const trouble = troubleOf(state, seat);
    if (!trouble) return;
    trouble.rung = rung;
    trouble.nextAt = rung < ladders[trouble.trouble].length ? r.at + patience : null;
    if (trouble.nextAt !== null) remind(state, trouble.nextAt, seat);
  },
};

const SAY: Readonly<Record<TroubleKind, string>> = {
  unresponsive: 'gives no sign of life',
  looping: 'goes round in circles',
  spinning: 'thinks without acting',
  stuck: 'does not get on',
  idle_with_work: 'does nothing although work waits',
};

/** Those who are to know, besides the records. */
function told(_state: State, r: RecordOf<'seat.intervened'>): FollowUp[] {
  const { seat, trouble, action, reason, run, case: about, to } = r.body;
  const data = { seat, trouble, run };
  if (action === 'nudge' && trouble !== 'idle_with_work') {
    const text = `Nothing has come of your work for long (${reason}). Say what you wait for, try another way, or hand over.`;
    return [followUp('inbox.deliver', { to: seat, type: 'guidance', text, case: about, data, priority: 'high' })];
  }
  if (action !== 'escalate') return [];
  const summary = `"${seat}" ${SAY[trouble]}: ${reason}`;
  const incident = followUp('incident.open', {
    ...{ cause: 'seat', ref: `seat:${seat}`, summary, done: ['every rung of the ladder was taken'], what: trouble },
  });
  const text = `${summary}. The machine has no further means.`;
  return to === null
    ? [incident]
    : [
        incident,
        followUp('inbox.deliver', { to, from: seat, type: 'escalation', text, case: about, data, priority: 'high' }),
      ];
}

export const interventionsReact = {
  'seat.troubled': (_state: State, r: RecordOf<'seat.troubled'>) => [
    followUp('oversight.patience', { id: r.body.seat }),
  ],
  'seat.intervened': told,
};
