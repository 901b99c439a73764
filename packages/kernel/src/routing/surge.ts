/** [RTE12] More comes than can be done: entered at one threshold, left at a lower one, both on the ledger. */
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { perHour, routes, routingOf } from './load.ts';

export interface Pressure {
  waiting: number;
  /** In the last hour. */
  incoming: number;
  ended: number;
}

export function pressureOf(state: State, now: number): Pressure {
  const { waiting, came, went } = state.routing;
  return { waiting, incoming: Math.round(perHour(came, now)), ended: Math.round(perHour(went, now)) };
}

/** What makes it a surge now, or null. */
function cause({ waiting, incoming, ended }: Pressure, limits: { waiting: number; backlog: number }): string | null {
  if (waiting >= limits.waiting) return `${waiting} cases wait for a seat`;
  const backlog = incoming - ended;
  return backlog >= limits.backlog ? `${backlog} more cases came than ended within an hour` : null;
}

/** Cheap: asked at every case that comes. */
export function isPressing(state: State, now: number): boolean {
  return (
    routes(state) && state.routing.surge === null && cause(pressureOf(state, now), routingOf(state).surge) !== null
  );
}

function enter(state: State, _body: unknown, ctx: Context): Draft[] {
  const pressure = pressureOf(state, ctx.now);
  const because = state.routing.surge === null ? cause(pressure, routingOf(state).surge) : null;
  return because === null ? [] : [event('surge.entered', `organisation/${state.org}`, { ...pressure, because })];
}

/** Looked at again and again while it lasts. */
function check(state: State, _body: unknown, ctx: Context): Draft[] {
  const now = state.routing.surge;
  if (!now || now.checkAt > ctx.now) return [];
  const def = routingOf(state).surge;
  const pressure = pressureOf(state, ctx.now);
  const on = `organisation/${state.org}`;
  const lower = { waiting: Math.max(1, def.waiting * def.over), backlog: Math.max(1, def.backlog * def.over) };
  return cause(pressure, lower) === null
    ? [event('surge.left', on, { ...pressure, lasted: ctx.now - now.since })]
    : [event('surge.checked', on, { ...pressure })];
}

export const surgeFollowUps = { 'routing.surge': check, 'routing.enter': enter };
