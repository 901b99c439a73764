import type { CapabilityDef, Right, SeatDef } from '@reeve/kernel';
import { covers, TIER_ALLOWS } from '@reeve/kernel';
import { at, type Draft, type Findings, type Place } from '../draft.ts';
import { rightScope } from '../scopes.ts';
import { expression, pattern } from './expressions.ts';

/** The capability that a right or policy is about, when its patterns cover exactly one. */
export function onlyOne(patterns: readonly string[], all: readonly CapabilityDef[]): CapabilityDef | undefined {
  const covered = all.filter((capability) => patterns.some((each) => covers(each, capability.id)));
  return covered.length === 1 ? covered[0] : undefined;
}

/** What seats are allowed: patterns that mean something, conditions that type-check, tiers (PCK30–PCK32). */
export function* checkRights(draft: Draft): Findings {
  for (const seat of draft.definition.seats) {
    for (const [i, right] of seat.charter.rights.entries()) yield* checkRight(draft, seat, right, i);
  }
}

function* checkRight(draft: Draft, seat: SeatDef, right: Right, i: number): Findings {
  const capabilities = draft.definition.capabilities;
  const place = (field: string) => at('seats', seat.id, 'charter', 'rights', i, field);
  yield* pattern(draft, place('capability'), 'PCK30', right.capability);
  const scope = rightScope(onlyOne([right.capability], capabilities));
  yield* expression(place('when'), 'PCK31', right.when, scope, 'bool');
  yield* checkTier(seat, right, place('capability'), capabilities);
}

/**
 * A right to something the tier never allows can never be used. A pattern may cover more than a tier allows, except in a
 * read-only seat, whose rights should say what they are.
 */
function* checkTier(seat: SeatDef, right: Right, place: Place, capabilities: readonly CapabilityDef[]): Findings {
  const { tier } = seat.charter;
  if (tier !== 'read-only' && right.capability.endsWith('*')) return;
  const covered = capabilities.filter((each) => covers(right.capability, each.id));
  const never = covered.filter((each) => !TIER_ALLOWS[tier].includes(each.effect));
  if (never.length === 0) return;
  const names = never.map((each) => `${each.id} (${each.effect})`).join(', ');
  const message = `the seat's tier is ${tier}, so this right can never be used for ${names}`;
  const hint =
    'narrow the right, or raise the tier: reversible effects need coordinator, compensable bounded, irreversible executor';
  yield { at: place, rule: 'PCK32', message, hint };
}
