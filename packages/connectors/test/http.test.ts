import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { isAllowed } from '../src/http/addresses.ts';
import type { Resolve } from '../src/http/request.ts';
import { type Call, httpConnector, httpConnectorWith, type OpenContext, type Tool } from '../src/index.ts';
import { type CapabilityInput, capabilityOf, listening, world } from './subjects.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const REFUSED = { category: 'deterministic', uncertain: false };
const LOCAL = ['127.0.0.0/8', '::1'];

async function serve(listener: RequestListener): Promise<string> {
  const { origin, close } = await listening(createServer(listener));
  cleanups.push(close);
  return origin;
}

/** A server that answers every request with what it saw, and keeps it. */
async function echo() {
  const seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const origin = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    response.setHeader('etag', '"v1"').end(JSON.stringify({ headers: request.headers, body }));
  });
  return { origin, seen };
}

type Origins = { origin: string; paths?: string[]; addresses?: string[]; headers?: Record<string, unknown> }[];

const READ: CapabilityInput = {
  ...{ id: 'web.get', effect: 'read', args: { url: 'string' } },
  config: { method: 'GET', url: { from: 'url' }, response: 'text' },
};
const POST: CapabilityInput = {
  ...{ id: 'web.post', effect: 'irreversible', settle: 'ask', args: { url: 'string', body: 'any' } },
  config: { method: 'POST', url: { from: 'url' }, body: { json: 'body' } },
};

async function opened(
  origins: Origins,
  {
    capabilities = [READ, POST],
    config = {},
    resolve,
    secrets = {},
  }: {
    capabilities?: readonly CapabilityInput[];
    config?: Record<string, unknown>;
    resolve?: Resolve;
    secrets?: Record<string, string>;
  } = {},
) {
  const all = origins.map((one) => ({ paths: ['/'], addresses: LOCAL, ...one }));
  const context = await world('http', { origins: all, ...config }, capabilities);
  cleanups.push(context.cleanup);
  const tool = await (resolve ? httpConnectorWith(resolve) : httpConnector).open({
    ...context,
    secret: async (name) => secrets[name],
  });
  cleanups.push(() => tool.close());
  return { context, tool };
}

type Opened = { context: OpenContext; tool: Tool };
const ask = ({ context, tool }: Opened, id: string, args: Record<string, unknown>, more: Partial<Call> = {}) =>
  tool.call(callOf(capabilityOf(context, `web.${id}`), args, more));

describe('addresses', () => {
  it.each([
    ...[
      '127.0.0.1',
      '127.1.2.3',
      '0.0.0.0',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
    ],
    ...['100.64.0.1', '192.0.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '240.0.0.1', '203.0.113.5'],
    ...['::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::127.0.0.1', 'fe80::1', 'fe80::1%eth0'],
    ...['fd00::1', 'fc00::1', 'ff02::1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', '2001:db8::1', '100::1'],
  ])('are not reached unless granted: %s [CON90] [T13]', (address) => {
    const family = address.includes(':') ? 6 : 4;
    expect(isAllowed({ address, family }, [])).toBe(false);
  });

  it.each(['93.184.216.34', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])(
    'are public: %s [CON90]',
    (address) => {
      expect(isAllowed({ address, family: address.includes(':') ? 6 : 4 }, [])).toBe(true);
    },
  );

  it('are granted one by one or by range, also in IPv6 clothes [CON90] [T13]', () => {
    expect(isAllowed({ address: '10.1.2.3', family: 4 }, ['10.1.0.0/16'])).toBe(true);
    expect(isAllowed({ address: '::ffff:10.1.2.3', family: 6 }, ['10.1.0.0/16'])).toBe(true);
    expect(isAllowed({ address: '10.2.0.1', family: 4 }, ['10.1.0.0/16'])).toBe(false);
    expect(isAllowed({ address: '::1', family: 6 }, ['127.0.0.1'])).toBe(false);
  });
});

describe('what may be requested', () => {
  it.each([
    ...[
      'http://169.254.169.254/latest/meta-data/',
      'http://[::ffff:127.0.0.1]/',
      'http://2130706433/',
      'http://0177.0.0.1/',
    ],
    ...[
      'http://0x7f.1/',
      'http://127.1/',
      'http://localhost/',
      'http://api.example.com.evil.example/',
      'file:///etc/passwd',
    ],
    ...[
      'ftp://api.example.com/',
      'https://api.example.com:8443/v1/',
      'http://api.example.com/v1/',
      'gopher://x/',
      '//x/',
      'x',
    ],
  ])('is only what the list names: not %s [CON91] [T13]', async (url) => {
    const web = await opened([{ origin: 'https://api.example.com', paths: ['/v1/'] }], { resolve: neverAsked });
    await expect(ask(web, 'get', { url })).rejects.toMatchObject(REFUSED);
    await expect(ask(web, 'post', { url, body: 1 })).rejects.toMatchObject(REFUSED);
  });

  it.each([
    ...['https://api.example.com/v2/', 'https://api.example.com/v1/../v2', 'https://api.example.com/v1/%2e%2e/v2'],
    ...[
      'https://api.example.com/v1/..%2fv2',
      'https://api.example.com/v1/..%5cv2',
      'https://api.example.com/v1/%252e%252e/v2',
    ],
    ...[
      'https://api.example.com\\v1/',
      'https://user:pass@api.example.com/v1/',
      'https://API.example.com/v1/',
      'https://api.example.com/v1/#x',
    ],
    ...[
      'https://api.example.com/v1/\n',
      ' https://api.example.com/v1/',
      'https://аpi.example.com/v1/',
      'https://api.example.com/v1',
    ],
    ...['https://api.example.com/v1/%00', 'https:api.example.com/v1/', 'https://api.example.com/v1/é'],
  ])('is read in one way only, or refused: %j [CON91] [T22]', async (url) => {
    const web = await opened([{ origin: 'https://api.example.com', paths: ['/v1/'] }], { resolve: neverAsked });
    await expect(ask(web, 'get', { url })).rejects.toMatchObject(REFUSED);
  });

  const neverAsked: Resolve = async () => {
    throw new Error('it was asked for');
  };

  it('is not reached when the name leads inside, in part or in whole [CON90] [T13]', async () => {
    const inside = ['127.0.0.1', '169.254.169.254', '10.0.0.5'].map((address) => ({ address, family: 4 as const }));
    const outside = { address: '93.184.216.34', family: 4 as const };
    for (const addresses of [...inside.map((one) => [one]), ...inside.map((one) => [outside, one])]) {
      const web = await opened([{ origin: 'http://rebind.example', addresses: [] }], {
        resolve: async () => addresses,
      });
      await expect(ask(web, 'get', { url: 'http://rebind.example/' })).rejects.toThrow('not public and not granted');
    }
  });

  it('is reached at the address that was checked, whatever the name means a moment later [CON90] [T13]', async () => {
    const { origin, seen } = await echo();
    const { port } = new URL(origin);
    let asked = 0;
    const resolve: Resolve = async () => {
      asked += 1;
      return [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }];
    };
    const web = await opened([{ origin: `http://rebind.example:${port}`, addresses: ['127.0.0.1'] }], { resolve });
    await ask(web, 'get', { url: `http://rebind.example:${port}/` });
    expect([asked, seen.length, seen[0]?.headers.host]).toEqual([1, 1, `rebind.example:${port}`]);
    await expect(ask(web, 'get', { url: `http://rebind.example:${port}/` })).rejects.toThrow('not granted');
  });

  it('is not reached at a loopback address that nobody granted [CON90] [T13]', async () => {
    const { origin, seen } = await echo();
    const web = await opened([{ origin, addresses: [] }]);
    await expect(ask(web, 'get', { url: `${origin}/` })).rejects.toMatchObject(REFUSED);
    expect(seen).toEqual([]);
  });
});

describe('redirects', () => {
  const redirecting = (to: (path: string) => string) =>
    serve((request, response) => response.writeHead(302, { location: to(request.url ?? '') }).end());

  it.each([
    'http://169.254.169.254/',
    'http://[::1]:1/',
    'http://2130706433/',
    '/outside/',
    'file:///etc/passwd',
    '//evil.example/',
    'http://%/',
  ])('are checked like the first address: %s [CON92] [T13]', async (to) => {
    const origin = await redirecting(() => to);
    const web = await opened([{ origin, paths: ['/in/'] }]);
    await expect(ask(web, 'get', { url: `${origin}/in/` })).rejects.toMatchObject(REFUSED);
  });

  it('are resolved and checked anew: a granted name does not open the next one [CON92] [T13]', async () => {
    const { origin, seen } = await echo();
    const first = await redirecting(() => `http://next.example:${new URL(origin).port}/`);
    const resolve: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const next = { origin: `http://next.example:${new URL(origin).port}`, addresses: [] };
    const web = await opened([{ origin: first }, next], { resolve });
    await expect(ask(web, 'get', { url: `${first}/` })).rejects.toThrow('not granted');
    expect(seen).toEqual([]);
  });

  it('are followed by reads, and end [CON92]', async () => {
    const loop = await redirecting((path) => `${path}x`);
    const web = await opened([{ origin: loop }]);
    await expect(ask(web, 'get', { url: `${loop}/` })).rejects.toThrow('more than 3 redirects');
    const { origin } = await echo();
    const once = await redirecting(() => `${origin}/there`);
    const both = await opened([{ origin: once }, { origin }]);
    expect((await ask(both, 'get', { url: `${once}/` })).value.status).toBe(200);
  });

  it('are not followed by writes [CON92]', async () => {
    const { origin, seen } = await echo();
    const first = await redirecting(() => `${origin}/`);
    const web = await opened([{ origin: first }, { origin }]);
    await expect(ask(web, 'post', { url: `${first}/`, body: 1 })).rejects.toMatchObject(REFUSED);
    expect(seen).toEqual([]);
  });
});

describe('what is sent', () => {
  const order: CapabilityInput = {
    ...{ id: 'web.order', effect: 'reversible', settle: 'native-key' },
    args: { id: 'string', note: { type: 'string', optional: true }, trace: 'string', thing: 'any' },
    config: {
      ...{ method: 'PATCH', repeatable: true, query: { note: 'note' }, expose: ['etag'] },
      ...{ headers: { 'x-trace': { arg: 'trace' }, 'x-fixed': 'yes' }, body: { fields: { thing: 'thing' } } },
    },
  };
  const ordering = async (key = 'key-1', args: Record<string, unknown> = {}) => {
    const { origin, seen } = await echo();
    const config = { ...(order.config as object), url: `${origin}/orders/{id}` };
    const web = await opened([{ origin }], { capabilities: [{ ...order, config }] });
    return { seen, sent: ask(web, 'order', { id: 'a b', trace: 't', thing: { n: 1 }, ...args }, { key }) };
  };

  it('is what the pack declares, and nothing else [CON93]', async () => {
    const { seen, sent } = await ordering();
    expect(await sent).toMatchObject({ value: { status: 200, headers: { etag: '"v1"' } }, version: '"v1"' });
    const [{ headers, ...rest } = { headers: {} }] = seen;
    expect(rest).toEqual({ method: 'PATCH', url: '/orders/a%20b', body: '{"thing":{"n":1}}' });
    expect(Object.keys(headers).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'content-length',
      'content-type',
      'host',
      'idempotency-key',
      'x-fixed',
      'x-trace',
    ]);
  });

  it('carries the key of the call [CON94] [T16]', async () => {
    const { seen, sent } = await ordering('org/OP-1/17');
    await sent;
    expect(seen[0]?.headers['idempotency-key']).toBe('org/OP-1/17');
  });

  it('has parameters that stay parameters [CON93]', async () => {
    const { seen, sent } = await ordering('k', { note: 'a&b=c#d/../' });
    await sent;
    expect(seen[0]?.url).toBe('/orders/a%20b?note=a%26b%3Dc%23d%2F..%2F');
  });

  it.each(['x\r\nHost: evil.example', 'x\ny', 'é', '\0'])(
    'has no headers that begin another: %j [CON93] [T22]',
    async (trace) => {
      const { seen, sent } = await ordering('k', { trace });
      await expect(sent).rejects.toMatchObject(REFUSED);
      expect(seen).toEqual([]);
    },
  );

  it.each(['host', 'content-length', 'transfer-encoding', 'connection', 'x-forwarded-for', 'X-Upper', 'a b'])(
    'has no header that frames or routes it: %s [CON93]',
    async (name) => {
      const config = { ...(READ.config as object), headers: { [name]: 'x' } };
      await expect(opened([{ origin: 'https://a.example' }], { capabilities: [{ ...READ, config }] })).rejects.toThrow(
        'header',
      );
    },
  );

  it('goes where the tool may reach, or the pack is refused [CON91]', async () => {
    const to = (url: string) =>
      opened([{ origin: 'https://a.example', paths: ['/v1/'] }], {
        capabilities: [{ ...READ, config: { method: 'GET', url } }],
      });
    await expect(to('https://b.example/v1/x')).rejects.toThrow('may reach https://a.example');
    await expect(to('https://a.example/v2/{url}')).rejects.toThrow('may reach /v1/');
    await expect(to('https://{url}/v1/')).rejects.toThrow('only stand in the path');
    await expect(to('https://a.example/v1/../x')).rejects.toThrow('write the address as');
  });

  it('recognises repeats on the other side only if the pack says so [CON94]', async () => {
    const capabilities = [{ ...POST, settle: 'native-key' }];
    await expect(opened([{ origin: 'https://a.example' }], { capabilities })).rejects.toThrow('set repeatable: true');
  });
});

describe('secrets', () => {
  const TOKEN = 'tok/en+1234 "quoted" ü';
  const HEADER_TOKEN = 'tok/en+1234-"quoted"';
  const secured = async (secret = HEADER_TOKEN, more = {}) => {
    const { origin, seen } = await echo();
    const headers = { authorization: { secret: 'API', prefix: 'Bearer ' } };
    const web = await opened([{ origin, headers }], { secrets: { API: secret }, ...more });
    return { origin, seen, web };
  };
  const encodings = (text: string) => [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString('base64'),
    Buffer.from(`Bearer ${text}`).toString('base64'),
    Buffer.from(text).toString('base64url'),
    Buffer.from(text).toString('hex'),
    JSON.stringify(text).slice(1, -1),
  ];

  it('are put in when the request leaves, and are in no result [CON95] [T14]', async () => {
    const { origin, seen, web } = await secured();
    const { value } = await ask(web, 'get', { url: `${origin}/` });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${HEADER_TOKEN}`);
    expect(JSON.stringify(value)).toContain('[secret removed]');
    for (const text of encodings(HEADER_TOKEN)) expect(JSON.stringify(value)).not.toContain(text);
  });

  it.each(encodings(HEADER_TOKEN).map((text, index) => [index, text] as const))(
    'are removed from answers, headers and errors however they are encoded (%i) [CON95] [T14]',
    async (_, text) => {
      const origin = await serve((request, response) => {
        if (request.url === '/moved')
          return response.writeHead(302, { location: `http://${encodeURIComponent(text)}.example/${text}` }).end();
        response
          .setHeader('x-seen', text.replace(/[^\x20-\x7e]/g, ''))
          .end(JSON.stringify({ [`key ${text}`]: [`x${text}y`] }));
      });
      const headers = { authorization: { secret: 'API' } };
      const json = { ...READ, config: { method: 'GET', url: { from: 'url' }, expose: ['x-seen'] } };
      const web = await opened([{ origin, headers }], { secrets: { API: HEADER_TOKEN }, capabilities: [json] });
      const result = JSON.stringify(await ask(web, 'get', { url: `${origin}/` }));
      const error = await ask(web, 'get', { url: `${origin}/moved` }).catch((one: Error) => one);
      const told = `${result} ${String(error)} ${(error as Error).stack} ${String((error as Error).cause)}`;
      expect(result).toContain('[secret removed]');
      for (const one of encodings(HEADER_TOKEN)) expect(told.includes(one), one).toBe(false);
    },
  );

  it('are refused in arguments: the ledger would keep them [CON95] [T14]', async () => {
    const { origin, seen, web } = await secured();
    for (const text of encodings(HEADER_TOKEN)) {
      const call = ask(web, 'post', { url: `${origin}/`, body: { deep: [`a${text}b`] } }, { key: text });
      await expect(call, text).rejects.toThrow('contains a secret');
    }
    expect(seen).toEqual([]);
  });

  it('go to their own origin only, also after a redirect [CON95] [T14]', async () => {
    const { origin, seen } = await echo();
    const first = await serve((_, response) => response.writeHead(302, { location: `${origin}/` }).end());
    const headers = { authorization: { secret: 'API' } };
    const web = await opened([{ origin: first, headers }, { origin }], { secrets: { API: HEADER_TOKEN } });
    await ask(web, 'get', { url: `${first}/` });
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });

  it('that are missing, too short or no header stop the request, without being named [CON95] [T14]', async () => {
    for (const secret of ['zq9', TOKEN]) {
      const { origin, seen, web } = await secured(secret);
      const error = (await ask(web, 'get', { url: `${origin}/` }).catch((one: Error) => one)) as Error;
      expect(error).toMatchObject({ name: 'ToolError', uncertain: false });
      expect(`${error.message} ${String(error.cause)}`).not.toContain(secret);
      expect(seen).toEqual([]);
    }
    const web = await opened([{ origin: 'https://a.example', headers: { authorization: { secret: 'NONE' } } }]);
    await expect(ask(web, 'get', { url: 'https://a.example/' })).rejects.toThrow('no secret "NONE"');
  });
});

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
