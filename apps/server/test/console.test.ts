import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyExport } from '@reeve/ledger';
import { describe, expect, it } from 'vitest';
import { folderShelf } from '../src/data/shelf.ts';
import { CODE_LIFE, SESSION_LIFE, Sessions } from '../src/sessions/sessions.ts';
import { folder, json, place, SUPPORT, supported, ticket } from './support.ts';

describe('signing in', () => {
  it('[SRV60, SRV61] a code gives one session once; its token works like the local one until it is signed out', async () => {
    const { house, client, ask } = await supported();
    const { code } = await client.signInCode();
    const opened = await client.openSession({ code });
    const again = await ask('/v1/session', json({ code }));
    expect(again.status).toBe(401);
    const as = { headers: { authorization: `Bearer ${opened.token}` } };
    const mine = (await (await ask('/v1/session', as)).json()) as { seat: string; sessions: { current: boolean }[] };
    expect(mine).toMatchObject({ seat: 'operator', sessions: [{ id: opened.id, current: true }] });
    expect((await ask('/v1/status', as)).status).toBe(200);
    expect((await ask('/v1/session/current', { method: 'DELETE', ...as })).status).toBe(200);
    expect((await ask('/v1/status', as)).status).toBe(401);
    expect(await readFile(join(house.data, 'sessions.json'), 'utf8')).not.toContain(opened.token);
  });

  it('[SRV60] sessions outlive a restart and end; codes do neither', async () => {
    const data = await folder();
    await mkdir(data, { recursive: true });
    let now = 1_000_000;
    const first = await Sessions.open({ shelf: folderShelf(data), now: () => now });
    const { token } = (await first.exchange((await first.code()).code))!;
    const { code } = await first.code();
    expect((await stat(join(data, 'sessions.json'))).mode & 0o777).toBe(0o600);
    const second = await Sessions.open({ shelf: folderShelf(data), now: () => now });
    expect(second.find(token)).not.toBeNull();
    expect(await second.exchange(code)).toBeNull();
    now += CODE_LIFE;
    expect(await first.exchange(code)).toBeNull();
    now += SESSION_LIFE;
    expect(second.find(token)).toBeNull();
    await writeFile(join(data, 'sessions.json'), '{"sess');
    expect((await Sessions.open({ shelf: folderShelf(data) })).list()).toEqual([]);
  });
});

describe('the files of the console', () => {
  const built = async () => {
    const dist = await folder();
    await mkdir(join(dist, 'assets'), { recursive: true });
    await writeFile(join(dist, 'index.html'), '<!doctype html><p>console');
    await writeFile(join(dist, 'assets/a-1.js'), '1');
    await writeFile(join(dist, '../secret.js'), 'secret');
    return dist;
  };

  it('[SRV62] pages are served for every path, files with a policy that lets nothing else in', async () => {
    const { ask } = await place({ console: await built() });
    const page = await ask('/cases/C-1');
    expect(await page.text()).toContain('console');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
    const file = await ask('/assets/a-1.js');
    expect(file.headers.get('cache-control')).toContain('immutable');
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['/../secret.js', '/..%2fsecret.js', '/assets/../../secret.js', '/assets/%2e%2e/%2e%2e/secret.js', '/a.php'])(
    '[SRV62] %s leads nowhere',
    async (path) => {
      const { ask } = await place({ console: await built() });
      expect((await ask(path)).status).toBe(404);
    },
  );

  it('[SRV62] before there is a build the page says so, and the API stays the API', async () => {
    const { ask } = await place({ console: join(await folder(), 'none') });
    const page = await ask('/');
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('is being built');
    expect((await ask('/v1/nothing')).headers.get('content-type')).toBe('application/problem+json');
    expect((await (await place()).ask('/')).status).toBe(404);
  });
});

describe('views of the console', () => {
  it('[SRV63] seats are paged and found; status can leave them out', async () => {
    const { client } = await supported();
    const first = await client.seats({ limit: 3 });
    expect(first.seats).toHaveLength(3);
    const second = await client.seats({ limit: 100, cursor: first.next! });
    expect(first.seats.length + second.seats.length).toBe(first.total);
    expect((await client.seats({ q: 'BILLING' })).seats.map(({ id }) => id)).toEqual(['billing-specialist']);
    expect((await client.status({ seats: 'none' })).seats).toEqual([]);
    const seat = await client.seat({ id: 'billing-specialist' });
    expect(seat).toMatchObject({ line: [{ id: 'router' }, { id: 'operator' }], charter: { tier: 'executor' } });
    expect(seat.damage?.reach.some(({ capability }) => capability === 'orders.refund')).toBe(true);
    expect(await client.runs()).toEqual({ runs: [] });
    expect((await client.tools()).tools.length).toBeGreaterThan(0);
  });

  it('[SRV64] what-if asks the gate and leaves no record', async () => {
    const { client } = await supported();
    const { seq } = await client.status();
    const args = { order_id: 'AC-1', amount: 40_000_000, reason: 'x' };
    const reads = { order: { found: true, refundable: 1, customer: 'a@b.c', refunded: 0, total: 1, charged: 1 } };
    const asked = { seat: 'billing-specialist', capability: 'orders.refund', args, reads };
    const denied = await client.whatIf(asked);
    expect(denied.verdict).toBe('deny');
    expect(denied.reasons.map(({ rule }) => rule)).toContain('refund/within-refundable');
    expect((await client.whatIf({ ...asked, reads: {} })).problem).toContain('reads order');
    expect((await client.whatIf({ ...asked, seat: 'nobody' })).verdict).toBeNull();
    expect((await client.status()).seq).toBe(seq);
    const matrix = await client.matrix({ q: 'billing' });
    expect(matrix.seats[0]?.rows.find(({ capability }) => capability === 'orders.refund')?.may).toMatch(/^may/);
  });

  it('[SRV65] a plan shows what would change, or every mistake', async () => {
    const { client } = await place();
    const plan = await client.plan({ directory: SUPPORT });
    expect(plan).toMatchObject({ ok: true, base: '', problems: [] });
    expect(plan.changes.some(({ kind, id, action }) => kind === 'seats' && id === 'router' && action === 'add')).toBe(
      true,
    );
    const bad = await client.plan({ directory: '/nowhere/at/all' });
    expect(bad.ok).toBe(false);
    expect(bad.problems.length).toBeGreaterThan(0);
    expect((await client.organisation()).definition).toBeNull();
  });

  it('[SRV66] the export verifies', async () => {
    const { client } = await supported();
    await client.openCase(ticket(1));
    const audit = await verifyExport(await client.ledgerExport());
    expect(audit).toMatchObject({ ok: true });
    expect(audit.count).toBe((await client.status()).seq);
  });
});
