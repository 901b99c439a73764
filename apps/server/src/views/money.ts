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
  seatsWithCosts,
} from '@reeve/kernel';
import type { BudgetDetail, BudgetView, OutcomeCostsView, ParsedOf, ProfitView, ResponseOf } from '@reeve/protocol';
import { acrossLists, afterKey, byKeys, none } from './page.ts';

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

/** Topics first, then seats, page by page: only the seats of the page are added up. */
export function outcomeCosts(state: State, query: ParsedOf<'costs'>['query']): OutcomeCostsView {
  const period = query.period === undefined ? {} : { period: query.period };
  const { months, topics, currency } = costPerOutcome(state, { ...period, seats: [] });
  const lists = { topics: topics.map(({ topic }) => topic), seats: seatsWithCosts(state, query.period) };
  const { page, ...next } = acrossLists(lists, query);
  const { seats } = costPerOutcome(state, { ...period, seats: page.seats });
  const shown = byKeys(topics, ({ topic }) => topic, page.topics);
  return { currency, months: [...months], seats: [...seats], topics: shown, ...next };
}

/** Units first, then seats, page by page: only the lines of the page are added up. */
export function profit(state: State, query: ParsedOf<'profit'>['query'], now: number): ProfitView {
  const { seats, units } = state.organisation;
  const { page, ...next } = acrossLists({ units: [...units.keys()], seats: [...seats.keys()] }, query);
  const found = profitAndLoss(state, { ...(query.period === undefined ? {} : { period: query.period }), now, ...page });
  return { ...found, units: [...found.units], seats: [...found.seats], ...next };
}

export const priceTable = (state: State, now: number): ResponseOf<'prices'> => ({
  version: priceVersion(state),
  currency: state.organisation.settings.currency,
  now,
  lines: (state.organisation.definition?.prices ?? []).map((line) => ({
    ...line,
    inForce: priceAt(state, line.of, line.unit, now)?.id === line.id,
  })),
});
