import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createClient } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import { readServerFile, type ServerOptions, startServer, VERSION } from '../src/index.ts';
import { folder, later } from './support.ts';

async function serve(options: Partial<ServerOptions> = {}) {
  const server = await startServer({ data: options.data ?? (await folder()), port: 0, ...options });
  later(() => server.close());
  return { ...server, client: createClient({ url: server.url, token: server.house.token }) };
}

const failure = (options: ServerOptions): Promise<unknown> =>
  startServer(options).then(
    async (server) => {
      await server.close();
      return 'started';
    },
    (error: unknown) => error,
  );

const portOf = (url: string): number => Number(new URL(url).port);

describe('a server', () => {
  it('[SRV13] answers over the network and says where it is while it runs', async () => {
    const { client, house, url, close } = await serve({ organisation: 'acme' });
    expect(await client.health()).toMatchObject({ status: 'running', organisation: 'acme', version: VERSION });
    expect(await client.status()).toMatchObject({ seq: 0 });
    expect(await readServerFile(house.data)).toMatchObject({ pid: process.pid, url, port: portOf(url) });
    await close();
    expect(existsSync(join(house.data, 'server.json'))).toBe(false);
    await expect(client.health()).rejects.toThrow('nothing listens there');
  });

  it('[SRV13] closes although a client listens to events', async () => {
    const { client, close } = await serve();
    const end = new AbortController();
    const events = client.events({ signal: end.signal })[Symbol.asyncIterator]();
    const next = events.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await close();
    end.abort();
    expect((await next).done).toBe(true);
  });

  it('[SRV14] gives the same headers over the network as without one, and a body too large is refused there as well', async () => {
    const { url, house } = await serve();
    const fixed = (headers: Headers) =>
      Object.fromEntries(
        [...headers].filter(
          ([name]) => !['x-request-id', 'date', 'connection', 'keep-alive', 'content-length'].includes(name),
        ),
      );
    const authorization = `Bearer ${house.token}`;
    for (const path of ['/v1/health', '/v1/status', '/v1/nothing', '/']) {
      const wired = await fetch(`${url}${path}`, { headers: { authorization } });
      const direct = await house.app.fetch(new Request(`http://localhost${path}`, { headers: { authorization } }));
      expect({ path, ...fixed(wired.headers) }).toMatchObject({ path, ...fixed(direct.headers) });
      expect(wired.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    const headers = { authorization, 'content-type': 'application/json' };
    for (const size of [10, 1_100_000]) {
      const body = JSON.stringify({ subject: 'x'.repeat(size), customer: 'c@d.example' });
      const answer = await fetch(`${url}/v1/cases`, { method: 'POST', headers, body });
      expect([size, answer.status]).toEqual([size, size === 10 ? 409 : 413]);
    }
  });

  it('[SRV6] refuses foreign host names on a real connection', async () => {
    const { url } = await serve();
    const status = await new Promise((resolve, reject) => {
      const ask = request(`${url}/v1/health`, { headers: { host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      ask.on('error', reject).end();
    });
    expect(status).toBe(403);
  });

  it('[SRV1] a second one on the same data is told about the first', async () => {
    const { house, url } = await serve();
    const error = await failure({ data: house.data, port: 0 });
    expect(error).toMatchObject({ code: 'in-use', message: expect.stringContaining(url) });
    expect((error as { next: string }).next).toContain(String(process.pid));
  });

  it('[SRV13] a taken port is refused with the name of who has it, and the data stays free', async () => {
    const { url } = await serve({ organisation: 'acme' });
    const data = await folder();
    const error = await failure({ data, port: portOf(url) });
    expect(error).toMatchObject({ code: 'port-in-use', message: expect.stringContaining('organisation "acme"') });
    expect((error as { next: string }).next).toContain('--port');
    expect(await failure({ data, port: 0 })).toBe('started');
  });

  it('[SRV13] a port taken by another program is said to be', async () => {
    const other = createServer((_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    later(async () => other.close());
    const error = await failure({ data: await folder(), port: (other.address() as AddressInfo).port });
    expect(error).toMatchObject({ code: 'port-in-use', message: expect.stringContaining('another program') });
  });

  it('[SRV13] an address of another machine cannot be bound', async () => {
    expect(await failure({ data: await folder(), port: 0, host: '192.0.2.1' })).toMatchObject({ code: 'port-refused' });
  });

  it('has the version of its package', async () => {
    const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    expect(VERSION).toBe(manifest.version);
  });
});
