import { z } from 'zod';
import { id, type Route } from './route.ts';
import { caseId, money, more, name, paging } from './shapes/common.ts';
import { budgetDetail, outcomeCosts, period, prices, profitAndLoss } from './shapes/money.ts';
import { budget } from './shapes/organisation.ts';

/** What may be spent, what was, and what it was worth. */
export const MONEY_ROUTES = {
  budgets: {
    method: 'GET',
    path: '/v1/budgets',
    summary: 'Budgets with what is used and left of them, thresholds, and how long they last.',
    query: z.object({ seat: name.optional(), unit: name.optional(), lane: name.optional(), ...paging }),
    responses: {
      200: z.object({ currency: z.string(), paid: money, prices: z.string(), budgets: z.array(budget), ...more }),
    },
  },
  budget: {
    method: 'GET',
    path: '/v1/budgets/:id',
    summary: 'One budget with its limits and accounts.',
    params: id(name),
    query: z.object({ case: caseId.optional(), ...paging }),
    responses: { 200: budgetDetail },
  },
  costs: {
    method: 'GET',
    path: '/v1/costs',
    summary:
      'Cost per closed case of each topic, then per run, per success and per outcome of each seat, page by page.',
    query: z.object({ period: period.optional().describe('all months that are kept unless given'), ...paging }),
    responses: { 200: outcomeCosts },
  },
  profit: {
    method: 'GET',
    path: '/v1/profit',
    summary: 'Profit and loss of the organisation, then its units and seats page by page, with bands of return.',
    query: z.object({ period: period.optional().describe('this month unless given'), ...paging }),
    responses: { 200: profitAndLoss },
  },
  prices: {
    method: 'GET',
    path: '/v1/prices',
    summary: 'The price table in force, with its version.',
    responses: { 200: prices },
  },
} as const satisfies Record<string, Route>;
