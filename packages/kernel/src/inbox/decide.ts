import { participant } from '../cases/views.ts';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { keepPrivate } from '../memory/sharing.ts';
import { getSeat, successor, workingSeat } from '../organisation/views.ts';
import { actingFor } from '../oversight/modes.ts';
import { inboxControlDecide } from './control.ts';
import { checked } from './post.ts';
import type { Lane, MessageType } from './schema.ts';

export interface Delivery {
  to: string;
  from?: string;
  type: MessageType;
  text: string;
  case?: string | null;
  data?: Record<string, unknown>;
  priority?: Lane;
  /** What rules of inboxes noted on it. */
  note?: object;
}

interface SendBody {
  to: string;
  type: MessageType;
  text: string;
  case?: string | undefined;
  data?: Record<string, unknown> | undefined;
  priority: Lane;
  kind?: string | undefined;
}

/** Most messages one inbox holds; beyond it senders are told, nothing is dropped silently [INB5]. */
export const INBOX_LIMIT = 100_000;

/**
 * One delivery path for everybody (requirements README, conflict 3).
 * @param ahead messages that the same step writes before it
 */
export function deliver(state: State, d: Delivery, ahead = 0): Draft {
  const message = nextId(state, 'M', ahead);
  return event(
    'message.sent',
    `seat/${d.to}`,
    {
      message,
      to: d.to,
      from: d.from ?? 'system',
      type: d.type,
      text: d.text,
      ...(d.case ? { case: d.case } : {}),
      data: d.data ?? {},
      priority: d.priority ?? 'normal',
      ...d.note,
    },
    d.case,
  );
}

/** [INB6] Facts about a case that only the kernel announces, when they have happened: no seat can make one up. */
const ANNOUNCED: ReadonlySet<MessageType> = new Set([
  'assign',
  'task',
  'report',
  'verify',
  'verified',
  'rejected',
  'customer',
  'reminder',
  'approval_request',
  'approval_decision',
]);

/** [INB4] A seat speaks of a case when it takes part in it, or has been written to about it. */
function mayMention(state: State, id: string, seat: string, ctx: Context): void {
  if (!state.inbox.seats.get(seat)?.work.has(id)) participant(state, id, ctx.actor);
}

function send(state: State, body: SendBody, ctx: Context): Draft[] {
  const from = workingSeat(state, ctx.actor);
  const to = getSeat(state, body.to);
  if (ANNOUNCED.has(body.type))
    reject('invalid', `a message of type "${body.type}" is written by the system alone`, {
      rule: 'INB6',
      hint: 'use the command that does it, or the type "inform" or "question"',
    });
  if (to.status === 'retired')
    reject('conflict', `seat "${to.id}" is retired`, { rule: 'INB4', hint: 'write to its supervisor' });
  if ((state.inbox.seats.get(to.id)?.depth ?? 0) >= INBOX_LIMIT) {
    reject('exhausted', `the inbox of "${to.id}" is full (${INBOX_LIMIT} messages)`, {
      rule: 'INB5',
      hint: 'try again later or write to its supervisor',
    });
  }
  keepPrivate(state, to.id, () => [body.text, JSON.stringify(body.data ?? {})], ctx);
  if (body.case !== undefined) mayMention(state, body.case, from.id, ctx);
  const found = checked(state, { from, to, letter: body, now: ctx.now });
  if ('drafts' in found) return found.drafts;
  return [deliver(state, { ...body, from: from.id, case: body.case ?? null, data: body.data ?? {}, note: found.note })];
}

/** [INB3] An open message is done by the seat it was sent to; for all others it does not exist. */
function done(state: State, body: { message: string; note?: string }, ctx: Context): Draft[] {
  const seat = workingSeat(state, ctx.actor);
  const message = state.inbox.messages.get(body.message);
  if (message?.to !== seat.id)
    reject('not-found', `there is no open message ${body.message} for "${seat.id}"`, {
      rule: 'INB3',
      hint: 'it may be done already',
    });
  const note = body.note === undefined ? {} : { note: body.note };
  return [event('message.done', `seat/${seat.id}`, { message: message.id, by: seat.id, ...note }, message.case)];
}

export const inboxDecide = {
  'message.send': send,
  ...inboxControlDecide,
  'message.done': done,
  /** Follow-up used by reactions of other modules. What was meant for a retired seat goes to the one above it [ORG7]. */
  'inbox.deliver': ((state, body) => {
    const to = successor(state, body.to);
    return to === null ? [] : [deliver(state, { ...body, to: actingFor(state, to, body.type) })];
  }) as Decide<Delivery>,
};
