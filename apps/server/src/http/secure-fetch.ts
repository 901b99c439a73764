/** Requests over TLS to a server whose certificate comes from an authority of one's own. */
import https from 'node:https';
import { Readable } from 'node:stream';

/** Sends a request. Fails as `fetch` does: with an error whose `cause` has the code. */
export type Send = (request: Request) => Promise<Response>;

/** Statuses whose answers have no body. */
const EMPTY = new Set([101, 204, 205, 304]);

/**
 * @param ca certificates in PEM that are believed, and no others; without them, what Node believes
 */
export function secureFetch(ca: string | undefined): Send {
  if (ca === undefined) return (request) => fetch(request, { redirect: 'manual' });
  const agent = new https.Agent({ ca, keepAlive: true });
  return async (request) => {
    if (!request.url.startsWith('https:')) return fetch(request, { redirect: 'manual' });
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    return send(request, body, agent);
  };
}

function send({ url, method, headers, signal }: Request, body: Buffer | null, agent: https.Agent): Promise<Response> {
  return new Promise((resolve, reject) => {
    const asked = https.request(url, { method, agent, signal, headers: Object.fromEntries(headers) }, (answer) => {
      const status = answer.statusCode ?? 502;
      const content = EMPTY.has(status) ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
      resolve(new Response(content, { status, headers: headersOf(answer.rawHeaders) }));
    });
    asked.on('error', (cause) => reject(new TypeError(`${new URL(url).host}: ${cause.message}`, { cause })));
    asked.end(body ?? undefined);
  });
}

function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let i = 0; i < raw.length; i += 2) headers.append(raw[i]!, raw[i + 1]!);
  return headers;
}
