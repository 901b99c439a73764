import { type TrialProxy, type TrialServer, trialProxy, trialServer, withoutPostgres } from '@reeve/ledger/trial';
import { ApiProblem, type Client, createClient } from '@reeve/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminToken, organisationToken, type RunningNode, secretFrom, startNodeServer } from '../src/cluster/index.ts';
import { digestOfSupport, folder, later, SUPPORT, ticket } from './support.ts';

const missing = withoutPostgres();
if (missing !== null) console.warn(`nodes that share a database are not tested: ${missing}`);

const SECRET = secretFrom('a secret of the installation, for tests');

describe.skipIf(missing !== null)('nodes that share a database', () => {
  let server: TrialServer;
  let names = 0;
  beforeAll(async () => {
    server = await trialServer();
  });
  afterAll(() => server?.remove());
  let store: string;
  beforeEach(async () => {
    store = await server.database();
  });

  const start = async (options: Partial<Parameters<typeof startNodeServer>[0]> = {}): Promise<RunningNode> => {
    const node = await startNodeServer({
      ...{ store, secret: SECRET, name: `node-${names++}`, port: 0, data: await folder(), look: 100 },
      lease: { ttl: 1500, renew: 300 },
      ...options,
    });
    later(() => node.close());
    return node;
  };
  const clientOf = (
    { url }: RunningNode,
    organisation: string,
    token = organisationToken(SECRET, organisation),
  ): Client => createClient({ url: `${url}/o/${organisation}`, token });
  const create = async (node: RunningNode, organisation: string): Promise<Client> => {
    const headers = { authorization: `Bearer ${adminToken(SECRET)}` };
    const response = await fetch(`${node.url}/v1/organisations/${organisation}`, { method: 'PUT', headers });
    expect(await response.json()).toMatchObject({ token: organisationToken(SECRET, organisation) });
    return clientOf(node, organisation);
  };
  const supported = async (node: RunningNode, organisation: string): Promise<Client> => {
    const client = await create(node, organisation);
    await client.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
    return client;
  };
  /** What a client does with an answer that says it may be sent again. */
  const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (error instanceof ApiProblem && error.retryAfter === null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };

  it('[SRV42] an organisation is opened where it is asked for, and every other node passes requests on to its owner (R-B21)', async () => {
    const [a, b] = [await start(), await start()];
    const here = await supported(a, 'shop');
    const there = clientOf(b, 'shop');
    const { case: id } = await there.openCase(ticket(1), { idempotencyKey: 'once' });
    expect(await there.openCase(ticket(1), { idempotencyKey: 'once' })).toMatchObject({ case: id });
    expect((await here.case({ id })).id).toBe(id);
    expect([a.node.organisations, b.node.organisations]).toEqual([1, 0]);
    const raw = await fetch(`${b.url}/o/shop/v1/status`, {
      headers: { authorization: `Bearer ${organisationToken(SECRET, 'shop')}` },
    });
    expect(raw.headers.get('x-reeve-owner')).toBe(a.node.name);
  });

  it('[SRV45] organisations are made with the token of the administration, and each has a token of its own', async () => {
    const node = await start();
    const put = (token: string) =>
      fetch(`${node.url}/v1/organisations/one`, { method: 'PUT', headers: { authorization: `Bearer ${token}` } });
    expect((await put('wrong')).status).toBe(401);
    await expect(clientOf(node, 'one').status()).rejects.toMatchObject({ code: 'not-found' });
    expect((await put(adminToken(SECRET))).status).toBe(200);
    await create(node, 'two');
    expect(await clientOf(node, 'one').status()).toBeDefined();
    await expect(clientOf(node, 'one', organisationToken(SECRET, 'two')).status()).rejects.toMatchObject({
      code: 'unauthorised',
    });
    expect(() => secretFrom('short')).toThrow(/needs 32/);
  });

  it('[SRV43, SRV40, SRV41, RT40] a node cut off from the database stops, another one takes over with all it needs, nothing acknowledged is lost', async () => {
    const proxy: TrialProxy = await trialProxy({ port: server.port });
    later(() => proxy.close());
    const tools = await folder();
    const a = await start({ store: store.replace(`:${server.port}/`, `:${proxy.port}/`), tools });
    const b = await start({ tools });
    const first = await supported(a, 'far');
    const before = await first.openCase(ticket(1), { idempotencyKey: 'before' });
    const verifier = (await first.ledgerHead()).verifier;
    proxy.set('cut');
    const cut = await first.openCase(ticket(2), { idempotencyKey: 'cut' }).catch((error: unknown) => error);
    expect(cut).toMatchObject({ code: 'unavailable' });
    const other = clientOf(b, 'far');
    const after = await patiently(() => other.openCase(ticket(2), { idempotencyKey: 'cut' }));
    expect(b.node.organisations).toBe(1);
    expect((await other.case({ id: before.case })).id).toBe(before.case);
    expect((await other.ledgerHead()).verifier).toBe(verifier);
    proxy.set('pass');
    // The former owner finds out, lets go, and passes on.
    expect(await patiently(() => first.openCase(ticket(2), { idempotencyKey: 'cut' }))).toMatchObject({
      case: after.case,
    });
    await until(() => a.node.organisations === 0);
  });

  it('[SRV46] a node that is stopped hands its organisations over while requests are answered', async () => {
    const [a, b] = [await start(), await start()];
    const client = await supported(a, 'moving');
    const through = clientOf(b, 'moving');
    await client.openCase(ticket(3), { idempotencyKey: 'x' });
    const closing = a.close();
    const again = await patiently(() => through.openCase(ticket(4), { idempotencyKey: 'y' }));
    await closing;
    expect((await through.cases()).cases.map((one) => one.id)).toContain(again.case);
    expect([a.node.organisations, b.node.organisations]).toEqual([0, 1]);
    await expect(fetch(`${a.url}/v1/health`)).rejects.toThrow();
  });

  it('[SRV44] keeps no more organisations open than it may, and opens a closed one when it is asked for', async () => {
    const node = await start({ most: 2, work: false });
    for (const name of ['l1', 'l2', 'l3', 'l4']) await create(node, name);
    for (const name of ['l1', 'l2', 'l3', 'l4', 'l1']) expect(await clientOf(node, name).status()).toBeDefined();
    expect(node.node.organisations).toBe(2);
    const idle = await start({ idleAfter: 150, work: false });
    await create(idle, 'short');
    await clientOf(idle, 'short').status();
    await until(() => idle.node.organisations === 0);
    expect(await clientOf(node, 'short').status()).toBeDefined();
  });

  it('[SRV48] a node that joins gets its share of the organisations', async () => {
    const first = await start({ work: false });
    const names = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6'];
    for (const name of names) await (await create(first, name)).status();
    expect(first.node.organisations).toBe(6);
    const second = await start({ work: false });
    await until(() => first.node.organisations <= 4 && second.node.organisations >= 2);
    for (const name of names) expect(await patiently(() => clientOf(first, name).status())).toBeDefined();
  });

  it('[SRV47] a process that is started under the name of another one takes its place', async () => {
    let replaced = 0;
    const first = await start({ name: 'same', onReplaced: () => void replaced++ });
    await supported(first, 'inherited');
    const second = await start({ name: 'same' });
    await until(() => replaced === 1 && second.node.organisations === 1);
    expect(await patiently(() => clientOf(second, 'inherited').status())).toBeDefined();
  });
});

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
}
