/** Signed events out and in, against a receiver that checks them without the library. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type ContractSubject, callOf, connectorContract } from '../src/contract-suite.ts';
import { type Connector, fakeWebhook, type HookRequest, webhookConnector } from '../src/index.ts';
import { type CapabilityInput, capabilityOf, listening, world } from './subjects.ts';

const BYTES = Buffer.from('a key of twenty-four byt');
const KEY = `whsec_${BYTES.toString('base64')}`;
const sign = (id: string, seconds: number, body: string): string =>
  `v1,${createHmac('sha256', BYTES).update(`${id}.${seconds}.${body}`).digest('base64')}`;
const SEND: readonly CapabilityInput[] = [
  {
    id: 'events.send',
    effect: 'irreversible',
    args: { data: 'object' },
    config: { action: 'send', type: 'com.acme.refunded' },
  },
];

/** A receiver that keeps what is signed well, once for each id; `fail` makes it keep and not answer. */
async function receiver() {
  const kept = new Map<string, Record<string, unknown>>();
  const on = { fail: false };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const id = String(request.headers['webhook-id']);
    const right = sign(id, Number(request.headers['webhook-timestamp']), body) === request.headers['webhook-signature'];
    if (right) kept.set(id, JSON.parse(body));
    if (on.fail) return void request.socket.destroy();
    response.writeHead(right ? 204 : 401).end();
  });
  return { kept, on, ...(await listening(server)) };
}

async function opened(connector: Connector, url: string) {
  const send = { url: `${url}/in`, secret: { secret: 'out' } };
  const context = { ...(await world('webhook', { send, source: 'urn:acme' }, SEND)), secret: async () => KEY };
  return { context, tool: await connector.open(context) };
}

/** There is nothing to read at a webhook: what the suite asks of reads is asked of the other tools. */
async function subject(connector: Connector, real: boolean): Promise<ContractSubject> {
  const server = real ? await receiver() : undefined;
  const sent: string[] = [];
  const used = real ? connector : fakeWebhook(sent);
  const { context, tool } = await opened(used, server?.origin ?? 'https://peer.example');
  await tool.close();
  return {
    connector: used,
    context,
    cleanup: async () => {
      await context.cleanup();
      await server?.close();
    },
    write: { capability: capabilityOf(context, 'events.send'), args: (n) => ({ data: { n } }) },
    bad: [
      { why: 'no data', args: {} },
      { why: 'a text', args: { data: 'x' } },
      { why: 'too much', args: { data: { text: 'x'.repeat(1_100_000) } } },
    ],
    world: async () => (server ? [...server.kept.values()] : [...sent]),
    count: (world) => (world as unknown[]).length,
  };
}
connectorContract('webhook', () => subject(webhookConnector, true));
connectorContract('the fake webhook', () => subject(fakeWebhook(), false));

describe('webhook', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  it('sends a signed CloudEvent, and the same again when nobody knows whether it arrived (R-B19) [CON150] [CON101] [CON1]', async () => {
    const server = await receiver();
    const { context, tool } = await opened(webhookConnector, server.origin);
    cleanups.push(server.close, context.cleanup, () => tool.close());
    const send = (attempt: number) =>
      tool.call(callOf(capabilityOf(context, 'events.send'), { data: { order: 'o1' } }, { key: 'k1', attempt }));
    server.on.fail = true;
    await expect(send(1)).rejects.toMatchObject({ category: 'transient', uncertain: true });
    server.on.fail = false;
    await send(2);
    expect([...server.kept.values()]).toMatchObject([
      {
        specversion: '1.0',
        source: 'urn:acme',
        type: 'com.acme.refunded',
        data: { order: 'o1' },
        time: expect.stringMatching(/Z$/),
      },
    ]);
  });

  it('takes what is signed for this body and time, and nothing else [CON151]', async () => {
    const receive = { secret: { secret: 'in' }, customer: 'customer', subject: 'subject' };
    const context = { ...(await world('webhook', { receive }, [])), secret: async () => KEY };
    const tool = await webhookConnector.open(context);
    cleanups.push(context.cleanup, () => tool.close());
    const now = 1_795_000_000_000;
    const body = JSON.stringify({ customer: 'Ann@Home.example', subject: 'Hello' });
    const good = {
      'webhook-id': 'm1',
      'webhook-timestamp': String(now / 1000),
      'webhook-signature': `v1,x ${sign('m1', now / 1000, body)}`,
    };
    const ask = (more: Partial<HookRequest> = {}) =>
      tool.receive?.({ headers: good, body: Buffer.from(body), now, ...more });
    expect(await ask()).toMatchObject({ id: 'webhook:m1', customer: 'ann@home.example', subject: 'Hello' });
    await expect(ask({ body: Buffer.from(`${body} `) })).rejects.toMatchObject({ category: 'governance' });
    await expect(ask({ now: now + 301_000 })).rejects.toMatchObject({ category: 'governance' });
    await expect(ask({ headers: { ...good, 'webhook-id': 'm2' } })).rejects.toMatchObject({ category: 'governance' });
    await expect(ask({ headers: {} })).rejects.toMatchObject({ category: 'governance' });
  });
});
