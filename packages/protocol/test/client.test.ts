import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ApiProblem, createClient, type Problem, readEvents, STREAM_SEQ, Unreachable } from '../src/index.ts';

const record = (seq: number) => ({ seq, kind: 'case.noted', body: {} });
const frame = (seq: number) => `id: ${seq}\nevent: case.noted\ndata: ${JSON.stringify(record(seq))}\n\n`;
const stream = (text: string, after = 0) =>
  new Response(text, { headers: { 'content-type': 'text/event-stream', [STREAM_SEQ]: String(after) } });

const PROBLEM: Problem = {
  type: 'urn:reeve:problem:conflict',
  title: 'Conflict',
  status: 409,
  detail: 'it is closed',
  code: 'conflict',
  hint: 'reopen it',
  rule: 'CAS1',
  problems: [{ field: 'text', message: 'too long' }],
};

/** A client that notes its requests and gets the given answers one after another. */
function clientOf(...answers: (Response | Error)[]) {
  const requests: Request[] = [];
  const client = createClient({
    url: 'http://reeve.test/',
    token: 'secret',
    fetch: async (request) => {
      requests.push(request);
      const answer = answers.shift() ?? new Error('no more answers');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { client, requests };
}

describe('requests', () => {
  it('[API1] path parameters, query and body come from one object', async () => {
    const { client, requests } = clientOf(Response.json({}), Response.json({}), Response.json({}));
    await client.decide({ id: 'A-1', verdict: 'approve', digest: 'd' });
    await client.cases({ status: 'open', q: 'a&b', limit: 5 });
    await client.rearm({ scope: 'seat', id: 'x', reason: 'fixed' });
    expect(requests.map((r) => `${r.method} ${r.url}`)).toEqual([
      'POST http://reeve.test/v1/approvals/A-1/decision',
      'GET http://reeve.test/v1/cases?status=open&q=a%26b&limit=5',
      'DELETE http://reeve.test/v1/switches/seat/x?reason=fixed',
    ]);
    expect(await requests[0]!.json()).toEqual({ verdict: 'approve', digest: 'd' });
    expect(requests[0]!.headers.get('authorization')).toBe('Bearer secret');
  });

  it('[API1] ids cannot change the path', async () => {
    const { client, requests } = clientOf(Response.json({}));
    await client.case({ id: '../status?x=#' });
    expect(requests[0]!.url).toBe('http://reeve.test/v1/cases/..%2Fstatus%3Fx%3D%23');
  });

  it('[API5] an idempotency key is sent with writes', async () => {
    const { client, requests } = clientOf(Response.json({}, { status: 201 }), Response.json({}, { status: 201 }));
    await client.openCase({ subject: 's', customer: 'c' }, { idempotencyKey: 'k-1' });
    await client.openCase({ subject: 's', customer: 'c' });
    expect(requests.map((r) => r.headers.get('idempotency-key'))).toEqual(['k-1', null]);
  });

  it('[API1] the token is not sent where none is needed', async () => {
    const { client, requests } = clientOf(Response.json({ status: 'recovering' }, { status: 503 }));
    expect((await client.health()).status).toBe('recovering');
    expect(requests[0]!.headers.get('authorization')).toBeNull();
  });
});

describe('errors', () => {
  it('[API3] a refusal becomes an ApiProblem with all it says', async () => {
    const { client } = clientOf(Response.json(PROBLEM, { status: 409, headers: { 'retry-after': '2' } }));
    const error = await client.status().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiProblem);
    const { status, code, detail, hint, rule, problems } = PROBLEM;
    expect(error).toMatchObject({ status, code, detail, hint, rule, problems, retryAfter: 2000, message: detail });
  });

  it('[API3] nothing that listens is Unreachable', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((resolve) => server.close(resolve));
    const error = await createClient({ url, token: 't' })
      .status()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Unreachable);
    expect((error as Error).message).toBe(`no answer from Reeve at ${url}: nothing listens there`);
  });

  const broken = () =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });

  it('[API10] what may be sent twice is sent once more when the connection broke, with its body', async () => {
    const read = clientOf(broken(), Response.json({}));
    await read.client.status();
    expect(read.requests).toHaveLength(2);
    const write = clientOf(broken(), Response.json({}, { status: 201 }));
    await write.client.openCase({ subject: 's', customer: 'c' }, { idempotencyKey: 'k' });
    expect(await Promise.all(write.requests.map((request) => request.text()))).toEqual([
      '{"subject":"s","customer":"c"}',
      '{"subject":"s","customer":"c"}',
    ]);
  });

  it('[API10] what may not is not, and no more than one try is added', async () => {
    const write = clientOf(broken(), Response.json({}, { status: 201 }));
    const error = await write.client.openCase({ subject: 's', customer: 'c' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Unreachable);
    expect((error as Error).message).toContain('fetch failed (ECONNRESET)');
    expect(write.requests).toHaveLength(1);
    const read = clientOf(broken(), broken(), Response.json({}));
    await expect(read.client.status()).rejects.toBeInstanceOf(Unreachable);
  });

  it.each([
    ['HTML', new Response('<html>', { status: 200 })],
    ['another error format', Response.json({ error: 'x' }, { status: 404 })],
    ['an HTML error', new Response('Bad gateway', { status: 502 })],
  ])('[API3] %s is not Reeve', async (_name, answer) => {
    await expect(clientOf(answer).client.status()).rejects.toBeInstanceOf(Unreachable);
  });

  it('[API3] an aborted call throws the abort, not Unreachable', async () => {
    const { client } = clientOf(new Error('aborted'));
    const signal = AbortSignal.abort(new Error('enough'));
    const error = await client.status({}, { signal }).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(Unreachable);
  });
});

describe('events', () => {
  async function take(client: ReturnType<typeof clientOf>['client'], n: number, after?: number): Promise<number[]> {
    const seen: number[] = [];
    const end = new AbortController();
    for await (const { seq } of client.events({ signal: end.signal, ...(after === undefined ? {} : { after }) })) {
      seen.push(seq);
      if (seen.length === n) end.abort();
    }
    return seen;
  }

  it('[API6] resumes after the last record it gave', async () => {
    const { client, requests } = clientOf(
      stream(`id: 2\n\n${frame(3)}: still here\n\n${frame(4)}`, 2),
      new TypeError('fetch failed'),
      stream(frame(5), 4),
    );
    expect(await take(client, 3, 2)).toEqual([3, 4, 5]);
    expect(requests.map((r) => new URL(r.url).search)).toEqual(['?after=2', '?after=4', '?after=4']);
  });

  it('[API6] misses nothing when the first connection breaks before its first record', async () => {
    const { client, requests } = clientOf(stream('', 7), stream(frame(8), 7));
    expect(await take(client, 1)).toEqual([8]);
    expect(new URL(requests[1]!.url).search).toBe('?after=7');
  });

  it('[API8] tells notices to who asks for them, by their names, and gives none as a record', async () => {
    const { client, requests } = clientOf(
      stream(`event: notice\ndata: backup\n\n${frame(3)}`, 2),
      new TypeError('away'),
    );
    const told: string[] = [];
    for await (const { seq } of client.events({ notice: (name) => told.push(name) })) {
      expect([seq, told]).toEqual([3, ['backup']]);
      break;
    }
    expect(new URL(requests[0]!.url).search).toBe('?notices=true');
  });

  it('[API6] a first connection that fails is thrown, and so is an error that will not pass', async () => {
    await expect(take(clientOf(new TypeError('fetch failed')).client, 1)).rejects.toBeInstanceOf(Unreachable);
    const refused = Response.json({ ...PROBLEM, status: 401, code: 'unauthorised' }, { status: 401 });
    await expect(take(clientOf(stream(frame(1)), refused).client, 2)).rejects.toBeInstanceOf(ApiProblem);
  });
});

describe('what a run writes', () => {
  const part = (next: number, text: string, live: boolean) => {
    const data = { entries: [{ at: 1, kind: 'text', text }], next, dropped: 0, live };
    return `id: ${next}\nevent: output\ndata: ${JSON.stringify(data)}\n\n`;
  };

  it('[API9] is followed where it broke off, until no more will come', async () => {
    const { client, requests } = clientOf(stream(part(3, 'abc', true), 0), stream(part(5, 'de', false), 3));
    let text = '';
    for await (const { entries } of client.followOutput({ id: 'R-7' })) text += entries[0]!.text;
    expect(text).toBe('abcde');
    expect(requests.map((r) => r.url.replace(/.*v1/, ''))).toEqual(['/runs/R-7/output', '/runs/R-7/output?after=3']);
    expect(requests[0]!.headers.get('accept')).toBe('text/event-stream');
  });

  it('[API9] is JSON for who asks once', async () => {
    const { client, requests } = clientOf(Response.json({ entries: [], next: 0, dropped: 0, live: true }));
    expect((await client.runOutput({ id: 'R-7', after: 2 })).live).toBe(true);
    expect(requests[0]!.headers.get('accept')).toBe('application/json');
  });
});

describe('the stream reader', () => {
  async function* pieces(text: string, size: number) {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  }
  const TEXT = ': hello\r\n\r\nid: 1\r\nevent: a\r\ndata: x\r\ndata: y\r\n\r\nid: 2\rdata:z\r\rid: 3\ndata: unfinished';

  it.each([1, 2, 3, 7, 1000])('[API6] reads the same events from pieces of %i characters', async (size) => {
    const events = [];
    for await (const event of readEvents(pieces(TEXT, size))) events.push(event);
    expect(events).toEqual([
      { id: '1', event: 'a', data: 'x\ny' },
      { id: '2', event: 'message', data: 'z' },
    ]);
  });
});
