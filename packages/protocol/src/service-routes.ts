import { z } from 'zod';
import { id, type Route } from './route.ts';
import { caseId, name, seq, values } from './shapes/common.ts';
import { complaint, complaintId, serviceEntry } from './shapes/services.ts';

const names = z.array(name).max(50).optional();
const text = z.string().min(1).max(20_000);

/** What seats do for each other, and what is said when it goes wrong between them. */
export const SERVICE_ROUTES = {
  directory: {
    method: 'GET',
    path: '/v1/directory',
    summary: 'Services that fit, the best first, with what they promise and what was measured.',
    query: z.object({
      text: z.string().max(200).optional().describe('what is needed, in words'),
      capability: name.optional().describe('only of providers that may use it'),
      asker: name.optional().describe('only what this seat may ask for'),
    }),
    responses: { 200: z.object({ services: z.array(serviceEntry) }) },
  },
  requestService: {
    method: 'POST',
    path: '/v1/directory/:id/requests',
    summary: 'Ask for a service on a case: a task at its provider, with checked input.',
    params: id(name),
    body: z.strictObject({ case: caseId, input: values, why: z.string().max(2000).optional() }),
    responses: { 200: z.object({ task: z.string(), seq }) },
  },
  complaints: {
    method: 'GET',
    path: '/v1/complaints',
    summary: 'Complaints, the newest first.',
    query: z.object({ status: z.enum(['open', 'all']).default('open') }),
    responses: { 200: z.object({ complaints: z.array(complaint) }) },
  },
  raiseComplaint: {
    method: 'POST',
    path: '/v1/complaints',
    summary: 'Complain about seats, units, or how a case is handled.',
    body: z.strictObject({ text, case: caseId.optional(), seats: names, units: names }),
    responses: { 200: z.object({ complaint: complaintId, seq }) },
  },
  giveAccount: {
    method: 'POST',
    path: '/v1/complaints/:id/account',
    summary: 'Give an account of what a complaint is about.',
    params: id(complaintId),
    body: z.strictObject({ text }),
    responses: { 200: z.object({ complaint: complaintId, seq }) },
  },
  answerComplaint: {
    method: 'POST',
    path: '/v1/complaints/:id/answer',
    summary: 'Answer a complaint and all that were joined to it, once.',
    params: id(complaintId),
    body: z.strictObject({
      text,
      compensation: z.string().max(2000).optional(),
      improvements: z.array(z.string().min(1).max(1000)).max(20).optional(),
    }),
    responses: { 200: z.object({ complaint: complaintId, seq }) },
  },
} as const satisfies Record<string, Route>;
