/** What people do about load: lend a seat for a time, put intake off, open it again [RTE12, RTE15]. */
import type { z } from 'zod';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { DAY } from '../core/quantities.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import type { Seat } from '../organisation/state.ts';
import { directs, getSeat, governs, inUnit, OWNER } from '../organisation/views.ts';
import { percentOf, routingOf } from './load.ts';
import type { routingCommands } from './schema.ts';

type Body<K extends keyof typeof routingCommands> = z.output<(typeof routingCommands)[K]>;

/** The longest a seat is lent. */
const LONGEST = 30 * DAY;

function directed(state: State, id: string, ctx: Context): Seat {
  const seat = getSeat(state, id);
  if (!directs(state, ctx.actor, seat.id))
    reject('forbidden', `you do not direct the seat "${seat.id}"`, {
      rule: 'RTE15',
      hint: 'ask a human above it: who lends decides, not who borrows',
    });
  return seat;
}

/** [RTE15] Bounds of lending: not from too many seats of one unit at once, and not who has enough to do (R-C48). */
function mayLend(state: State, seat: Seat): void {
  const { borrow } = routingOf(state);
  const lent = [...state.routing.loans.values()].filter(({ from }) => from === seat.unit).length;
  if (lent >= borrow.most)
    reject('conflict', `${lent} seats of "${seat.unit}" are lent already`, {
      rule: 'RTE15',
      hint: 'end one of these loans first (`reeve load return`)',
    });
  const percent = Math.round(percentOf(state.routing.seats.get(seat.id), seat, routingOf(state)));
  if (percent >= borrow.under)
    reject('conflict', `"${seat.id}" is busy itself: ${percent} % of ${borrow.under} %`, {
      rule: 'RTE15',
      hint: 'choose a seat with less to do (`reeve load`)',
    });
}

function lend(state: State, body: Body<'seat.lend'>, ctx: Context): Draft[] {
  const seat = directed(state, body.seat, ctx);
  if (!state.organisation.units.has(body.unit))
    reject('not-found', `there is no unit "${body.unit}"`, { rule: 'RTE15', hint: 'list the units with `reeve load`' });
  if (state.routing.loans.has(seat.id))
    reject('conflict', `"${seat.id}" is lent already`, { rule: 'RTE15', hint: 'end that loan first' });
  if (inUnit(state, seat.unit, body.unit))
    reject('invalid', `"${seat.id}" is in "${body.unit}" anyway`, { rule: 'RTE15', hint: 'name another unit' });
  mayLend(state, seat);
  const until = body.until ?? ctx.now + routingOf(state).borrow.for;
  if (until <= ctx.now || until > ctx.now + LONGEST)
    reject('invalid', 'a loan ends after now and within 30 days', { rule: 'RTE15', hint: 'give another `until`' });
  const by = ctx.actor.seat ?? OWNER;
  const lent = { seat: seat.id, unit: body.unit, from: seat.unit, until, by, reason: body.reason };
  return [event('seat.lent', `seat/${seat.id}`, lent)];
}

function giveBack(state: State, body: Body<'seat.return'>, ctx: Context): Draft[] {
  const seat = directed(state, body.seat, ctx);
  const loan = state.routing.loans.get(seat.id);
  if (!loan) reject('conflict', `"${seat.id}" is not lent`, { rule: 'RTE15', hint: 'see `reeve load`' });
  const by = ctx.actor.seat ?? OWNER;
  return [event('seat.returned', `seat/${seat.id}`, { seat: seat.id, unit: loan.unit, by, reason: body.reason })];
}

/** [RTE12] Intake is put off, and opened, by who governs the organisation. */
const intake =
  (kind: 'intake.throttled' | 'intake.opened', now: boolean): Decide<{ reason: string }> =>
  (state, body, ctx) => {
    if (!governs(state, ctx.actor))
      reject('forbidden', 'only the owner or the human at the top decides about intake', { rule: 'RTE12' });
    if ((state.routing.throttled !== null) === now)
      reject('conflict', `intake is ${now ? 'throttled' : 'open'} already`, { rule: 'RTE12' });
    const by = ctx.actor.seat ?? OWNER;
    return [event(kind, `organisation/${state.org}`, { by, reason: body.reason })];
  };

export const controlDecide = {
  'seat.lend': lend as Decide<Body<'seat.lend'>>,
  'seat.return': giveBack as Decide<Body<'seat.return'>>,
  'intake.throttle': intake('intake.throttled', true),
  'intake.open': intake('intake.opened', false),
};

/** A loan is over when its time is [RTE15]. */
export const controlFollowUps = {
  'routing.return': ((state, body, ctx) => {
    const loan = state.routing.loans.get(body.id);
    if (!loan || loan.until > ctx.now) return [];
    const back = { seat: body.id, unit: loan.unit, by: 'system', reason: 'its time is over' };
    return [event('seat.returned', `seat/${body.id}`, back)];
  }) as Decide<{ id: string }>,
};
