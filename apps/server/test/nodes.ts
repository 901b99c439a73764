/** What tests of nodes share: a database, nodes on it, and clients that do not give up. */
import { ApiProblem, type Client, createClient } from '@reeve/protocol';
import {
  adminToken,
  type NodeServerOptions,
  organisationToken,
  type RunningNode,
  secretFrom,
  startNodeServer,
} from '../src/cluster/index.ts';
import { digestOfSupport, folder, later, SUPPORT } from './support.ts';

export const SECRET = secretFrom('a secret of the installation, for tests');

let names = 0;

/** A node that ends with the test. */
export async function startNode(store: string, options: Partial<NodeServerOptions> = {}): Promise<RunningNode> {
  const node = await startNodeServer({
    ...{ store, secret: SECRET, name: `node-${names++}`, port: 0, data: await folder(), look: 100 },
    lease: { ttl: 1500, renew: 300 },
    ...options,
  });
  later(() => node.close());
  return node;
}

export const clientOf = (
  { url }: Pick<RunningNode, 'url'>,
  organisation: string,
  token = organisationToken(SECRET, organisation),
): Client => createClient({ url: `${url}/o/${organisation}`, token });

/** Makes an organisation. @returns a client of it, with the token that was told. */
export async function create(node: RunningNode, organisation: string, admin = adminToken(SECRET)): Promise<Client> {
  const headers = { authorization: `Bearer ${admin}` };
  const response = await fetch(`${node.url}/v1/organisations/${organisation}`, { method: 'PUT', headers });
  if (response.status !== 200) throw new Error(await response.text());
  return clientOf(node, organisation, ((await response.json()) as { token: string }).token);
}

export async function supportedAt(node: RunningNode, organisation: string): Promise<Client> {
  const client = await create(node, organisation);
  await client.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
  return client;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What a client does with an answer that says it may be sent again. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ApiProblem && error.retryAfter === null) throw error;
      await pause(50);
    }
  }
}

export async function until(done: () => boolean): Promise<void> {
  while (!done()) await pause(20);
}
