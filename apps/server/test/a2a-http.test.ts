import { describe, expect, it } from 'vitest';
import { words } from './a2a.ts';
import { agentPack, type Served, serve, until } from './agents.ts';

interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly body: Record<string, unknown> & { readonly error?: Record<string, unknown> };
}

async function peer(): Promise<Served & { call: ReturnType<typeof caller> }> {
  const place = await serve({ pack: await agentPack() });
  const { token } = await place.client.admitPeer({ peer: 'acme' });
  return { ...place, call: caller(place.url, token) };
}

const caller =
  (url: string, token: string) =>
  async (method: string, path: string, body?: unknown, version = '1.0'): Promise<Answered> => {
    const response = await fetch(`${url}/a2a${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/a2a+json', 'a2a-version': version },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const type = response.headers.get('content-type');
    const text = await response.text();
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as unknown);
    return { status: response.status, type, body: type === 'text/event-stream' ? { events } : JSON.parse(text) };
  };

const reasonOf = ({ body }: Answered): unknown =>
  (body.error?.details as { reason: string }[] | undefined)?.[0]?.reason;

describe('A2A over HTTP+JSON', () => {
  it('[SRV294] [HTTP_JSON-URL-001] [HTTP_JSON-URL-002] [HTTP_JSON-SVC-001] [HTTP_JSON-QP-001] has every operation at its address', async () => {
    const { call } = await peer();
    const sent = await call('POST', '/message:send', words('A refund, please.'));
    expect(sent).toMatchObject({ status: 200, type: 'application/a2a+json', body: { task: { id: 'C-1' } } });
    const got = await call('GET', '/tasks/C-1?historyLength=0');
    expect(got.body).toMatchObject({ id: 'C-1', status: { state: 'TASK_STATE_SUBMITTED' } });
    expect(got.body).not.toHaveProperty('history');
    const listed = await call('GET', '/tasks?contextId=C-1&pageSize=1&includeArtifacts=true');
    expect(listed.body).toMatchObject({ tasks: [{ id: 'C-1' }], nextPageToken: '' });
    const cancelled = await call('POST', '/tasks/C-1:cancel');
    expect(cancelled.body).toMatchObject({ status: { state: 'TASK_STATE_CANCELED' } });
    expect((await call('GET', '/tasks?status=TASK_STATE_CANCELED')).body).toMatchObject({ tasks: [{ id: 'C-1' }] });
  });

  it('[SRV294] [HTTP_JSON-ERR-001] [HTTP_JSON-ERR-002] [HTTP_JSON-STATUS-001] [HTTP_JSON-SVC-002] says what is wrong as status and reason', async () => {
    const { call, url } = await peer();
    const unknown = await call('GET', '/tasks/C-99');
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 404, status: 'NOT_FOUND' } } });
    expect(unknown.body.error?.details).toEqual([
      expect.objectContaining({ reason: 'TASK_NOT_FOUND', domain: 'a2a-protocol.org' }),
    ]);
    for (const [method, path, body, status, reason] of [
      ['GET', '/tasks?pageSize=many', undefined, 400, 'INVALID_PARAMS'],
      ['POST', '/message:send', '{', 400, 'PARSE_ERROR'],
      ['POST', '/message:send', { message: {} }, 400, 'INVALID_PARAMS'],
      ['GET', '/message:send', undefined, 404, 'METHOD_NOT_FOUND'],
      ['GET', '/tasks/C-1/pushNotificationConfigs', undefined, 400, 'PUSH_NOTIFICATION_NOT_SUPPORTED'],
      ['GET', '/extendedAgentCard', undefined, 400, 'UNSUPPORTED_OPERATION'],
    ] as const) {
      const answer = await call(method, path, body);
      expect([path, answer.status, reasonOf(answer)]).toEqual([path, status, reason]);
    }
    expect(reasonOf(await call('GET', '/tasks', undefined, '0.3'))).toBe('VERSION_NOT_SUPPORTED');
    expect((await fetch(`${url}/a2a/tasks`)).status).toBe(401);
  });

  it('[SRV294] [HTTP_JSON-SSE-001] streams a task as its events, bare', async () => {
    const { call, client } = await peer();
    const streaming = call('POST', '/message:stream', words('Refund.'));
    const id = await until(async () => (await client.cases({})).cases[0]?.id);
    await client.command({ kind: 'case.cancel', body: { case: id, reason: 'No.' } });
    const { body } = await streaming;
    const events = body.events as Record<string, unknown>[];
    expect(events[0]).toMatchObject({ task: { id } });
    expect(events.at(-1)).toMatchObject({ statusUpdate: { status: { state: 'TASK_STATE_REJECTED' } } });
    expect((await call('POST', `/tasks/${id}:subscribe`)).status).toBe(400);
  });
});
