import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isAllowed } from '../src/http/addresses.ts';
import type { Resolve } from '../src/http/request.ts';
import { type CapabilityInput, listening, TYPESCRIPT } from './subjects.ts';
import { ask, echo, later, opened, POST, READ, REFUSED, serve } from './web.ts';

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

const OPENSSL = spawnSync('openssl', ['version']).status === 0;

describe.runIf(OPENSSL)('https (needs openssl)', () => {
  async function secure() {
    const folder = await mkdtemp(join(tmpdir(), 'reeve-tls-'));
    later(() => rm(folder, { recursive: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=pinned.example', '-addext', 'subjectAltName=DNS:pinned.example'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const seen: string[] = [];
    const server = createSecureServer({ key: await readFile(key), cert: await readFile(cert) }, (request, response) => {
      seen.push(request.headers.host ?? '');
      response.end('{}');
    });
    const { origin, close } = await listening(server);
    later(close);
    return { port: new URL(origin).port, cert, seen };
  }

  it('verifies the server, whatever the environment says [CON90]', async () => {
    const { port, seen } = await secure();
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    later(async () => void delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
    const resolve: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const url = `https://pinned.example:${port}`;
    const web = await opened([{ origin: url }], { resolve });
    const call = ask(web, 'post', { url: `${url}/`, body: 1 });
    await expect(call).rejects.toMatchObject({ category: 'transient', uncertain: false });
    expect(seen).toEqual([]);
  });

  it('asks the checked address for the name on the certificate [CON90] [T13]', async () => {
    const { port, cert, seen } = await secure();
    const child = join(import.meta.dirname, 'http-child.ts');
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: cert };
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--import', TYPESCRIPT, child, `https://pinned.example:${port}`], {
      env,
    });
    expect(JSON.parse(stdout)).toEqual({ status: 200, body: {} });
    expect(seen).toEqual([`pinned.example:${port}`]);
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
