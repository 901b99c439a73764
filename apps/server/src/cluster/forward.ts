/** Requests for organisations that another node owns are passed on to it. */
import { Refusal } from '../errors.ts';
import { BODY_LIMIT } from '../http/input.ts';
import { problemResponse } from '../http/problems.ts';

/** Says that a request comes from another node, so that it goes no further. */
export const FORWARDED = 'x-reeve-node';

export interface Target {
  readonly name: string;
  readonly url: string;
}

/** A request whose body is in memory, so that it can be sent more than once. */
export interface Replayable {
  readonly request: Request;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** @throws Refusal `too-large`. */
export async function replayable(request: Request): Promise<Replayable> {
  if (request.body === null) return { request, body: null };
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.byteLength <= BODY_LIMIT) return { request, body };
  throw new Refusal('too-large', `the body has more than ${BODY_LIMIT} bytes`, 'send less at once');
}

/** Milliseconds the owner may take until it begins to answer. */
const PATIENCE = 20_000;

/** Headers of one connection, which are not those of the next. */
const OWN = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host', 'content-length', 'content-encoding'];

/**
 * What the owner answers. Null when it certainly did not get the request.
 * A connection that breaks later leaves open what happened: the answer then says that it may be sent again.
 */
export async function forward({ request, body }: Replayable, to: Target, token: string): Promise<Response | null> {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  for (const name of OWN) headers.delete(name);
  headers.set(FORWARDED, token);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PATIENCE);
  try {
    const response = await fetch(new URL(pathname + search, to.url), {
      ...{ method: request.method, headers, body, redirect: 'manual' },
      signal: AbortSignal.any([late.signal, request.signal]),
    });
    return passedBack(response, to);
  } catch (error) {
    return neverSent(error) ? null : unanswered(to);
  } finally {
    clearTimeout(timer);
  }
}

function passedBack(response: Response, to: Target): Response {
  const headers = new Headers(response.headers);
  for (const name of OWN) headers.delete(name);
  headers.set('x-reeve-owner', to.name);
  return new Response(response.body, { status: response.status, headers });
}

const neverSent = (error: unknown): boolean => {
  const { code } = ((error as Error).cause ?? {}) as { code?: string };
  return (
    code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'EHOSTUNREACH'
  );
};

/** [SRV43] */
export const unanswered = ({ name, url }: Target): Response =>
  problemResponse(
    new Refusal(
      'unavailable',
      `the organisation is at node "${name}" (${url}), which does not answer`,
      'send the same request again under the same Idempotency-Key; another node takes over when the lease lapses',
    ),
    { 'retry-after': '1' },
  );
