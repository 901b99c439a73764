import type { BudgetDef, ContractDef, MetricDef, PolicyDef, TargetDef } from '@reeve/kernel';
import { at, byId, type Draft, type Finding, type Findings, refers, refersAll } from '../draft.ts';
import type { Path } from '../problem.ts';
import { EVENT_SCOPE, policyScope } from '../scopes.ts';
import { suggestion } from '../suggest.ts';
import { expression, pattern } from './expressions.ts';
import { onlyOne } from './rights.ts';

/** Policies, budgets, metrics, targets, and the settings that name capabilities (PCK60–PCK62, PCK65–PCK67). */
export function* checkRules(draft: Draft, eventKinds: ReadonlySet<string> | undefined): Findings {
  const { policies, budgets, metrics, settings } = draft.definition;
  for (const policy of policies) yield* checkPolicy(draft, policy);
  for (const [i, each] of settings.earned.entries()) {
    yield* pattern(draft, at('settings', '', 'earned', i), 'PCK60', each);
  }
  for (const budget of budgets) yield* checkBudget(draft, budget);
  for (const metric of metrics) yield* checkMetric(draft, metric, eventKinds);
  yield* checkTargets(draft);
}

function* checkPolicy(draft: Draft, policy: PolicyDef): Findings {
  for (const [i, each] of policy.on.entries()) {
    yield* pattern(draft, at('policies', policy.id, 'on', i), 'PCK60', each);
  }
  const { capabilities } = draft.definition;
  const only = onlyOne(policy.on, capabilities);
  const scope = policyScope(only, only && contractFor(draft, only.id), byId(capabilities));
  yield* expression(at('policies', policy.id, 'when'), 'PCK61', policy.when, scope, 'bool');
  yield* refers(draft, at('policies', policy.id, 'unit'), 'PCK62', 'units', policy.unit);
}

/** The contract of a capability; null when there is none, undefined when it is broken or may be in what was not read. */
function contractFor(draft: Draft, capability: string): ContractDef | null | undefined {
  const found = draft.definition.contracts.find((contract) => contract.capability === capability);
  return found ?? (draft.halfContracted.has(capability) || draft.incomplete ? undefined : null);
}

function* checkBudget(draft: Draft, budget: BudgetDef): Findings {
  yield* refers(draft, at('budgets', budget.id, 'seat'), 'PCK65', 'seats', budget.seat);
  yield* refers(draft, at('budgets', budget.id, 'unit'), 'PCK65', 'units', budget.unit);
  if (budget.seat === undefined || budget.unit === undefined) return;
  const message = 'a budget has one owner, but both a seat and a unit are given';
  yield { at: at('budgets', budget.id, 'unit'), rule: 'PCK65', message, hint: 'keep one, or write two budgets' };
}

function* checkMetric(draft: Draft, metric: MetricDef, eventKinds: ReadonlySet<string> | undefined): Findings {
  if ('reported' in metric.measure) {
    const place = at('metrics', metric.id, 'measure', 'reported', 'capability');
    yield* refers(draft, place, 'PCK66', 'capabilities', metric.measure.reported.capability);
  }
  for (const { path, selection } of selections(metric)) {
    const place = (field: string) => at('metrics', metric.id, 'measure', ...path, field);
    if (eventKinds && !eventKinds.has(selection.event)) {
      const message = `no event of kind "${selection.event}" is ever recorded, so this would count nothing`;
      const hint = suggestion(selection.event, eventKinds, 'event kinds');
      yield { at: place('event'), rule: 'PCK66', message, hint };
    }
    yield* expression(place('where'), 'PCK66', selection.where, EVENT_SCOPE, 'bool');
  }
}

type Selection = { readonly event: string; readonly where?: string | undefined };

function selections({ measure }: MetricDef): { path: Path; selection: Selection }[] {
  if ('ratio' in measure) {
    const { of, to } = measure.ratio;
    return [
      { path: ['ratio', 'of'], selection: of },
      { path: ['ratio', 'to'], selection: to },
    ];
  }
  if ('between' in measure) {
    const { from, to } = measure.between;
    return [
      { path: ['between', 'from'], selection: from },
      { path: ['between', 'to'], selection: to },
    ];
  }
  if ('reported' in measure) return [];
  return Object.entries(measure).map(([name, selection]) => ({ path: [name], selection }));
}

/** A target that could never be judged as it is meant: a group nobody counts, a way that ends before it begins. */
function* checkWay(draft: Draft, target: TargetDef): Findings {
  const { of, start, deadline, from, steps } = target;
  const wrong = (field: string, message: string, hint: string): Finding => {
    return { at: at('targets', target.id, field), rule: 'PCK67', message, hint };
  };
  const metric = draft.definition.metrics.find(({ id }) => id === target.metric);
  if (of !== undefined && metric && metric.by === undefined)
    yield wrong('of', `"${metric.id}" is not told apart by anything`, 'add "by" to the metric, or remove "of"');
  if (deadline === undefined && (start !== undefined || from !== undefined))
    yield wrong(start === undefined ? 'from' : 'start', 'a way to nowhere: there is no deadline', 'add a deadline');
  if (deadline !== undefined && start !== undefined && start > deadline)
    yield wrong('start', `it starts after its deadline, ${deadline}`, 'correct one of them');
  const late = steps?.find(({ by }) => deadline !== undefined && by > deadline);
  if (late) yield wrong('steps', `the step of ${late.by} is after the deadline, ${deadline}`, 'correct one of them');
}

/** What names a metric: targets, and the charters of seats. */
function* checkTargets(draft: Draft): Findings {
  for (const target of draft.definition.targets) {
    yield* refers(draft, at('targets', target.id, 'metric'), 'PCK67', 'metrics', target.metric);
    yield* refers(draft, at('targets', target.id, 'unit'), 'PCK67', 'units', target.unit);
    yield* refers(draft, at('targets', target.id, 'owner'), 'PCK67', 'seats', target.owner);
    yield* refers(draft, at('targets', target.id, 'serves'), 'PCK67', 'targets', target.serves);
    yield* checkWay(draft, target);
  }
  for (const seat of draft.definition.seats) {
    yield* refersAll(draft, at('seats', seat.id, 'charter', 'metrics'), 'PCK67', 'metrics', seat.charter.metrics);
  }
}
