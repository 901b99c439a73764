import type { z } from 'zod';
import { heard } from '../cases/views.ts';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { DAY } from '../core/quantities.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { directs, getSeat, OWNER, workingSeat } from '../organisation/views.ts';
import { above, handlerOf, standing } from './handler.ts';
import type { ComplaintEvents, complaintCommands } from './schema.ts';
import type { Complaint } from './state.ts';

type Body<K extends keyof typeof complaintCommands> = z.output<(typeof complaintCommands)[K]>;

/** How long those concerned have for their accounts, and who handles it for the answer. */
const termsOf = (state: State) => state.organisation.settings.complaints ?? { accounts: DAY, answer: 3 * DAY };

const emit = <K extends keyof ComplaintEvents>(id: string, kind: K, body: ComplaintEvents[K], about: string | null) =>
  event(kind, `complaint/${id}`, body as never, about ?? id);

const unique = (list: readonly string[]): string[] => [...new Set(list)];

/** [CMP3] An open complaint about the same case, or by the same seat about one of the same seats. */
function sameMatter(state: State, by: string | null, about: string | null, seats: readonly string[]): Complaint | null {
  for (const id of state.complaints.open) {
    const other = state.complaints.all.get(id)!;
    if (other.joins !== null) continue;
    if (about !== null && other.case === about) return other;
    if (by !== null && other.by === by && other.about.some((seat) => seats.includes(seat))) return other;
  }
  return null;
}

function scopeOf(state: State, body: Body<'complaint.raise'>, owner: string | null): string[] {
  for (const unit of body.units)
    if (!state.organisation.units.has(unit))
      reject('not-found', `there is no unit "${unit}"`, { rule: 'CMP1', hint: 'list the units with `reeve status`' });
  const named = body.seats.map((seat) => standing(state, getSeat(state, seat).id));
  const seats = named.length + body.units.length === 0 && owner !== null ? [owner] : named;
  if (seats.length + body.units.length === 0)
    reject('invalid', 'a complaint is about something', {
      rule: 'CMP1',
      hint: 'name seats or units, or the case whose owner it is about',
    });
  return unique(seats);
}

function raise(state: State, body: Body<'complaint.raise'>, ctx: Context): Draft[] {
  const by = ctx.actor.seat === undefined ? null : workingSeat(state, ctx.actor).id;
  const c = body.case === undefined ? null : heard(state, body.case, ctx.actor);
  if (by === null && c === null)
    reject('invalid', 'a complaint from outside belongs to the case of the customer', {
      rule: 'CMP2',
      hint: 'open a case for it first, and name it',
    });
  const about = scopeOf(state, body, c === null ? null : standing(state, c.owner));
  const complaint = nextId(state, 'CO');
  const same = sameMatter(state, by, c?.id ?? null, about);
  const scope = {
    by: same?.by ?? by,
    seats: unique([...(same?.about ?? []), ...about]),
    units: unique([...(same?.units ?? []), ...body.units]),
  };
  const handler = handlerOf(state, scope);
  const { accounts, answer } = termsOf(state);
  const times = { accountsBy: ctx.now + accounts, due: same?.due ?? ctx.now + answer };
  const raised = { complaint, by, case: c?.id ?? null, text: body.text, about, units: body.units, handler, ...times };
  const wider = same !== null && same.handler !== handler;
  return [
    emit(complaint, 'complaint.raised', { ...raised, joins: same?.id ?? null }, c?.id ?? null),
    ...(wider ? [escalated(same, handler, 'it concerns more than was known', same.due)] : []),
  ];
}

const escalated = (c: Complaint, to: string, reason: string, due: number): Draft =>
  emit(c.id, 'complaint.escalated', { complaint: c.id, from: c.handler, to, reason, due }, c.case);

/** [CMP2] For all who have no part in it there is no such complaint. */
function known(state: State, id: string): Complaint {
  const found = state.complaints.all.get(id);
  if (!found) return unknown(id);
  const main = found.joins === null ? found : state.complaints.all.get(found.joins)!;
  if (main.answer !== null)
    reject('conflict', `complaint ${main.id} is answered`, { rule: 'CMP4', hint: 'raise another one if it goes on' });
  return main;
}

const unknown = (id: string): never =>
  reject('not-found', `there is no complaint ${id}`, { rule: 'CMP2', hint: 'list yours with `reeve complaints`' });

function account(state: State, body: Body<'complaint.account'>, ctx: Context): Draft[] {
  const seat = workingSeat(state, ctx.actor).id;
  const c = known(state, body.complaint);
  const asked = c.about.map((id) => standing(state, id));
  if (!asked.includes(seat) && c.by !== seat) return unknown(body.complaint);
  return [emit(c.id, 'complaint.explained', { complaint: c.id, by: seat, text: body.text }, c.case)];
}

/** [CMP4] One answer, by who handles it, when both sides were heard or had their time. */
function answer(state: State, body: Body<'complaint.answer'>, ctx: Context): Draft[] {
  const c = known(state, body.complaint);
  const handler = standing(state, c.handler);
  const owner = ctx.actor.principal === OWNER && ctx.actor.seat === undefined;
  const by = owner ? OWNER : workingSeat(state, ctx.actor).id;
  if (!owner && by !== handler && !directs(state, ctx.actor, handler)) return unknown(body.complaint);
  const silent = c.about.filter(
    (seat) => c.accounts[standing(state, seat)] === undefined && c.accounts[seat] === undefined,
  );
  if (silent.length > 0 && ctx.now < c.accountsBy)
    reject('conflict', `${silent.join(', ')} may still give an account`, {
      rule: 'CMP4',
      hint: `answer when they have, or after ${new Date(c.accountsBy).toISOString()}`,
    });
  const { text, compensation, improvements } = body;
  const answered = {
    ...{ complaint: c.id, by, text, improvements, silent },
    ...(compensation === undefined ? {} : { compensation }),
    answers: [c.id, ...c.joined],
    took: ctx.now - c.raisedAt,
  };
  return [emit(c.id, 'complaint.answered', answered, c.case)];
}

export const complaintsDecide = { 'complaint.raise': raise, 'complaint.account': account, 'complaint.answer': answer };

export const complaintsFollowUps = {
  /** [CMP5] Nobody answered in time: the next above takes it over; at the top it is said again. */
  'complaint.late': (state: State, body: { id: string }, ctx: Context): Draft[] => {
    const c = state.complaints.all.get(body.id);
    if (!c || c.answer !== null || c.joins !== null || c.due > ctx.now) return [];
    const to = above(state, c.handler, c.by) ?? standing(state, c.handler);
    return [escalated(c, to, 'not answered in time', ctx.now + termsOf(state).answer)];
  },
};
