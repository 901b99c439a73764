import { byCapability } from '../../core/names.ts';
import { inUnit } from '../../organisation/views.ts';
import type { PolicyDef } from '../definition.ts';
import { lineage } from '../delegation.ts';
import { type Ask, say } from './ask.ts';
import { compiledRules } from './rules.ts';

const policiesFor = byCapability<PolicyDef>((policy) => policy.on);
const conditionsOf = compiledRules<PolicyDef>((policy) => policy.when);

/**
 * [GOV56] Whose policies hold: those of the seat that acts, of the owner of the case, and of everybody up the line of tasks. Where
 * two units are party, each side's policies are evaluated and the strictest verdict wins.
 */
function* sides({ state, op }: Ask): Generator<string> {
  yield op.seat;
  const owner = op.case === null ? undefined : state.cases.cases.get(op.case)?.owner;
  if (owner !== undefined) yield owner;
  for (const task of (op.task === undefined ? null : lineage(state, op.task)) ?? []) yield task.from;
}

/** The first side inside the unit. */
function sideIn(ask: Ask, unit: string): string | undefined {
  for (const id of sides(ask)) {
    const seat = ask.state.organisation.seats.get(id);
    if (seat && inUnit(ask.state, seat.unit, unit)) return id;
  }
  return undefined;
}

export function policies(ask: Ask): void {
  if (ask.phase === 'early' || ask.op.compensates !== null) return;
  for (const { rule: p, holds } of conditionsOf(policiesFor(ask.state.organisation.policies, ask.op.capability))) {
    const side = p.unit === undefined ? ask.op.seat : sideIn(ask, p.unit);
    if (side === undefined) continue;
    const hit = holds(ask.scope);
    if (!hit.ok) say(ask, 'policy', p.id, 'deny', `cannot be evaluated: ${hit.error}`, p.instead);
    else if (hit.value) say(ask, 'policy', p.id, p.effect, because(ask, p, side), p.instead);
  }
}

/** A policy of another side is named with it: who acts cannot know the rules of every unit. */
const because = ({ op }: Ask, p: PolicyDef, side: string): string =>
  side === op.seat ? p.because : `${p.because} (a policy of ${p.unit}, for which "${side}" is party to this)`;
