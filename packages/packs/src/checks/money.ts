import {
  type BudgetDef,
  type CapabilityDef,
  covers,
  formatMoney,
  type OutcomeDef,
  overAllocations,
  type PriceDef,
} from '@reeve/kernel';
import { at, type Draft, type Finding, type Findings, refers } from '../draft.ts';
import { EVENT_SCOPE } from '../scopes.ts';
import { suggestion } from '../suggest.ts';
import { expression, pattern } from './expressions.ts';

/** Budgets, prices and outcomes (PCK110–PCK115). */
export function* checkMoney(draft: Draft, eventKinds: ReadonlySet<string> | undefined): Findings {
  const { budgets, outcomes, prices } = draft.definition;
  for (const budget of budgets) {
    yield* checkPart(draft, budget);
    yield* checkRecipient(draft, budget);
    yield* checkAmounts(budget);
    yield* refers(draft, at('budgets', budget.id, 'owner'), 'PCK110', 'seats', budget.owner);
  }
  yield* checkPrices(prices);
  for (const outcome of outcomes) yield* checkOutcome(draft, outcome, eventKinds);
  yield* lintAllocations(draft);
}

/** The part of the work a budget counts: a lane is a flow, a category topics and capabilities. */
function* checkPart(draft: Draft, { id, lane, only }: BudgetDef): Findings {
  yield* refers(draft, at('budgets', id, 'lane'), 'PCK110', 'flows', lane);
  if (!only) return;
  for (const [i, each] of only.capabilities.entries()) {
    yield* pattern(draft, at('budgets', id, 'only', 'capabilities', i), 'PCK110', each);
  }
  if (only.capabilities.length > 0 || only.topics.length > 0) return;
  const message = '"only" names neither topics nor capabilities, so it is not a part of the work';
  yield { at: at('budgets', id, 'only'), rule: 'PCK110', message, hint: 'name some, or leave "only" out' };
}

/** Capabilities whose spending a budget may count. */
function countedBy({ definition }: Draft, { lane, only }: BudgetDef): CapabilityDef[] {
  const steps = definition.flows.find((flow) => flow.id === lane)?.steps;
  const under = definition.contracts.filter((contract) => steps?.includes(contract.id)).map((each) => each.capability);
  const patterns = only && only.capabilities.length > 0 ? only.capabilities : ['*'];
  return definition.capabilities.filter(
    (each) => (steps === undefined || under.includes(each.id)) && patterns.some((one) => covers(one, each.id)),
  );
}

/** A limit on recipients that nobody can have would look like a safeguard and never hold anything. */
function* checkRecipient(draft: Draft, budget: BudgetDef): Findings {
  const { id, perRecipient } = budget;
  if (!perRecipient || draft.incomplete) return;
  const taken = new Set(countedBy(draft, budget).flatMap((each) => Object.keys(each.args)));
  const names = [perRecipient.argument].flat();
  for (const name of names) {
    if (taken.has(name)) continue;
    const message = `no capability this budget is for takes an argument "${name}", so nothing would be counted`;
    const place = at('budgets', id, 'perRecipient', 'argument');
    yield { at: place, rule: 'PCK111', message, hint: suggestion(name, taken, 'arguments') };
  }
}

function* checkAmounts(budget: BudgetDef): Findings {
  const { allocation, perTransaction = 0, perCase = 0, earns } = budget;
  for (const [field, amount] of Object.entries({
    allocation,
    perTransaction,
    perCase,
    'earns.most': earns?.most ?? 0,
  })) {
    if (amount >= 0) continue;
    const message = 'an amount of a budget is never negative';
    yield { at: at('budgets', budget.id, field), rule: 'PCK111', message, hint: 'write 0 to allow nothing' };
  }
}

/** Two prices for one thing from the same day: which one counts would depend on the order of files. */
function* checkPrices(prices: readonly PriceDef[]): Findings {
  const seen = new Map<string, string>();
  for (const { id, of, unit, from } of prices) {
    const what = `${unit} of "${of}" from ${from}`;
    const first = seen.get(what);
    seen.set(what, first ?? id);
    if (first === undefined) continue;
    const message = `the price of ${what} is given by "${first}" already`;
    yield { at: at('prices', id, 'from'), rule: 'PCK112', message, hint: 'give it a later day, or remove one' };
  }
}

function* checkOutcome(draft: Draft, outcome: OutcomeDef, eventKinds: ReadonlySet<string> | undefined): Findings {
  const place = (...path: string[]) => at('outcomes', outcome.id, ...path);
  yield* refers(draft, place('metric'), 'PCK113', 'metrics', outcome.metric);
  const metric = draft.definition.metrics.find(({ id }) => id === outcome.metric);
  if (metric && ('ratio' in metric.measure || 'mean' in metric.measure)) {
    const message = `"${metric.id}" is a ratio or a mean: it has no units that could be worth something`;
    yield { at: place('metric'), rule: 'PCK113', message, hint: 'name a metric that counts or sums' };
  }
  const { when } = outcome;
  if (!when) return;
  if (eventKinds && !eventKinds.has(when.event)) {
    const message = `no event of kind "${when.event}" is ever recorded, so this would never be worth anything`;
    const hint = suggestion(when.event, eventKinds, 'event kinds');
    yield { at: place('when', 'event'), rule: 'PCK113', message, hint };
  }
  yield* expression(place('when', 'where'), 'PCK113', when.where, EVENT_SCOPE, 'bool');
}

function* lintAllocations({ definition }: Draft): Findings {
  for (const { budget, allocation, children, sum } of overAllocations(definition)) {
    const currency = definition.budgets.find(({ id }) => id === budget)?.currency;
    const show = (amount: number) => (currency === 'money' ? formatMoney(amount) : `${amount} ${currency}`);
    const message = `${children.join(', ')} allocate ${show(sum)} of the ${show(allocation)} this budget holds for them`;
    const hint = 'all of them cannot be spent: allocate less, or more here, if you do not mean to overcommit';
    yield { at: at('budgets', budget, 'allocation'), rule: 'PCK115', message, hint, warning: true } satisfies Finding;
  }
}
