/** The typed client with the session of this tab, and what everybody needs to know about the connection. */
import { ApiProblem, createClient } from '@reeve/protocol';
import { QueryClient } from '@tanstack/react-query';
import { setConnection } from './connection.ts';
import { SERVER } from './place.ts';
import { end, token } from './session.ts';

/** Sends a request; a session that is over is noticed wherever it shows, and so is a server that is away or back. */
async function send(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.status === 401) end('ended');
    if (request.url.includes('/v1/events')) setConnection(response.ok ? 'live' : 'away');
    return response;
  } catch (error) {
    if (!request.signal.aborted) setConnection('away');
    throw error;
  }
}

export const client = createClient({
  url: SERVER,
  get token() {
    return token();
  },
  fetch: send,
});

/** Refusals are final; what the network did may pass, and so does what a server says that loads its state anew. */
const retry = (failures: number, error: Error): boolean =>
  error instanceof ApiProblem ? error.status === 503 && failures < 4 : failures < 2;

/** Answers stay until a record says that they may have changed (live.ts): nothing is asked for on a timer [WEB10]. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, networkMode: 'always', retry },
    mutations: { networkMode: 'always' },
  },
});

/** A key under which a write that is sent twice happens once. */
export const once = (): { idempotencyKey: string } => ({ idempotencyKey: crypto.randomUUID() });
