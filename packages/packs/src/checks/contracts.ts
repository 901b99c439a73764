import type { CapabilityDef, ContractDef } from '@reeve/kernel';
import { covers } from '@reeve/kernel';
import { at, byId, type Draft, type Findings, refers, refersAll } from '../draft.ts';
import { contractScopes } from '../scopes.ts';
import { call, expression, fieldNames, pattern } from './expressions.ts';

type Capabilities = ReadonlyMap<string, CapabilityDef>;

/** Contracts: what they name exists, their expressions type-check, every write a seat may do has one (PCK40–PCK50). */
export function* checkContracts(draft: Draft): Findings {
  const capabilities = byId(draft.definition.capabilities);
  const taken = new Map<string, string>();
  for (const contract of draft.definition.contracts) {
    yield* checkSubject(draft, contract, taken);
    yield* checkCalls(draft, contract, capabilities);
    yield* checkConditions(contract, capabilities);
    yield* checkNames(contract, capabilities);
    yield* checkPeople(draft, contract);
  }
  yield* checkCoverage(draft);
}

function* checkSubject(draft: Draft, contract: ContractDef, taken: Map<string, string>): Findings {
  const place = at('contracts', contract.id, 'capability');
  yield* refers(draft, place, 'PCK40', 'capabilities', contract.capability);
  const other = taken.get(contract.capability);
  if (other === undefined) taken.set(contract.capability, contract.id);
  else {
    const message = `"${contract.capability}" already has the contract "${other}"; a capability has exactly one`;
    yield { at: place, rule: 'PCK40', message, hint: 'merge the two contracts, or remove one' };
  }
}

function* checkCalls(draft: Draft, contract: ContractDef, capabilities: Capabilities): Findings {
  const scopes = contractScopes(contract, capabilities);
  const place = (...path: string[]) => at('contracts', contract.id, ...path);
  const look = { capability: 'PCK41', args: 'PCK43', expression: 'PCK44', read: true };
  for (const [name, read] of Object.entries(contract.reads)) {
    yield* call(draft, capabilities, place('reads', name), read, scopes.reads, look);
  }
  if (contract.verify) yield* call(draft, capabilities, place('verify'), contract.verify, scopes.verify, look);
  if (!contract.compensate) return;
  const undo = { ...look, capability: 'PCK42', read: false };
  yield* call(draft, capabilities, place('compensate'), contract.compensate, scopes.compensate, undo);
}

function* checkConditions(contract: ContractDef, capabilities: Capabilities): Findings {
  const scopes = contractScopes(contract, capabilities);
  for (const [i, { that }] of contract.pre.entries()) {
    yield* expression(at('contracts', contract.id, 'pre', i, 'that'), 'PCK46', that, scopes.pre, 'bool');
  }
  for (const [i, { that }] of contract.post.entries()) {
    yield* expression(at('contracts', contract.id, 'post', i, 'that'), 'PCK46', that, scopes.post, 'bool');
  }
  const approval = at('contracts', contract.id, 'approval', 'when');
  yield* expression(approval, 'PCK46', contract.approval.when, scopes.pre, 'bool');
  yield* expression(at('contracts', contract.id, 'resource'), 'PCK47', contract.resource, scopes.resource, 'string');
}

function* checkNames(contract: ContractDef, capabilities: Capabilities): Findings {
  const capability = capabilities.get(contract.capability);
  if (!capability) return;
  const args = `the args of "${capability.id}"`;
  yield* fieldNames(at('contracts', contract.id, 'requires'), 'PCK45', contract.requires, capability.args, args);
  const returns = `what "${capability.id}" returns`;
  yield* fieldNames(at('contracts', contract.id, 'emits'), 'PCK49', contract.emits, capability.returns, returns);
}

function* checkPeople(draft: Draft, contract: ContractDef): Findings {
  const place = (...path: string[]) => at('contracts', contract.id, ...path);
  yield* refers(draft, place('escalate'), 'PCK48', 'seats', contract.escalate);
  yield* refersAll(draft, place('approval', 'approvers'), 'PCK48', 'seats', contract.approval.approvers);
  yield* refers(draft, place('metric'), 'PCK48', 'metrics', contract.metric);
  for (const [i, each] of contract.separation.entries()) {
    yield* pattern(draft, at('contracts', contract.id, 'separation', i), 'PCK48', each);
  }
}

/** A write without a contract is refused by the gate: whether a seat asks for it or a contract calls it to undo. */
function* checkCoverage(draft: Draft): Findings {
  const { capabilities, contracts } = draft.definition;
  const contracted = new Set(contracts.map((contract) => contract.capability));
  for (const capability of capabilities) {
    if (capability.effect === 'read' || contracted.has(capability.id)) continue;
    if (draft.halfContracted.has(capability.id) || draft.unread.has(capability.id)) continue;
    const users = usersOf(draft, capability.id);
    if (users.length === 0) continue;
    const message = `"${capability.id}" is ${capability.effect} and may be used by ${users.join(', ')}, but has no contract`;
    const hint = `add a contract with "capability: ${capability.id}"; without one the gate refuses it`;
    yield { at: at('capabilities', capability.id), rule: 'PCK50', message, hint };
  }
}

function usersOf({ definition }: Draft, capability: string): string[] {
  const seats = definition.seats.filter((seat) =>
    seat.charter.rights.some((right) => covers(right.capability, capability)),
  );
  const undoing = definition.contracts.filter((contract) => contract.compensate?.capability === capability);
  return [...seats.map((seat) => seat.id), ...undoing.map((contract) => `the contract "${contract.id}" to undo`)];
}
