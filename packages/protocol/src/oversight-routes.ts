import { z } from 'zod';
import { id, type Route } from './route.ts';
import { incidentId, more, name, paging, seq, wakeupId } from './shapes/common.ts';
import {
  dashboard,
  intervention,
  oversightPage,
  postMortem,
  report,
  scorecard,
  seatHealth,
  seatState,
  standup,
  trend,
  wakeUp,
} from './shapes/oversight.ts';

/** How those who work are, what was done when they were not well, and what it all came to. */
export const OVERSIGHT_ROUTES = {
  oversight: {
    method: 'GET',
    path: '/v1/oversight',
    summary: 'What each seat is in, alerts, degraded modes, compliance, wake-ups.',
    query: z.object({
      seats: z.enum(['all', 'none']).default('all').describe('`none` leaves the list of seats empty'),
    }),
    responses: { 200: oversightPage },
  },
  seatsHealth: {
    method: 'GET',
    path: '/v1/oversight/seats',
    summary: 'What each seat is in, those in trouble first.',
    query: z.object({
      state: z
        .union([z.literal('trouble'), seatState])
        .optional()
        .describe('`trouble`: all that are in trouble'),
      q: z.string().max(200).optional().describe('found in the id of the seat, letter case ignored'),
      ...paging,
    }),
    responses: { 200: z.object({ seats: z.array(seatHealth), ...more }) },
  },
  interventions: {
    method: 'GET',
    path: '/v1/interventions',
    summary: 'What was done about seats in trouble, the newest first, with the reason of each.',
    query: z.object({ seat: name.optional(), ...paging }),
    responses: { 200: z.object({ interventions: z.array(intervention), ...more }) },
  },
  report: {
    method: 'GET',
    path: '/v1/reports/:period',
    summary: 'The report of a day, a week or a month: the running one so far, or the latest that is over.',
    params: z.object({ period: z.enum(['daily', 'weekly', 'monthly']) }),
    query: z.object({
      which: z.enum(['current', 'last']).default('current').describe('`last`: the latest that is over'),
    }),
    responses: { 200: report },
  },
  scorecard: {
    method: 'GET',
    path: '/v1/scorecard',
    summary: 'Every number with its formula; null where nothing was measured.',
    query: z.object({ days: z.coerce.number<number>().int().min(1).max(400).default(30) }),
    responses: { 200: scorecard },
  },
  standups: {
    method: 'GET',
    path: '/v1/standups',
    summary: 'Stand-ups of the last seven days, in the order of the seats.',
    query: z.object({ seat: name.optional(), ...paging }),
    responses: { 200: z.object({ standups: z.array(standup), ...more }) },
  },
  trends: {
    method: 'GET',
    path: '/v1/seats/:id/trends',
    summary: 'Cases closed, utilisation, success and duration of a seat day by day, with where they go.',
    params: id(name),
    responses: { 200: z.object({ seat: z.string(), trends: z.array(trend) }) },
  },
  dashboard: {
    method: 'GET',
    path: '/v1/seats/:id/dashboard',
    summary: 'One seat on a page: state, numbers, budget, what it did, what to do.',
    params: id(name),
    responses: { 200: dashboard },
  },
  wakeups: {
    method: 'GET',
    path: '/v1/wakeups',
    summary: 'Who was woken for what, the newest first.',
    query: z.object({ status: z.enum(['open', 'all']).default('open'), ...paging }),
    responses: { 200: z.object({ wakeups: z.array(wakeUp), ...more }) },
  },
  acknowledge: {
    method: 'POST',
    path: '/v1/wakeups/:id/acknowledge',
    summary: 'Say that a wake-up was seen.',
    params: id(wakeupId),
    body: z.object({ note: z.string().max(2000).optional() }),
    responses: { 200: z.object({ wakeup: wakeupId, seq }) },
  },
  postMortem: {
    method: 'GET',
    path: '/v1/incidents/:id/post-mortem',
    summary:
      'How an incident came about, what happened meanwhile, what it touched, and what was done: from the ledger.',
    params: id(incidentId),
    responses: { 200: postMortem },
  },
} as const satisfies Record<string, Route>;
