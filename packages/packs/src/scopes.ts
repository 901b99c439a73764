import type { CapabilityDef, CelScope, CelType, ContractDef, Expected, Fields, FieldType } from '@reeve/kernel';
import { CONDITION_TYPES, celTypesOf, fieldProblems } from '@reeve/kernel';

/** Which variables each kind of expression may use; what the gate gives them is the kernel's to say (`CONDITION_TYPES`). */

const { resource: RESOURCE, ...SURROUNDINGS } = CONDITION_TYPES;
const { case: CASE, actor: ACTOR } = SURROUNDINGS;

type Capabilities = ReadonlyMap<string, CapabilityDef>;

/** Fields that are themselves wrong are reported once, as such: expressions over them are not judged. */
const typeOf = (fields: Fields): CelType => (fieldProblems(fields).length > 0 ? 'dyn' : celTypesOf(fields));

const argsOf = (capability: CapabilityDef | undefined): CelType => (capability ? typeOf(capability.args) : 'dyn');

/** Results are typed when the capability says what it returns. */
function resultOf(capability: CapabilityDef | undefined): CelType {
  const known = capability && Object.keys(capability.returns).length > 0;
  return known ? typeOf(capability.returns) : 'dyn';
}

function readsOf(contract: ContractDef, capabilities: Capabilities): CelType {
  const reads = Object.entries(contract.reads);
  return {
    fields: Object.fromEntries(reads.map(([name, read]) => [name, resultOf(capabilities.get(read.capability))])),
  };
}

/** Conditions of rights: `capability` when the right names exactly one. */
export function rightScope(capability: CapabilityDef | undefined): CelScope {
  return { ...SURROUNDINGS, args: argsOf(capability) };
}

/** Conditions of policies: `contract` is that of the one capability the policy covers; null when it certainly has none. */
export function policyScope(
  capability: CapabilityDef | undefined,
  contract: ContractDef | null | undefined,
  capabilities: Capabilities,
): CelScope {
  const known = capability !== undefined && contract !== undefined;
  const reads: CelType = known ? (contract ? readsOf(contract, capabilities) : { fields: {} }) : 'dyn';
  return { ...SURROUNDINGS, args: argsOf(capability), reads, resource: RESOURCE };
}

/** The scopes of a contract's expressions, before and after the effect. */
export function contractScopes(contract: ContractDef, capabilities: Capabilities) {
  const capability = capabilities.get(contract.capability);
  const args = argsOf(capability);
  const result = resultOf(capability);
  const reads = readsOf(contract, capabilities);
  const after = resultOf(contract.verify && capabilities.get(contract.verify.capability));
  const early: CelScope = { args, case: CASE, actor: ACTOR };
  const pre: CelScope = { ...SURROUNDINGS, args, reads, resource: RESOURCE };
  return {
    reads: early,
    resource: { ...SURROUNDINGS, args },
    pre,
    post: { ...pre, result, after },
    verify: { ...early, result },
    compensate: { args, reads, result },
  } satisfies Record<string, CelScope>;
}

/** A capability's own expressions: `args` for its cost and the arguments of its check, and `result` for `landed`. */
export function capabilityScopes(capability: CapabilityDef, check: CapabilityDef | undefined) {
  const args: CelScope = { args: argsOf(capability) };
  return { args, landed: { ...args, result: resultOf(check) } };
}

/** Selections of metrics look at one event. */
export const EVENT_SCOPE: CelScope = { body: 'dyn', actor: 'dyn' };

const EXPECTED: Record<FieldType['type'], Expected> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'bool',
  money: 'number',
  strings: 'any',
  object: 'any',
  list: 'any',
  any: 'any',
};

/** What an expression that fills this field must give. */
export function expectedFor(fields: Fields, name: string): Expected {
  const field = fields[name];
  return field ? EXPECTED[field.type] : 'any';
}
