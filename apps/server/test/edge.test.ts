import { problem, ROUTE_NAMES, ROUTES, type Route } from '@reeve/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { json, place, supported } from './support.ts';

const path = (route: Route): string => route.path.replace(':scope', 'seat').replace(/:[a-z]+/g, 'C-1');
const problemIn = async (response: Response) => problem.parse(await response.json());
const guarded = ROUTE_NAMES.filter((name) => !('open' in ROUTES[name]));

describe('who may ask', () => {
  it.each(guarded)('[SRV4] %s needs the token (R-B1)', async (name) => {
    const { ask, house } = await place();
    const { method } = ROUTES[name];
    for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${house.token}`, `Bearer ${house.token}x`]) {
      const response = await ask(path(ROUTES[name]), { method, headers: { authorization } });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect((await problemIn(response)).code).toBe('unauthorised');
    }
  });

  it('[SRV4] health and the description of the API are open', async () => {
    const { ask } = await place();
    for (const open of ['/v1/health', '/v1/openapi.json'])
      expect((await ask(open, { headers: { authorization: '' } })).status).toBe(200);
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '192.168.1.10:4600', ''])(
    '[SRV6] the host name "%s" is refused',
    async (host) => {
      const { house } = await place();
      const request = new Request('http://evil.example/v1/health', { headers: host === '' ? {} : { host } });
      expect((await house.app.fetch(request)).status).toBe(403);
    },
  );

  it.each(['localhost', 'LOCALHOST:4600', '127.0.0.1:1', '[::1]:4600'])(
    '[SRV6] the host name "%s" is answered',
    async (host) => {
      const { ask } = await place();
      expect((await ask('/v1/status', { headers: { host } })).status).toBe(200);
    },
  );

  it('[SRV6] any name is answered when bound elsewhere on purpose', async () => {
    const { ask } = await place({ hosts: 'any' });
    expect((await ask('/v1/status', { headers: { host: 'reeve.example' } })).status).toBe(200);
  });
});

describe('malformed requests', () => {
  it.each([
    ['no such path', '/v1/nothing', {}, 404, 'unknown-route'],
    ['a wrong method', '/v1/status', { method: 'DELETE' }, 405, 'wrong-method'],
    ['no content type', '/v1/cases', { method: 'POST', body: new TextEncoder().encode('{}') }, 415, 'wrong-type'],
    ['text', '/v1/cases', { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } }, 415, 'wrong-type'],
    ['no body', '/v1/cases', { method: 'POST', headers: { 'content-type': 'application/json' } }, 400, 'malformed'],
    ['half a body', '/v1/cases', { ...json({}), body: '{"subject":' }, 400, 'malformed'],
    ['no UTF-8', '/v1/cases', { ...json({}), body: new Uint8Array([0x22, 0xff, 0x22]) }, 400, 'malformed'],
    ['a list', '/v1/cases', json([]), 400, 'malformed'],
    ['missing fields', '/v1/cases', json({}), 400, 'malformed'],
    ['an unknown field', '/v1/cases', json({ subject: 's', customer: 'c', owner: 'x' }), 400, 'malformed'],
    ['an unknown query field', '/v1/cases?stauts=open', {}, 400, 'malformed'],
    ['a doubled query field', '/v1/cases?q=a&q=b', {}, 400, 'malformed'],
    ['a query value out of bounds', '/v1/cases?limit=0', {}, 400, 'malformed'],
    ['a cursor that is none', '/v1/cases?cursor=x', {}, 400, 'malformed'],
    ['a ledger cursor that is none', '/v1/ledger?cursor=x', {}, 400, 'malformed'],
    ['a command of the runtime', '/v1/commands', json({ kind: 'run.start', body: {} }), 400, 'malformed'],
    ['a command that is none', '/v1/commands', json({ kind: '__proto__', body: {} }), 400, 'malformed'],
    ['a body the kernel refuses', '/v1/commands', json({ kind: 'case.note', body: { case: 'x' } }), 422, 'invalid'],
    ['an id that is none', '/v1/cases/..%2f..%2fetc', {}, 404, 'not-found'],
    ['no such case', '/v1/cases/C-99', {}, 404, 'not-found'],
    ['no such timeline', '/v1/cases/C-99/timeline', {}, 404, 'not-found'],
    ['no such operation', '/v1/operations/OP-99', {}, 404, 'not-found'],
    ['no such approval', '/v1/approvals/A-99', {}, 404, 'not-found'],
    ['nothing to explain', '/v1/why/OP-99', {}, 404, 'not-found'],
    ['no such seat', '/v1/inbox?seat=nobody', {}, 404, 'not-found'],
    ['a message on no case', '/v1/cases/C-99/messages', json({ text: 'x' }), 404, 'not-found'],
    ['a decision on nothing', '/v1/approvals/A-99/decision', json({ verdict: 'approve' }), 404, 'not-found'],
  ])('[SRV4] %s', async (_name, at, init, status, code) => {
    const { ask } = await place();
    const response = await ask(at, init as RequestInit);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const found = await problemIn(response);
    expect(found).toMatchObject({ status, code });
    expect(found.hint).not.toBe('');
  });

  it('[SRV4] a wrong method says which are possible', async () => {
    const { ask } = await place();
    expect((await ask('/v1/cases', { method: 'PUT' })).headers.get('allow')).toBe('GET, POST');
  });

  it('[SRV4] every wrong field is named', async () => {
    const { ask } = await place();
    const found = await problemIn(await ask('/v1/cases', json({ subject: 7, customer: '', priority: 'asap' })));
    expect(found.problems?.map(({ field }) => field)).toEqual(['subject', 'customer', 'priority']);
  });

  it('[SRV4] a body over the limit is refused, with and without its length', async () => {
    const { ask } = await place();
    const big = 'x'.repeat(1024 * 1024 + 1);
    const known = {
      ...json({ subject: big }),
      headers: { 'content-type': 'application/json', 'content-length': '1048577' },
    };
    const streamed = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(65_536))),
    });
    const endless = { method: 'POST', headers: { 'content-type': 'application/json' }, body: streamed, duplex: 'half' };
    for (const init of [known, json({ subject: big }), endless])
      expect((await ask('/v1/cases', init as RequestInit)).status).toBe(413);
  });
});

describe('answers', () => {
  it('[SRV14] carry a request id and headers that keep browsers from misusing them', async () => {
    const { ask } = await place();
    for (const at of ['/v1/status', '/v1/nothing']) {
      const { headers } = await ask(at);
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('[SRV14] leave a line in the log, without contents', async () => {
    const lines: unknown[] = [];
    const { ask, house } = await supported({ log: (...line) => void lines.push(line) });
    await ask('/v1/cases', json({ subject: 'my secret', customer: 'someone@private.example' }));
    await ask('/v1/cases?q=my+secret');
    await ask('/v1/cases', { ...json({}), body: '{"my secret"' });
    expect(lines).toContainEqual([
      'info',
      'request',
      expect.objectContaining({ route: 'POST /v1/cases', status: 201 }),
    ]);
    const text = JSON.stringify(lines);
    for (const content of ['secret', 'private.example', house.token]) expect(text).not.toContain(content);
  });

  it('[SRV15] say that a stopped organisation is not there, and that nothing happened', async () => {
    const { ask, house } = await place();
    await house.runtime.stop();
    const health = await ask('/v1/health');
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ status: 'stopped' });
    const response = await ask('/v1/cases', json({ subject: 's', customer: 'c' }));
    expect(response.status).toBe(503);
    expect((await problemIn(response)).code).toBe('unavailable');
  });
});

describe('any input', () => {
  it('[SRV4] never gives a 500', async () => {
    const { ask } = await supported();
    const names = fc.constantFrom(
      'subject',
      'customer',
      'kind',
      'body',
      'case',
      'text',
      'reason',
      '__proto__',
      'verdict',
      'constructor',
      'data',
      'args',
    );
    const shape = fc.dictionary(
      names,
      fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('C-1', 'A-1', 'case.note', 'operation.request')),
    );
    const request = fc.oneof(
      fc.tuple(
        fc.constant('POST'),
        fc.constantFrom(
          '/v1/cases',
          '/v1/commands',
          '/v1/cases/C-1/messages',
          '/v1/approvals/A-1/decision',
          '/v1/switches',
          '/v1/organisation/apply',
        ),
        shape,
      ),
      fc.tuple(
        fc.constant('POST'),
        fc.constant('/v1/commands'),
        fc.record({
          kind: fc.constantFrom(
            'case.note',
            'task.delegate',
            'operation.request',
            'seat.occupy',
            'message.send',
            'case.open',
          ),
          body: shape,
        }),
      ),
      fc.tuple(
        fc.constant('GET'),
        fc
          .tuple(
            fc.constantFrom('cases', 'operations', 'ledger', 'why', 'inbox', 'approvals'),
            fc.string({ unit: 'binary', maxLength: 12 }),
          )
          .map(([at, rest]) => `/v1/${at}/${encodeURIComponent(rest)}`),
        fc.constant(undefined),
      ),
      fc.tuple(
        fc.constant('GET'),
        fc.webQueryParameters().map((query) => `/v1/ledger?text=${query}`),
        fc.constant(undefined),
      ),
    );
    await fc.assert(
      fc.asyncProperty(request, async ([method, at, body]) => {
        const init = body === undefined ? { method } : json(body);
        const response = await ask(at, init);
        expect(response.status, `${method} ${at} ${JSON.stringify(body)}`).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });
});
