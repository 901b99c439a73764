import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Inbound } from '@reeve/connectors';
import { expect, it } from 'vitest';
import { Secrets } from '../src/index.ts';
import { hooked, Intake } from '../src/intake.ts';
import { digestOf, folder, packCopy, place } from './support.ts';

const BYTES = Buffer.from('a key of twenty-four byt');
const KEY = `whsec_${BYTES.toString('base64')}`;
/** As the Standard Webhooks say, made without their library. */
const sign = (id: string, at: Date, body: string): string =>
  `v1,${createHmac('sha256', BYTES)
    .update(`${id}.${Math.floor(at.getTime() / 1000)}.${body}`)
    .digest('base64')}`;
const HOOK = `
  - id: shop
    connector: webhook
    config:
      receive: { secret: { secret: shop-hook }, customer: data.customer, subject: data.subject, text: data.text }
`;

async function receiving() {
  const [pack, data] = [await packCopy(), await folder()];
  const file = join(pack, 'tools.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('tools:\n', `tools:${HOOK}`));
  const at = await place({ data, work: true });
  await new Secrets(data, undefined).set('shop-hook', KEY, { tools: ['shop'], models: [], seats: [] }, 0);
  await at.client.apply({ directory: pack, base: '', digest: await digestOf(pack), reason: 'test' });
  const post = (id: string, body: object, more: Record<string, string> = {}, when = new Date()) => {
    const text = JSON.stringify(body);
    const headers = {
      'content-type': 'application/json',
      ...{ 'webhook-id': id, 'webhook-timestamp': String(Math.floor(when.getTime() / 1000)) },
      ...{ 'webhook-signature': sign(id, when, text), ...more },
    };
    return at.house.app.fetch(new Request('http://localhost/hooks/shop', { method: 'POST', headers, body: text }));
  };
  // Tools are opened once the definition is in force; until then the sender is asked to come again.
  const unsigned = () => post('msg_0', ORDER, { 'webhook-signature': 'v1,AAAA' });
  for (let answer = await unsigned(); answer.status !== 401; answer = await unsigned()) {
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    await new Promise((wake) => setTimeout(wake, 5));
  }
  const cases = () => at.house.runtime.read((state) => [...state.cases.cases.values()].map((c) => ({ ...c })));
  return { ...at, post, cases };
}

const ORDER = { data: { customer: 'Ann@Home.example', subject: 'My order', text: 'Where is it?' } };

it('[SRV112] (R-B18) a signed request opens one case of a stranger, however often it is sent (R-A77, R-D58)', async () => {
  const { post, cases } = await receiving();
  const first = await post('msg_1', ORDER);
  expect(first.status).toBe(202);
  expect(await first.json()).toEqual({ case: 'C-1' });
  await post('msg_1', ORDER);
  await post('msg_2', ORDER);
  expect(await cases()).toMatchObject([
    {
      customer: 'ann@home.example',
      subject: 'My order',
      text: 'Where is it?',
      channel: 'api',
      taint: ['the text of C-1'],
    },
    { id: 'C-2' },
  ]);
});

it('[SRV112] what is not genuine, replayed late or makes no sense opens nothing', async () => {
  const { post, cases, house } = await receiving();
  const old = new Date(Date.now() - 600_000);
  expect((await post('msg_1', ORDER, { 'webhook-signature': 'v1,AAAA' })).status).toBe(401);
  expect((await post('msg_1', ORDER, { 'webhook-id': 'msg_2' })).status).toBe(401);
  expect((await post('msg_1', ORDER, {}, old)).status).toBe(401);
  expect((await post('msg_1', { data: {} })).status).toBe(400);
  const large = await post('msg_1', { data: { ...ORDER.data, more: 'x'.repeat(1_100_000) } });
  expect(large.status).toBe(413);
  const elsewhere = new Request('http://localhost/hooks/mail', { method: 'POST', body: '{}' });
  expect((await house.app.fetch(elsewhere)).status).toBe(404);
  expect(await cases()).toEqual([]);
});

it('[SRV112] while its tool is being opened a sender is asked to come again, for a tool nobody has he is not', async () => {
  const { house } = await receiving();
  const intake = new Intake(house.runtime, house.store, () => undefined);
  const tools = { get: () => undefined, isOpening: (id: string) => id === 'shop' };
  const ask = (id: string) => hooked(tools, id, { headers: {}, body: new Uint8Array(), now: 0 }, intake);
  await expect(ask('shop')).rejects.toMatchObject({ name: 'Unavailable', retryAfter: 500 });
  await expect(ask('other')).rejects.toMatchObject({ code: 'not-found' });
});

const mail = (more: Partial<Inbound> = {}): Inbound => ({
  ...{ id: 'mail:<1@home.example>', channel: 'email', customer: 'ann@home.example', subject: 'Hello', text: 'Hello' },
  ...more,
});

it('[SRV110] [SRV111] an answer goes on with the case of its sender only, a known item changes nothing (R-B17)', async () => {
  const { house, cases } = await receiving();
  const intake = new Intake(house.runtime, house.store, () => undefined);
  expect(await intake.take('mail', mail())).toBe('C-1');
  expect(await intake.take('mail', mail())).toBe('C-1');
  expect(await intake.take('other', mail())).toBeNull();
  const answer = mail({ id: 'mail:<2@home.example>', text: 'And then?', case: 'C-1' });
  expect(await intake.take('mail', answer)).toBe('C-1');
  expect(await intake.take('mail', { ...answer, id: 'mail:<3@evil.example>', customer: 'eve@evil.example' })).toBe(
    'C-2',
  );
  expect(await intake.take('mail', { ...answer, id: 'mail:<4@home.example>', case: 'C-99' })).toBe('C-3');
  expect((await cases()).map(({ id, taint }) => [id, taint?.length])).toEqual([
    ['C-1', 2],
    ['C-2', 1],
    ['C-3', 1],
  ]);
});

it('[SRV110] what can never be taken is left, what may be taken later is offered again', async () => {
  const { house } = await receiving();
  const told: string[] = [];
  const intake = new Intake(house.runtime, house.store, (_level, message) => void told.push(message));
  expect(await intake.take('mail', mail({ customer: '' }))).toBeNull();
  expect(told).toEqual(['something from outside was not taken']);
  const empty = await place({ work: true });
  const early = new Intake(empty.house.runtime, empty.house.store, () => undefined);
  await expect(early.take('mail', mail())).rejects.toThrow();
});
