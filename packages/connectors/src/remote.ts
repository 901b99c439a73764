/** Requests to an agent of another organisation: to the address its name has now, checked, without redirections, within limits [T13]. */
import { checkedAddresses, hop, type Resolve, resolveName } from './http/request.ts';
import { ToolError } from './port.ts';

export interface RemoteRequest {
  readonly url: string;
  /** JSON text for a POST; a GET when absent. */
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Addresses or ranges, not public, at which it may be. */
  readonly addresses: readonly string[];
  /** Bytes of the answer. */
  readonly size: number;
  /** Milliseconds for everything. */
  readonly time: number;
  readonly signal: AbortSignal;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Send it once and read the whole answer, whatever its status.
 * @throws ToolError `deterministic` when it must not be sent or the answer is too large, `transient` when nobody answered.
 */
export async function askRemote(
  request: RemoteRequest,
  resolve: Resolve = resolveName,
): Promise<{ readonly status: number; readonly body: string }> {
  const url = new URL(request.url);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname)))
    throw new ToolError('deterministic', `${url.origin} is not spoken to without TLS; nothing was sent`);
  const origin = { origin: url.origin, paths: ['/'], addresses: [...request.addresses], headers: {} };
  const addresses = await checkedAddresses(url, origin, resolve);
  const body = request.body === undefined ? undefined : Buffer.from(request.body);
  const typed: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const headers = { accept: 'application/json', ...request.headers, ...typed };
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(request.time)]);
  const outgoing = { url, method: body === undefined ? 'GET' : 'POST', headers: {}, body } as const;
  const answer = await hop(outgoing, { addresses, headers, maxResponse: request.size, signal });
  return { status: answer.status, body: answer.body.toString('utf8') };
}
