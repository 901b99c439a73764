/** What a definition says that a scenario can exercise, by name. */
import { type CapabilityDef, type ContractDef, compileFields, type Definition } from '@reeve/kernel';
import type { Outcome } from './play.ts';
import type { Scenario } from './schema.ts';

/** A rule that scenarios should exercise: `contract/condition`, a policy, a limit of a budget, an amount of a tier. */
export interface Rule {
  readonly id: string;
  readonly what: 'condition' | 'policy' | 'limit';
  /** Did the scenario make it speak? */
  readonly spokeIn: (scenario: Scenario, outcome: Outcome) => boolean;
}

/** Every rule of the definition that can speak, in the order of the definition. */
export function rulesOf(definition: Definition): Rule[] {
  return [
    ...definition.contracts.flatMap((contract) => contractRules(contract, definition)),
    ...definition.policies.map((policy) => said('policy', policy.id)),
    ...definition.rates.map((rate) => said('limit', rate.id)),
    ...limitRules(definition),
  ];
}

const said = (what: Rule['what'], id: string): Rule => ({
  id,
  what,
  spokeIn: (_, { rules, failed }) => rules.includes(id) || failed.includes(id),
});

function contractRules(contract: ContractDef, definition: Definition): Rule[] {
  const { id, pre, post, requires, evidence, separation, approval } = contract;
  const capability = definition.capabilities.find((each) => each.id === contract.capability);
  return [
    ...[...pre, ...(contract.verify ? post : [])].map(({ rule }) => said('condition', `${id}/${rule}`)),
    ...requires.filter((field) => !typeDemands(capability, field)).map((field) => requiredField(id, field)),
    ...(evidence.length > 0 ? [said('condition', `${id}/evidence`)] : []),
    ...(separation.length > 0 ? [said('condition', `${id}/separation`)] : []),
    ...(approval.when === undefined ? [] : [said('condition', `${id}/approval`)]),
    ...(approval.quorum === 1 ? [] : [halfway(id, contract.capability)]),
  ];
}

/** Somebody agreed, and it was not enough. */
const halfway = (id: string, capability: string): Rule => ({
  id: `${id}/quorum`,
  what: 'condition',
  spokeIn: (scenario, { review }) =>
    scenario.capability === capability &&
    review === 'pending' &&
    (scenario.answers ?? []).some(({ verdict }) => verdict === 'approve'),
});

const requiredField = (contract: string, field: string): Rule => ({
  id: `${contract}/requires/${field}`,
  what: 'condition',
  spokeIn: ({ args }, { rules }) =>
    rules.includes(`${contract}/requires`) && (args[field] === undefined || args[field] === ''),
});

/** Is a field that the contract requires demanded by its type already? Then leaving it out never reaches the contract. */
export function typeDemands(capability: CapabilityDef | undefined, field: string): boolean {
  const type = capability?.args[field];
  if (!type) return false;
  const { check } = compileFields({ [field]: type });
  return !check({}).ok && !check({ [field]: '' }).ok;
}

/** Does anything in the pack move money? Without it amounts decide nothing. */
export const movesMoney = ({ capabilities }: Definition): boolean =>
  capabilities.some(({ cost }) => cost !== undefined && cost !== 0);

function limitRules(definition: Definition): Rule[] {
  return [
    ...definition.budgets.flatMap((budget) => [
      said('limit', `${budget.id}/allocation`),
      ...Object.entries(LIMITS).flatMap(([field, name]) =>
        budget[field as keyof typeof LIMITS] === undefined ? [] : [said('limit', `${budget.id}/${name}`)],
      ),
    ]),
    ...definition.switches.map(({ scope, target }) => said('limit', `switch/${scope}:${target}`)),
    ...(movesMoney(definition) ? [said('limit', 'tier-flag'), said('limit', 'tier-ask')] : []),
  ];
}

const LIMITS = {
  perTransaction: 'per-transaction',
  perCase: 'per-case',
  perRecipient: 'per-recipient',
  perCustomer: 'per-customer',
  perRequester: 'per-requester',
} as const;
