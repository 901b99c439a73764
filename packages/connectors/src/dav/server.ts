/** Requests to one WebDAV collection. */
import { z } from 'zod';
import type { Incoming, Method } from '../http/wire.ts';
import { type Call, type OpenContext, ToolError } from '../port.ts';
import { refused } from '../shared/call.ts';
import { type Secrets, secretRef, secretsFor } from '../shared/credentials.ts';
import { grantedAddresses, request, webAddress } from '../shared/origin.ts';

const MIB = 1024 * 1024;

export const davAccount = {
  /** Address of the collection, ending with "/". */
  url: webAddress.refine((url) => url.endsWith('/'), 'the address of a collection ends with "/"'),
  user: z.string().min(1).max(320).optional(),
  password: secretRef.optional(),
  /** In place of user and password: sent as a bearer token. */
  token: secretRef.optional(),
  addresses: grantedAddresses,
  /** Milliseconds for one request. */
  time: z.number().int().min(100).max(600_000).default(20_000),
  maxResponse: z
    .number()
    .int()
    .min(1024)
    .max(64 * MIB)
    .default(8 * MIB),
};
const account = z.strictObject(davAccount);
export type DavAccount = z.output<typeof account>;

/** What is asked of the server. */
interface Ask {
  readonly method: Method;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface DavServer {
  readonly base: URL;
  readonly secrets: Secrets;
  /** @throws ToolError for anything but the `ok` statuses; certain unless it changes something and was sent. */
  ask(what: Ask, ok: readonly number[]): Promise<Incoming>;
}

/** The server as the seat of `call` may use it. */
export async function davServer(
  context: OpenContext,
  config: DavAccount,
  who: Pick<Call, 'seat' | 'signal'>,
  closing: AbortSignal,
): Promise<DavServer> {
  const names = [config.password, config.token].flatMap((one) => one?.secret ?? []);
  const secrets = await secretsFor(context.secret, names, who.seat);
  const authorization = authorizationOf(config, secrets);
  const { addresses, time, maxResponse } = config;
  const options = { addresses, time, maxResponse, signals: [who.signal, closing] };
  return {
    base: new URL(config.url),
    secrets,
    ask: async ({ method, url, headers = {}, body }, ok) => {
      const outgoing = {
        method,
        url,
        headers: { ...headers, ...authorization },
        body: body === undefined ? undefined : Buffer.from(body, 'utf8'),
      };
      const answer = await request(outgoing, options);
      if (ok.includes(answer.status)) return answer;
      throw statusFailure(method, answer.status);
    },
  };
}

function authorizationOf({ user, password, token }: DavAccount, { values }: Secrets): Record<string, string> {
  if (token) return { authorization: `Bearer ${values.get(token.secret)}` };
  if (user === undefined || !password) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${values.get(password.secret)}`, 'utf8').toString('base64')}` };
}

/** What a status other than the expected ones means. A server that fails may have acted before. */
function statusFailure(method: Method, status: number): ToolError {
  const what = `${method} was answered with status ${status}`;
  const looks = method === 'GET' || method === 'PROPFIND' || method === 'REPORT';
  if (status === 401 || status === 403)
    return new ToolError(
      'governance',
      `${what}: the server does not permit it; check user, secret and rights; nothing was changed`,
    );
  if (status === 412) return refused('it changed since it was read; read it again; nothing was changed');
  if (status === 404 || status === 409)
    return refused(`${what}: there is no such object or collection; nothing was changed`);
  if (status === 507) return new ToolError('transient', `${what}: the server has no room; nothing was changed`);
  if (status === 423)
    return new ToolError('transient', `${what}: somebody has it locked; try again later; nothing was changed`);
  if (status === 408 || status === 429)
    return new ToolError('transient', `${what}; try again later; nothing was changed`);
  if (status >= 500) return new ToolError('transient', `${what}; look whether it took effect`, { uncertain: !looks });
  return refused(`${what}; nothing was changed`);
}

/** The ETag as a condition needs it; a weak one becomes strong with time, under the same text. */
export const etagOf = ({ headers }: Incoming): string => strong(typeof headers.etag === 'string' ? headers.etag : '');
export const strong = (etag: string): string => etag.replace(/^W\//, '');
