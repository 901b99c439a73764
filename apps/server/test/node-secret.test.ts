import { filesOfAll, postgresStores } from '@reeve/ledger/postgres';
import { type TrialServer, trialServer, withoutPostgres } from '@reeve/ledger/trial';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, organisationToken, type RunningNode, secretFrom } from '../src/cluster/index.ts';
import { clientOf, create, patiently, pause, SECRET, startNode, supportedAt, until } from './nodes.ts';
import { folder, later, ticket } from './support.ts';

const missing = withoutPostgres();
if (missing !== null) console.warn(`changing the secret of nodes is not tested: ${missing}`);

const NEXT = secretFrom('another secret of the installation, for tests');

describe.skipIf(missing !== null)('the secret of an installation', { timeout: 120_000 }, () => {
  let server: TrialServer;
  beforeAll(async () => {
    server = await trialServer();
  });
  afterAll(() => server?.remove());

  it('[SRV57] changes while three nodes are restarted one after another, and no request is refused', async () => {
    const store = await server.database();
    const places = await Promise.all(['s1', 's2', 's3'].map(async (name) => ({ name, data: await folder() })));
    const tools = await folder();
    const nodes: RunningNode[] = [];
    for (const place of places) nodes.push(await startNode(store, { ...place, tools }));
    const owner = await supportedAt(nodes[0]!, 'shop');
    const { customer } = ticket(1);
    const first = await owner.openCase(ticket(1));
    // Clients ask all the time, at any node that is there, with the token they have.
    let [token, running, answered] = [organisationToken(SECRET, 'shop'), true, 0];
    const refusals: unknown[] = [];
    const asking = (async () => {
      for (let n = 0; running; n++) {
        const node = nodes[n % 3]!;
        const ask = () =>
          clientOf(node, 'shop', token).openCase({ ...ticket(2), externalId: `x${n}` }, { idempotencyKey: `k${n}` });
        await pause(20);
        await ask().then(
          () => answered++,
          (error: { code?: string; name: string }) => {
            if (error.name !== 'Unreachable' && error.code !== 'unavailable') refusals.push(error);
          },
        );
      }
    })();
    const roll = async (secrets: { secret: Uint8Array; formerSecret?: Uint8Array }) => {
      for (const [i, place] of places.entries()) {
        await nodes[i]!.close();
        nodes[i] = await startNode(store, { ...place, tools, ...secrets });
        const other = nodes[(i + 1) % 3]!;
        await patiently(() => clientOf(other, 'shop', token).status());
      }
    };
    await roll({ secret: NEXT, formerSecret: SECRET });
    await until(() => nodes.every(({ node }) => node.secret === 'changed'));
    token = organisationToken(NEXT, 'shop');
    await roll({ secret: NEXT });
    running = false;
    await asking;
    expect(refusals).toEqual([]);
    expect(answered).toBeGreaterThan(3);
    const now = clientOf(nodes[2]!, 'shop', token);
    // Not looked for among the newest: the faster the nodes, the more cases there are by now.
    expect((await patiently(() => now.case({ id: first.case }))).customer).toBe(customer);
    expect(
      await clientOf(nodes[2]!, 'shop')
        .status()
        .catch((error: unknown) => error),
    ).toMatchObject({
      code: 'unauthorised',
    });
    // Whoever has the former secret opens nothing that is there.
    await Promise.all(nodes.map((node) => node.close()));
    await expect(startNode(store, { name: 's4' })).rejects.toThrow(/not that of the installation/);
  });

  it('[SRV57] is used by all or by none, whatever a node is started with', async () => {
    const store = await server.database();
    const first = await startNode(store, { name: 'a' });
    await create(first, 'one');
    const both = await startNode(store, { name: 'b', secret: NEXT, formerSecret: SECRET });
    // What the new one is told meanwhile is what every node takes.
    expect(await (await create(both, 'two', adminToken(NEXT))).status()).toBeDefined();
    expect(await clientOf(first, 'two').status()).toBeDefined();
    expect(both.node.secret).toBe('changing');
    const health = (await (await fetch(`${both.url}/v1/health`)).json()) as { secret: string };
    expect(health.secret).toBe('changing');
    await expect(startNode(store, { name: 'c', secret: NEXT })).rejects.toThrow(/not that of the installation/);
    await first.close();
    await until(() => both.node.secret !== 'changing');
    await expect(startNode(store, { name: 'a' })).rejects.toThrow(/not that of the installation/);
    await expect(startNode(store, { name: 'c', secret: NEXT })).rejects.toThrow(/not everything is sealed/);
    await until(() => both.node.secret === 'changed');
    expect((await startNode(store, { name: 'c', secret: NEXT })).node.secret).toBe('settled');
    const stores = await postgresStores({ url: store });
    later(() => stores.close());
    const names = (await filesOfAll(stores.database)).map(({ name }) => name);
    expect(names).toContain('keys/tags');
    expect(names).toContain('keys/ledger.key');
  });
});
