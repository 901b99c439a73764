/** The example of docs/how-to/write-a-tool.md on the real server, with a weather service on loopback. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPack, Secrets } from '../src/index.ts';
import { serve, until } from './agents.ts';
import { folder, later } from './support.ts';

const PACK = join(import.meta.dirname, '../../../examples/packs/weather-desk');
const KEY = 'weather-key-of-this-test';

/** Wind of 30 m/s everywhere; keeps one warning for a key, and loses its first answer. */
async function weatherService() {
  const warnings = new Map<string, string>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const key = String(request.headers['idempotency-key']);
    const say = (value: unknown) => response.end(JSON.stringify(value));
    if (url.pathname === '/now') return say({ place: url.searchParams.get('place'), celsius: 9, wind: 30 });
    if (request.method === 'GET') {
      const known = warnings.get(decodeURIComponent(url.pathname.split('/').at(-1) ?? ''));
      return say(known === undefined ? null : { warning: known });
    }
    if (request.headers.authorization !== `Bearer ${KEY}`) return response.writeHead(401).end();
    warnings.set(key, body);
    return request.socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  later(async () => void server.close());
  return { warnings, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function packFor(url: string): Promise<string> {
  const pack = join(await folder(), 'pack');
  await cp(PACK, pack, { recursive: true });
  const file = join(pack, 'organisation.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('http://127.0.0.1:4612', url));
  return pack;
}

it('[SDK3] [SDK1] a tool of 30 lines is gated, asked about, done once, proved, and told by why', async () => {
  expect((await readFile(join(PACK, 'tools/weather.ts'), 'utf8')).trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  const { warnings, url } = await weatherService();
  const data = await folder();
  const { client } = await serve({ data, pack: await packFor(url) });
  await new Secrets(data, undefined).set(
    'weather-key',
    KEY,
    { tools: ['weather'], models: [], seats: ['desk'] },
    Date.now(),
  );
  const opened = await client.openCase({ subject: 'Kiel', text: 'How is it?', customer: 'ann@example.com' });
  const approval = await until(async () => (await client.approvals({ status: 'pending' })).approvals[0]);
  expect(approval.capability).toBe('weather.warn');
  expect(warnings.size).toBe(0);
  await client.decide({ id: approval.id, verdict: 'approve', note: 'It blows.' });
  const operations = async () => (await client.case({ id: opened.case })).operations;
  await expect
    .poll(async () => (await operations()).map(({ capability, status }) => [capability, status]), { timeout: 60_000 })
    .toEqual([
      ['weather.now', 'succeeded'],
      ['weather.warn', expect.stringMatching(/succeeded|verified/)],
    ]);
  // The answer was lost, and the tool's own lookup found what had happened: one warning.
  expect([...warnings.values()]).toEqual([JSON.stringify({ place: 'Kiel', text: 'Storm: 30 m/s.' })]);
  const told = JSON.stringify(await client.why({ id: (await operations())[1]!.id }));
  expect(told).toContain('It blows.');
  expect(told).not.toContain(KEY);
}, 90_000);

it('[PCK28] a mistake in the file, or a right to what it has not, is found before anything is applied', async () => {
  const pack = await packFor('http://127.0.0.1:9');
  const file = join(pack, 'organisation.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll('weather.now', 'weather.nwo'));
  const missing = await readPack(pack);
  expect(missing).toMatchObject({
    ok: false,
    problems: expect.arrayContaining([expect.objectContaining({ file: 'organisation.yaml' })]),
  });
  await writeFile(file, text.replace('tools/weather.ts', 'tools/wether.ts'));
  expect(await readPack(pack)).toMatchObject({
    problems: expect.arrayContaining([expect.objectContaining({ rule: 'PCK28', field: 'tools[weather].config.file' })]),
  });
  await writeFile(file, text);
  await writeFile(join(pack, 'tools/weather.ts'), 'export default 7;');
  expect(await readPack(pack)).toMatchObject({
    problems: expect.arrayContaining([
      expect.objectContaining({ rule: 'PCK28', message: expect.stringContaining('defineTool') }),
    ]),
  });
});
