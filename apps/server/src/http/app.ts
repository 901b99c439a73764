import { isWrite, ROUTE_NAMES, ROUTES, type Route, type RouteName } from '@reeve/protocol';
import { type Context, Hono } from 'hono';
import { getPath } from 'hono/utils/url';
import { scraped } from '../telemetry/scrape.ts';
import { a2a, a2aOverHttp, agentCard } from './a2a.ts';
import { consoleAnswer } from './console.ts';
import { challenge, frame, hostCheck, NOBODY, notRouted, tokenCheck } from './edge.ts';
import type { Asking, Services } from './handler.ts';
import { HANDLERS } from './handlers.ts';
import { commandId, readBytes, readInput } from './input.ts';
import { mcpOf } from './mcp.ts';
import { showAnswer, takeAnswer } from './people.ts';
import { internalError, knownError } from './problems.ts';

export interface AppOptions extends Services {
  /** The local token, and others that count like it while a secret changes. */
  readonly tokens: readonly string[];
  readonly hosts: 'loopback' | 'any';
  /** Where others reach this server: its name is answered, too. */
  readonly publicUrl?: string;
  /** What paths begin with where several organisations share a port, such as `/o/shop`. */
  readonly prefix?: string;
  /** Folder of the built console; without one there is none. */
  readonly console?: string;
}

type Env = { Variables: { requestId: string; route: string } };

/** The HTTP API: one entry per route of the protocol's table, so that neither can have what the other has not. */
export function createApp(options: AppOptions): Hono {
  const { prefix } = options;
  const below = (request: Request) => getPath(request).slice(prefix?.length) || '/';
  const app = new Hono<Env>(prefix === undefined ? {} : { getPath: below });
  const authorise = tokenCheck(options.tokens, options);
  app.use('*', frame(options.log, options.telemetry));
  if (options.hosts === 'loopback') app.use('*', hostCheck(options.publicUrl));
  for (const name of ROUTE_NAMES) mount(app, name, options, authorise);
  app.get('/metrics', (c) => {
    c.set('route', 'GET /metrics');
    return scraped(c.req.raw, options.tokens, options.telemetry);
  });
  app.post('/hooks/:tool', async (c) => {
    c.set('route', 'POST /hooks/:tool');
    return options.hook(c.req.param('tool'), { headers: c.req.header(), body: await readBytes(c), now: Date.now() });
  });
  app.on(['GET', 'POST'], '/answer/:token', (c) => {
    c.set('route', `${c.req.method} /answer/:token`);
    return c.req.method === 'POST' ? takeAnswer(options.people, c) : showAnswer(options.people, c);
  });
  const mcp = mcpOf(options);
  app.all('/mcp', (c) => {
    c.set('route', `${c.req.method} /mcp`);
    return mcp(c.req.raw);
  });
  app.get('/.well-known/agent-card.json', (c) => {
    c.set('route', 'GET /.well-known/agent-card.json');
    return agentCard(options, c.req.raw.headers);
  });
  app.post('/a2a', (c) => {
    c.set('route', 'POST /a2a');
    return a2a(options, c);
  });
  app.all('/a2a/*', (c) => {
    c.set('route', `${c.req.method} /a2a/…`);
    return a2aOverHttp(options, c);
  });
  app.notFound(async (c) => {
    const page = options.console === undefined ? null : await consoleAnswer(options.console, c.req.raw);
    if (page) c.set('route', 'console');
    return page ?? notRouted(c);
  });
  app.onError((error, c) => {
    const known = knownError(error);
    if (known) return challenge(known);
    const id = c.get('requestId');
    options.log('error', 'a request met a bug', { id, route: c.get('route'), error: error.stack ?? String(error) });
    return internalError(id);
  });
  return app as unknown as Hono;
}

type Authorise = (c: Context, route: Route) => Asking;

function mount(app: Hono<Env>, name: RouteName, services: Services, authorise: Authorise): void {
  const route: Route = ROUTES[name];
  app.on(route.method, route.path, async (c) => {
    c.set('route', `${route.method} ${route.path}`);
    const asking = route.open ? NOBODY : authorise(c, route);
    const input = await readInput(c, route);
    const id = isWrite(route) ? commandId(c) : '';
    const answer = await HANDLERS[name](services, input as never, { id, request: c.req.raw, ...asking });
    if (answer instanceof Response) return answer;
    return c.json(
      answer.body as object,
      (answer.status ?? 200) as 200,
      answer.repeated ? { 'Idempotent-Replayed': 'true' } : {},
    );
  });
}
