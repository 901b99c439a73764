/**
 * A large organisation on the real server: every list page by page, and the console's largest pages. Small here; `npm run load` makes it
 * 10,000 seats and 100,000 cases. Times are printed, not judged.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, ROUTE_NAMES, ROUTES, type Route, type RouteName } from '@reeve/protocol';
import { type RunningServer, startServer } from '@reeve/server';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSOLE_FOLDER, ensureConsole } from '../build/ensure.ts';
import { CHROMIUM, go, openBrowser, type Place, shoot, type Visitor, visitor } from './support.ts';

const FULL = process.env.REEVE_LOAD === 'full';
const SEATS = FULL ? 10_000 : 600;
const CASES = FULL ? 100_000 : 1500;
/** Cases whose opening is under way at once. */
const WAVE = 2000;
const OWNER = { principal: 'owner' };
/** The largest page a client may ask for, and what it may weigh. */
const LIMIT = 1000;
const MOST_BYTES = 2_000_000;
/** One thing each: the definition, its pack, the description of the API, the shape of the organisation. And what still names every seat at once (Gaps of apps/server/SPEC.md). */
const WHOLE: ReadonlySet<RouteName> = new Set([
  ...(['organisation', 'executorPack', 'openapi', 'structure'] as const),
  ...(['oversight', 'purpose'] as const),
]);

/** What has to be asked for, or should be. */
const ASKED: Readonly<Partial<Record<RouteName, string>>> = { status: '?seats=none', candidates: '?topic=refund' };

const said = (what: string, since: number): void => console.log(`${what}: ${Math.round(performance.now() - since)} ms`);

/** Seats in offices of a hundred, each below the head of its office. */
function packOf(root: string): string {
  const pack = join(root, 'pack');
  mkdirSync(pack);
  const charter = { purpose: 'Be there.', tier: 'executor', metrics: [] };
  const offices = Array.from({ length: Math.ceil(SEATS / 100) }, (_, n) => ({
    id: `office-${n}`,
    title: `Office ${n}`,
  }));
  const seats = Array.from({ length: SEATS }, (_, n) => ({
    ...{ id: n === 0 ? 'boss' : `clerk-${n}`, title: `Clerk ${n}`, unit: `office-${Math.floor(n / 100)}`, charter },
    ...(n === 0
      ? { occupant: { principal: 'anna', kind: 'human' } }
      : { supervisor: n % 100 === 0 ? 'boss' : n < 100 ? 'boss' : `clerk-${n - (n % 100)}` }),
  }));
  const never = '9000d';
  const settings = { intake: 'clerk-1', sla: { high: never, normal: never, low: never } };
  writeFileSync(join(pack, 'pack.yaml'), JSON.stringify({ pack: 'load', version: 1, name: 'Load', settings }));
  writeFileSync(join(pack, 'seats.yaml'), JSON.stringify({ units: offices, seats }));
  return pack;
}

async function filled({ house }: RunningServer): Promise<void> {
  for (let from = 1; from <= CASES; from += WAVE) {
    const wave = Array.from({ length: Math.min(WAVE, CASES - from + 1) }, (_, n) => from + n);
    const open = (n: number) => {
      const body = { subject: `Case ${n}`, customer: `c${n % 5000}@d.example`, text: 'Where is my parcel?' };
      return house.runtime.submit({ id: `load-${n}`, kind: 'case.open', actor: OWNER, body });
    };
    const replies = await Promise.all(wave.map(open));
    const refused = replies.find((reply) => !reply.ok);
    if (refused) throw new Error(JSON.stringify(refused));
  }
}

const isList = (name: RouteName): boolean => {
  const route: Route = ROUTES[name];
  return route.method === 'GET' && route.query !== undefined && 'cursor' in route.query.shape && !route.params;
};
const isPlain = (name: RouteName): boolean => {
  const route: Route = ROUTES[name];
  const needs = Object.values(route.query?.shape ?? {}).some((each) => !each.safeParse(undefined).success);
  return route.method === 'GET' && !route.stream && !route.download && !route.params && !needs;
};

describe('a large organisation', { timeout: 600_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'reeve-load-'));
  let server: RunningServer;
  let browser: Browser | undefined;
  const ask = async (path: string): Promise<{ bytes: number; body: Record<string, unknown> }> => {
    const headers = { authorization: `Bearer ${server.house.token}` };
    const response = await fetch(`${server.url}${path}`, { headers });
    const text = await response.text();
    expect(response.status, `${path}: ${text.slice(0, 300)}`).toBe(200);
    return { bytes: text.length, body: JSON.parse(text) as Record<string, unknown> };
  };

  beforeAll(async () => {
    if (CHROMIUM) await ensureConsole();
    server = await startServer({ data: join(root, 'data'), port: 0, work: false, console: CONSOLE_FOLDER });
    const began = performance.now();
    await server.house.applyPack(packOf(root), { base: '', reason: 'load', actor: OWNER });
    said(`${SEATS} seats applied`, began);
    const then = performance.now();
    await filled(server);
    said(`${CASES} cases opened`, then);
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(root, { recursive: true, force: true });
  });

  /** How many lines there are in all pages of a list, none of which has too many or weighs too much. */
  async function walked(name: RouteName): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    let cursor = '';
    for (let pages = 1; ; pages++) {
      const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { bytes, body } = await ask(
        `${ROUTES[name].path}?limit=${LIMIT}${more}${name === 'deskSearch' ? '&text=x' : ''}`,
      );
      expect(bytes, `${name}, page ${pages}`).toBeLessThan(MOST_BYTES);
      const lists = Object.entries(body).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
      for (const [list, lines] of lists) {
        expect(lines.length, `${name}.${list}, page ${pages}`).toBeLessThanOrEqual(LIMIT);
        counts[list] = (counts[list] ?? 0) + lines.length;
      }
      if (typeof body.next !== 'string') return counts;
      cursor = body.next;
      expect(pages).toBeLessThan(2 + (SEATS + 10 * CASES) / LIMIT);
    }
  }

  it('[SRV63, SRV35, WEB33] every list is read page by page, whole, and no page is larger than was asked for', async () => {
    const counts = new Map<RouteName, Record<string, number>>();
    for (const name of ROUTE_NAMES.filter((each) => isList(each) && each !== 'ledger' && each !== 'history')) {
      const began = performance.now();
      counts.set(name, await walked(name));
      said(`all pages of ${name}`, began);
    }
    expect(counts.get('cases')).toEqual({ cases: CASES });
    expect(counts.get('seats')).toEqual({ seats: SEATS });
    expect(counts.get('matrix')).toEqual({ seats: SEATS });
    expect(counts.get('profit')).toEqual({ units: Math.ceil(SEATS / 100), seats: SEATS });
    const ids = new Set<string>();
    const client = createClient({ url: server.url, token: server.house.token });
    for (let cursor: string | undefined; ; ) {
      const { cases, next } = await client.cases({ limit: LIMIT, ...(cursor === undefined ? {} : { cursor }) });
      for (const { id } of cases) ids.add(id);
      if (next === undefined) break;
      cursor = next;
    }
    expect(ids.size).toBe(CASES);
  });

  it('[SRV63] what is no list does not grow with seats and cases', async () => {
    const large: string[] = [];
    for (const name of ROUTE_NAMES.filter((each) => isPlain(each) && !isList(each) && !WHOLE.has(each))) {
      const began = performance.now();
      const { bytes } = await ask(`${ROUTES[name].path}${ASKED[name] ?? ''}`);
      const took = Math.round(performance.now() - began);
      if (took > 100 || bytes > 50_000) console.log(`${name}: ${bytes} bytes, ${took} ms`);
      // A line of 60 bytes for every seat or case is what must not be.
      if (bytes > 60 * SEATS) large.push(`${name}: ${bytes} bytes`);
    }
    expect(large).toEqual([]);
  });

  it.skipIf(!CHROMIUM)(
    '[WEB33, WEB10] the console draws what is seen, and asks for nothing while nothing happens',
    async () => {
      browser = await openBrowser();
      const me: Visitor = await visitor(browser, { server: () => server, link: linkOf } as Place);
      const { page } = me;
      for (const path of ['/cases?view=table', '/cases', '/organisation?view=list', '/organisation', '/money', '/']) {
        const began = performance.now();
        await go(page, path);
        said(`the page ${path}`, began);
        const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
        expect(nodes, path).toBeLessThan(9000);
      }
      await go(page, '/cases?view=table');
      const table = page.getByRole('table').first();
      const rows = await table.getByRole('row').count();
      expect(rows).toBeLessThan(80);
      for (let n = 0; n < 5; n++) {
        await table.evaluate((node) => node.scrollTo(0, node.scrollHeight));
        await page.waitForFunction(() => document.querySelectorAll('main [role=status]').length === 0);
      }
      expect(await table.getByRole('row').count()).toBeLessThan(80);
      await shoot(page, 'load-cases');
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      const quiet = 5000;
      await page.waitForTimeout(quiet);
      console.log(`requests in an idle minute: ${(asked.length * 60_000) / quiet}`);
      expect(asked).toEqual([]);
      expect(me.heard).toEqual([]);
    },
  );

  const linkOf = async (path = '/'): Promise<string> =>
    `${server.url}${path}#signin=${(await server.house.sessions.code()).code}`;
});
