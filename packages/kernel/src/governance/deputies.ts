import type { z } from 'zod';
import type { Context } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { DAY } from '../core/quantities.ts';
import { reject } from '../core/rejection.ts';
import { countId, nextId, type State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { directs, getSeat, isHuman, OWNER } from '../organisation/views.ts';
import type { controlCommands } from './control-schema.ts';
import type { Deputy } from './control-state.ts';

/** Deputies of deputies: how far the power to decide goes, and for how long it is given at most. */
const DEPUTIES = { hops: 3, time: 366 * DAY } as const;

type Body<K extends keyof typeof controlCommands> = z.output<(typeof controlCommands)[K]>;

const current = (d: Deputy, now: Time): boolean => d.from <= now && now < d.until;

/** Who stands in for a seat at this time, directly. */
function deputiesOf(state: State, seat: string, now: Time): string[] {
  const { deputies, deputiesOf: index } = state.governance.control;
  return (index.get(seat) ?? []).flatMap((id) => {
    const d = deputies.get(id);
    return d && current(d, now) ? [d.to] : [];
  });
}

/** [GOV47] Everybody who stands in for one of these seats now, with whom he stands in for; at most three hops away. */
export function standIns(state: State, seats: readonly string[], now: Time): Map<string, string> {
  const found = new Map<string, string>();
  let edge = seats.map((seat) => ({ seat, origin: seat }));
  for (let hop = 0; hop < DEPUTIES.hops && edge.length > 0; hop++) {
    edge = edge.flatMap(({ seat, origin }) =>
      deputiesOf(state, seat, now)
        .filter((to) => !found.has(to) && !seats.includes(to))
        .map((to) => {
          found.set(to, origin);
          return { seat: to, origin };
        }),
    );
  }
  return found;
}

function mayName(state: State, seat: string, ctx: Context): string {
  if (ctx.actor.principal === OWNER && ctx.actor.seat === undefined) return OWNER;
  const own = getSeat(state, seat);
  const itself = ctx.actor.seat === seat && own.occupant?.principal === ctx.actor.principal;
  if (!(itself && own.status !== 'suspended') && !directs(state, ctx.actor, seat))
    reject('forbidden', `only "${seat}" or a human above it names its deputy`, { rule: 'GOV47' });
  return ctx.actor.seat ?? OWNER;
}

function name(state: State, body: Body<'deputy.name'>, ctx: Context): Draft[] {
  const by = mayName(state, body.seat, ctx);
  const seat = getSeat(state, body.seat);
  const to = getSeat(state, body.deputy);
  const from = Math.max(body.from ?? ctx.now, ctx.now);
  if (to.id === seat.id) reject('invalid', 'a deputy is somebody else', { rule: 'GOV47' });
  if (to.status === 'suspended' || to.status === 'retired')
    reject('conflict', `seat "${to.id}" is ${to.status}`, { rule: 'GOV47', hint: 'name another one' });
  if (isHuman(seat) && !isHuman(to))
    reject('forbidden', `"${seat.id}" is a human, and only a human decides in his place`, { rule: 'GOV47' });
  if (body.until <= from || body.until - from > DEPUTIES.time)
    reject('invalid', 'the time must end after it begins, within a year', { rule: 'GOV47' });
  const deputy = nextId(state, 'D');
  const named = { deputy, seat: seat.id, to: to.id, from, until: body.until, by, reason: body.reason };
  return [event('deputy.named', `deputy/${deputy}`, named)];
}

function withdraw(state: State, body: Body<'deputy.withdraw'>, ctx: Context): Draft[] {
  const d = state.governance.control.deputies.get(body.deputy);
  if (!d) reject('not-found', `there is no deputy ${body.deputy} any more`, { rule: 'GOV47' });
  const by = mayName(state, d.seat, ctx);
  return [event('deputy.withdrawn', `deputy/${d.id}`, { deputy: d.id, by, reason: body.reason })];
}

export const deputiesDecide = { 'deputy.name': name, 'deputy.withdraw': withdraw };

function drop(state: State, id: string): void {
  const { deputies, deputiesOf: index } = state.governance.control;
  const d = deputies.get(id);
  if (!d) return;
  deputies.delete(id);
  const left = (index.get(d.seat) ?? []).filter((other) => other !== id);
  if (left.length > 0) index.set(d.seat, left);
  else index.delete(d.seat);
}

export const deputiesEvolve = {
  'deputy.named': (state: State, r: RecordOf<'deputy.named'>) => {
    const { deputy, ...b } = r.body;
    const { deputies, deputiesOf: index } = state.governance.control;
    countId(state, deputy);
    for (const id of index.get(b.seat) ?? []) if ((deputies.get(id)?.until ?? 0) <= r.at) drop(state, id);
    deputies.set(deputy, { ...b, id: deputy });
    index.set(b.seat, [...(index.get(b.seat) ?? []), deputy]);
  },
  'deputy.withdrawn': (state: State, r: RecordOf<'deputy.withdrawn'>) => drop(state, r.body.deputy),
};
