/** The A2A server, on the wire. Names cite requirements of the protocol's own compatibility kit (1.0) beside ours. */
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodePort, parseVerifierKey, readLogKeys } from '@reeve/ledger';
import { isSignedBy } from '@reeve/workers/a2a';
import { describe, expect, it } from 'vitest';
import { asked, cardAt, doing, post, rpc, words } from './a2a.ts';
import { agentPack, mcp, type Served, serve, take, until, use } from './agents.ts';
import { folder } from './support.ts';

const OFFER = `
services:
  - { id: refund, seat: refunds, title: Refund an order, keywords: [refund], offered: true }
  - { id: secret-thing, seat: refunds, title: Inside only }
`;

async function packWithServices(): Promise<string> {
  const pack = await agentPack();
  const file = join(pack, 'organisation.yaml');
  await writeFile(file, `${await readFile(file, 'utf8')}${OFFER}`);
  return pack;
}

async function admitted(place: Served, peer = 'acme', services: string[] | null = null): Promise<string> {
  return (await place.client.admitPeer({ peer, services })).token;
}

const fresh = async (): Promise<Served> => serve({ pack: await packWithServices() });
const stateOf = async (url: string, token: string, id: string) =>
  (await rpc(url, token, 'GetTask', { id })).result?.status as {
    state: string;
    message?: { parts: { text: string }[] };
  };

describe('the agent card', () => {
  it('[SRV233] [CARD-DISC-001] [CARD-STRUCT-001] [CARD-PROTO-002] says what is offered to others, and nothing before somebody is admitted', async () => {
    const place = await fresh();
    expect((await fetch(`${place.url}/.well-known/agent-card.json`)).status).toBe(404);
    await admitted(place);
    const card = await cardAt(place.url);
    expect(card).toMatchObject({
      name: 'Kettle & Co',
      supportedInterfaces: [
        { url: `${place.url}/a2a`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
        { url: `${place.url}/a2a`, protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' },
      ],
      capabilities: { streaming: true, pushNotifications: false },
      securitySchemes: { peer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
    });
    expect(card.skills.map(({ id }) => id)).toEqual(['request', 'refund']);
    expect(JSON.stringify(card)).not.toContain('Inside only');
  });

  it('[SRV233] [CARD-SIGN-001] [CARD-SIGN-002] [CARD-SIGN-003] is signed with the key of the ledger: another key, a changed word and an added field are seen', async () => {
    const place = await fresh();
    await admitted(place);
    const card = await cardAt(place.url);
    const [line = ''] = await readLogKeys(place.data);
    const { publicKey, name, id } = parseVerifierKey(line, nodePort.sha256);
    const x = Buffer.from(publicKey).toString('base64url');
    const key = { kty: 'OKP', crv: 'Ed25519', x } as const;
    expect(isSignedBy(card, key)).toBe(true);
    const head = JSON.parse(Buffer.from(card.signatures![0]!.protected, 'base64url').toString());
    expect(head).toEqual({ alg: 'EdDSA', kid: `${name}+${id}`, typ: 'JOSE' });
    expect(isSignedBy({ ...card, name: 'Kettle & Go' }, key)).toBe(false);
    expect(isSignedBy({ ...card, extra: true }, key)).toBe(false);
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    expect(isSignedBy(card, { ...key, x: other.x! })).toBe(false);
  });

  it('[CARD-CACHE-001] [CARD-CACHE-002] may be kept for minutes and is told by its tag', async () => {
    const place = await fresh();
    await admitted(place);
    const first = await fetch(`${place.url}/.well-known/agent-card.json`);
    expect(first.headers.get('cache-control')).toContain('max-age=');
    const headers = { 'if-none-match': first.headers.get('etag')! };
    expect((await fetch(`${place.url}/.well-known/agent-card.json`, { headers })).status).toBe(304);
  });
});

describe('requests of peers', () => {
  it('[SRV230] [T16] are let in with the token of a peer alone, until it is revoked; it is good for nothing else', async () => {
    const place = await fresh();
    const token = await admitted(place);
    for (const wrong of ['', 'x', place.server.house.token, await place.token()])
      expect((await post(place.url, wrong, '{}')).status).toBe(401);
    expect((await fetch(`${place.url}/v1/cases`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
    expect(await readFile(join(place.data, 'peers.json'), 'utf8')).not.toContain(token);
    const { id } = (await place.client.peers()).peers[0]!;
    await place.client.revokePeer({ id });
    expect((await post(place.url, token, '{}')).status).toBe(401);
  });

  it('[SRV231] [CORE-SEND-001] [CORE-MULTI-001a] [CORE-MULTI-003] become cases of the peer as their customer, untrusted', async () => {
    const place = await fresh();
    const token = await admitted(place);
    const task = await asked(place.url, token, words('Order K-100 leaks.\nRefund it.'));
    expect(task).toMatchObject({ id: 'C-1', contextId: 'C-1', status: { state: 'TASK_STATE_SUBMITTED' } });
    const c = await place.client.case({ id: 'C-1' });
    expect(c).toMatchObject({ customer: 'a2a:acme', name: 'acme', subject: 'Order K-100 leaks.', owner: 'refunds' });
    const taint = await place.server.house.runtime.read(({ cases }) => cases.cases.get('C-1')?.taint);
    expect(taint).toEqual(['the text of C-1']);
  });

  it('[SRV231] the same message gives the same task, over a restart; other words under its id are refused', async () => {
    const data = await folder();
    const place = await serve({ data, pack: await packWithServices() });
    const token = await admitted(place);
    const params = words('Once.');
    const [one, two] = await Promise.all([asked(place.url, token, params), asked(place.url, token, params)]);
    expect(one.id).toBe(two.id);
    await place.server.close();
    const after = await serve({ data });
    expect((await asked(after.url, token, params)).id).toBe(one.id);
    const other = { ...params, message: { ...params.message, parts: [{ text: 'Twice.' }] } };
    expect((await rpc(after.url, token, 'SendMessage', other)).error).toMatchObject({ code: -32_602 });
    expect((await after.client.cases({})).cases).toHaveLength(1);
  });

  it('[SRV235] a service is asked for by its id, when it is offered, and to this peer', async () => {
    const place = await fresh();
    const [all, none] = [await admitted(place), await admitted(place, 'other', [])];
    const params = { ...words('Refund.'), metadata: { skill: 'refund' } };
    expect((await asked(place.url, all, params)).id).toBe('C-1');
    for (const [token, skill] of [
      [none, 'refund'],
      [all, 'secret-thing'],
    ] as const) {
      const { error } = await rpc(place.url, token, 'SendMessage', { ...words('Refund.'), metadata: { skill } });
      expect(error).toMatchObject({ code: -32_602, message: expect.stringContaining('skill') });
    }
    await expect(place.client.admitPeer({ peer: 'x', services: ['secret-thing'] })).rejects.toThrow('offered');
  });

  it('[SRV231] [CORE-LIST-001] [CORE-GET-002] [CORE-CANCEL-003] [CORE-MULTI-004] one peer sees nothing of another, nor of any other case', async () => {
    const place = await fresh();
    const [token, other] = [await admitted(place), await admitted(place, 'other')];
    const { id } = await asked(place.url, token);
    await place.open();
    for (const hidden of [id, 'C-2', 'C-99', 'nonsense']) {
      for (const method of ['GetTask', 'CancelTask', 'SubscribeToTask'])
        expect((await rpc(place.url, other, method, { id: hidden })).error?.code).toBe(-32_001);
      const { error } = await rpc(place.url, other, 'SendMessage', words('And?', { taskId: hidden }));
      expect(error).toMatchObject({ code: -32_001, data: [{ reason: 'TASK_NOT_FOUND', domain: 'a2a-protocol.org' }] });
    }
    expect((await rpc(place.url, other, 'ListTasks', {})).result).toEqual({
      ...{ tasks: [], nextPageToken: '', pageSize: 50, totalSize: 0 },
    });
  });

  it('[SRV232] [CORE-GET-001] [CORE-MULTI-005] [CORE-MULTI-006] [CORE-HIST-002] [CORE-HIST-005] a question to the customer is input-required, and a message with the task goes on', async () => {
    const place = await fresh();
    const token = await admitted(place);
    const { id } = await asked(place.url, token, words('Refund it.', { contextId: 'ours-7' }));
    await doing(place)('case.start', { case: id });
    expect(await stateOf(place.url, token, id)).toMatchObject({ state: 'TASK_STATE_WORKING' });
    await doing(place)('case.note', { case: id, text: 'Looks like fraud to me.' });
    await doing(place)('case.wait', { case: id, question: 'Which order?' });
    expect(await stateOf(place.url, token, id)).toMatchObject({
      state: 'TASK_STATE_INPUT_REQUIRED',
      message: { role: 'ROLE_AGENT', parts: [{ text: 'Which order?' }] },
    });
    const wrong = await rpc(place.url, token, 'SendMessage', words('K-100', { taskId: id, contextId: 'other' }));
    expect(wrong.error?.code).toBe(-32_602);
    const answer = words('K-100', { taskId: id });
    expect(await asked(place.url, token, answer)).toMatchObject({
      contextId: 'ours-7',
      status: { state: 'TASK_STATE_WORKING' },
    });
    await asked(place.url, token, answer);
    const { result } = await rpc(place.url, token, 'GetTask', { id });
    const said = (result!.history as { parts: { text: string }[] }[]).map(({ parts }) => parts[0]!.text);
    expect(said).toEqual(['Refund it.', 'Which order?', 'K-100']);
    expect(JSON.stringify(result)).not.toContain('fraud');
    const two = await rpc(place.url, token, 'GetTask', { id, historyLength: 2 });
    expect(two.result?.history).toHaveLength(2);
  });

  it('[SRV232] an approval that is open on the case is auth-required, without what it is about', async () => {
    const place = await fresh();
    const token = await admitted(place);
    const { id } = await asked(place.url, token);
    const agent = await mcp(place.url, await place.token());
    const work = await take(agent);
    await use(agent, 'orders_refund', { order_id: 'K-100', amount: 34_900_000, _why: 'It leaks.', _work: work });
    await doing(place)('case.start', { case: id }).catch(() => undefined);
    const status = await until(async () => {
      const found = await stateOf(place.url, token, id);
      return found.state === 'TASK_STATE_AUTH_REQUIRED' ? found : null;
    });
    expect(status.message?.parts[0]?.text).toContain('has to approve');
    expect(JSON.stringify(status.message?.parts)).not.toContain('34');
    const [approval] = (await place.client.approvals({ status: 'pending' })).approvals;
    await place.client.decide({ id: approval!.id, verdict: 'approve', note: 'It does.' });
    await until(async () => (await stateOf(place.url, token, id)).state === 'TASK_STATE_WORKING');
  });

  it('[CAS25] [CORE-CANCEL-001] [CORE-CANCEL-002] [CORE-SEND-002] [CORE-HIST-001] the peer may take its request back, once; what the organisation refuses is rejected', async () => {
    const place = await fresh();
    const token = await admitted(place);
    const { id } = await asked(place.url, token);
    expect((await rpc(place.url, token, 'CancelTask', { id })).result).toMatchObject({
      status: { state: 'TASK_STATE_CANCELED' },
    });
    expect((await rpc(place.url, token, 'CancelTask', { id })).error?.code).toBe(-32_002);
    expect((await rpc(place.url, token, 'SendMessage', words('Still?', { taskId: id }))).error?.code).toBe(-32_004);
    const other = await asked(place.url, token);
    await doing(place)('case.cancel', { case: other.id, reason: 'We do not do that.' });
    const { result } = await rpc(place.url, token, 'GetTask', { id: other.id, historyLength: 0 });
    expect(result).toMatchObject({
      status: { state: 'TASK_STATE_REJECTED', message: { parts: [{ text: 'We do not do that.' }] } },
    });
    expect(result).not.toHaveProperty('history');
  });

  it('[SRV231] [CORE-LIST-002] [CORE-LIST-003] [CORE-LIST-004] [CORE-LIST-005] lists the latest change first, in pages, without artifacts unless wanted', async () => {
    const place = await fresh();
    const token = await admitted(place);
    for (let n = 0; n < 3; n++) await asked(place.url, token);
    await doing(place)('case.start', { case: 'C-1' });
    const first = (await rpc(place.url, token, 'ListTasks', { pageSize: 2 })).result!;
    expect(first).toMatchObject({ pageSize: 2, totalSize: 3, tasks: [{ id: 'C-1' }, { id: 'C-3' }] });
    const rest = (await rpc(place.url, token, 'ListTasks', { pageSize: 2, pageToken: first.nextPageToken })).result!;
    expect(rest).toMatchObject({ nextPageToken: '', tasks: [{ id: 'C-2' }] });
    expect((first.tasks as object[])[0]).not.toHaveProperty('artifacts');
    const working = await rpc(place.url, token, 'ListTasks', { status: 'TASK_STATE_WORKING' });
    expect(working.result).toMatchObject({ totalSize: 1, tasks: [{ id: 'C-1' }] });
    expect((await rpc(place.url, token, 'ListTasks', { pageToken: 'x' })).error?.code).toBe(-32_602);
  });
});

describe('the protocol', () => {
  it('[SRV234] [CORE-SEND-003] [CORE-ERR-001] [CORE-ERR-002] refuses files, addresses and what does not fit, by field, before anything happens', async () => {
    const place = await fresh();
    const token = await admitted(place);
    const send = async (message: object) => (await rpc(place.url, token, 'SendMessage', { message })).error;
    const base = { messageId: 'm', role: 'ROLE_USER' };
    for (const part of [{ raw: 'dGNr' }, { url: 'http://169.254.169.254/' }, { text: 'x', mediaType: 'image/png' }, {}])
      expect(await send({ ...base, parts: [part] })).toMatchObject({ code: -32_005 });
    expect(await send({ ...base, parts: [] })).toMatchObject({
      message: expect.stringContaining('params.message.parts'),
    });
    expect(await send({ ...base, role: 'ROLE_AGENT', parts: [{ text: 'x' }] })).toMatchObject({ code: -32_602 });
    expect(await send({ ...base, parts: [{ text: 'x'.repeat(100_001) }] })).toMatchObject({ code: -32_602 });
    expect((await place.client.cases({})).cases).toHaveLength(0);
  });

  it('[SRV230] [VER-SERVER-001] [VER-SERVER-002] [VER-SERVER-003] [VER-CLIENT-002] speaks 1.0 whatever the patch, and says so to others', async () => {
    const place = await fresh();
    const token = await admitted(place);
    const code = async (version: string) =>
      (await rpc(place.url, token, 'ListTasks', {}, { 'a2a-version': version })).error?.code;
    expect([await code('1.0'), await code('1.0.7')]).toEqual([undefined, undefined]);
    expect([await code(''), await code('0.3'), await code('2.0'), await code('1.01')]).toEqual(Array(4).fill(-32_009));
  });

  it('[SRV230] [CORE-CAP-001] [CORE-CAP-003] answers in the errors of JSON-RPC, and says what it cannot do', async () => {
    const place = await fresh();
    const token = await admitted(place);
    const code = async (body: string) =>
      ((await (await post(place.url, token, body)).json()) as { error: { code: number } }).error.code;
    expect(await code('{')).toBe(-32_700);
    expect(await code('[]')).toBe(-32_600);
    expect(await code('{"jsonrpc":"1.0","id":1,"method":"GetTask"}')).toBe(-32_600);
    expect((await rpc(place.url, token, 'constructor', {})).error?.code).toBe(-32_601);
    expect((await rpc(place.url, token, 'GetTask', {})).error?.code).toBe(-32_602);
    expect((await rpc(place.url, token, 'CreateTaskPushNotificationConfig', {})).error?.code).toBe(-32_003);
    expect((await rpc(place.url, token, 'GetExtendedAgentCard', {})).error?.code).toBe(-32_004);
    expect((await post(place.url, token, ' '.repeat(1024 * 1024 + 1))).status).toBe(413);
  });

  it('[SRV236] [CORE-EXECUTION-MODE-001] [CORE-EXECUTION-MODE-002] a caller that does not ask to be answered at once waits until something is asked of it', async () => {
    const place = await fresh();
    const token = await admitted(place);
    const { message } = words('Refund.');
    const waiting = rpc(place.url, token, 'SendMessage', { message });
    const id = await until(async () => (await place.client.cases({})).cases[0]?.id);
    await doing(place)('case.start', { case: id });
    await doing(place)('case.wait', { case: id, question: 'Which order?' });
    expect((await waiting).result?.task?.status.state).toBe('TASK_STATE_INPUT_REQUIRED');
  });

  it('[SRV237] [CORE-STREAM-001] [CORE-STREAM-003] [STREAM-SUB-001] [STREAM-SUB-002] [STREAM-SUB-003] [STREAM-SUB-004] streams the task, then its changes, and ends with it', async () => {
    const place = await fresh();
    const token = await admitted(place);
    const body = JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'SendStreamingMessage', params: words('Refund.') });
    const response = await post(place.url, token, body);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await doing(place)('case.start', { case: 'C-1' });
    const open = await post(
      place.url,
      token,
      body.replace('SendStreamingMessage', 'SubscribeToTask').replace(/"params":.*/, '"params":{"id":"C-1"}}'),
    );
    await doing(place)('case.cancel', { case: 'C-1', reason: 'No.' });
    const events = async (from: Response) =>
      [...(await from.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!).result);
    const seen = await events(response);
    expect(seen[0]).toMatchObject({ task: { id: 'C-1' } });
    expect(seen.at(-1)).toMatchObject({ statusUpdate: { taskId: 'C-1', status: { state: 'TASK_STATE_REJECTED' } } });
    expect((await events(open)).map((event) => Object.keys(event)[0])).toEqual(['task', 'statusUpdate']);
    expect((await rpc(place.url, token, 'SubscribeToTask', { id: 'C-1' })).error?.code).toBe(-32_004);
    expect((await rpc(place.url, token, 'SubscribeToTask', { id: 'C-99' })).error?.code).toBe(-32_001);
  });

  it('[SRV237] [STREAM-ORDER-001] [STREAM-ORDER-002] [STREAM-ORDER-003] [STREAM-ORDER-004] [CORE-HIST-003] gives every stream of a task the same in the same order, whoever leaves', async () => {
    const place = await fresh();
    const token = await admitted(place);
    const configuration = { returnImmediately: true, historyLength: 0 };
    const { result } = await rpc(place.url, token, 'SendMessage', { ...words('Refund.'), configuration });
    expect(result?.task).not.toHaveProperty('history');
    const { id } = result!.task as { id: string };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'SubscribeToTask', params: { id } });
    const [one, two, leaving] = [await subscribed(), await subscribed(), await subscribed()];
    await leaving.body?.cancel();
    const act = doing(place);
    await act('case.start', { case: id });
    await act('case.wait', { case: id, question: 'Which order?' });
    await act('case.cancel', { case: id, reason: 'No.' });
    const [first, second] = [await statesIn(one), await statesIn(two)];
    expect(first).toEqual(second);
    expect(first.at(-1)).toBe('TASK_STATE_REJECTED');
    expect(first.indexOf('TASK_STATE_WORKING')).toBeLessThan(first.indexOf('TASK_STATE_INPUT_REQUIRED'));

    function subscribed(): Promise<Response> {
      return post(place.url, token, body);
    }
    async function statesIn(from: Response): Promise<string[]> {
      const events = [...(await from.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!).result);
      return events.map(({ task, statusUpdate }) => (task ?? statusUpdate).status.state);
    }
  });
});
