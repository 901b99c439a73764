/** Whose desk a command is about, and who may say so. */
import type { Context } from '../core/context.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import type { Actor } from '../core/types.ts';
import { directs, getSeat, isHuman, OWNER, workingSeat } from '../organisation/views.ts';
import { type MemorySettings, memorySettings } from './definition.ts';
import type { Belief, Skill } from './state.ts';

const USUAL = memorySettings.parse({});
export const settingsOf = (state: State): MemorySettings => state.organisation.settings.memory ?? USUAL;

/** A person speaks, and no run: the owner, or who really sits in a human's seat. */
export function isPerson(state: State, { actor, run }: Context): boolean {
  if (run !== null) return false;
  if (actor.principal === OWNER) return true;
  const seat = actor.seat === undefined ? undefined : state.organisation.seats.get(actor.seat);
  return isHuman(seat) && seat?.occupant?.principal === actor.principal;
}

/** Who acts: the name of the seat, or the owner. */
export const nameOf = (actor: Actor): string => actor.seat ?? OWNER;

/** [MEM1] The desk of a command: the actor's own, or one he directs. */
export function ownDesk(state: State, seat: string | undefined, ctx: Context): string {
  if (seat === undefined || seat === ctx.actor.seat) return workingSeat(state, ctx.actor).id;
  getSeat(state, seat);
  if (ctx.run !== null || !directs(state, ctx.actor, seat))
    reject('forbidden', `the desk of "${seat}" is not yours`, {
      rule: 'MEM1',
      hint: 'use your own desk, or have a human above that seat do it',
    });
  return seat;
}

function mine(state: State, seat: string, ctx: Context): boolean {
  if (seat === ctx.actor.seat) return workingSeat(state, ctx.actor).id === seat;
  return ctx.run === null && directs(state, ctx.actor, seat);
}

/** [MEM1] Of other desks nobody learns what is there. */
export function getBelief(state: State, id: string, ctx: Context): Belief {
  const found = state.memory.beliefs.get(id);
  if (!found || !mine(state, found.seat, ctx))
    reject('not-found', `there is no belief ${id} at your desk`, {
      rule: 'MEM1',
      hint: 'it may have expired; what was said is found with `reeve search`',
    });
  return found;
}

export function getSkill(state: State, id: string, ctx: Context): Skill {
  const found = state.memory.skills.get(id);
  if (!found || !mine(state, found.seat, ctx))
    reject('not-found', `there is no skill ${id} at your desk`, {
      rule: 'MEM1',
      hint: 'list them with `reeve skills`',
    });
  return found;
}
