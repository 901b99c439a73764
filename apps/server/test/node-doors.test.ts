/** What comes in at any node: packs, people who are signed in, links in mails, over plain connections and over TLS. */
import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { type TrialServer, trialProxy, trialServer, withoutPostgres } from '@reeve/ledger/trial';
import { createClient } from '@reeve/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminToken, organisationToken, type RunningNode } from '../src/cluster/index.ts';
import { packToSend } from '../src/data/sent-pack.ts';
import { secureFetch } from '../src/http/secure-fetch.ts';
import { certificates } from './certificates.ts';
import { clientOf, create, patiently, pause, SECRET, startNode, supportedAt, until } from './nodes.ts';
import { lettersIn, mailedPack, PUBLIC } from './people.ts';
import { digestOf, folder, later, packCopy, ticket } from './support.ts';

const missing = withoutPostgres();
if (missing !== null) console.warn(`what comes in at nodes is not tested: ${missing}`);

describe.skipIf(missing !== null)('at any node', { timeout: 120_000 }, () => {
  let server: TrialServer;
  let store: string;
  beforeAll(async () => {
    server = await trialServer();
  });
  afterAll(() => server?.remove());
  beforeEach(async () => {
    store = await server.database();
  });

  it('[SRV58] a pack that is on no node is sent, applied by the owner, and in force wherever the organisation goes', async () => {
    const [a, b] = [await startNode(store), await startNode(store)];
    await (await create(a, 'shop')).status();
    const pack = await packCopy();
    // Larger than any other request may be.
    await writeFile(join(pack, 'organisation/picture.bin'), randomBytes(2 * 1024 * 1024));
    const [digest, archive] = [await digestOf(pack), await packToSend(pack)];
    await rm(pack, { recursive: true });
    const there = clientOf(b, 'shop');
    const body = { directory: '/home/ada/shop', archive, base: '', digest, reason: 'sent' };
    const { code } = await there.signInCode();
    const session = clientOf(b, 'shop', (await there.openSession({ code })).token);
    await expect(session.apply(body)).rejects.toMatchObject({ code: 'too-large' });
    const applied = await there.apply(body, { idempotencyKey: 'once' });
    expect(await there.apply(body, { idempotencyKey: 'once' })).toEqual(applied);
    expect([a.node.organisations, b.node.organisations]).toEqual([1, 0]);
    expect((await there.organisation()).pack).toMatchObject({ directory: '/home/ada/shop' });
    await a.close();
    expect((await patiently(() => there.openCase(ticket(1)))).case).toBe('C-1');
    const { tools } = await there.health();
    expect(tools).toBeNull();
  });

  it('[SRV56] who signs in at one node is signed in at all of them, until he signs out at any', async () => {
    const data = await folder();
    const [a, b] = [await startNode(store, { name: 'a', data }), await startNode(store)];
    await supportedAt(a, 'shop');
    const { code } = await clientOf(b, 'shop').signInCode();
    const { code: unused } = await clientOf(a, 'shop').signInCode();
    const { token, id } = await clientOf(b, 'shop').openSession({ code });
    const asks = async (node: RunningNode) => (await patiently(() => clientOf(node, 'shop', token).session())).sessions;
    for (const node of [a, b]) expect(await asks(node)).toMatchObject([{ id, current: true }]);
    const executor = await clientOf(a, 'shop').giveExecutorToken({ name: 'rack' });
    await a.close();
    expect(await asks(b)).toMatchObject([{ id, current: true }]);
    await expect(clientOf(b, 'shop').openSession({ code })).rejects.toMatchObject({ code: 'unauthorised' });
    expect(await clientOf(b, 'shop').openSession({ code: unused })).toMatchObject({ token: expect.any(String) });
    expect((await clientOf(b, 'shop', executor.token).executorPack()).digest).not.toBe('');
    const again = await startNode(store, { name: 'a', data });
    await clientOf(again, 'shop').closeSession({ id });
    await b.close();
    await expect(patiently(() => clientOf(again, 'shop', token).session())).rejects.toMatchObject({
      code: 'unauthorised',
    });
    // Nobody gets in with what the database holds, nor from what a node keeps.
    expect(await readdir(join(data, 'organisations/shop'))).not.toContain('sessions.json');
  });

  it('[SRV370] [SRV362] people are sent mail by the owner, once, also when it dies over it, and their links work at any node', async () => {
    const proxy = await trialProxy({ port: server.port });
    later(() => proxy.close());
    // The tools of an organisation of this name are where the helper looks for its mailbox.
    const [organisation, tools] = ['tools', await folder()];
    const common = { tools, publicUrl: PUBLIC };
    const a = await startNode(store.replace(`:${server.port}/`, `:${proxy.port}/`), common);
    const b = await startNode(store, common);
    const first = await create(a, organisation);
    const pack = await mailedPack();
    await first.apply({ directory: pack, base: '', digest: await digestOf(pack), reason: 'test' });
    await first.openCase(ticket(9));
    const [letter] = await lettersIn(tools);
    // Whether it could still write down that it had sent it, or not.
    proxy.set('cut');
    const there = clientOf(b, organisation);
    await until(() => b.node.organisations === 1);
    const delivered = async () => (await there.ledger({ kind: 'notice.sent' })).records;
    while ((await delivered()).length === 0) await pause(50);
    proxy.set('pass');
    await until(() => a.node.organisations === 0);
    expect(await delivered()).toHaveLength(1);
    expect(await lettersIn(tools)).toHaveLength(1);
    const links = [...letter!.matchAll(/https:\/\/reeve\.acme\.example\/ops(\/o\/tools\/answer\/\S+)/g)].map(
      ([, path]) => path!,
    );
    const [approve] = links;
    const page = await fetch(`${a.url}${approve}`);
    expect([page.status, page.headers.get('x-reeve-owner')]).toEqual([200, b.node.name]);
    const form = { method: 'POST', body: new URLSearchParams({ text: '' }) };
    expect((await fetch(`${a.url}${approve}`, form)).status).toBe(200);
    expect((await fetch(`${b.url}${approve}`, form)).status).toBe(410);
    expect((await there.inbox()).approvals).toEqual([]);
    // Where a stranger comes from is what the node he asked saw, not what he says.
    const guess = (n: number) =>
      fetch(`${n % 2 ? a.url : b.url}/o/tools/answer/v1.x.y`, { headers: { 'x-reeve-from': `10.0.0.${n}` } });
    const statuses: number[] = [];
    for (let n = 0; n < 31; n++) statuses.push((await guess(n)).status);
    expect([statuses.slice(0, 30).every((status) => status === 403), statuses[30]]).toEqual([true, 429]);
  });

  it('[SRV59] an owner answers without reading what it does not need, and any other node passes on the whole', async () => {
    const [a, b] = [await startNode(store), await startNode(store)];
    await supportedAt(a, 'shop');
    // The body never ends: who would wait for it would not answer.
    const unfinished = (node: RunningNode, path: string) =>
      new Promise<number>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', authorization: 'Bearer wrong' };
        const asked = http.request(`${node.url}${path}`, { method: 'POST', headers }, (answer) => {
          resolve(answer.statusCode!);
          asked.end('}');
          answer.resume();
        });
        asked.on('error', reject);
        asked.write('{"subject":');
      });
    expect(await unfinished(a, '/o/shop/v1/cases')).toBe(401);
    const [here, there] = [clientOf(a, 'shop'), clientOf(b, 'shop')];
    const opened = await Promise.all([here.openCase(ticket(3)), there.openCase(ticket(4))]);
    for (const client of [here, there])
      expect((await client.cases()).cases.map(({ id }) => id)).toEqual(
        expect.arrayContaining(opened.map((one) => one.case)),
      );
    const large = { ...ticket(5), text: 'x'.repeat(1024 * 1024) };
    for (const client of [here, there])
      await expect(client.openCase(large)).rejects.toMatchObject({ code: 'too-large' });
    // A tool's own address is the owner's, too.
    const hook = await fetch(`${b.url}/o/shop/hooks/orders`, { method: 'POST', body: '{}' });
    expect([hook.status, hook.headers.get('x-reeve-owner')]).toEqual([404, a.node.name]);
    // Streams go on, through either.
    for (const client of [here, there]) {
      const stop = new AbortController();
      for await (const { seq } of client.events({ after: 0, signal: stop.signal })) {
        expect(seq).toBe(1);
        stop.abort();
      }
    }
  });

  it('[SRV49] nodes are asked and ask each other over TLS, and believe nobody whom their authority did not sign', async () => {
    const { ca, cert, key } = await certificates();
    const tls = { cert, key };
    const [a, b] = [await startNode(store, { tls, ca }), await startNode(store, { tls, ca })];
    expect(a.url).toMatch(/^https:/);
    const send = secureFetch(ca);
    const token = organisationToken(SECRET, 'shop');
    const at = (node: RunningNode) => createClient({ url: `${node.url}/o/shop`, token, fetch: send });
    const headers = { authorization: `Bearer ${adminToken(SECRET)}` };
    await send(new Request(`${a.url}/v1/organisations/shop`, { method: 'PUT', headers }));
    const pack = await packCopy();
    await at(a).apply({ directory: pack, base: '', digest: await digestOf(pack), reason: 'test' });
    const { case: id } = await at(b).openCase(ticket(1), { idempotencyKey: 'k' });
    expect((await at(a).case({ id })).id).toBe(id);
    expect([a.node.organisations, b.node.organisations]).toEqual([1, 0]);
    await expect(fetch(`${a.url}/v1/health`)).rejects.toThrow();
    const plain = await fetch(a.url.replace('https', 'http')).catch((error: Error) => error);
    expect(plain).toBeInstanceOf(Error);
    // One that has no authority, or another's, passes nothing on to who cannot be believed.
    const stranger = await startNode(store, { tls, ca: (await certificates()).ca });
    await expect(at(stranger).status()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(startNode(store, { tls: { cert, key: 'none' } })).rejects.toThrow(/cannot be used/);
  });
});
