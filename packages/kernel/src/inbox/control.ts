/** What people and receivers say about messages: let a held one pass or not, stop hearing somebody, hear him again. */
import type { z } from 'zod';
import { getCase } from '../cases/views.ts';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import { directs, getSeat, governs, isAbove, OWNER, workingSeat } from '../organisation/views.ts';
import type { inboxCommands } from './schema.ts';
import type { Held } from './state.ts';

type Body<K extends keyof typeof inboxCommands> = z.output<(typeof inboxCommands)[K]>;

/** The message as it is delivered after all. */
function delivered({ message, to, from, type, text, data, priority, kind, case: id }: Held): Draft {
  const more = { ...(id === undefined ? {} : { case: id }), ...(kind === undefined ? {} : { kind }) };
  const body = { message, to, from, type, text, data: data ?? {}, priority, class: 'approve' as const, ...more };
  return event('message.sent', `seat/${to}`, body, id ?? null);
}

function decision(state: State, held: Held, verdict: 'approve' | 'deny', by: string, reason: string): Draft[] {
  const { message, from, to, case: id } = held;
  const about = id === undefined ? {} : { case: id };
  const decided = event(
    'message.decided',
    `seat/${from}`,
    { message, from, to, verdict, by, reason, ...about },
    id ?? null,
  );
  const there = state.organisation.seats.get(to)?.status !== 'retired';
  return verdict === 'approve' && there ? [delivered(held), decided] : [decided];
}

/** [INB12] The one who is asked decides, or who directs the sender; for all others there is no such message. */
function decide(state: State, body: Body<'message.decide'>, ctx: Context): Draft[] {
  const held = state.inbox.held.get(body.message);
  const seat = ctx.actor.seat === undefined ? OWNER : workingSeat(state, ctx.actor).id;
  if (!held || (seat !== held.decider && !directs(state, ctx.actor, held.from)))
    reject('not-found', `no message ${body.message} waits for your decision`, {
      rule: 'INB12',
      hint: 'see what waits with `reeve inbox rules`',
    });
  return decision(state, held, body.verdict, seat, body.reason);
}

/** The seat whose inbox it is: one's own, or one that one directs. */
function receiver(state: State, seat: string | undefined, ctx: Context): { seat: string; by: string } {
  if (seat === undefined) {
    const own = workingSeat(state, ctx.actor).id;
    return { seat: own, by: own };
  }
  const { id } = getSeat(state, seat);
  if (ctx.actor.seat !== id && !directs(state, ctx.actor, id))
    reject('forbidden', `the inbox of "${id}" is not yours to close`, {
      rule: 'INB11',
      hint: 'its seat and the humans above it may',
    });
  return { seat: id, by: ctx.actor.seat ?? OWNER };
}

const later = (until: number | undefined, now: number): number | null => {
  if (until !== undefined && until <= now)
    reject('invalid', 'a block ends after now', { rule: 'INB11', hint: 'give a later `until`, or none' });
  return until ?? null;
};

/** [INB11] A seat need not hear everybody, but always those above it. */
function block(state: State, body: Body<'sender.block'>, ctx: Context): Draft[] {
  const { seat, by } = receiver(state, body.seat, ctx);
  const sender = getSeat(state, body.sender).id;
  if (sender === seat || isAbove(state, sender, seat))
    reject('forbidden', `"${seat}" cannot be closed to "${sender}"`, {
      rule: 'INB11',
      hint: 'what comes from above is always heard',
    });
  if (!state.organisation.settings.inbox)
    reject('conflict', 'this organisation has no rules of inboxes', {
      rule: 'INB11',
      hint: 'add `settings.inbox` to pack.yaml, `{}` is enough, and apply the pack',
    });
  const until = later(body.until, ctx.now);
  return [event('sender.blocked', `seat/${seat}`, { seat, sender, until, by, reason: body.reason })];
}

function unblock(state: State, body: Body<'sender.unblock'>, ctx: Context): Draft[] {
  const { seat, by } = receiver(state, body.seat, ctx);
  if (state.inbox.standings.get(`${seat}<${body.sender}`)?.blockedUntil === undefined)
    reject('conflict', `"${seat}" hears "${body.sender}"`, { rule: 'INB11', hint: 'see `reeve block list`' });
  return [event('sender.unblocked', `seat/${seat}`, { seat, sender: body.sender, by, reason: body.reason })];
}

function governed(state: State, ctx: Context): string {
  if (!governs(state, ctx.actor))
    reject('forbidden', 'only the owner or the human at the top decides which customers are heard', { rule: 'INB13' });
  return ctx.actor.seat ?? OWNER;
}

/** [INB13] */
function blockCustomer(state: State, body: Body<'customer.block'>, ctx: Context): Draft[] {
  const by = governed(state, ctx);
  const c = getCase(state, body.case);
  const until = later(body.until, ctx.now);
  return [event('customer.blocked', `case/${c.id}`, { case: c.id, until, by, reason: body.reason }, c.id)];
}

function unblockCustomer(state: State, body: Body<'customer.unblock'>, ctx: Context): Draft[] {
  const by = governed(state, ctx);
  if (![...state.inbox.customers.values()].some((one) => one.case === body.case))
    reject('conflict', `the customer of ${body.case} is heard`, { rule: 'INB13', hint: 'see `reeve block list`' });
  return [event('customer.unblocked', `case/${body.case}`, { case: body.case, by, reason: body.reason }, body.case)];
}

/** [INB13] A customer who is not heard is told so, and until when. */
export function mayAsk(state: State, customer: string, now: number): void {
  const block = state.inbox.customers.get(customer);
  if (!block || (block.until !== null && block.until <= now)) return;
  const until = block.until === null ? '' : ` until ${new Date(block.until).toISOString()}`;
  reject('forbidden', `requests of this customer are not taken${until}`, {
    rule: 'INB13',
    hint: `this was decided on ${block.case}; the human at the top can lift it`,
  });
}

export const inboxControlDecide = {
  'message.decide': decide as Decide<Body<'message.decide'>>,
  'sender.block': block as Decide<Body<'sender.block'>>,
  'sender.unblock': unblock as Decide<Body<'sender.unblock'>>,
  'customer.block': blockCustomer as Decide<Body<'customer.block'>>,
  'customer.unblock': unblockCustomer as Decide<Body<'customer.unblock'>>,
};

export const inboxControlFollowUps = {
  /** [INB12] Nobody decided in time: the sender hears that. */
  'inbox.silence': ((state, body, ctx) => {
    const held = state.inbox.held.get(body.id);
    return held && held.until <= ctx.now ? decision(state, held, 'deny', 'system', 'nobody decided in time') : [];
  }) as Decide<{ id: string }>,
};
