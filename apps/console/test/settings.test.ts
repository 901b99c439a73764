/** Backups, forgetting, and what people write themselves, with the console in a real browser on the real server. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wrong } from './axe.ts';
import { CHROMIUM, go, openBrowser, type Place, place, settled, shoot, type Visitor, visitor } from './support.ts';

describe.skipIf(!CHROMIUM)('keeping and writing in a browser', { timeout: 240_000 }, () => {
  let at: Place;
  let browser: Browser;
  let me: Visitor;

  beforeAll(async () => {
    [at, browser] = await Promise.all([place(12), openBrowser()]);
    me = await visitor(browser, at);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await at?.close();
  });

  /** What is open now, in light, in the dark and on a phone: axe, a picture, and no scrolling sideways. */
  const looked = async (page: Page, name: string): Promise<void> => {
    for (const mode of ['light', 'dark', 'phone'] as const) {
      await page.emulateMedia({ colorScheme: mode === 'dark' ? 'dark' : 'light' });
      await page.setViewportSize(mode === 'phone' ? { width: 390, height: 844 } : { width: 1360, height: 850 });
      expect(await wrong(page), `${name} ${mode}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} ${mode}`).toBe(
        true,
      );
      await shoot(page, `${name}-${mode}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1360, height: 850 });
  };

  it('[WEB110] a backup is taken, shown as it goes, checked and fetched, and how to restore it is said', async () => {
    const { page } = me;
    await go(page, '/settings?tab=backups');
    await page.getByText('No backups yet').waitFor();
    await page.getByRole('button', { name: 'Take a backup' }).click();
    await page
      .getByRole('status')
      .getByText(/^Taking .*: /)
      .waitFor();
    // It stands behind everything else on the machine.
    await page.getByText('when it was taken').waitFor({ timeout: 120_000 });
    const [one] = (await at.client.backups({})).backups;
    expect(one).toMatchObject({ state: 'whole', keys: false });
    await page.getByRole('button', { name: 'Check it' }).click();
    await page.getByText('sound', { exact: true }).waitFor({ timeout: 120_000 });
    const fetched = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    const file = await (await fetched).path();
    expect(readFileSync(file).subarray(0, 512).toString('latin1')).toContain(one!.name);
    await page.getByRole('button', { name: 'Restore …' }).click();
    await page.getByRole('dialog').getByText(one!.restore!).waitFor();
    await looked(page, 'restore');
    await page.keyboard.press('Escape');
    await looked(page, 'backups-one');
  });

  it('[WEB118] a token of a seat is given to an agent from outside, shown once, and revoked', async () => {
    const { page } = me;
    await go(page, '/settings?tab=access');
    await page.getByText('No agent from outside has a token.').waitFor();
    const give = async () => {
      await page.getByRole('combobox', { name: 'Seat' }).fill('verifier');
      await page.keyboard.press('Enter');
      await page.getByRole('textbox', { name: 'What it is for' }).fill('night checks');
      await page.getByRole('button', { name: 'Give a token' }).click();
    };
    await give();
    await page.getByText('not by an agent that connects').first().waitFor();
    const occupant = { principal: 'night-agent', kind: 'mcp' };
    await at.client.occupySeat({ id: 'verifier', occupant, reason: 'an agent checks at night' });
    await give();
    const shown = await page.getByRole('status').locator('code').textContent();
    expect(shown?.length).toBeGreaterThan(20);
    const [one] = (await at.client.seatTokens({})).tokens;
    expect(one).toMatchObject({ seat: 'verifier', principal: 'night-agent', name: 'night checks' });
    expect(JSON.stringify(one)).not.toContain(shown!);
    await looked(page, 'tokens');
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No agent from outside has a token.').waitFor();
    expect((await at.client.seatTokens({})).tokens).toEqual([]);
    await at.client.giveExecutorToken({ name: 'rack 4', capabilities: ['mail.*'] });
    await page.reload();
    await page.getByText('rack 4').waitFor();
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('rack 4').waitFor({ state: 'detached' });
    expect((await at.client.seatTokens({})).executors).toEqual([]);
  });

  it('[WEB111] a customer is forgotten after what goes with them was shown, and only when nothing of theirs is open', async () => {
    const { page } = me;
    const { cases } = await at.client.cases({});
    const { id, customer, subject } =
      cases.find(({ status }) => status !== 'closed' && status !== 'cancelled') ?? cases[0]!;
    const secret = `unmistakable-${id}`;
    await at.client.addMessage({ id, text: secret });
    await settled(at.client);
    await go(page, '/settings?tab=forget');
    await page.getByRole('textbox', { name: 'Customer' }).fill('nobody@nowhere.example');
    await page.getByRole('button', { name: 'See what would be forgotten' }).click();
    await page.getByText('Nobody of the name').waitFor();
    await page.getByRole('textbox', { name: 'Customer' }).fill(customer);
    await page.getByRole('button', { name: 'See what would be forgotten' }).click();
    await page.getByText('What is forgotten').waitFor();
    await page.getByText(/not over yet/).waitFor();
    expect(await page.getByRole('button', { name: 'Forget the customer' }).count()).toBe(0);
    await looked(page, 'forget-open');
    for (const each of cases.filter((c) => c.customer === customer)) {
      const now = await at.client.case({ id: each.id });
      if (!['closed', 'cancelled'].includes(now.status))
        await at.client.command({ kind: 'case.cancel', body: { case: each.id, reason: 'they are to be forgotten' } });
    }
    await page.getByRole('button', { name: 'Forget the customer' }).click();
    await page.getByLabel('Reason').fill('they asked for it');
    await page.getByRole('dialog').getByRole('button', { name: 'Forget the customer' }).click();
    await page.getByText('What was theirs reads [erased] everywhere now.').waitFor();
    await looked(page, 'forgotten');
    expect(await page.evaluate((who) => document.body.textContent.includes(who), customer)).toBe(false);
    await page.getByRole('link', { name: 'See a case of theirs' }).click();
    await page.waitForURL(/\/cases\/C-\d+/);
    await page.getByRole('heading', { level: 1 }).getByText('[erased]').waitFor();
    await go(page, `/cases/${id}?tab=conversation`);
    await page.getByText('[erased]').first().waitFor();
    const shown = await page.evaluate(() => document.body.textContent);
    for (const gone of [secret, customer, subject]) expect(shown).not.toContain(gone);
    await go(page, `/cases?view=table&q=${encodeURIComponent(customer)}`);
    await page.getByText('No case fits').waitFor();
    expect((await at.client.history({ text: secret })).records).toEqual([]);
    await go(page, '/ledger/verify');
    await page.getByRole('button', { name: 'The ledger of this server' }).click();
    await page.getByText('Sound: nothing was changed').waitFor();
  });

  it('[WEB112] a person records a belief; correcting it leaves its page before anything is asked about what is gone', async () => {
    const { page } = me;
    const missing: string[] = [];
    page.on('response', (response) => response.status() === 404 && missing.push(response.url()));
    await go(page, '/knowledge');
    await page.getByRole('button', { name: 'Record a belief' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What is so').fill('Parcels leave at <b>noon</b>');
    await dialog.getByLabel('Desk').selectOption('front-desk');
    await dialog.getByLabel('Key').fill('parcel.time');
    await dialog.getByLabel('Value').fill('noon');
    await dialog.getByLabel('It rests on').fill('C-1, C-2');
    await dialog.getByLabel('Holds for').selectOption('30');
    await looked(page, 'record-belief');
    await dialog.getByRole('button', { name: 'Record a belief' }).click();
    await page.getByRole('link', { name: 'Parcels leave at <b>noon</b>' }).click();
    await page.waitForURL(/\/knowledge\/BL-\d+/);
    const { beliefs } = await at.client.beliefs({ key: 'parcel.time' });
    expect(beliefs).toMatchObject([
      { seat: 'front-desk', value: 'noon', evidence: ['C-1', 'C-2'], standing: 'confirmed' },
    ]);
    expect(beliefs[0]!.until).not.toBeNull();
    await page.getByRole('button', { name: 'Correct' }).click();
    await dialog.getByLabel('What is so instead').fill('Parcels leave at four');
    await dialog.getByLabel('Reason').fill('new contract');
    await dialog.getByRole('button', { name: 'Correct' }).click();
    await page.waitForURL(/\/knowledge$/);
    await page.getByRole('link', { name: 'Parcels leave at four' }).waitFor();
    expect(missing).toEqual([]);
    await go(page, `/knowledge/${beliefs[0]!.id}`);
    await page.getByText('It is not held any more').waitFor();
    await looked(page, 'belief-gone');
  });

  it('[WEB113] a purpose and a target are amended with a reason, and taken back', async () => {
    const { page } = me;
    const { units } = await at.client.purpose();
    const unit = units.find(({ targets }) => targets.some((each) => each.unit === 'percent'))!;
    const target = unit.targets.find((each) => each.unit === 'percent')!;
    await go(page, '/goals?tab=purpose');
    const card = page
      .getByRole('listitem')
      .filter({ hasText: unit.title })
      .filter({ has: page.getByRole('button', { name: 'Amend' }) });
    await card.getByRole('button', { name: 'Amend' }).first().click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Amend' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Purpose').fill('Answer kindly, and soon.');
    await dialog.getByLabel(target.title).fill('91');
    await dialog.getByLabel('Reason').fill('we can do better');
    await looked(page, 'amend');
    await dialog.getByRole('button', { name: 'Amend' }).click();
    await page.getByText(/^Version \d+ is in force$/).waitFor();
    const amended = await at.client.unitPurpose({ id: unit.unit });
    expect(amended.purpose).toBe('Answer kindly, and soon.');
    expect(amended.versions[0]).toMatchObject({ reason: 'we can do better', authority: 'human' });
    expect(amended.targets.find((each) => each.target === target.target)!.target_value).toBe(91);
    await card.getByRole('button', { name: 'Versions' }).first().click();
    await dialog.getByText('“we can do better”').waitFor();
    await looked(page, 'versions');
    await dialog.getByRole('button', { name: 'Take back' }).first().click();
    await page.getByLabel('Reason').fill('it was too much');
    await page
      .getByRole('dialog', { name: /Take version/ })
      .getByRole('button', { name: 'Take back' })
      .click();
    await page.getByText(/^Taken back: version \d+/).waitFor();
    expect(await at.client.unitPurpose({ id: unit.unit })).toMatchObject({ purpose: unit.purpose });
    await page.keyboard.press('Escape');
  });

  it('[WEB114] a proposal is made with options, each with the effect it will be held to', async () => {
    const { page } = me;
    await go(page, '/goals');
    await page.getByRole('button', { name: 'Make a proposal' }).click();
    const dialog = page.getByRole('dialog');
    const make = dialog.getByRole('button', { name: 'Make a proposal' });
    await dialog.getByLabel('Unit').selectOption('front');
    await dialog.getByLabel('Title').fill('Answer faster');
    await dialog.getByLabel('What is, and why').fill('Half of the time is waiting.');
    await dialog.getByRole('button', { name: 'Another option' }).click();
    for (const [n, title] of ['One seat more', 'Shorter texts'].entries()) {
      const option = dialog.getByRole('group', { name: `Option ${n + 1}` });
      await option.getByLabel('What would be done').fill(title);
      await option.getByLabel('Moves the metric').selectOption('first-response');
      await option.getByLabel('To').fill('1.5');
      await option.getByLabel('By').fill('2027-03-31');
    }
    await dialog.getByLabel('Cost').first().fill('five');
    await dialog.getByLabel('Evidence').fill('C-1');
    expect(await make.isDisabled()).toBe(true);
    await dialog.getByLabel('Cost').first().fill('5');
    await dialog.getByRole('radio').nth(1).check();
    await looked(page, 'propose');
    await make.click();
    await page.getByText(/^P-\d+ is proposed$/).waitFor();
    await page.getByText('Half of the time is waiting.').waitFor();
    const [made] = (await at.client.proposals({})).proposals;
    expect(made).toMatchObject({ unit: 'front', recommend: 'option-2', status: 'open', evidence: ['C-1'] });
    expect(made!.options).toMatchObject([
      { cost: 5_000_000, effects: [{ metric: 'first-response', value: 90_000 }] },
      {},
    ]);
  });

  it('[WEB115] the files of a desk are held against each other, branched off, written out, and a branch is closed', async () => {
    const { page } = me;
    const files = join(at.data, 'desk');
    mkdirSync(files);
    for (const text of ['one', 'two']) {
      writeFileSync(join(files, 'notes.md'), text);
      await at.client.takeSnapshot({ id: 'front-desk', directory: files, purpose: `note ${text}` });
    }
    await go(page, '/desks/front-desk');
    await page.getByText('note two').waitFor();
    const [newest, oldest] = (await at.client.desk({ id: 'front-desk' })).latest;
    await page.getByLabel(`Compare with (${newest!.id})`).selectOption(oldest!.id);
    await page.getByRole('list', { name: 'What differs' }).getByText('notes.md').waitFor();
    await page.getByRole('button', { name: 'Branch off' }).last().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of the branch').fill('trial');
    await dialog.getByLabel('For').fill('other words');
    await dialog.getByRole('button', { name: 'Branch off' }).click();
    await page.getByText('The branch trial is there').waitFor();
    expect((await at.client.desk({ id: 'front-desk' })).branches).toMatchObject([
      {},
      { name: 'trial', from: oldest!.id },
    ]);
    await looked(page, 'desk-branch');
    await page.getByRole('button', { name: 'Write out' }).last().click();
    const out = join(at.data, 'out');
    await dialog.getByLabel('Empty folder').fill(out);
    await dialog.getByRole('button', { name: 'Write out' }).click();
    await page.getByText('1 file written').waitFor();
    expect(readdirSync(out)).toEqual(['notes.md']);
    expect(readFileSync(join(out, 'notes.md'), 'utf8')).toBe('one');
    await page.getByRole('button', { name: 'Close', exact: true }).first().click();
    await page.getByLabel('Reason').fill('no good');
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.getByText('closed', { exact: true }).waitFor();
  });

  it('[WEB116] on a slow line a page says that it loads, and what is done twice in impatience happens once', async () => {
    const { page } = me;
    const session = await page.context().newCDPSession(page);
    const line = (latency: number, bytes: number) =>
      session.send('Network.emulateNetworkConditions', {
        ...{ offline: false, latency, downloadThroughput: bytes, uploadThroughput: bytes },
      });
    await line(600, 60_000);
    await page.evaluate(() => {
      history.pushState(null, '', '/policies?tab=contracts');
      dispatchEvent(new PopStateEvent('popstate'));
    });
    await page.getByRole('status').first().waitFor();
    await page.getByRole('heading', { name: 'Policies' }).waitFor();
    await go(page, '/cases?view=table');
    const before = (await at.client.cases({ limit: 1 })).cases[0]!.id;
    await page.getByRole('button', { name: 'Open a case' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Customer (an address or a name)').fill('slow@x.example');
    await dialog.getByLabel('Subject').fill('A slow line');
    await dialog.getByLabel('What they write').fill('Hello');
    await dialog.getByLabel('What they write').press('Control+Enter');
    const open = dialog.getByRole('button', { name: 'Open a case' });
    await open.dblclick();
    await page.waitForURL(/\/cases\/C-\d+/);
    await line(0, -1);
    await session.detach();
    const opened = (await at.client.cases({ customer: 'slow@x.example' })).cases;
    expect(opened).toHaveLength(1);
    expect(Number(opened[0]!.id.slice(2))).toBe(Number(before.slice(2)) + 1);
  });

  it('[WEB117] of two tabs one holds the stream; when it is closed the other one goes on with it', async () => {
    const { context, page } = me;
    const streams: string[] = [];
    context.on('request', (request) => request.url().includes('/v1/events') && streams.push(request.url()));
    const second = await context.newPage();
    await second.goto(`${at.server().url}/cases?view=table`);
    await second.getByText('A slow line').first().waitFor();
    expect(streams).toEqual([]);
    await page.close();
    await at.client.openCase({ subject: 'Seen by the second tab', customer: 'tab@x.example' });
    await second.getByText('Seen by the second tab').waitFor();
    expect(streams.length).toBeGreaterThan(0);
  });

  it('[WEB62] nothing was asked of anybody else, and nothing broke the policy of the page', () => {
    expect(me.strangers).toEqual([]);
    // A token for a script and a page about a belief that is gone were asked for on purpose; while somebody is forgotten, the state is loaded anew.
    expect(me.heard.filter((text) => !/status of (404|409|503)/.test(text))).toEqual([]);
  });
});
