import { z } from 'zod';
import { id, type Route } from './route.ts';
import { more, name, paging, proposalId, seq } from './shapes/common.ts';
import {
  amendPurpose,
  decideProposal,
  gap,
  makeProposal,
  metric,
  proposal,
  proposalStatus,
  purposeDetail,
  revertPurpose,
  unitPurpose,
} from './shapes/purpose.ts';

/** What should be true, what is, and what was proposed about the difference. */
export const PURPOSE_ROUTES = {
  purpose: {
    method: 'GET',
    path: '/v1/purpose',
    summary: 'What each unit should achieve, who decides about it, and which seats aim at nothing.',
    responses: { 200: z.object({ units: z.array(unitPurpose) }) },
  },
  unitPurpose: {
    method: 'GET',
    path: '/v1/purpose/:id',
    summary: 'One unit with the versions of its desired state; `organisation` for what belongs to no unit.',
    params: id(name),
    responses: { 200: purposeDetail },
  },
  amendPurpose: {
    method: 'POST',
    path: '/v1/purpose/:id/amend',
    summary: 'Change what a unit should achieve: all of it or nothing.',
    params: id(name),
    body: amendPurpose,
    responses: { 200: z.object({ unit: z.string(), version: z.number().int(), seq }) },
  },
  revertPurpose: {
    method: 'POST',
    path: '/v1/purpose/:id/revert',
    summary: 'Take an amendment back, unless something it changed was changed again.',
    params: id(name),
    body: revertPurpose,
    responses: { 200: z.object({ unit: z.string(), version: z.number().int(), seq }) },
  },
  gaps: {
    method: 'GET',
    path: '/v1/gaps',
    summary: 'Targets as they stand: what is, what was expected by now, the trend, and the work on the gap.',
    query: z.object({
      unit: name.optional(),
      owner: name.optional().describe('whose they are, or who closes them'),
      status: z.enum(['open', 'all']).default('all').describe('`open`: behind or missed'),
      ...paging,
    }),
    responses: { 200: z.object({ currency: z.string(), gaps: z.array(gap), ...more }) },
  },
  metrics: {
    method: 'GET',
    path: '/v1/metrics',
    summary: 'Every metric with its value and its groups.',
    query: z.object(paging),
    responses: { 200: z.object({ currency: z.string(), metrics: z.array(metric), ...more }) },
  },
  proposals: {
    method: 'GET',
    path: '/v1/proposals',
    summary: 'Proposals, the newest first. Beyond 200 that are over they are on the ledger only.',
    query: z.object({ unit: name.optional(), status: proposalStatus.optional(), ...paging }),
    responses: { 200: z.object({ proposals: z.array(proposal), ...more }) },
  },
  proposal: {
    method: 'GET',
    path: '/v1/proposals/:id',
    summary: 'One proposal: options, evidence, decision, and what came of it beside what was expected.',
    params: id(proposalId),
    responses: { 200: proposal },
  },
  makeProposal: {
    method: 'POST',
    path: '/v1/proposals',
    summary: 'Propose options with evidence, cost and expected effect.',
    body: makeProposal,
    responses: { 201: z.object({ proposal: proposalId, seq }) },
  },
  decideProposal: {
    method: 'POST',
    path: '/v1/proposals/:id/decision',
    summary: 'Accept one option (and make its changes), reject, or send back.',
    params: id(proposalId),
    body: decideProposal,
    responses: { 200: z.object({ proposal: proposalId, seq }) },
  },
} as const satisfies Record<string, Route>;
