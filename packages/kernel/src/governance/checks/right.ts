import { compileCondition } from '../../cel/index.ts';
import { byCapability } from '../../core/names.ts';
import { formatMoney } from '../../core/quantities.ts';
import type { Right, Tier } from '../../organisation/schema.ts';
import { type Ask, say } from './ask.ts';

/** Effects a tier may ever cause (R-E36). */
export const TIER_ALLOWS: Record<Tier, readonly string[]> = {
  'read-only': ['read'],
  coordinator: ['read', 'reversible'],
  bounded: ['read', 'reversible', 'compensable'],
  executor: ['read', 'reversible', 'compensable', 'irreversible'],
};

const rightsTo = byCapability<Right>((right) => [right.capability]);

/** Why a right does not hold for this operation, or null when it does. */
export function rightFits(ask: Pick<Ask, 'op' | 'scope'>, right: Right): string | null {
  if (right.limit !== undefined && ask.op.cost > right.limit)
    return `${formatMoney(ask.op.cost)} is above the seat's limit of ${formatMoney(right.limit)}`;
  if (right.when === undefined) return null;
  const held = compileCondition(right.when)(ask.scope);
  if (!held.ok) return `the condition of the right cannot be evaluated: ${held.error}`;
  return held.value ? null : `the right holds only when ${right.when}`;
}

export function right(ask: Ask): void {
  const { op, seat, capability } = ask;
  if (!capability) {
    say(ask, 'right', 'GOV2', 'deny', `there is no capability "${op.capability}"`);
    return;
  }
  if (!seat || op.compensates !== null) return;
  if (!TIER_ALLOWS[seat.charter.tier].includes(capability.effect)) {
    say(
      ask,
      'right',
      'GOV6',
      'deny',
      `a ${seat.charter.tier} seat may not cause ${capability.effect} effects`,
      `ask "${seat.supervisor ?? 'its owner'}"`,
    );
  }
  const grants = rightsTo(seat.charter.rights, op.capability);
  if (grants.length === 0) {
    say(
      ask,
      'right',
      'GOV2',
      'deny',
      `the charter of "${seat.id}" does not grant ${op.capability}`,
      'delegate a task to a seat that holds it',
    );
    return;
  }
  if (!grants.some((grant) => rightFits(ask, grant) === null))
    say(
      ask,
      'right',
      'GOV2',
      'deny',
      rightFits(ask, grants[0]!)!,
      `escalate to "${seat.charter.escalation ?? seat.supervisor ?? 'its owner'}"`,
    );
}
