import { type TrialProxy, type TrialServer, trialProxy, trialServer, withoutPostgres } from '@reeve/ledger/trial';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  adminToken,
  type NodeServerOptions,
  organisationToken,
  type RunningNode,
  secretFrom,
} from '../src/cluster/index.ts';
import { clientOf, create, patiently, SECRET, startNode, supportedAt, until } from './nodes.ts';
import { folder, later, ticket } from './support.ts';

const missing = withoutPostgres();
if (missing !== null) console.warn(`nodes that share a database are not tested: ${missing}`);

describe.skipIf(missing !== null)('nodes that share a database', () => {
  let server: TrialServer;
  beforeAll(async () => {
    server = await trialServer();
  });
  afterAll(() => server?.remove());
  let store: string;
  beforeEach(async () => {
    store = await server.database();
  });

  const start = (options: Partial<NodeServerOptions> = {}): Promise<RunningNode> => startNode(store, options);

  it('[SRV42] an organisation is opened where it is asked for, and every other node passes requests on to its owner (R-B21)', async () => {
    const [a, b] = [await start(), await start()];
    const here = await supportedAt(a, 'shop');
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
    const first = await supportedAt(a, 'far');
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
    const client = await supportedAt(a, 'moving');
    const through = clientOf(b, 'moving');
    await client.openCase(ticket(3), { idempotencyKey: 'x' });
    const closing = a.close();
    const again = await patiently(() => through.openCase(ticket(4), { idempotencyKey: 'y' }));
    await closing;
    expect((await patiently(() => through.cases())).cases.map((one) => one.id)).toContain(again.case);
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
    await supportedAt(first, 'inherited');
    const second = await start({ name: 'same' });
    await until(() => replaced === 1 && second.node.organisations === 1);
    expect(await patiently(() => clientOf(second, 'inherited').status())).toBeDefined();
  });
});
