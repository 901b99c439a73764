/** Watching who works: a run while it runs, its terminal, and the health of everybody, in a real browser on the real server. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wrong } from './axe.ts';
import { deskPack, goOn, working } from './desk.ts';
import { CHROMIUM, go, openBrowser, type Place, place, shoot, type Visitor, visitor } from './support.ts';

const TICKET = { subject: 'Kettle', text: 'Order K-100 leaks.', customer: 'sam@example.com', name: 'Sam' };

async function until<T>(look: () => Promise<T | false | null | undefined> | T | false): Promise<T> {
  for (const end = Date.now() + 30_000; ; ) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error('nothing came of it within 30 seconds');
    await pause(30);
  }
}

describe.skipIf(!CHROMIUM)('watching in a browser', { timeout: 90_000 }, () => {
  let at: Place;
  let browser: Browser;
  let me: Visitor;
  let first: string;

  beforeAll(async () => {
    [at, browser] = await Promise.all([place(0, deskPack()), openBrowser()]);
    me = await visitor(browser, at);
    first = (await at.client.openCase(TICKET)).case;
    await until(async () => (await at.client.runs({})).runs[0]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await at?.close();
  });

  /** A command of somebody who does not sit before the console. */
  const submit = async (
    kind: 'message.done' | 'oversight.observe',
    actor: { principal: string; seat?: string },
    body: Record<string, unknown>,
  ) => expect(await at.server().house.runtime.submit({ id: '', kind, actor, body })).toMatchObject({ ok: true });
  const rows = async () => (await me.page.locator('.xterm-rows').textContent()) ?? '';

  it('[WEB75, WEB77] what a program writes appears while it runs, in a terminal that keeps the policy of the page', async () => {
    const { page } = me;
    await go(page, '/workers');
    await page.getByRole('link', { name: 'R-1' }).first().click();
    await page.getByRole('heading', { name: /R-1/ }).waitFor();
    await page.locator('.xterm-rows').getByText('red and plain').waitFor();
    goOn(at.data, first, 0);
    await page.locator('.xterm-rows').getByText('part 0 of the work').waitFor();
    expect((await at.client.run({ id: 'R-1' })).endedAt).toBeNull();
    const colours = await page.evaluate(() =>
      [...document.querySelectorAll('.xterm-rows span')]
        .filter(({ textContent }) => /^(red|green)$/.test(textContent ?? ''))
        .map((span) => getComputedStyle(span).color),
    );
    expect(new Set(colours).size).toBe(2);
  });

  it('[WEB76] what it writes can do nothing: sequences are shown, and neither title, links, clipboard nor screen are theirs', async () => {
    const { page } = me;
    const text = (await rows()).replaceAll('\u00a0', ' ');
    expect(text).toContain('⟨1B⟩]0;owned title⟨7⟩');
    expect(text).toContain('⟨1B⟩]52;c;b3duZWQ=⟨7⟩');
    expect(text).toContain('⟨1B⟩[2J⟨1B⟩[?1049h⟨1B⟩[8mhidden ⟨202E⟩reversed');
    expect(await page.title()).toBe('Workers · Reeve');
    expect(await page.locator('.xterm a, .xterm [style*="underline"]').count()).toBe(0);
    await page.locator('.xterm').click();
    await page.keyboard.type('rm -rf /');
    expect(await rows()).not.toContain('rm -rf');
  });

  it.each([
    ['light', {}],
    ['dark', { dark: true }],
    ['on a phone', { phone: true }],
  ])('[WEB34] the terminal is accessible, %s', async (name, how) => {
    const other = await visitor(browser, at, { ...how, path: '/workers/R-1' });
    await other.page.locator('.xterm-rows').getByText('part 0 of the work').waitFor();
    await shoot(other.page, `run-terminal-${name.split(' ').at(-1)}`);
    expect(await wrong(other.page)).toEqual([]);
    expect(await other.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    expect(other.heard).toEqual([]);
    await other.context.close();
  });

  it('[WEB75] goes on where it was after a restart of the page, and shows the steps from the ledger', async () => {
    const { page } = me;
    await go(page, '/workers');
    await go(page, '/workers/R-1');
    await page.locator('.xterm-rows').getByText('part 0 of the work').waitFor();
    goOn(at.data, first, 1);
    await page.locator('.xterm-rows').getByText('part 1 of the work').waitFor();
    await page.getByText('From the ledger').waitFor();
  });

  it('[WEB78] killed from the terminal, it ends with all it started (R-D8)', async () => {
    const { page } = me;
    expect(working(at.data, first).some((line) => line.includes('1000'))).toBe(true);
    await page.getByRole('button', { name: 'Kill' }).click();
    await page.getByLabel('Reason').fill('it does not end');
    await page.getByRole('dialog').getByRole('button', { name: 'Kill it now' }).click();
    await until(() => working(at.data, first).length === 0);
    await page.getByText('stopped', { exact: true }).waitFor();
    expect(await at.client.run({ id: 'R-1' })).toMatchObject({ reason: expect.stringContaining('it does not end') });
    expect((await at.client.switches()).switches).toEqual([]);
    await page.getByText('over', { exact: true }).first().waitFor();
    await shoot(page, 'run-stopped-light');
  });

  it('[WEB70, WEB71] a seat in trouble shows with its reason, what was done about it, and the way back', async () => {
    const { page } = me;
    const { case: id } = await at.client.openCase({ ...TICKET, subject: 'At night' });
    await at.client.command({ kind: 'case.assign', body: { case: id, to: 'night', reason: 'it is late' } });
    await go(page, '/health');
    await page.getByRole('table', { name: 'Seats' }).getByRole('link', { name: 'Night' }).waitFor();
    await go(page, '/health?tab=interventions');
    await page.getByText('work given away').waitFor();
    // What is about no case can be given to nobody else: whom it waits for is paused.
    await at.client.command({ kind: 'message.send', body: { to: 'night', type: 'question', text: 'Are you there?' } });
    await page.getByText('paused', { exact: true }).first().waitFor();
    await shoot(page, 'health-interventions-light');
    for (const message of (await at.client.inbox({ seat: 'night' })).messages)
      await submit('message.done', { principal: 'night-agent', seat: 'night' }, { message: message.id });
    await page.getByRole('button', { name: 'Let it work again' }).first().click();
    await page.getByLabel('Reason').fill('the agent is coming');
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await until(async () => (await at.client.seat({ id: 'night' })).status === 'active');
    await page.getByRole('button', { name: 'Give it back' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Give it back' }).click();
    await until(async () => (await at.client.case({ id })).owner === 'night');
    await page.getByRole('button', { name: 'Give it back' }).waitFor({ state: 'detached' });
  });

  it('[WEB72] who is woken says there that he has seen it', async () => {
    const { page } = me;
    await submit('oversight.observe', { principal: 'system' }, { store: 5000 });
    await go(page, '/health?tab=wakeups');
    await page.getByRole('button', { name: 'I have seen it' }).first().click();
    await page.getByText('Nobody has to be woken').waitFor();
    await page.getByText('All', { exact: true }).click();
    await page.getByText(/seen by/).waitFor();
    expect((await at.client.wakeups({ status: 'open' })).wakeups).toEqual([]);
  });

  it('[WEB73] an incident says whether its cause is an old one, and tells how it came about', async () => {
    const { page } = me;
    await at.client.trip({ scope: 'seat', id: 'refunds', reason: 'odd' });
    await at.client.rearm({ scope: 'seat', id: 'refunds', reason: 'fine' });
    await at.client.closeIncident({ id: 'I-1', cause: 'a script', done: 'mended', prevention: 'a test' });
    await at.client.trip({ scope: 'seat', id: 'refunds', reason: 'again' });
    await go(page, '/health?tab=incidents');
    await page.getByText('same cause, time 2').waitFor();
    await page.getByRole('button', { name: 'Post-mortem' }).first().click();
    await page.getByText('Yes, time 2: it was declared fixed after I-1.').waitFor();
    await page.getByRole('heading', { name: 'Why it was opened' }).waitFor();
    await shoot(page, 'health-post-mortem-light');
    await page.keyboard.press('Escape');
    await at.client.rearm({ scope: 'seat', id: 'refunds', reason: 'go on' });
  });

  it('[WEB74] each number says how it is made, and reports and stand-ups stand beside it', async () => {
    const { page } = me;
    await go(page, '/health?tab=scorecard');
    await page.getByText('Completion rate').click();
    await page.getByText('cases closed / (closed + cancelled)').waitFor();
    await page.getByText('90 days').click();
    await page.waitForURL(/days=90/);
    await go(page, '/health?tab=reports');
    await page.getByRole('row', { name: /Cases opened 2/ }).waitFor();
    await page.getByText('the latest that is over').click();
    await page.getByText('No such period is over yet').waitFor();
    await go(page, '/health?tab=standups');
    await page.getByRole('heading', { name: 'Refunds' }).waitFor();
  });

  it('[WEB62, WEB77] nothing broke the policy of the page, and nobody else was asked', () => {
    expect(me.strangers).toEqual([]);
    expect(me.heard.filter((text) => !/status of 404/.test(text))).toEqual([]);
  });
});
