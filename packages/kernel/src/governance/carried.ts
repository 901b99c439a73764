import type { Task } from '../cases/state.ts';
import { covers } from '../core/names.ts';
import type { State } from '../core/state.ts';
import type { CapabilityDef } from '../operations/definition.ts';
import { isAbove, isHuman } from '../organisation/views.ts';
import { TIER_ALLOWS } from './checks/right.ts';
import { lineage } from './delegation.ts';

/** A capability a delegated task lets its seat use, and up to what amount (micro-units; null: none of the sides limits it). */
export interface Carried {
  readonly capability: string;
  readonly limit: number | null;
}

/** A right, an entry of `entrusts`, or what a task grants. */
interface Given {
  readonly capability: string;
  readonly limit?: number | undefined;
}

/** The most that any of these allows; undefined when none covers the capability. */
function most(given: readonly Given[], { id }: CapabilityDef): number | null | undefined {
  const limits = given.filter((each) => covers(each.capability, id)).map((each) => each.limit ?? null);
  if (limits.length === 0) return undefined;
  return limits.includes(null) ? null : Math.max(...(limits as number[]));
}

const withinTier = (state: State, seatId: string, { effect }: CapabilityDef): readonly Given[] => {
  const charter = state.organisation.seats.get(seatId)?.charter;
  return charter && TIER_ALLOWS[charter.tier].includes(effect) ? charter.rights : [];
};

/** What one task of the line leaves: what it grants, and what who gave it may do, have done, or order as a person above. */
function sides(state: State, task: Task, seatId: string, capability: CapabilityDef): (number | null | undefined)[] {
  const { grants } = task.packet;
  const granted = grants === undefined ? [] : [most(grants, capability)];
  const from = state.organisation.seats.get(task.from);
  if (task.from === seatId) return granted;
  if (from?.status === 'suspended' || from?.status === 'retired') return [undefined];
  if (isHuman(from) && isAbove(state, task.from, seatId)) return granted;
  const entrusts = from?.charter.entrusts ?? [];
  return [...granted, most([...withinTier(state, task.from, capability), ...entrusts], capability)];
}

/**
 * [GOV58] The rights X ∩ Y a delegated task carries, as far as they can be told beforehand: conditions of rights are taken as if
 * they held, so the gate may still refuse. Empty when the line of delegation is too long.
 */
export function carriedBy(state: State, task: Task): Carried[] {
  const line = lineage(state, task.id) ?? [];
  if (line.length === 0) return [];
  return [...state.organisation.capabilities.values()].flatMap((capability) => {
    if (capability.effect === 'read') return [];
    const own = most(withinTier(state, task.to, capability), capability);
    const limits = [own, ...line.flatMap((each) => sides(state, each, task.to, capability))];
    if (limits.includes(undefined)) return [];
    const amounts = limits.filter((each): each is number => typeof each === 'number');
    return [{ capability: capability.id, limit: amounts.length === 0 ? null : Math.min(...amounts) }];
  });
}
