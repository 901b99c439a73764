/** Which node answers a request: this one, or the owner of the organisation. */

import type { HttpBindings } from '@hono/node-server';
import type { Nodes, Placement } from '@reeve/ledger/postgres';
import { ROUTES, type Route } from '@reeve/protocol';
import { Refusal, StartError } from '../errors.ts';
import type { House, Log } from '../house.ts';
import { consoleAnswer } from '../http/console.ts';
import type { Asked } from '../http/handler.ts';
import { BODY_LIMIT } from '../http/input.ts';
import { knownError, problemResponse } from '../http/problems.ts';
import type { Send } from '../http/secure-fetch.ts';
import { VERSION } from '../version.ts';
import type { SecretState } from './change.ts';
import { FORWARDED, FROM, forward, type Replayable, replayable, type Target, unanswered } from './forward.ts';
import { notOpened, ownedElsewhere } from './owned.ts';
import type { SecretRing } from './ring.ts';
import { adminToken, nodeToken, organisationToken } from './secret.ts';
import { lost, type Tenants } from './tenants.ts';

export interface RouterOptions {
  readonly name: string;
  readonly ring: SecretRing;
  readonly nodes: Nodes;
  readonly tenants: Tenants;
  readonly draining: () => boolean;
  readonly log: Log;
  /** How other nodes are asked. */
  readonly send: Send;
  readonly secret: () => SecretState;
  /** Folder of the built console; without one there is none. */
  readonly console?: string | undefined;
  readonly create: (organisation: string) => Promise<void>;
  /** Answers a scrape. */
  readonly metrics: (request: Request) => Promise<Response>;
}

const ORGANISATION = '[a-z0-9][a-z0-9._-]{0,62}';
const REQUEST = new RegExp(`^/o/(${ORGANISATION})(/(?:v1|answer|hooks)/.*)$`);
/** What else is below an organisation: pages of the console and what they are made of. */
const PAGE = new RegExp(`^(/o/${ORGANISATION})(?!/(?:mcp|a2a|metrics|\\.)(?:/|$))(?:/.*)?$`);
const APPLY: Route = ROUTES.apply;
const CREATE = new RegExp(`^/v1/organisations/(${ORGANISATION})$`);

/** Set by a node that does not own what it was asked for: look again. */
const NOT_HERE = 'x-reeve-not-here';
/** Attempts at finding the owner, and the wait between them, in milliseconds. */
const SEARCH = { times: 10, wait: 150 } as const;
/** Milliseconds an owner is remembered: a node that is asked in vain says so. */
const REMEMBERED = 1000;

type Owner = { readonly name: string; readonly url: string | null };

export class Router {
  readonly #options: RouterOptions;
  readonly #owners = new Map<string, { owner: Owner; until: number }>();

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /** @param env Node's own request and answer, where there are any: an owner answers with them directly */
  async answer(request: Request, env?: HttpBindings): Promise<Response> {
    try {
      const { pathname } = new URL(request.url);
      if (pathname === '/v1/health') return this.#health();
      if (pathname === '/metrics') return await this.#options.metrics(request);
      const [, created] = CREATE.exec(pathname) ?? [];
      if (created !== undefined && request.method === 'PUT') return await this.#create(request, created);
      const [, organisation, path] = REQUEST.exec(pathname) ?? [];
      if (organisation === undefined || path === undefined) return await this.#page(request, pathname);
      const from = this.#fromNode(request)
        ? (request.headers.get(FROM) ?? '')
        : (env?.incoming.socket.remoteAddress ?? '');
      // [SRV59] What is open here is answered at once: nothing of the request is read for it.
      const house = await this.#options.tenants.get(organisation);
      if (house) return await this.#serve(house, organisation, request, { ...env, from });
      return await this.#find(organisation, await replayable(request, this.#limit(request, organisation, path)), from);
    } catch (error) {
      const known = knownError(error);
      if (known) return known;
      throw error;
    }
  }

  #health(): Response {
    const { name, tenants, draining, secret } = this.#options;
    const status = draining() ? 'draining' : 'ok';
    return Response.json(
      { status, node: name, organisations: tenants.size, version: VERSION, secret: secret() },
      { status: draining() ? 503 : 200 },
    );
  }

  /** [SRV45] Makes an organisation, or names the token of one that is there. */
  async #create(request: Request, organisation: string): Promise<Response> {
    if (!this.#options.ring.accepts(bearerOf(request), adminToken))
      throw new Refusal('unauthorised', 'this needs the token of the administration', '`reeve node --token` prints it');
    await this.#options.create(organisation);
    const [token] = this.#options.ring.tokens((secret) => organisationToken(secret, organisation));
    return Response.json({ organisation, path: `/o/${organisation}`, token });
  }

  /** [SRV42] Here if it is open here; at its owner if it has one; else it is opened here. */
  async #find(organisation: string, asked: Replayable, from: string): Promise<Response> {
    const forwarded = this.#fromNode(asked.request);
    for (let times = 0; times < SEARCH.times; times++) {
      const house = (await this.#options.tenants.get(organisation)) ?? null;
      if (house !== null) return this.#serve(house, organisation, again(asked), { from });
      const answer = await this.#elsewhere(organisation, asked, from, forwarded);
      if (answer !== null && !answer.headers.has(NOT_HERE)) return answer;
      if (answer !== null && forwarded) return answer;
      if (answer === null && (await this.#opened(organisation))) continue;
      this.#owners.delete(organisation);
      await new Promise((resolve) => setTimeout(resolve, SEARCH.wait));
    }
    return changing(organisation);
  }

  /** While the secret changes, a node says who it is in all ways it can. */
  #fromNode(request: Request): boolean {
    const given = request.headers.get(FORWARDED)?.split(' ') ?? [];
    return given.some((token) => this.#options.ring.accepts(token, nodeToken));
  }

  /** [SRV71] Of whatever organisation: they are the same, and who owns it does not matter. */
  async #page(request: Request, pathname: string): Promise<Response> {
    const [, prefix] = PAGE.exec(pathname) ?? [];
    const { console: folder } = this.#options;
    const page = folder && prefix ? await consoleAnswer(folder, request, prefix) : null;
    if (page) return page;
    throw new Refusal('unknown-route', 'there is nothing at this path', 'ask under /o/<organisation>/v1/…');
  }

  /** Only who has the organisation's token may have a whole pack read here before its owner looks at it. */
  #limit(request: Request, organisation: string, path: string): number {
    const given = bearerOf(request);
    const known = this.#options.ring.accepts(given, (secret) => organisationToken(secret, organisation));
    return known && path === APPLY.path && request.method === APPLY.method ? (APPLY.limit ?? BODY_LIMIT) : BODY_LIMIT;
  }

  async #serve(house: House, organisation: string, request: Request, env: Asked): Promise<Response> {
    const release = this.#options.tenants.hold(organisation);
    try {
      const answer = held(await house.app.fetch(request, env), release);
      // It lost its ledger over this: "stopped" is for who has one server.
      return answer.status === 503 && lost(house) ? changing(organisation) : answer;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The answer of the owner, one that says "not here", or null when it is to be opened here. */
  async #elsewhere(
    organisation: string,
    asked: Replayable,
    from: string,
    forwarded: boolean,
  ): Promise<Response | null> {
    const { name, draining, nodes } = this.#options;
    const owner = await this.#ownerOf(organisation);
    if (owner !== null && owner.name !== name) {
      if (forwarded) return notHere(`"${owner.name}" owns "${organisation}", not "${name}"`);
      return this.#forward(asked, owner, from);
    }
    if (!draining()) return null;
    if (forwarded) return notHere(`"${name}" is being stopped`);
    const others = (await nodes.live()).filter((node) => node.name !== name && !node.draining);
    const other = others[Math.floor(Math.random() * others.length)];
    if (other === undefined) throw new Refusal('unavailable', 'the last node is being stopped', 'start another one');
    return this.#forward(asked, other, from);
  }

  async #forward(asked: Replayable, { name, url }: Owner, from: string): Promise<Response> {
    const to: Target = { name, url: url ?? 'unknown address' };
    if (url === null) return unanswered(to);
    const { ring, send } = this.#options;
    return (await forward(asked, to, { send, token: ring.tokens(nodeToken).join(' '), from })) ?? unanswered(to);
  }

  /** @throws Refusal `not-found` when there is no such organisation. */
  async #ownerOf(organisation: string): Promise<Owner | null> {
    const known = this.#owners.get(organisation);
    if (known !== undefined && known.until > performance.now()) return known.owner;
    this.#owners.delete(organisation);
    const place: Placement | null = await this.#options.nodes.placementOf(organisation);
    if (place === null)
      throw new Refusal('not-found', `there is no organisation "${organisation}"`, 'make it, or check the name');
    if (place.owner !== null)
      this.#owners.set(organisation, { owner: place.owner, until: performance.now() + REMEMBERED });
    return place.owner;
  }

  /** False when another node was faster. */
  async #opened(organisation: string): Promise<boolean> {
    try {
      await this.#options.tenants.open(organisation);
      return true;
    } catch (error) {
      if (ownedElsewhere(error)) return false;
      if (!(error instanceof StartError)) throw error;
      this.#options.log('warn', 'an organisation could not be opened', { organisation, error: error.message });
      throw notOpened(organisation, error);
    }
  }
}

const bearerOf = (request: Request): string | null =>
  /^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? null;

/** A request whose body was read. */
function again({ request, body }: Replayable): Request {
  const { url, method, headers, signal } = request;
  return new Request(url, { method, headers, body, signal });
}

const changing = (organisation: string): Response =>
  problemResponse(
    new Refusal('unavailable', `"${organisation}" is changing its owner`, 'send the same request again shortly'),
    { 'retry-after': '1' },
  );

const notHere = (why: string): Response =>
  problemResponse(new Refusal('unavailable', why, 'send the same request again shortly'), {
    [NOT_HERE]: '1',
    'retry-after': '1',
  });

/** Calls `release` when the answer is through; a stream of events is through when its reader or its source ends it. */
function held(response: Response, release: () => void): Response {
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    release();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await reader.read();
      if (!next.done) return controller.enqueue(next.value);
      release();
      controller.close();
    },
    cancel: (reason) => {
      release();
      return reader.cancel(reason);
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}
