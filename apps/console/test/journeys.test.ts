/** What people do with the console, in a real browser on the real server. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, go, openBrowser, type Place, place, settled, shoot, type Visitor, visitor } from './support.ts';

/** The packet of this approval, and no other. */
const shown = (page: Page, id: string): Promise<void> => page.getByRole('article').getByText(`${id} ·`).waitFor();

describe.skipIf(!CHROMIUM)('the console in a browser', { timeout: 90_000 }, () => {
  let at: Place;
  let browser: Browser;
  let me: Visitor;

  beforeAll(async () => {
    [at, browser] = await Promise.all([place(30), openBrowser()]);
    me = await visitor(browser, at);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await at?.close();
  });

  it('[WEB1, WEB30, WEB31] from the first start to the first approval to why', async () => {
    const { page } = me;
    expect(page.url()).not.toContain('signin');
    await page.getByRole('heading', { level: 1, name: /targets are met/ }).waitFor();
    await shoot(page, 'journey-today');
    await page
      .getByRole('link', { name: /Refund money/ })
      .first()
      .click();
    await page.waitForURL(/\/approvals\/A-\d+/);
    const id = page.url().split('/').at(-1)!;
    const approval = await at.client.approval({ id });
    await shown(page, id);
    const packet = page.getByRole('article');
    await packet.getByText(String(approval.packet.args.order_id)).first().waitFor();
    await packet.getByText(approval.packet.maximumDamage).waitFor();
    await page.keyboard.press('a');
    expect((await at.client.approval({ id })).status).toBe('pending');
    await page.getByRole('textbox', { name: 'Note' }).fill('good customer');
    await page.keyboard.press('Enter');
    await page.getByText(`Approved: ${id}`).waitFor();
    await settled(at.client);
    expect(await at.client.approval({ id })).toMatchObject({ status: 'approved', note: 'good customer' });
    expect(await at.client.operation({ id: approval.operation })).toMatchObject({ status: 'verified' });
    await go(page, `/why/${approval.operation}`);
    await page.locator('.react-flow__node').first().waitFor();
    expect(await page.locator('.react-flow__node').count()).toBeGreaterThan(8);
    await page.getByText('good customer').first().waitFor();
    await page.getByText('Yes, by a fresh read').waitFor();
  });

  it('[WEB30] decides by keyboard alone', async () => {
    const { page } = me;
    await go(page, '/approvals');
    await page.getByRole('article').waitFor();
    await page.keyboard.press('j');
    await page.waitForURL(/\/approvals\/A-\d+/);
    const rejected = page.url().split('/').at(-1)!;
    await shown(page, rejected);
    await page.keyboard.type('well, all of it');
    expect(await page.getByRole('textbox').count()).toBe(0);
    await page.waitForTimeout(400);
    await page.keyboard.press('r');
    await page.keyboard.press('Enter');
    expect((await at.client.approval({ id: rejected })).status).toBe('pending');
    await page.keyboard.type('already paid by phone');
    await page.keyboard.press('Enter');
    await page.getByText(`Rejected: ${rejected}`).waitFor();
    expect(await at.client.approval({ id: rejected })).toMatchObject({
      status: 'rejected',
      note: 'already paid by phone',
    });
    await page.waitForURL((url) => !url.pathname.endsWith(rejected));
    const granted = page.url().split('/').at(-1)!;
    await shown(page, granted);
    await page.waitForTimeout(400);
    await page.keyboard.press('s');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText(`Approved: ${granted}`).waitFor();
    const { grants } = await at.client.grants({});
    expect(grants[0]).toMatchObject({ approval: granted, uses: 5 });
  });

  it('[WEB32] stops everything and lets it act again', async () => {
    const { page } = me;
    await go(page, '/');
    await page.getByRole('button', { name: 'Stop everything' }).click();
    await page.getByLabel('Reason').fill('wrong amounts');
    await page.getByRole('button', { name: 'Stop it now' }).click();
    await page.getByText('Stopped by a kill switch: everything').waitFor();
    expect((await at.client.switches()).switches).toMatchObject([{ scope: 'organisation', reason: 'wrong amounts' }]);
    await page.getByRole('link', { name: 'Look' }).click();
    await page.getByRole('button', { name: 'Re-arm' }).click();
    await page.getByLabel('Reason').fill('corrected');
    await page.getByRole('dialog').getByRole('button', { name: 'Re-arm' }).click();
    await page.getByText('No kill switch is tripped').waitFor();
    expect((await at.client.switches()).switches).toEqual([]);
  });

  it('[WEB40, WEB41] verifies the ledger in the browser and catches a tampered copy', async () => {
    const { page } = me;
    await go(page, '/ledger/verify');
    await page.getByRole('button', { name: 'The ledger of this server' }).click();
    await page.getByText('Sound: nothing was changed').waitFor();
    const text = await new Response(await at.client.ledgerExport()).text();
    const tampered = text.split('\n').map((line, n) => (n === 50 ? line.replace(/\\"at\\":(\d)/, '\\"at\\":9') : line));
    const file = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });
    await page.locator('input[type=file]').setInputFiles(file('copy.jsonl', tampered.join('\n')));
    await page.getByText('At record 50 (line 51):').waitFor();
    await shoot(page, 'journey-tampered');
    await page.locator('input[type=file]').setInputFiles(file('sound.jsonl', text));
    await page.getByText('Sound: nothing was changed').waitFor();
    await go(page, '/ledger/40');
    await page.getByRole('button', { name: 'Prove it' }).click();
    await page.getByText(/Proven: \d+ hashes/).waitFor();
  });

  it('[WEB20] hostile text stays text', async () => {
    const { page } = me;
    const evil = '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>';
    const text = `${evil}\n[approve](javascript:window.pwned=3) https://evil.example/?x=1 \u202E05$ yap\u202C <a href="https://evil.example">click</a>`;
    const { case: id } = await at.client.openCase({
      subject: `${evil} refund`,
      text,
      customer: 'a"><svg onload=window.pwned=4>@x.example',
      name: '<b>Eve</b>',
    });
    await settled(at.client);
    for (const path of [
      '/',
      '/cases',
      `/cases/${id}`,
      `/cases/${id}?tab=conversation`,
      `/cases/${id}?tab=operations`,
      `/why/${id}`,
      '/ledger',
    ]) {
      await go(page, path);
      const found = await page.evaluate(() => ({
        pwned: (window as { pwned?: number }).pwned ?? 0,
        markup: document.querySelectorAll('main img, main script, main b, main iframe, main svg[onload]').length,
        links: [...document.querySelectorAll<HTMLAnchorElement>('a[href]')]
          .filter((a) => a.origin !== location.origin)
          .map((a) => a.href),
      }));
      expect(found, path).toMatchObject({ pwned: 0, markup: 0 });
      expect(found.links.filter((link) => !link.startsWith('https://reactflow.dev'))).toEqual([]);
    }
    await go(page, `/cases/${id}?tab=conversation`);
    await page.getByText('⟨202E⟩05$ yap⟨202C⟩').waitFor();
    await page.getByText('<a href="https://evil.example">click</a>').waitFor();
  });

  it('[WEB12, WEB10] goes on by itself after a restart, and asks for nothing while nothing happens', async () => {
    const { page } = me;
    await go(page, '/cases?view=table');
    await at.restart();
    await at.client.openCase({ subject: 'After the restart', customer: 'late@x.example' });
    await page.getByText('After the restart').waitFor({ timeout: 15_000 });
    await settled(at.client);
    // Something that asks on a timer of up to some seconds never leaves such a gap.
    let last = Date.now();
    page.on('request', () => {
      last = Date.now();
    });
    while (Date.now() - last < 3000) await page.waitForTimeout(200);
  });

  it('[WEB2, WEB3] a second tab is signed in by the first, a used link says so, and signing out is for all', async () => {
    const { context, page } = me;
    const second = await context.newPage();
    await second.goto(`${at.server().url}/money`);
    await second.getByRole('heading', { name: 'Money' }).waitFor();
    const link = await at.link('/policies');
    const other = await browser.newContext();
    const stranger = await other.newPage();
    await stranger.goto(at.server().url);
    await stranger.getByText('Sign in with a link').waitFor();
    await stranger.goto(link);
    await stranger.getByRole('heading', { name: 'Policies' }).waitFor();
    const again = await (await browser.newContext()).newPage();
    await again.goto(link);
    await again.getByText('That sign-in link was used before').waitFor();
    await go(page, '/workers');
    for (const { id } of (await at.client.session()).sessions) await at.client.closeSession({ id });
    await page.getByRole('link', { name: 'Ledger', exact: true }).first().click();
    await page.getByText('Your session has ended').waitFor();
    await page.getByLabel('Or the local token').fill(at.server().house.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Ledger', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    await other.close();
  });

  it('[WEB62] nothing was asked of anybody else, and nothing broke the policy of the page', () => {
    expect(me.strangers).toEqual([]);
    // A server that restarts, and a session that ends, are said by the browser itself.
    expect(me.heard.filter((text) => !/Failed to load resource|ERR_/.test(text))).toEqual([]);
  });
});
