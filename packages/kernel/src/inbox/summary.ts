/** [INB14] What supervisors hear of messages: what is routine once a day in numbers, what is not at once. */
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { DAY, HOUR } from '../core/quantities.ts';
import { countId, type State, setTimer } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Delivery } from './decide.ts';
import type { Summary } from './schema.ts';
import { standingEvolve } from './standing.ts';

/** Kinds, seats and exceptions named in one summary; the rest is counted together. */
const NAMED = 50;
const OTHERS = 'others';

const dayOf = (at: Time): string => new Date(at).toISOString().slice(0, 10);

const rulesOf = (state: State) => state.organisation.settings.inbox;
const above = (state: State, seat: string): string | undefined => state.organisation.seats.get(seat)?.supervisor;

/** What the supervisor of this seat will hear; begun with the first message of a day, said at its end. */
function digestOf(state: State, seat: string, at: Time): Summary | undefined {
  const supervisor = above(state, seat);
  if (!rulesOf(state) || supervisor === undefined) return undefined;
  let digest = state.inbox.digests.get(supervisor);
  if (!digest) {
    const routine = { total: 0, byType: {}, bySeat: {} };
    digest = { day: dayOf(at), routine, inform: 0, held: 0, refused: 0, exceptions: [] };
    state.inbox.digests.set(supervisor, digest);
    setTimer(state, Math.floor(at / DAY) * DAY + DAY, `inbox.summary:${supervisor}`);
  }
  return digest;
}

function add(counts: Record<string, number>, name: string): void {
  const known = counts[name] !== undefined || Object.keys(counts).length < NAMED;
  counts[known ? name : OTHERS] = (counts[known ? name : OTHERS] ?? 0) + 1;
}

function sent(state: State, r: RecordOf<'message.sent'>): void {
  standingEvolve['message.sent'](state, r);
  const { from, type, kind, class: of } = r.body;
  const digest = of === undefined || of === 'approve' ? undefined : digestOf(state, from, r.at);
  if (!digest) return;
  if (of === 'inform') digest.inform += 1;
  else {
    digest.routine.total += 1;
    add(digest.routine.byType, kind ?? type);
    add(digest.routine.bySeat, from);
  }
}

function refused(state: State, r: RecordOf<'message.refused'>): void {
  countId(state, r.body.message);
  standingEvolve['message.refused'](state, r);
  const digest = digestOf(state, r.body.from, r.at);
  if (digest) digest.refused += 1;
}

function held(state: State, r: RecordOf<'message.held'>): void {
  countId(state, r.body.message);
  state.inbox.held.set(r.body.message, { ...r.body });
  setTimer(state, r.body.until, `inbox.silence:${r.body.message}`);
  const digest = digestOf(state, r.body.from, r.at);
  if (digest) digest.held += 1;
}

/** Failed runs of an hour, counted before the run is gone. */
function failed(state: State, r: RecordOf<'run.failed'>): void {
  standingEvolve['run.failed'](state, r);
  if (r.body.retryAt !== null || !rulesOf(state)) return;
  const { failures } = state.inbox;
  const hour = Math.floor(r.at / HOUR);
  if (failures.hour !== hour) {
    failures.hour = hour;
    failures.by.clear();
  }
  failures.by.set(r.body.seat, (failures.by.get(r.body.seat) ?? 0) + 1);
}

function noticed(state: State, r: RecordOf<'exception.noticed'>): void {
  const { seat, about, what, count } = r.body;
  const digest = digestOf(state, seat, r.at);
  if (digest && digest.exceptions.length < NAMED) digest.exceptions.push(`${seat}: ${count} ${what} (${about})`);
}

export const inboxRulesEvolve = {
  ...standingEvolve,
  'message.sent': sent,
  'message.refused': refused,
  'message.held': held,
  'message.decided': (state: State, r: RecordOf<'message.decided'>) => void state.inbox.held.delete(r.body.message),
  'run.failed': failed,
  'exception.noticed': noticed,
  'summary.made': (state: State, r: RecordOf<'summary.made'>) => void state.inbox.digests.delete(r.body.seat),
};

const tell = (d: Delivery): FollowUp => followUp('inbox.deliver', { ...d });

/** What is more than usual is noticed when it gets there, once an hour. */
function unusual(state: State, seat: string, about: string, what: 'messages' | 'failures', count: number): FollowUp[] {
  const limit = rulesOf(state)?.unusual[what];
  return count === limit ? [followUp('inbox.exception', { seat, about, what, count })] : [];
}

/** [INB12] Somebody above hears at once of what is not routine. */
function informed(state: State, r: RecordOf<'message.sent'>): FollowUp[] {
  const { from, to, class: of, type, kind, case: id, text } = r.body;
  if (of === undefined) return [];
  const supervisor = above(state, from);
  const many = unusual(state, from, `to ${to}`, 'messages', state.inbox.standings.get(`${to}<${from}`)?.inHour ?? 0);
  if (of !== 'inform' || supervisor === undefined || supervisor === to) return many;
  const data = { message: r.body.message, to, kind: kind ?? type };
  return [...many, tell({ to: supervisor, from, type: 'inform', text, case: id ?? null, data, priority: 'low' })];
}

function answered(state: State, r: RecordOf<'message.refused'>): FollowUp[] {
  const { from, to, refused: rule, because, instead, case: id, type, preview } = r.body;
  const hint = instead === undefined ? '' : `; ${instead}`;
  const text = `Your message to ${to} was refused by the rule "${rule}": ${because}${hint}`;
  const answer = tell({
    to: from,
    type: 'inform',
    text,
    case: id ?? null,
    data: { message: r.body.message, rule, type },
  });
  const supervisor = above(state, from);
  if (instead !== TAKE_UP || supervisor === undefined) return [answer];
  const ask = `"${from}" wants to reach "${to}": ${preview}`;
  return [answer, tell({ to: supervisor, from, type: 'escalation', text: ask, case: id ?? null, data: { to, rule } })];
}
const TAKE_UP = 'your supervisor has been asked to take it up';

function asked(_state: State, r: RecordOf<'message.held'>): FollowUp[] {
  const { from, to, text, because, decider, message, until, case: id } = r.body;
  const ask = `"${from}" wants to write to "${to}": ${text.slice(0, 200)}`;
  const data = { message, to, because, until, decide: 'message.decide' };
  return [tell({ to: decider, from, type: 'approval_request', text: ask, case: id ?? null, data, priority: 'high' })];
}

export const inboxRulesReact = {
  'message.sent': informed,
  'message.refused': answered,
  'message.held': asked,
  'message.decided': (_state: State, r: RecordOf<'message.decided'>): FollowUp[] => {
    const { from, to, verdict, by, reason, message, case: id } = r.body;
    const text = `Your message to ${to} was ${verdict === 'approve' ? 'let through' : 'not let through'} by ${by}: ${reason}`;
    return [tell({ to: from, type: 'inform', text, case: id ?? null, data: { message, verdict } })];
  },
  'summary.made': (_state: State, r: RecordOf<'summary.made'>): FollowUp[] => {
    const { seat, day, routine, inform, held: waited, refused: no, exceptions } = r.body;
    const text = `${day}: ${routine.total} routine messages, ${inform} told at once, ${waited} held, ${no} refused, ${exceptions.length} exceptions`;
    return [tell({ to: seat, type: 'inform', text, data: { ...r.body }, priority: 'low' })];
  },
  'run.failed': (state: State, r: RecordOf<'run.failed'>): FollowUp[] =>
    r.body.retryAt === null
      ? unusual(state, r.body.seat, 'runs', 'failures', state.inbox.failures.by.get(r.body.seat) ?? 0)
      : [],
  'exception.noticed': (_state: State, r: RecordOf<'exception.noticed'>): FollowUp[] => {
    const { seat, about, what, count, told } = r.body;
    const text = `Unusual: ${count} ${what} of "${seat}" within an hour (${about})`;
    return [tell({ to: told, type: 'inform', text, data: { seat, what, count }, priority: 'high' })];
  },
};

export const inboxRulesFollowUps = {
  'inbox.summary': (state: State, body: { id: string }, ctx: Context): Draft[] => {
    const digest = state.inbox.digests.get(body.id);
    if (!digest || digest.day >= dayOf(ctx.now)) return [];
    return [event('summary.made', `seat/${body.id}`, { seat: body.id, ...digest })];
  },
  'inbox.exception': (
    state: State,
    body: { seat: string; about: string; what: 'messages' | 'failures'; count: number },
  ) => {
    const told = above(state, body.seat);
    return told === undefined ? [] : [event('exception.noticed', `seat/${body.seat}`, { ...body, told })];
  },
};
