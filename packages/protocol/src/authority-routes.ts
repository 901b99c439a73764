import { z } from 'zod';
import { id, type Route } from './route.ts';
import {
  closeIncident,
  delegation,
  deputy,
  giveGrant,
  grant,
  incident,
  nameDeputy,
  override,
  reviews,
  violation,
  violationDetail,
} from './shapes/authority.ts';
import { deputyId, grantId, incidentId, more, name, operationId, paging, seq } from './shapes/common.ts';

const reason = z.object({ reason: z.string().min(1).max(1000) });
const onlyOpen = z.enum(['open', 'all']).default('open');

/** Who may do what, for whom, how it went, and what was done when it went wrong. */
export const AUTHORITY_ROUTES = {
  grants: {
    method: 'GET',
    path: '/v1/grants',
    summary: 'Standing grants, the newest first.',
    query: z.object({
      seat: name.optional(),
      capability: name.optional(),
      status: z.enum(['live', 'all']).default('live').describe('`live`: those that may still be used'),
      ...paging,
    }),
    responses: { 200: z.object({ grants: z.array(grant), ...more }) },
  },
  giveGrant: {
    method: 'POST',
    path: '/v1/grants',
    summary: 'Grant a seat the next so many uses of a capability, within limits, until a time.',
    body: giveGrant,
    responses: { 200: z.object({ grant: grantId, seq }) },
  },
  revokeGrant: {
    method: 'DELETE',
    path: '/v1/grants/:id',
    summary: 'Revoke a standing grant: it ends at the next decision or lease.',
    params: id(grantId),
    query: reason,
    responses: { 200: z.object({ grant: grantId, seq }) },
  },
  deputies: {
    method: 'GET',
    path: '/v1/deputies',
    summary: 'Who decides for whom now or later, the latest named first.',
    query: z.object({ seat: name.optional().describe('on either side'), ...paging }),
    responses: { 200: z.object({ deputies: z.array(deputy), ...more }) },
  },
  nameDeputy: {
    method: 'POST',
    path: '/v1/deputies',
    summary: 'Name a deputy for a time, a year at most.',
    body: nameDeputy,
    responses: { 200: z.object({ deputy: deputyId, seq }) },
  },
  withdrawDeputy: {
    method: 'DELETE',
    path: '/v1/deputies/:id',
    summary: 'End the time of a deputy now.',
    params: id(deputyId),
    query: reason,
    responses: { 200: z.object({ deputy: deputyId, seq }) },
  },
  delegations: {
    method: 'GET',
    path: '/v1/delegations',
    summary: 'Delegated tasks with the rights they carry, the newest first.',
    query: z.object({ seat: name.optional().describe('on either side'), status: onlyOpen, ...paging }),
    responses: { 200: z.object({ delegations: z.array(delegation), ...more }) },
  },
  violations: {
    method: 'GET',
    path: '/v1/violations',
    summary: 'Seats that ran into boundaries, the worst first, with the correction in force.',
    query: z.object(paging),
    responses: { 200: z.object({ violations: z.array(violation), ...more }) },
  },
  violation: {
    method: 'GET',
    path: '/v1/violations/:id',
    summary: 'One seat: its level, and each time one was reached with what was done about it.',
    params: id(name),
    query: z.object(paging),
    responses: { 200: violationDetail },
  },
  incidents: {
    method: 'GET',
    path: '/v1/incidents',
    summary: 'Incidents, the newest first. Beyond 200 closed ones they are on the ledger only.',
    query: z.object({ status: onlyOpen, ...paging }),
    responses: { 200: z.object({ incidents: z.array(incident), ...more }) },
  },
  incident: {
    method: 'GET',
    path: '/v1/incidents/:id',
    summary: 'One incident with what was done.',
    params: id(incidentId),
    responses: { 200: incident },
  },
  closeIncident: {
    method: 'POST',
    path: '/v1/incidents/:id/close',
    summary: 'Close an incident: how it came about, what was done, what keeps it from happening again.',
    params: id(incidentId),
    body: closeIncident,
    responses: { 200: z.object({ incident: incidentId, seq }) },
  },
  reviews: {
    method: 'GET',
    path: '/v1/reviews',
    summary:
      'Decisions in numbers, page by page: where people decide too much, where too late, and what their time costs.',
    query: z.object(paging),
    responses: { 200: reviews },
  },
  override: {
    method: 'POST',
    path: '/v1/operations/:id/override',
    summary: 'Have a refused operation done, in the name of the caller. Without all rules named: 409 with the warning.',
    params: id(operationId),
    body: override,
    responses: { 200: z.object({ operation: operationId, again: operationId, seq }) },
  },
} as const satisfies Record<string, Route>;
