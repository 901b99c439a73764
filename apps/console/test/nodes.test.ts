/** The console at nodes that share an address, behind what spreads requests over them. */
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TrialServer, trialServer, withoutPostgres } from '@reeve/ledger/trial';
import { createClient } from '@reeve/protocol';
import { readPack } from '@reeve/server';
import { adminToken, organisationToken, type RunningNode, secretFrom, startNodeServer } from '@reeve/server/cluster';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSOLE_FOLDER, ensureConsole } from '../build/ensure.ts';
import { CHROMIUM, complaints, openBrowser, SUPPORT } from './support.ts';

const SECRET = secretFrom('the secret of the nodes of these tests');
const missing = CHROMIUM === undefined ? 'chromium is not installed' : withoutPostgres();

describe.skipIf(missing !== null)('the console at nodes', { timeout: 120_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), 'reeve-console-nodes-'));
  const nodes: RunningNode[] = [];
  let database: TrialServer;
  let browser: Browser;
  let balancer: http.Server;
  let url: string;

  /** One after the other, whoever runs. */
  const spread = (request: http.IncomingMessage, response: http.ServerResponse, turn: number) => {
    const { hostname, port } = new URL(nodes[turn % nodes.length]!.url);
    const { method, headers, url: path } = request;
    const asked = http.request({ hostname, port, method, headers, path }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    asked.on('error', () => response.destroy());
    response.on('close', () => asked.destroy());
    request.pipe(asked);
  };

  beforeAll(async () => {
    await ensureConsole();
    database = await trialServer();
    const store = await database.database();
    for (const name of ['n1', 'n2']) {
      const place = { name, data: join(home, name), port: 0, console: CONSOLE_FOLDER, work: false };
      nodes.push(await startNodeServer({ ...place, store, secret: SECRET }));
    }
    let turn = 0;
    balancer = http.createServer((request, response) => spread(request, response, turn++));
    await new Promise<void>((resolve) => balancer.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`;
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    balancer?.closeAllConnections();
    balancer?.close();
    await Promise.all(nodes.map((node) => node.close()));
    await database?.remove();
    rmSync(home, { recursive: true, force: true });
  });

  it('[SRV71] [SRV56] opens below its organisation, and who is signed in stays so whichever node answers, and when one goes', async () => {
    const headers = { authorization: `Bearer ${adminToken(SECRET)}` };
    await fetch(`${url}/v1/organisations/shop`, { method: 'PUT', headers });
    const client = createClient({ url: `${url}/o/shop`, token: organisationToken(SECRET, 'shop') });
    const loaded = await readPack(SUPPORT);
    const digest = loaded.ok ? loaded.pack.digest : '';
    await client.apply({ directory: SUPPORT, base: '', digest, reason: 'test' });
    const { code } = await client.signInCode();
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(20_000);
    const heard = complaints(page);
    await page.goto(`${url}/o/shop/#signin=${code}`);
    await page.waitForSelector('main h1');
    await page.goto(`${url}/o/shop/settings?tab=access`);
    await page.getByText('Tokens of seats').waitFor();
    expect(heard).toEqual([]);
    const [gone] = nodes.splice(0, 1);
    await gone!.close();
    await page.reload();
    await page.getByText('Tokens of seats').waitFor();
    expect((await client.session()).sessions).toHaveLength(1);
    const [session] = (await client.session()).sessions;
    await client.closeSession({ id: session!.id });
    await page.reload();
    await page.getByText('Your session has ended').waitFor();
    expect((await fetch(`${url}/o/shop/v1/status`)).status).toBe(401);
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  });
});
