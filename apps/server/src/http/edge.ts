import { hash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { PROBLEM_STATUS, ROUTE_NAMES, ROUTES, type Route } from '@reeve/protocol';
import type { Context, MiddlewareHandler } from 'hono';
import { Refusal } from '../errors.ts';
import type { Log } from '../house.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Asking, Services } from './handler.ts';
import { problemResponse } from './problems.ts';

const HEADERS: Record<string, string> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

const DEFAULTS = Object.entries(HEADERS);

/** What the console's files say of themselves stays. */
function addHeaders(c: Context, id: string): void {
  c.header('x-request-id', id);
  for (const [name, value] of DEFAULTS) if (!c.res.headers.has(name)) c.header(name, value);
}

/** Request id, security headers, and one line in the log: route, status and time, never contents. */
export function frame(log: Log, telemetry: Telemetry): MiddlewareHandler {
  return async (c, next) => {
    const id = randomUUID();
    c.set('requestId', id);
    const began = performance.now();
    const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>;
    // Set on Node's own answer they cost nothing: looking at the headers of a Response makes a whole one of it.
    outgoing?.setHeader('x-request-id', id);
    if (outgoing) for (const [name, value] of DEFAULTS) outgoing.setHeader(name, value);
    await next();
    if (!outgoing) addHeaders(c, id);
    const took = performance.now() - began;
    // The pattern, not the path: ids are no contents, but search words in a query are.
    const route: string = c.get('route') ?? '-';
    telemetry.answered(route, c.res.status, took / 1000);
    log('info', 'request', { id, method: c.req.method, route, status: c.res.status, ms: Math.round(took) });
  };
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * [SRV6] A page elsewhere whose name resolves to this machine (DNS rebinding) sends its own name: refused. What stands in front
 * of this server sends the name people know it by.
 */
export function hostCheck(publicUrl: string | undefined): MiddlewareHandler {
  const known = publicUrl === undefined ? LOOPBACK : new Set([...LOOPBACK, new URL(publicUrl).hostname.toLowerCase()]);
  return async (c, next) => {
    const host = c.req.header('host') ?? new URL(c.req.url).host;
    const name = host.replace(/:\d+$/, '').toLowerCase();
    if (known.has(name)) return next();
    const hint = 'use http://127.0.0.1 or localhost, or start it with --public-url';
    return problemResponse(new Refusal('host-refused', 'this server answers only under loopback names', hint));
  };
}

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

/** The local token's, or of a route that needs none. */
export const NOBODY: Asking = { session: null, executor: null };

/** [SRV54] The token of an executor opens its own routes. */
function asExecutor(route: Route, executor: Asking['executor']): Asking {
  if (route.executor) return { session: null, executor };
  throw new Refusal(
    'forbidden',
    'this is the token of an executor, which fetches, renews and reports calls of tools, and does nothing else',
    'ask with the token of the organisation, or with a session',
  );
}

/**
 * [SRV2, SRV61] The local token, that of a session, or that of an executor. Compares digests, so that neither content nor length
 * of the token shows in the time it takes.
 */
export function tokenCheck(
  tokens: readonly string[],
  { sessions, executorTokens }: Pick<Services, 'sessions' | 'executorTokens'>,
): (c: Context, route: Route) => Asking {
  const expected = tokens.map(digest);
  return (c, route) => {
    const given = /^Bearer ([\w-]{1,500})$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (given === undefined)
      throw new Refusal(
        'unauthorised',
        'this needs `Authorization: Bearer <token>`',
        'the token is in the file `token` of the data directory',
      );
    const shown = digest(given);
    if (expected.map((each) => timingSafeEqual(shown, each)).includes(true)) return NOBODY;
    const session = sessions.find(given);
    if (session) return { session: session.id, executor: null };
    const executor = executorTokens.find(given);
    if (executor) return asExecutor(route, executor);
    throw new Refusal(
      'unauthorised',
      'the token is not the right one, or its session has ended',
      'read the file `token` of the data directory again, or sign in again with `reeve console`',
    );
  };
}

const PATTERNS = ROUTE_NAMES.map((name) => ({
  method: ROUTES[name].method,
  pattern: new RegExp(`^${ROUTES[name].path.replaceAll('.', '\\.').replace(/:[a-z]+/g, '[^/]+')}$`),
}));

/** What no route took: the path is known under other methods, or not at all. */
export function notRouted(c: Context): Response {
  const allowed = PATTERNS.filter(({ pattern }) => pattern.test(c.req.path)).map(({ method }) => method);
  if (allowed.length > 0) {
    const refusal = new Refusal('wrong-method', `${c.req.method} is not possible here`, `use ${allowed.join(' or ')}`);
    return problemResponse(refusal, { allow: allowed.join(', ') });
  }
  return problemResponse(new Refusal('unknown-route', 'there is nothing at this path', 'see /v1/openapi.json'));
}

/** The challenge that goes with 401. */
export const challenge = (response: Response): Response => {
  if (response.status === PROBLEM_STATUS.unauthorised) response.headers.set('www-authenticate', 'Bearer');
  return response;
};
