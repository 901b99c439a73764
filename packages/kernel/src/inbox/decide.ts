import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { actingSeat, getSeat } from '../organisation/views.ts';
import type { Lane, MessageType } from './schema.ts';

export interface Delivery {
  to: string;
  from?: string;
  type: MessageType;
  text: string;
  case?: string | null;
  data?: Record<string, unknown>;
  priority?: Lane;
}

/** Most messages one inbox holds; beyond it senders are told, nothing is dropped silently [INB5]. */
export const INBOX_LIMIT = 100_000;

/** One delivery path for everybody (requirements README, conflict 3). `ahead` counts messages drafted before in the same decision. */
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
    },
    d.case,
  );
}

function send(
  state: State,
  body: {
    to: string;
    type: MessageType;
    text: string;
    case?: string | undefined;
    data?: Record<string, unknown> | undefined;
    priority: Lane;
  },
  ctx: Context,
): Draft[] {
  const from = actingSeat(state, ctx.actor);
  const to = getSeat(state, body.to);
  if (to.status === 'retired')
    reject('conflict', `seat "${to.id}" is retired`, { rule: 'INB4', hint: 'write to its supervisor' });
  if ((state.inbox.seats.get(to.id)?.depth ?? 0) >= INBOX_LIMIT) {
    reject('exhausted', `the inbox of "${to.id}" is full (${INBOX_LIMIT} messages)`, {
      rule: 'INB5',
      hint: 'try again later or write to its supervisor',
    });
  }
  if (body.case !== undefined && !state.cases.cases.has(body.case))
    reject('not-found', `there is no case ${body.case}`, { rule: 'INB4' });
  return [deliver(state, { ...body, from: from.id, case: body.case ?? null, data: body.data ?? {} })];
}

export const inboxDecide = {
  'message.send': send,
  'message.done': ((state, body, ctx) => {
    const message = state.inbox.messages.get(body.message);
    if (!message) reject('not-found', `there is no open message ${body.message}`, { rule: 'INB3' });
    const seat = actingSeat(state, ctx.actor);
    if (message.to !== seat.id) reject('not-found', `there is no open message ${body.message}`, { rule: 'INB3' });
    const done = { message: message.id, by: seat.id, ...(body.note === undefined ? {} : { note: body.note }) };
    return [event('message.done', `seat/${seat.id}`, done, message.case)];
  }) as Decide<{ message: string; note?: string }>,
  /** Follow-up used by reactions of other modules. */
  'inbox.deliver': ((state, body) => {
    const seat = state.organisation.seats.get(body.to);
    return seat && seat.status !== 'retired' ? [deliver(state, body)] : [];
  }) as Decide<Delivery>,
};
