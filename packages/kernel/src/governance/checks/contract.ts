import { covers } from '../../core/names.ts';
import type { ContractDef } from '../definition.ts';
import { type Ask, say } from './ask.ts';
import { compiledRules } from './rules.ts';

const preconditions = compiledRules<ContractDef['pre'][number]>((pre) => pre.that);

export function separation(ask: Ask): void {
  const c = ask.op.case === null ? undefined : ask.state.cases.cases.get(ask.op.case);
  if (!c || !ask.contract) return;
  for (const pattern of ask.contract.separation) {
    const done = c.acted.find((a) => a.seat === ask.op.seat && covers(pattern, a.capability));
    if (done)
      say(
        ask,
        'separation',
        `${ask.contract.id}/separation`,
        'deny',
        `"${ask.op.seat}" already did ${done.capability} on ${c.id}; somebody else must do this`,
        'delegate a task',
      );
  }
}

export function contract(ask: Ask): void {
  const { op, contract: k, capability } = ask;
  if (!k) {
    if (capability && capability.effect !== 'read')
      say(ask, 'contract', 'GOV7', 'deny', `${op.capability} changes something and has no contract`);
    return;
  }
  const missing = k.requires.filter((field) => op.args[field] === undefined || op.args[field] === '');
  if (missing.length > 0)
    say(
      ask,
      'contract',
      `${k.id}/requires`,
      'deny',
      `missing before this may act: ${missing.join(', ')}`,
      'find them out first',
    );
  const held = (ask.scope.case as { evidence: { kind: string }[] }).evidence;
  const unproven = k.evidence.filter((kind) => !held.some((e) => e.kind === kind));
  if (unproven.length > 0)
    say(
      ask,
      'contract',
      `${k.id}/evidence`,
      'deny',
      `the case lacks evidence: ${unproven.join(', ')}`,
      `do ${unproven.join(', ')} first`,
    );
  if (ask.phase === 'early') return;
  for (const { rule: pre, holds } of preconditions(k.pre)) {
    const result = holds(ask.scope);
    if (!result.ok)
      say(ask, 'contract', `${k.id}/${pre.rule}`, 'deny', `cannot be evaluated: ${result.error}`, pre.instead);
    else if (!result.value) say(ask, 'contract', `${k.id}/${pre.rule}`, 'deny', pre.else, pre.instead);
  }
}
