import {
  accountLines,
  answersFor,
  type BudgetLine,
  budgetLines,
  costPerOutcome,
  inUnit,
  paid,
  priceAt,
  priceVersion,
  profitAndLoss,
  type State,
} from '@reeve/kernel';
import type { BudgetDetail, BudgetView, OutcomeCostsView, ParsedOf, ProfitView, ResponseOf } from '@reeve/protocol';
import { afterKey, none } from './page.ts';

const budgetView = (line: BudgetLine): BudgetView => ({
  ...line,
  scope: { ...line.scope },
  thresholds: [...line.thresholds],
});

type Query = ParsedOf<'budgets'>['query'];

/** A unit's budgets are those of everything inside it, too. */
function wanted(state: State, { seat, unit, lane }: Query): (line: BudgetLine) => boolean {
  const unitOf = ({ kind, id }: BudgetLine['scope']) =>
    kind === 'unit' ? id : kind === 'seat' ? state.organisation.seats.get(id)?.unit : undefined;
  return (line) => {
    const own = unitOf(line.scope);
    return (
      (seat === undefined || (line.scope.kind === 'seat' && line.scope.id === seat)) &&
      (lane === undefined || line.lane === lane) &&
      (unit === undefined || (own !== undefined && inUnit(state, own, unit)))
    );
  };
}

export function budgetList(state: State, query: Query, now: number): ResponseOf<'budgets'> {
  const lines = budgetLines(state, now).filter(wanted(state, query));
  const { items, ...next } = afterKey(lines, query, ({ id }) => id);
  return {
    currency: state.organisation.settings.currency,
    paid: paid(state),
    prices: priceVersion(state),
    budgets: items.map(budgetView),
    ...next,
  };
}

export function budgetDetail(state: State, id: string, query: ParsedOf<'budget'>['query'], now: number): BudgetDetail {
  const def = state.organisation.definition?.budgets.find((each) => each.id === id);
  const line = budgetLines(state, now).find((each) => each.id === id);
  if (!def || !line) throw none('budget', id);
  const all = (accountLines(state, id, now) ?? []).filter(
    (each) => query.case === undefined || each.case === query.case,
  );
  const { items, ...next } = afterKey(all, query, (each) => each.case ?? '');
  const { perRecipient } = def;
  return {
    budget: budgetView(line),
    limits: {
      perTransaction: def.perTransaction ?? null,
      perCase: def.perCase ?? null,
      perRecipient: perRecipient ? { ...perRecipient, argument: [perRecipient.argument].flat() } : null,
      perCustomer: def.perCustomer ?? null,
      perRequester: def.perRequester ?? null,
      spike: def.spike ?? null,
    },
    only: def.only ?? null,
    answers: answersFor(state, def),
    accounts: items,
    ...next,
  };
}

export const outcomeCosts = (state: State, period: string | undefined): OutcomeCostsView => {
  const { months, seats, topics, currency } = costPerOutcome(state, period === undefined ? {} : { period });
  return { currency, months: [...months], seats: [...seats], topics: [...topics] };
};

export const profit = (state: State, period: string | undefined, now: number): ProfitView => {
  const found = profitAndLoss(state, period === undefined ? { now } : { period, now });
  return { ...found, units: [...found.units], seats: [...found.seats] };
};

export const priceTable = (state: State, now: number): ResponseOf<'prices'> => ({
  version: priceVersion(state),
  currency: state.organisation.settings.currency,
  now,
  lines: (state.organisation.definition?.prices ?? []).map((line) => ({
    ...line,
    inForce: priceAt(state, line.of, line.unit, now)?.id === line.id,
  })),
});
