/**
 * One way to the organisation for all commands: over HTTP at the address given with `--at`, or when a server runs on the data directory, else opened in this
 * process for the length of the command. Both answer through the same routes, so a command cannot tell them apart.
 */
import { type Client, createClient } from '@reeve/protocol';
import { secureFetch } from '@reeve/server/secure-fetch';
import type { Context } from './context.ts';
import { openHouseQuietly } from './house.ts';
import { readOrganisation, readServer, readToken } from './layout.ts';
import { caOf, remoteToken } from './remote.ts';
import type { View } from './text/lists.ts';

export { hasOrganisation, readOrganisation } from './layout.ts';

export interface Connection {
  readonly client: Client;
  /** Address of the server; null when the organisation was opened in this process. */
  readonly url: string | null;
  /** Does somebody work? Only a server lets seats act. */
  readonly live: boolean;
  /** Was the answer to this idempotency key the first answer again? */
  replayed(key: string): boolean;
  close(): Promise<void>;
}

type Fetch = (request: Request) => Promise<Response> | Response;

function connection(url: string, token: string, fetch: Fetch, live: boolean, close: () => Promise<void>): Connection {
  const replays = new Set<string>();
  const noting = async (request: Request): Promise<Response> => {
    const response = await fetch(request);
    const key = request.headers.get('idempotency-key');
    if (key !== null && response.headers.get('idempotent-replayed') === 'true') replays.add(key);
    return response;
  };
  const client = createClient({ url, token, fetch: noting });
  return { client, url: live ? url : null, live, replayed: (key) => replays.has(key), close };
}

/** How long a server may take to say that it is there, in milliseconds. */
const PATIENCE = 2000;

/** The server of this directory, if one runs. A file left by a killed one, or another's server on its port, is none. */
export async function liveServer(data: string): Promise<Connection | null> {
  const [server, token] = [await readServer(data), await readToken(data)];
  if (server === null || token === null) return null;
  const found = connection(server.url, token, fetch, true, async () => {});
  try {
    await found.client.ledgerHead(undefined, { signal: AbortSignal.timeout(PATIENCE) });
    return found;
  } catch {
    return null;
  }
}

/** The organisation opened in this process. @throws StartError when a server has it, or it cannot be opened. */
export async function connectQuietly(data: string, at: string | undefined): Promise<Connection> {
  const house = await openHouseQuietly(data, at);
  return connection('http://localhost', house.token, house.fetch, false, house.close);
}

/** [CLI84] The organisation at an address. @throws Failure when no token is given, or a file cannot be read. */
async function connectAt(url: string, { io }: Context): Promise<Connection> {
  const send = secureFetch(await caOf(io));
  return connection(url, await remoteToken(io), send, true, async () => {});
}

const open = async (context: Context): Promise<Connection> => {
  const { at, data, store } = context;
  if (at !== undefined) return connectAt(at, context);
  return (await liveServer(data)) ?? connectQuietly(data, store);
};

async function using<T>(opened: Connection, work: (connection: Connection) => Promise<T>): Promise<T> {
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

/** Does something with the organisation of the data directory. @throws Failure when there is none. */
export async function withClient<T>(context: Context, work: (connection: Connection) => Promise<T>): Promise<T> {
  if (context.at === undefined) await readOrganisation(context.data);
  return using(await open(context), work);
}

/** The same, making an organisation when there is none: the first pack is applied to an empty directory. */
export async function withNewClient<T>(context: Context, work: (connection: Connection) => Promise<T>): Promise<T> {
  return using(await open(context), work);
}

/** How to show what this organisation answers. */
export async function viewOf(context: Context, { client }: Connection): Promise<View> {
  const { definition } = await client.organisation();
  const { paint, width } = context;
  return { paint, width, now: context.now(), currency: definition?.settings.currency ?? 'USD' };
}
