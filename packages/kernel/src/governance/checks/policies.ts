import { byCapability } from '../../core/names.ts';
import { inUnit } from '../../organisation/views.ts';
import type { PolicyDef } from '../definition.ts';
import { type Ask, say } from './ask.ts';
import { compiledRules } from './rules.ts';

const policiesFor = byCapability<PolicyDef>((policy) => policy.on);
const conditionsOf = compiledRules<PolicyDef>((policy) => policy.when);

export function policies(ask: Ask): void {
  if (ask.phase === 'early' || ask.op.compensates !== null) return;
  for (const { rule: p, holds } of conditionsOf(policiesFor(ask.state.organisation.policies, ask.op.capability))) {
    if (p.unit !== undefined && !(ask.seat && inUnit(ask.state, ask.seat.unit, p.unit))) continue;
    const hit = holds(ask.scope);
    if (!hit.ok) say(ask, 'policy', p.id, 'deny', `cannot be evaluated: ${hit.error}`, p.instead);
    else if (hit.value) say(ask, 'policy', p.id, p.effect, p.because, p.instead);
  }
}
