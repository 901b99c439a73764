import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Call } from '../src/index.ts';
import { capabilityOf, listening } from './subjects.ts';
import { ask, type Opened, opened, POST, READ, REFUSED, serve } from './web.ts';

describe('a server that misbehaves', () => {
  /** Effects a server had; `behave` runs before and after it. */
  async function server(
    behave: (at: 'before' | 'after', response: ServerResponse, socket: Socket) => void | Promise<void>,
  ) {
    const effects: string[] = [];
    const origin = await serve(async (request, response) => {
      for await (const chunk of request) void chunk;
      await behave('before', response, request.socket);
      if (request.socket.destroyed) return;
      effects.push(String(request.headers['idempotency-key']));
      await behave('after', response, request.socket);
      if (!response.writableEnded && !request.socket.destroyed) response.end('{}');
    });
    return { origin, effects };
  }
  const writing = (web: Opened, origin: string, more: Partial<Call> = {}) =>
    ask(web, 'post', { url: `${origin}/`, body: 1 }, more);
  const UNCERTAIN = { name: 'ToolError', uncertain: true };

  it.each(['before', 'after'] as const)(
    'by cutting the connection %s the effect leaves it uncertain, for writes [CON96] [T16]',
    async (when) => {
      const { origin, effects } = await server((at, _, socket) => void (at === when && socket.destroy()));
      const web = await opened([{ origin }]);
      await expect(writing(web, origin)).rejects.toMatchObject({ ...UNCERTAIN, category: 'transient' });
      expect(effects.length).toBe(when === 'after' ? 1 : 0);
      await expect(writing(web, origin, { attempt: 2 })).rejects.toThrow('unknown outcome');
      await expect(web.tool.lookup?.('key-1', capabilityOf(web.context, 'web.post'))).rejects.toThrow(
        'unknown outcome',
      );
      expect(effects.length).toBe(when === 'after' ? 1 : 0);
      await expect(ask(web, 'get', { url: `${origin}/` })).rejects.toMatchObject({
        category: 'transient',
        uncertain: false,
      });
    },
  );

  it('by cutting the answer leaves it uncertain; a repeatable write is sent again with its key [CON94] [CON96] [T16]', async () => {
    let cuts = 2;
    const { origin, effects } = await server((at, response, socket) => {
      if (at === 'before' || cuts === 0) return;
      cuts -= 1;
      response.writeHead(200, { 'content-length': 1000 }).write('{"half":');
      return sleep(20).then(() => void socket.destroy());
    });
    const capabilities = [{ ...POST, settle: 'native-key', config: { ...(POST.config as object), repeatable: true } }];
    const web = await opened([{ origin }], { capabilities });
    for (const attempt of [1, 2]) await expect(writing(web, origin, { attempt })).rejects.toMatchObject(UNCERTAIN);
    expect(await web.tool.lookup?.('key-1', capabilityOf(web.context, 'web.post'))).toBeNull();
    expect((await writing(web, origin, { attempt: 3 })).value.status).toBe(200);
    expect(effects).toEqual(['key-1', 'key-1', 'key-1']);
    await writing(web, origin, { attempt: 4 });
    expect(effects.length).toBe(3);
  });

  it('by being slow is left after the time limit: uncertain for writes once it was sent [CON96]', async () => {
    const { origin } = await server(() => sleep(2_000));
    const web = await opened([{ origin }], { config: { time: 150 } });
    const began = Date.now();
    await expect(writing(web, origin)).rejects.toMatchObject({
      ...UNCERTAIN,
      message: expect.stringContaining('longer than 150 ms'),
    });
    await expect(ask(web, 'get', { url: `${origin}/` })).rejects.toMatchObject({ uncertain: false });
    expect(Date.now() - began).toBeLessThan(1_500);
  });

  it('by sending its answer drop by drop is left after the time limit [CON96]', async () => {
    const origin = await serve(async (_, response) => {
      for (let n = 0; n < 100 && !response.destroyed; n += 1) {
        response.write(' ');
        await sleep(20);
      }
    });
    const web = await opened([{ origin }], { config: { time: 200 } });
    await expect(ask(web, 'get', { url: `${origin}/` })).rejects.toThrow('longer than 200 ms');
  });

  it('is left when the call is cancelled or the tool closed [CON96]', async () => {
    const { origin, effects } = await server((at) => (at === 'after' ? sleep(5_000) : undefined));
    const web = await opened([{ origin }]);
    const stop = new AbortController();
    const failing = expect(writing(web, origin, { signal: stop.signal })).rejects.toMatchObject(UNCERTAIN);
    const closing = expect(writing(web, origin, { key: 'k2' })).rejects.toMatchObject(UNCERTAIN);
    while (effects.length < 2) await sleep(5);
    stop.abort();
    await failing;
    await web.tool.close();
    await closing;
  });

  it('by an endless answer is left at the limit, deterministic; the write has happened [CON97]', async () => {
    const origin = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const web = await opened([{ origin }], { config: { maxResponse: 100_000 } });
    await expect(ask(web, 'get', { url: `${origin}/` })).rejects.toMatchObject(REFUSED);
    await expect(writing(web, origin)).rejects.toMatchObject({ ...UNCERTAIN, category: 'deterministic' });
  });

  it.each([
    ['too long', 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\n{}'],
    ['twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x'],
    ['beside chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}'],
    ['no number', 'HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}'],
    ['no HTTP', 'hello\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['large headers', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n{}`],
  ])('by a wrong length or no HTTP is no answer: %s [CON97] [T22]', async (_, raw) => {
    const origin = await serve((request) => request.socket.end(raw));
    const web = await opened([{ origin }]);
    await expect(ask(web, 'get', { url: `${origin}/` })).rejects.toMatchObject({ name: 'ToolError', uncertain: false });
    await expect(writing(web, origin)).rejects.toMatchObject(UNCERTAIN);
  });

  it.each([
    ['not JSON', {}, '{"a":'],
    ['not UTF-8', {}, Buffer.from([0x22, 0xff, 0x22])],
    ['compressed', { 'content-encoding': 'gzip' }, Buffer.from('1f8b0800', 'hex')],
    ['a prototype', {}, '{"a":{"__proto__":{"admin":true}}}'],
  ])('by an answer that cannot be read: %s [CON97] [T22]', async (_, headers, body) => {
    const origin = await serve((_, response) => response.writeHead(200, headers).end(body));
    const json = { ...READ, config: { method: 'GET', url: { from: 'url' } } };
    const web = await opened([{ origin }], { capabilities: [json, POST] });
    await expect(ask(web, 'get', { url: `${origin}/` })).rejects.toMatchObject(REFUSED);
    await expect(writing(web, origin)).rejects.toMatchObject({ ...UNCERTAIN, category: 'deterministic' });
  });

  it('that is not there has had no effect [CON96]', async () => {
    const { origin, close } = await listening(createServer());
    await close();
    const web = await opened([{ origin }]);
    await expect(writing(web, origin)).rejects.toMatchObject({ category: 'transient', uncertain: false });
    expect(await web.tool.lookup?.('key-1', capabilityOf(web.context, 'web.post'))).toBeNull();
    const nowhere = await opened([{ origin: 'http://no-such-host.invalid' }]);
    await expect(writing(nowhere, 'http://no-such-host.invalid')).rejects.toMatchObject({
      category: 'transient',
      uncertain: false,
    });
  });
});

it.each([
  [400, 'deterministic', false],
  [401, 'governance', false],
  [403, 'governance', false],
  [404, 'deterministic', false],
  [409, 'deterministic', false],
  [412, 'deterministic', false],
  [422, 'deterministic', false],
  [429, 'transient', false],
  [500, 'transient', true],
  [501, 'deterministic', false],
  [502, 'transient', true],
  [503, 'transient', true],
  [504, 'transient', true],
  [304, 'deterministic', false],
])('takes status %i for %s, uncertain for a write: %s [CON98]', async (status, category, uncertain) => {
  const origin = await serve((_, response) => response.writeHead(status).end());
  const web = await opened([{ origin }]);
  await expect(ask(web, 'post', { url: `${origin}/`, body: 1 })).rejects.toMatchObject({ category, uncertain });
  await expect(ask(web, 'get', { url: `${origin}/` })).rejects.toMatchObject({ category, uncertain: false });
});

it('answers a read that finds nothing as the pack says, and a HEAD without a body [CON98]', async () => {
  const origin = await serve((request, response) =>
    response.writeHead(request.url === '/none' ? 404 : 200, { 'content-length': 5 }).end('12345'),
  );
  const read = (method: string, id: string) => ({
    ...READ,
    id,
    config: { method, url: { from: 'url' }, missing: 'found' },
  });
  const web = await opened([{ origin }], { capabilities: [read('GET', 'web.get'), read('HEAD', 'web.head')] });
  expect((await ask(web, 'get', { url: `${origin}/none` })).value).toEqual({ status: 404, found: false });
  expect((await ask(web, 'get', { url: `${origin}/` })).value).toEqual({ status: 200, found: true, body: 12345 });
  expect((await ask(web, 'head', { url: `${origin}/` })).value).toEqual({ status: 200, found: true, body: null });
});
