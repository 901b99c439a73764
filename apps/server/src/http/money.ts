import type { MONEY_ROUTES } from '@reeve/protocol';
import { budgetDetail, budgetList, outcomeCosts, priceTable, profit } from '../views/money.ts';
import { type Handler, present, view } from './handler.ts';

export const MONEY_HANDLERS: { readonly [K in keyof typeof MONEY_ROUTES]: Handler<K> } = {
  budgets: view((state, { query }) => budgetList(state, query, present(state))),
  budget: view((state, { params, query }) => budgetDetail(state, params.id, query, present(state))),
  costs: view((state, { query }) => outcomeCosts(state, query)),
  profit: view((state, { query }) => profit(state, query, present(state))),
  prices: view((state) => priceTable(state, present(state))),
};
