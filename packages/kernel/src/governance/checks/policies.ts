import { compileCondition } from '../../cel/index.ts';
import { covers } from '../../core/names.ts';
import { inUnit } from '../../organisation/views.ts';
import type { PolicyDef } from '../definition.ts';
import { type Ask, say } from './ask.ts';

/** Policies by capability, worked out once per definition. */
const policyIndex = new WeakMap<readonly PolicyDef[], Map<string, PolicyDef[]>>();
function policiesFor(policies: readonly PolicyDef[], capability: string): PolicyDef[] {
  let index = policyIndex.get(policies);
  if (!index) {
    index = new Map();
    policyIndex.set(policies, index);
  }
  let found = index.get(capability);
  if (!found) {
    found = policies.filter((p) => p.on.some((pattern) => covers(pattern, capability)));
    index.set(capability, found);
  }
  return found;
}

export function policies(ask: Ask): void {
  if (ask.phase === 'early' || ask.op.compensates !== null) return;
  for (const p of policiesFor(ask.state.organisation.policies, ask.op.capability)) {
    if (p.unit !== undefined && !(ask.seat && inUnit(ask.state, ask.seat.unit, p.unit))) continue;
    const hit = compileCondition(p.when)(ask.scope);
    if (!hit.ok) say(ask, 'policy', p.id, 'deny', `cannot be evaluated: ${hit.error}`, p.instead);
    else if (hit.value) say(ask, 'policy', p.id, p.effect, p.because, p.instead);
  }
}
