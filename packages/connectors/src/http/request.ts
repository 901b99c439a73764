/** One hop of a request: to addresses that were checked, with limits on everything. */
import { lookup as lookupName } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { ToolError } from '../port.ts';
import { refused } from '../shared/call.ts';
import { type Address, isAllowed } from './addresses.ts';
import { changes, type Incoming, type Origin, type Outgoing } from './wire.ts';

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

export const resolveName: Resolve = async (host) =>
  (await lookupName(host, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));

const MAX_HEADERS = 32 * 1024;

/**
 * The addresses `url` is requested at. One address that is not allowed condemns the name: it could be the one that is
 * used next time. Throws a `ToolError`; nothing was sent.
 */
export async function checkedAddresses(url: URL, { addresses }: Origin, resolve: Resolve): Promise<readonly Address[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const found =
    family === 0 ? await resolved(host, resolve) : [{ address: host, family: family === 6 ? 6 : 4 } as const];
  if (found.every((one) => isAllowed(one, addresses))) return found;
  throw refused(
    `${url.hostname} leads to an address that is not public and not granted to this origin; nothing was sent`,
  );
}

async function resolved(host: string, resolve: Resolve): Promise<readonly Address[]> {
  try {
    const found = await resolve(host);
    if (found.length > 0) return found;
  } catch (cause) {
    throw new ToolError('transient', `${host} cannot be resolved; nothing was sent`, { cause });
  }
  throw new ToolError('transient', `${host} has no address; nothing was sent`);
}

export interface HopOptions {
  readonly addresses: readonly Address[];
  readonly headers: Readonly<Record<string, string>>;
  readonly maxResponse: number;
  /** Ends the request; its reason says why. */
  readonly signal: AbortSignal;
}

/**
 * Send one request and read the whole answer.
 * @throws ToolError certain before the first byte could have been sent, and for reads; uncertain after that.
 */
export function hop(outgoing: Outgoing, options: HopOptions): Promise<Incoming> {
  const { url, method, body } = outgoing;
  const secure = url.protocol === 'https:';
  let sent = false;
  return new Promise<Incoming>((resolve, reject) => {
    const fail = (error: Error, category: 'transient' | 'deterministic' = 'transient') =>
      reject(failure(outgoing, category, error, sent));
    if (options.signal.aborted) return fail(options.signal.reason);
    const request = (secure ? https : http).request(url, {
      method,
      headers: { ...options.headers, 'accept-encoding': 'identity', 'content-length': body?.length ?? 0 },
      // A new connection each time, verified whatever the environment says: none was made under another check.
      agent: secure
        ? new https.Agent({ rejectUnauthorized: true, keepAlive: false })
        : new http.Agent({ keepAlive: false }),
      lookup: pinned(options.addresses),
      maxHeaderSize: MAX_HEADERS,
      signal: options.signal,
      insecureHTTPParser: false,
    });
    request.on('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        sent = true;
      });
    });
    request.on('error', (error) => fail(reasonOf(options.signal, error)));
    request.on('upgrade', (_, socket) => {
      socket.destroy();
      fail(new Error('the other side wants another protocol'), 'deterministic');
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= options.maxResponse) return void chunks.push(chunk);
        fail(new Error(`the answer is larger than ${options.maxResponse} bytes`), 'deterministic');
        request.destroy();
      });
      response.on('error', (error) => fail(reasonOf(options.signal, error)));
      response.on('end', () => {
        if (!response.complete) return fail(new Error('the answer was cut off'));
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    request.end(body);
  });
}

/** Only these addresses, whatever the name means by the time of connecting [T13]. */
function pinned(addresses: readonly Address[]): LookupFunction {
  return (_, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family ?? 4);
  };
}

/** When a signal ended the request, why it did. */
const reasonOf = (signal: AbortSignal, error: Error): Error => (signal.aborted ? (signal.reason as Error) : error);

function failure(outgoing: Outgoing, category: 'transient' | 'deterministic', error: Error, sent: boolean): ToolError {
  const uncertain = sent && changes(outgoing);
  const { code } = error as { code?: unknown };
  const why = `${error.message}${typeof code === 'string' && !error.message.includes(code) ? ` (${code})` : ''}`;
  const next = uncertain ? 'look whether it took effect before trying again' : 'nothing was changed';
  return new ToolError(category, `${outgoing.method} ${outgoing.url.origin} failed: ${why}; ${next}`, {
    uncertain,
    cause: error,
  });
}
