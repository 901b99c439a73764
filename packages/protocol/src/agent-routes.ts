/** Agents from outside: the tokens with which they work seats. */
import { z } from 'zod';
import { capabilityPatterns } from './executor-routes.ts';
import { id, type Route } from './route.ts';
import { name, time } from './shapes/common.ts';

const token = z.object({
  id: z.string(),
  seat: name,
  principal: z.string().describe('who sat there when it was made; for anybody else it is of no use'),
  name: z.string().describe('what it is for, in words'),
  created: time,
  expires: time.nullable(),
});

const executorToken = z.object({
  id: z.string(),
  name: z.string().describe('what it is for, in words'),
  capabilities: z.array(z.string()).describe('whose calls it may claim: exact, or `orders.*`, or `*`'),
  created: time,
  expires: time.nullable(),
});

const life = z.number().int().min(1000).nullable().default(null).describe('milliseconds; null: until it is revoked');

const peer = z.object({
  id: z.string(),
  peer: z.string().describe('its cases have the customer `a2a:<peer>`, whatever its token'),
  services: z.array(name).nullable().describe('services it may ask for by name; null: all that are offered'),
  created: time,
  expires: time.nullable(),
});

export const AGENT_ROUTES = {
  peers: {
    method: 'GET',
    path: '/v1/peers',
    summary: 'Agents of other organisations that may ask for something over A2A, without their tokens.',
    responses: { 200: z.object({ peers: z.array(peer) }) },
  },
  admitPeer: {
    method: 'POST',
    path: '/v1/peers',
    summary: 'Admit an agent of another organisation. Its token is told once and is good for A2A alone.',
    body: z.strictObject({
      peer: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,99}$/, 'expected a name such as acme or agents.acme.com'),
      services: z.array(name).max(100).nullable().default(null),
      life,
    }),
    responses: { 201: peer.extend({ token: z.string() }) },
  },
  revokePeer: {
    method: 'DELETE',
    path: '/v1/peers/:id',
    summary: 'Revoke the token of a peer: it counts for nothing from now on. Its cases go on.',
    params: id(z.string().max(64)),
    responses: { 200: z.object({ id: z.string() }) },
  },
  seatTokens: {
    method: 'GET',
    path: '/v1/tokens',
    summary: 'Tokens with which agents from outside work seats, and those of executors, without their texts.',
    responses: { 200: z.object({ tokens: z.array(token), executors: z.array(executorToken) }) },
  },
  giveToken: {
    method: 'POST',
    path: '/v1/tokens',
    summary: 'A token for one seat, whose occupant is of kind `mcp`. Its text is told once.',
    body: z.strictObject({
      seat: name,
      name: z.string().max(200).default(''),
      life,
    }),
    responses: { 201: token.extend({ token: z.string() }) },
  },
  giveExecutorToken: {
    method: 'POST',
    path: '/v1/executor/tokens',
    summary:
      'A token for executors: good for fetching, renewing and reporting calls of tools alone. Its text is told once.',
    body: z.strictObject({
      name: z.string().max(200).default(''),
      capabilities: capabilityPatterns.default(['*']),
      life,
    }),
    responses: { 201: executorToken.extend({ token: z.string() }) },
  },
  revokeToken: {
    method: 'DELETE',
    path: '/v1/tokens/:id',
    summary: 'Revoke a token of a seat or of executors: it counts for nothing from now on.',
    params: id(z.string().max(64)),
    responses: { 200: z.object({ id: z.string() }) },
  },
} as const satisfies Readonly<Record<string, Route>>;
