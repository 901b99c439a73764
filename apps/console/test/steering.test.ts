/** Steering the organisation with the console: lanes, knowledge, goals, health and its own shape, in a real browser on the real server. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, go, openBrowser, type Place, place, type Visitor, visitor } from './support.ts';

const tab = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('tab', { name }).click();

describe.skipIf(!CHROMIUM)('steering in a browser', { timeout: 90_000 }, () => {
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

  it('[WEB50, WEB51] a lane is lowered with a reason, and is raised only by naming what does not hold', async () => {
    const { page } = me;
    await go(page, '/lanes');
    await page.getByRole('link', { name: 'Refund, then tell the customer' }).click();
    await page.waitForURL(/\/lanes\/refund-and-tell$/);
    await page.getByText('Refunds stop when closed cases come back').waitFor();
    await page.getByRole('button', { name: 'Lower' }).click();
    await page.getByLabel('To the stage').selectOption('shadow');
    await page.getByLabel('Reason').fill('amounts were wrong');
    await page.getByRole('dialog').getByRole('button', { name: 'Lower' }).click();
    await page.getByText('The stage is now shadow').waitFor();
    expect(await at.client.lane({ id: 'refund-and-tell' })).toMatchObject({
      stage: 'shadow',
      reason: 'amounts were wrong',
    });
    await page.getByRole('button', { name: 'Raise to assist' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('the script was corrected');
    const raise = dialog.getByRole('button', { name: 'Raise', exact: true });
    expect(await raise.isDisabled()).toBe(true);
    const unmet = await dialog.getByRole('checkbox').all();
    expect(unmet.length).toBeGreaterThan(0);
    for (const criterion of unmet) await criterion.check();
    await raise.click();
    await page.getByText('The stage is now assist').waitFor();
    await tab(page, 'Moves');
    const moves = page.getByRole('table', { name: 'Moves' });
    await moves
      .getByText(/the script was corrected|to the stage assist|assist/)
      .first()
      .waitFor();
    const { moves: kept } = await at.client.laneMoves({ id: 'refund-and-tell' });
    expect(kept.map(({ kind }) => kind).slice(0, 2)).toEqual(['lane.raised', 'lane.lowered']);
    expect(await moves.getByRole('row').count()).toBe(kept.length + 1);
  });

  it('[WEB51] a kill switch of a lane is tripped where it stands, and the lane falls', async () => {
    const { page } = me;
    await go(page, '/lanes/refund-and-tell');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByLabel('Reason').fill('look first');
    await page.getByRole('button', { name: 'Stop it now' }).click();
    await page.getByText('Stopped by a kill switch: the lane').waitFor();
    await page.getByText('tripped').first().waitFor();
    await page.getByRole('button', { name: 'Re-arm' }).click();
    await page.getByLabel('Reason').fill('looked');
    await page.getByRole('dialog').getByRole('button', { name: 'Re-arm' }).click();
    await page.getByText('stands by').waitFor();
    expect((await at.client.switches()).switches).toEqual([]);
  });

  it('[WEB50] the ten questions are answered with what they rest on, and lead to the explanation', async () => {
    const { page } = me;
    await go(page, '/lanes/refund-and-tell?tab=check');
    const { checks } = await at.client.laneCheck({ id: 'refund-and-tell' });
    for (const { question } of checks) await page.getByText(question).waitFor();
    await page
      .getByRole('link', { name: /^Why\? C-/ })
      .first()
      .click();
    await page.waitForURL(/\/why\/C-\d+/);
  });

  it('nothing broke the policy of the page', () => expect(me.heard).toEqual([]));
});
