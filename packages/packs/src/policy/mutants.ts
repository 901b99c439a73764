/** The definition with one safeguard taken away, for each safeguard in turn. */
import { type BudgetDef, type ContractDef, covers, type Definition, type SeatDef } from '@reeve/kernel';
import {
  approvalMutants,
  provenanceMutants,
  salamiMutants,
  switchMutants,
  throttleMutants,
} from './mutants-controls.ts';
import { movesMoney, typeDemands } from './rules.ts';
import type { Scenario } from './schema.ts';

export interface Mutant {
  /** What was taken away, e.g. `refund/within-refundable` or `seats/desk/rights/orders.refund/limit`. */
  readonly id: string;
  readonly definition: Definition;
  /** Can the scenario notice? Others are not played. */
  readonly concerns: (scenario: Scenario) => boolean;
}

/** More than anybody moves; exact as a number even when sums are made of it. */
const UNLIMITED = 1e15;

/** One mutant for each safeguard of the definition [POL9]. */
export function mutantsOf(definition: Definition): Mutant[] {
  return [
    ...definition.contracts.flatMap((contract) => contractMutants(definition, contract)),
    ...policyMutants(definition),
    ...rateMutants(definition),
    ...definition.seats.flatMap((seat) => rightMutants(definition, seat)),
    ...definition.budgets.flatMap((budget) => budgetMutants(definition, budget)),
    ...definition.budgets.flatMap((budget) => salamiMutants(definition, budget)),
    ...approvalMutants(definition),
    ...switchMutants(definition),
    ...throttleMutants(definition),
    ...provenanceMutants(definition),
    ...edgeMutants(definition),
    ...settingMutants(definition),
  ];
}

const calls = ({ capability, given }: Scenario): string[] => [
  capability,
  ...(given.earlier ?? []).map((each) => each.capability),
];
const uses =
  (...patterns: string[]) =>
  (scenario: Scenario): boolean =>
    calls(scenario).some((capability) => patterns.some((pattern) => covers(pattern, capability)));

const without = <T>(list: readonly T[], i: number): T[] => list.toSpliced(i, 1);

function contractMutants(definition: Definition, contract: ContractDef): Mutant[] {
  const { id, pre, post, requires, evidence, separation, approval } = contract;
  const capability = definition.capabilities.find((each) => each.id === contract.capability);
  const mutant = (name: string, change: Partial<ContractDef>): Mutant => ({
    id: `${id}/${name}`,
    concerns: uses(contract.capability),
    definition: {
      ...definition,
      contracts: definition.contracts.map((each) => (each === contract ? { ...contract, ...change } : each)),
    },
  });
  return [
    ...pre.map(({ rule }, i) => mutant(rule, { pre: without(pre, i) })),
    // Without a fresh read post-conditions are never looked at; loading the pack warns of it.
    ...(contract.verify ? post.map(({ rule }, i) => mutant(rule, { post: without(post, i) })) : []),
    ...requires.flatMap((field, i) =>
      typeDemands(capability, field) ? [] : [mutant(`requires/${field}`, { requires: without(requires, i) })],
    ),
    ...evidence.map((kind, i) => mutant(`evidence/${kind}`, { evidence: without(evidence, i) })),
    ...separation.map((pattern, i) => mutant(`separation/${pattern}`, { separation: without(separation, i) })),
    ...(approval.when === undefined ? [] : [mutant('approval', { approval: { ...approval, when: undefined } })]),
  ];
}

function policyMutants(definition: Definition): Mutant[] {
  return definition.policies.map((policy, i) => ({
    id: policy.id,
    definition: { ...definition, policies: without(definition.policies, i) },
    concerns: uses(...policy.on),
  }));
}

/** A rate that is gone, and one that lets one more through. */
function rateMutants(definition: Definition): Mutant[] {
  return definition.rates.flatMap((rate, i) => {
    const mutant = (id: string, rates: Definition['rates']): Mutant => ({
      ...{ id, definition: { ...definition, rates } },
      concerns: uses(...rate.on),
    });
    const more = { ...rate, limit: rate.limit + 1 };
    return [mutant(rate.id, without(definition.rates, i)), mutant(`${rate.id}/limit`, definition.rates.with(i, more))];
  });
}

/** Conditions and limits of what a seat may do itself, and of what it may have done. */
const rightMutants = (definition: Definition, seat: SeatDef): Mutant[] =>
  (['rights', 'entrusts'] as const).flatMap((kind) => mutantsOfRights(definition, seat, kind));

function mutantsOfRights(definition: Definition, seat: SeatDef, kind: 'rights' | 'entrusts'): Mutant[] {
  const rights = seat.charter[kind];
  const mutant = (name: 'when' | 'limit', i: number): Mutant => {
    const { [name]: _gone, ...rest } = rights[i]!;
    const charter = { ...seat.charter, [kind]: rights.with(i, rest) };
    const seats = definition.seats.map((each) => (each === seat ? { ...seat, charter } : each));
    return {
      id: `seats/${seat.id}/${kind}/${rights[i]!.capability}/${name}`,
      definition: { ...definition, seats },
      concerns: uses(rights[i]!.capability),
    };
  };
  return rights.flatMap((right, i) => [
    ...(right.when === undefined ? [] : [mutant('when', i)]),
    ...(right.limit === undefined ? [] : [mutant('limit', i)]),
  ]);
}

function budgetMutants(definition: Definition, budget: BudgetDef): Mutant[] {
  const mutant = (name: string, changed: BudgetDef): Mutant => ({
    id: `${budget.id}/${name}`,
    definition: { ...definition, budgets: definition.budgets.map((each) => (each === budget ? changed : each)) },
    concerns: ({ run }) => ofRuns === (run !== undefined),
  });
  const ofRuns = budget.currency === 'runs' || budget.currency === 'tokens';
  const { perTransaction, perCase, ...rest } = budget;
  return [
    mutant('allocation', { ...budget, allocation: UNLIMITED }),
    ...(perTransaction === undefined ? [] : [mutant('per-transaction', { ...rest, perCase })]),
    ...(perCase === undefined ? [] : [mutant('per-case', { ...rest, perTransaction })]),
  ];
}

/** Edges of what autonomy was earned for decide nothing, so that taking one away changes nothing. */
function edgeMutants(definition: Definition): Mutant[] {
  const { capabilities, settings } = definition;
  const asked = capabilities.filter(({ id }) => !settings.earned.some((pattern) => covers(pattern, id)));
  return asked.flatMap((capability) =>
    capability.edges.map((edge, i) => {
      const changed = { ...capability, edges: without(capability.edges, i) };
      return {
        id: `capabilities/${capability.id}/edges/${edge}`,
        definition: { ...definition, capabilities: capabilities.map((each) => (each === capability ? changed : each)) },
        concerns: uses(capability.id),
      };
    }),
  );
}

function settingMutants(definition: Definition): Mutant[] {
  const { settings } = definition;
  const mutant = (name: string, change: Partial<Definition['settings']>): Mutant => ({
    id: `settings/${name}`,
    definition: { ...definition, settings: { ...settings, ...change } },
    concerns: () => true,
  });
  return [
    mutant('confidence', { confidence: 0 }),
    ...(movesMoney(definition)
      ? [
          mutant('tiers/flag', { tiers: { ...settings.tiers, flag: UNLIMITED } }),
          mutant('tiers/ask', { tiers: { ...settings.tiers, ask: UNLIMITED } }),
        ]
      : []),
  ];
}
