import { z } from 'zod';
import { id, type Route } from './route.ts';
import { caseId, name, paging, seq } from './shapes/common.ts';
import { decision, load, needs, routing, transfer } from './shapes/routing.ts';

const reason = z.string().min(1).max(1000);
const because = z.strictObject({ reason });
const onCase = z.object({ case: caseId, seq });
const skills = z.string().max(1000).optional().describe('names, with commas between them');

/** Who has what to do, who gets the next, and why. */
export const ROUTING_ROUTES = {
  load: {
    method: 'GET',
    path: '/v1/load',
    summary: 'Load of every seat, imbalance, what waits, surges, loans, skills that are missing, and what to do.',
    query: z.object({ unit: name.optional().describe('seats of this unit, and inside it'), ...paging }),
    responses: { 200: load },
  },
  routing: {
    method: 'GET',
    path: '/v1/cases/:id/routing',
    summary:
      'Every routing decision of a case with candidates, parts of the score and reasons; its transfers and tasks.',
    params: id(caseId),
    responses: { 200: routing },
  },
  candidates: {
    method: 'GET',
    path: '/v1/routing/candidates',
    summary: 'Who would get such a case now, and why. Changes nothing.',
    query: z.object({ ...needs.omit({ skills: true }).shape, skills, customer: z.string().max(320).optional() }),
    responses: { 200: decision },
  },
  route: {
    method: 'POST',
    path: '/v1/cases/:id/route',
    summary: 'Find the seat for a case now; it waits in line when all who can are taken.',
    params: id(caseId),
    body: z.strictObject({ needs: needs.optional() }),
    responses: { 200: onCase },
  },
  transfer: {
    method: 'POST',
    path: '/v1/cases/:id/transfer',
    summary: 'Hand a case on with what the next one must know; never back to who gave it away.',
    params: id(caseId),
    body: transfer,
    responses: { 200: onCase },
  },
  lend: {
    method: 'POST',
    path: '/v1/loans',
    summary: 'Lend a seat to another unit for a time, four hours unless told otherwise.',
    body: z.strictObject({ seat: name, unit: name, until: z.number().int().positive().optional(), reason }),
    responses: { 200: z.object({ seat: z.string(), seq }) },
  },
  endLoan: {
    method: 'DELETE',
    path: '/v1/loans/:id',
    summary: 'The seat works for its own unit again; it finishes what it has.',
    params: id(name),
    query: z.object({ reason }),
    responses: { 200: z.object({ seat: z.string(), seq }) },
  },
  throttle: {
    method: 'POST',
    path: '/v1/intake/throttle',
    summary: 'Put off what is not urgent until intake is opened again; customers are told.',
    body: because,
    responses: { 200: z.object({ seq }) },
  },
  openIntake: {
    method: 'POST',
    path: '/v1/intake/open',
    summary: 'Take everything as usual again.',
    body: because,
    responses: { 200: z.object({ seq }) },
  },
} as const satisfies Record<string, Route>;
