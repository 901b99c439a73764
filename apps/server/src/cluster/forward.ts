/** Requests for organisations that another node owns are passed on to it. */
import { Refusal } from '../errors.ts';
import { tooLarge } from '../http/input.ts';
import { problemResponse } from '../http/problems.ts';
import type { Send } from '../http/secure-fetch.ts';

/** Says that a request comes from another node, so that it goes no further. */
export const FORWARDED = 'x-reeve-node';
/** Network address of who asked that node. */
export const FROM = 'x-reeve-from';

export interface Target {
  readonly name: string;
  readonly url: string;
}

/** A request whose body is in memory, so that it can be sent more than once. */
export interface Replayable {
  readonly request: Request;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** @param limit of the body, in bytes. @throws Refusal `too-large`. */
export async function replayable(request: Request, limit: number): Promise<Replayable> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit);
  if (request.body === null) return { request, body: null };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return { request, body: new Uint8Array(Buffer.concat(chunks)) };
}

export interface Means {
  readonly send: Send;
  /** What shows that a node asks. */
  readonly token: string;
  /** Network address of who asked here. */
  readonly from: string;
}

/** Milliseconds the owner may take until it begins to answer. */
const PATIENCE = 20_000;

/** Headers of one connection, which are not those of the next. */
const OWN = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host', 'content-length', 'content-encoding'];

/**
 * What the owner answers. Null when it certainly did not get the request.
 * A connection that breaks later leaves open what happened: the answer then says that it may be sent again.
 */
export async function forward({ request, body }: Replayable, to: Target, means: Means): Promise<Response | null> {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  for (const name of OWN) headers.delete(name);
  headers.set(FORWARDED, means.token);
  headers.set(FROM, means.from);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PATIENCE);
  try {
    const signal = AbortSignal.any([late.signal, request.signal]);
    const asked = new Request(new URL(pathname + search, to.url), {
      ...{ method: request.method, headers, body, signal, redirect: 'manual' },
    });
    const response = await means.send(asked);
    return passedBack(response, to, request.signal);
  } catch (error) {
    return neverSent(error) ? null : unanswered(to);
  } finally {
    clearTimeout(timer);
  }
}

function passedBack({ body, status, headers: given }: Response, to: Target, gone: AbortSignal): Response {
  const headers = new Headers(given);
  for (const name of OWN) headers.delete(name);
  headers.set('x-reeve-owner', to.name);
  return new Response(body && whileHeard(body, gone), { status, headers });
}

/** [SRV69] What the owner sends, as long as somebody reads it: that he has gone ends it, and is no error. */
function whileHeard(body: ReadableStream<Uint8Array>, gone: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    pull: async (controller) => {
      const next = await reader.read().catch((error: unknown) => {
        if (!gone.aborted) throw error;
        return { done: true, value: undefined } as const;
      });
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
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
