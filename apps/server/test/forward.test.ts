import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { expect, it, onTestFinished } from 'vitest';
import { forward } from '../src/cluster/forward.ts';
import { secureFetch } from '../src/http/secure-fetch.ts';
import { certificates } from './certificates.ts';

/** What is written to the log of errors while the test runs. */
function errorsLogged(): unknown[] {
  const logged: unknown[] = [];
  const { error } = console;
  console.error = (...what) => void logged.push(...what);
  onTestFinished(() => {
    console.error = error;
  });
  return logged;
}

async function listening(server: http.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** An owner that streams for ever, or until it is cut off, and a node that passes on what it says. */
async function nodes(tls: boolean) {
  const { ca, cert, key } = await certificates();
  let stream!: http.ServerResponse;
  const answer: http.RequestListener = (_request, response) => {
    stream = response;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
  };
  const owner = await listening(tls ? https.createServer({ cert, key }, answer) : http.createServer(answer));
  const to = { name: 'a', url: `${tls ? 'https' : 'http'}://localhost:${owner}` };
  const means = { send: secureFetch(ca), token: 't', from: '127.0.0.1' };
  const passing = getRequestListener(async (request) => (await forward({ request, body: null }, to, means))!);
  const port = await listening(http.createServer(passing));
  const asked = http.get({ host: '127.0.0.1', port, path: '/o/shop/v1/events' });
  const [response] = (await once(asked, 'response')) as [http.IncomingMessage];
  const [first] = await once(response, 'data');
  return { asked, response, first: String(first), stream };
}

it.each([
  ['plain', false],
  ['over TLS', true],
])('[SRV69] a reader that goes away ends the stream at its owner, and is no error (%s)', async (_how, tls) => {
  const logged = errorsLogged();
  const { asked, first, stream } = await nodes(tls);
  expect(first).toBe('data: 1\n\n');
  asked.destroy();
  await once(stream, 'close');
  expect(logged).toEqual([]);
});

it.each([
  ['plain', false],
  ['over TLS', true],
])(
  '[SRV69] an owner that is cut off in the middle cuts the stream of its reader, and is said (%s)',
  async (_how, tls) => {
    const logged = errorsLogged();
    const { response, stream } = await nodes(tls);
    stream.destroy();
    const [error] = await once(response, 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(logged).toHaveLength(1);
  },
);
