/** What the web console needs besides the rest of the API: signing in, seats and runs page by page, plans, what-if. */
import { z } from 'zod';
import type { Route } from './route.ts';
import { more, name, paging } from './shapes/common.ts';
import * as shapes from './shapes/console.ts';
import { seat } from './shapes/organisation.ts';

export const CONSOLE_ROUTES = {
  openSession: {
    method: 'POST',
    path: '/v1/session',
    summary: 'Exchange a one-time sign-in code for a session token, which is used like the local token.',
    open: true,
    body: shapes.openSession,
    responses: { 201: shapes.signedIn },
  },
  session: {
    method: 'GET',
    path: '/v1/session',
    summary: 'Who asks, and the sessions that are signed in.',
    responses: { 200: shapes.sessions },
  },
  signInCode: {
    method: 'POST',
    path: '/v1/session/code',
    summary: 'A one-time sign-in code, for an hour.',
    responses: { 201: shapes.signInCode },
  },
  closeSession: {
    method: 'DELETE',
    path: '/v1/session/:id',
    summary: 'Sign a session out; `current` is the one that asks.',
    params: z.object({ id: z.string().max(64) }),
    responses: { 200: z.object({ id: z.string() }) },
  },
  seats: {
    method: 'GET',
    path: '/v1/seats',
    summary: 'Seats, in the order of the definition.',
    query: z.object({ ...shapes.seatQuery, ...paging }),
    responses: { 200: z.object({ seats: z.array(seat), total: z.number().int(), ...more }) },
  },
  seat: {
    method: 'GET',
    path: '/v1/seats/:id',
    summary: 'One seat: charter, supervisors, the most damage it can do, work.',
    params: z.object({ id: name }),
    responses: { 200: shapes.seatDetail },
  },
  catalogue: {
    method: 'GET',
    path: '/v1/catalogue',
    summary: 'Capabilities with the types of their fields, contracts and units of the definition in force.',
    responses: { 200: shapes.catalogue },
  },
  runs: {
    method: 'GET',
    path: '/v1/runs',
    summary: 'Runs that are not finished, the newest first; finished ones are on the ledger.',
    query: z.object({ ...shapes.runQuery, ...paging }),
    responses: { 200: z.object({ runs: z.array(shapes.run), ...more }) },
  },
  tools: {
    method: 'GET',
    path: '/v1/tools',
    summary: 'Tools with their health, asked now.',
    responses: { 200: z.object({ tools: z.array(shapes.tool) }) },
  },
  plan: {
    method: 'POST',
    path: '/v1/organisation/plan',
    summary: 'Check a pack and say what applying it would change. Changes nothing.',
    body: z.strictObject({
      directory: z.string().min(1).max(4096).describe("absolute path of the pack's folder, on the server's machine"),
    }),
    responses: { 200: shapes.plan },
  },
  matrix: {
    method: 'GET',
    path: '/v1/policies/matrix',
    summary: 'Who may do what: each seat with each capability, by the definition in force.',
    query: z.object({ q: z.string().max(200).optional().describe('found in seat or unit'), ...paging }),
    responses: { 200: z.object({ seats: z.array(shapes.matrixSeat), ...more }) },
  },
  whatIf: {
    method: 'POST',
    path: '/v1/policies/what-if',
    summary: 'What the gate would say to a request, by the definition in force. Nothing is requested or recorded.',
    body: shapes.whatIf,
    responses: { 200: shapes.whatIfAnswer },
  },
  ledgerExport: {
    method: 'GET',
    path: '/v1/ledger/export',
    summary: 'The whole ledger as it is hashed, with its checkpoints: what `reeve ledger verify --file` takes.',
    download: 'application/x-ndjson',
    responses: { 200: z.string() },
  },
} as const satisfies Record<string, Route>;
