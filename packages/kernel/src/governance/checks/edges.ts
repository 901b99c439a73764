import { compileCondition } from '../../cel/index.ts';
import { covers } from '../../core/names.ts';
import { type Ask, say } from './ask.ts';

export function edges(ask: Ask): void {
  const { op, capability, state } = ask;
  if (!capability || capability.effect === 'read' || op.compensates !== null) return;
  const k = ask.contract;
  if (k?.approval.when !== undefined && ask.phase !== 'early') {
    const wanted = compileCondition(k.approval.when)(ask.scope);
    if (!wanted.ok) say(ask, 'edge', `${k.id}/approval`, 'deny', `cannot be evaluated: ${wanted.error}`);
    else if (wanted.value) say(ask, 'edge', `${k.id}/approval`, 'ask', 'the contract asks for a decision here');
  }
  const { earned, confidence } = state.organisation.settings;
  if (op.confidence !== null && op.confidence < confidence)
    say(ask, 'edge', 'confidence', 'ask', `the worker is only ${Math.round(op.confidence * 100)} % sure`);
  if (earned.some((pattern) => covers(pattern, op.capability))) return;
  if (capability.effect === 'irreversible')
    say(ask, 'edge', 'irreversible', 'ask', `${op.capability} cannot be undone`);
  for (const edge of capability.edges) say(ask, 'edge', edge, 'ask', `${op.capability} is ${edge}`);
  if (!state.operations.used.has(`${op.seat}|${op.capability}`))
    say(ask, 'edge', 'first-use', 'ask', `first use of ${op.capability} by "${op.seat}"`);
}
