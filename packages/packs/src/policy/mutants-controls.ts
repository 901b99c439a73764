/** Safeguards that act over time or across people, and what is declared about values, each taken away in turn. */
import {
  type AutoSwitchDef,
  type BudgetDef,
  type CapabilityDef,
  type ContractDef,
  covers,
  type Definition,
  grantTerms,
  reviewSettings,
} from '@reeve/kernel';
import type { Mutant } from './mutants.ts';
import type { Scenario } from './schema.ts';

const replaced = <T>(list: readonly T[], one: T, by: T | undefined): T[] =>
  list.flatMap((each) => (each !== one ? [each] : by === undefined ? [] : [by]));

/** Several people become one; a contract's own limits for standing grants become the usual ones. */
export function approvalMutants(definition: Definition): Mutant[] {
  const usual = grantTerms.parse({});
  const mutant = (contract: ContractDef, name: string, approval: ContractDef['approval']): Mutant => ({
    id: `${contract.id}/${name}`,
    definition: { ...definition, contracts: replaced(definition.contracts, contract, { ...contract, approval }) },
    concerns: ({ capability }) => capability === contract.capability,
  });
  return definition.contracts.flatMap((contract) => {
    const { approval } = contract;
    const { quorum, grants } = approval;
    return [
      ...(quorum > 1 ? [mutant(contract, 'quorum', { ...approval, quorum: quorum - 1 })] : []),
      ...(grants.uses < usual.uses
        ? [mutant(contract, 'grants/uses', { ...approval, grants: { ...grants, uses: usual.uses } })]
        : []),
      ...(grants.for < usual.for
        ? [mutant(contract, 'grants/for', { ...approval, grants: { ...grants, for: usual.for } })]
        : []),
    ];
  });
}

/** A switch that is gone, and one that trips as soon as its metrics have a value. */
export function switchMutants(definition: Definition): Mutant[] {
  const mutant = (each: AutoSwitchDef, name: string, by: AutoSwitchDef | undefined): Mutant => ({
    id: `${each.id}/${name}`,
    definition: { ...definition, switches: replaced(definition.switches, each, by) },
    concerns: ({ given }) => given.metrics !== undefined,
  });
  return definition.switches.flatMap((each) => [
    mutant(each, 'switch', undefined),
    mutant(each, 'condition', { ...each, when: 'true' }),
  ]);
}

/** More decisions than anybody asks for; only where the pack says something else than usual. */
export function throttleMutants(definition: Definition): Mutant[] {
  const { settings } = definition;
  if (settings.reviews.perHour >= reviewSettings.parse({}).perHour) return [];
  const reviews = { ...settings.reviews, perHour: 10_000 };
  return [
    {
      id: 'settings/reviews/perHour',
      definition: { ...definition, settings: { ...settings, reviews } },
      concerns: ({ given }) => given.asked !== undefined,
    },
  ];
}

const SALAMI = { perRecipient: 'per-recipient', perCustomer: 'per-customer', perRequester: 'per-requester' } as const;

/** Limits on sums that are made of small ones. */
export function salamiMutants(definition: Definition, budget: BudgetDef): Mutant[] {
  return (Object.keys(SALAMI) as (keyof typeof SALAMI)[]).flatMap((field) => {
    const { [field]: limit, ...rest } = budget;
    if (limit === undefined) return [];
    const budgets = replaced(definition.budgets, budget, rest as BudgetDef);
    return [{ id: `${budget.id}/${SALAMI[field]}`, definition: { ...definition, budgets }, concerns: () => true }];
  });
}

/** What is declared about where values come from and go to. Grounds and circles that only permit more are no safeguards. */
export function provenanceMutants(definition: Definition): Mutant[] {
  return definition.capabilities
    .filter((capability) => usedByAgents(definition, capability))
    .flatMap((capability) => declarations(definition, capability));
}

function declarations(definition: Definition, capability: CapabilityDef): Mutant[] {
  const { sensitive, taints, groundedBy = {}, confidential, stores, recalls } = capability;
  const mutant = (name: string, changed: CapabilityDef): Mutant => ({
    id: `capabilities/${capability.id}/${name}`,
    definition: { ...definition, capabilities: replaced(definition.capabilities, capability, changed) },
    concerns: touches(capability.id),
  });
  const without = (name: 'confidential' | 'stores' | 'recalls'): Mutant => {
    const { [name]: _gone, ...rest } = capability;
    return mutant(name, rest as CapabilityDef);
  };
  return [
    ...sensitive
      .filter((name) => !tied(definition, capability, name))
      .map((name) =>
        mutant(`sensitive/${name}`, { ...capability, sensitive: sensitive.filter((each) => each !== name) }),
      ),
    ...Object.keys(groundedBy).map((name) => {
      const { [name]: _gone, ...rest } = groundedBy;
      return mutant(`groundedBy/${name}`, { ...capability, groundedBy: rest });
    }),
    ...(taints ? [mutant('taints', { ...capability, taints: false })] : []),
    ...(confidential === undefined ? [] : [without('confidential')]),
    ...(stores === undefined ? [] : [without('stores')]),
    ...(recalls === undefined ? [] : [without('recalls')]),
  ];
}

const touches =
  (id: string) =>
  ({ capability, given }: Scenario): boolean =>
    capability === id || (given.earlier ?? []).some((each) => each.capability === id);

/** People act on their own word: what is declared about values bounds agents only [PRV9]. */
const usedByAgents = ({ seats }: Definition, { id }: CapabilityDef): boolean =>
  seats.some(
    ({ charter, occupant }) =>
      occupant !== undefined &&
      occupant.kind !== 'human' &&
      charter.rights.some((right) => covers(right.capability, id)),
  );

/**
 * A number that the contract compares with what it reads is grounded there, whatever else is declared [PRV4]: taking it from the
 * sensitive ones changes nothing. A text still must not hold what nobody can see.
 */
function tied({ contracts, capabilities }: Definition, capability: CapabilityDef, name: string): boolean {
  const type = capability.args[name]?.type;
  if (type !== 'number' && type !== 'integer' && type !== 'money' && type !== 'boolean') return false;
  const contract = contracts.find((each) => each.capability === capability.id);
  const reads = Object.values(contract?.reads ?? {});
  const clean = reads.every((read) => !capabilities.find(({ id }) => id === read.capability)?.taints);
  const named = new RegExp(`\\bargs\\.${name}\\b`);
  return clean && (contract?.pre ?? []).some(({ that }) => named.test(that) && /\breads\./.test(that));
}
