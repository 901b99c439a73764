import type { Effect, Tier } from '@reeve/kernel';

/** Effects a tier may ever cause (R-E36), whatever the rights of the seat; the same table as the gate's. */
const TIER_ALLOWS: Record<Tier, readonly Effect[]> = {
  'read-only': ['read'],
  coordinator: ['read', 'reversible'],
  bounded: ['read', 'reversible', 'compensable'],
  executor: ['read', 'reversible', 'compensable', 'irreversible'],
};

export function tierAllows(tier: Tier, effect: Effect): boolean {
  return TIER_ALLOWS[tier].includes(effect);
}
