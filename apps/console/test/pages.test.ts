/** Every page, looked at by axe in light, dark and on a phone; screenshots are left in artifacts/. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wrong } from './axe.ts';
import { CHROMIUM, go, openBrowser, type Place, place, shoot, visitor } from './support.ts';

describe.skipIf(!CHROMIUM)('every page', () => {
  let at: Place;
  let browser: Browser;
  const pages = new Map<string, string>();

  beforeAll(async () => {
    [at, browser] = await Promise.all([place(30), openBrowser()]);
    const [approval] = (await at.client.approvals({ status: 'pending' })).approvals;
    const done = (await at.client.operations({ status: 'verified' })).operations.find(({ cost }) => cost > 0);
    for (const text of ['Parcels leave Berlin at noon', 'Parcels leave Berlin at four'])
      await at.client.command({
        kind: 'belief.record',
        body: {
          seat: 'front-desk',
          statement: text,
          key: 'parcel.time',
          value: text,
          confidence: 0.7,
          evidence: ['C-1'],
        },
      });
    await at.client.command({
      kind: 'skill.record',
      body: {
        seat: 'front-desk',
        kind: 'template',
        title: 'Late parcel',
        text: 'Say when, and why.',
        topics: ['delivery'],
      },
    });
    const effects = [{ metric: 'first-response', value: 60_000, by: '2027-03-31' }];
    await at.client.makeProposal({
      ...{ unit: 'front', title: 'Answer faster', analysis: 'Half of the time is waiting.', recommend: 'more' },
      ...{ options: [{ id: 'more', title: 'One seat more', cost: 5_000_000, effects }], evidence: ['C-1'] },
    });
    await at.client.restructure({
      steps: [{ do: 'reassign', seat: 'verifier', supervisor: 'router' }],
      reason: 'checks beside the work',
    });
    const found = [
      ['today', '/'],
      ['approvals', '/approvals'],
      ['approval', `/approvals/${approval!.id}`],
      ['cases-board', '/cases'],
      ['cases-table', '/cases?view=table'],
      ['case', `/cases/${done!.case}`],
      ['case-conversation', `/cases/${done!.case}?tab=conversation`],
      ['case-operations', `/cases/${done!.case}?tab=operations`],
      ['why', `/why/${done!.id}`],
      ['organisation', '/organisation'],
      ['organisation-list', '/organisation?view=list'],
      ['restructure', '/organisation?view=restructure'],
      ['past-changes', '/organisation?view=past'],
      ['why-restructuring', '/why/RS-1'],
      ['seat', '/organisation/billing-specialist'],
      ['lanes', '/lanes'],
      ['lane', '/lanes/refund-and-tell'],
      ['lane-comparison', '/lanes/refund-and-tell?tab=comparison'],
      ['lane-moves', '/lanes/refund-and-tell?tab=moves'],
      ['lane-money', '/lanes/refund-and-tell?tab=money'],
      ['lane-check', '/lanes/refund-and-tell?tab=check'],
      ['ninety-days', '/lanes?tab=ninety'],
      ['knowledge', '/knowledge'],
      ['belief', '/knowledge/BL-1'],
      ['skills', '/knowledge?tab=skills'],
      ['desks', '/knowledge?tab=desks'],
      ['graph', '/knowledge?tab=graph'],
      ['contexts', '/knowledge?tab=contexts'],
      ['teams', '/knowledge?tab=teams'],
      ['find', '/knowledge?tab=find&q=parcel'],
      ['goals', '/goals'],
      ['proposals', '/goals?tab=proposals'],
      ['metrics', '/goals?tab=metrics'],
      ['purpose', '/goals?tab=purpose'],
      ['workers', '/workers'],
      ['run', '/workers/R-1'],
      ['health', '/health'],
      ['health-interventions', '/health?tab=interventions'],
      ['health-wakeups', '/health?tab=wakeups'],
      ['health-incidents', '/health?tab=incidents'],
      ['health-scorecard', '/health?tab=scorecard'],
      ['health-reports', '/health?tab=reports'],
      ['health-standups', '/health?tab=standups'],
      ['ledger', '/ledger'],
      ['record', '/ledger/12'],
      ['verify', '/ledger/verify'],
      ['money', '/money'],
      ['policies', '/policies'],
      ['contracts', '/policies?tab=contracts'],
      ['rules', '/policies?tab=rules'],
      ['what-if', '/policies?tab=what-if'],
      ['authority', '/authority'],
      ['incidents', '/authority?tab=incidents'],
      ['violations', '/authority?tab=violations'],
      ['reviews', '/authority?tab=reviews'],
      ['settings', '/settings'],
      ['tools', '/settings?tab=tools'],
      ['access', '/settings?tab=access'],
      ['backups', '/settings?tab=backups'],
      ['forget', '/settings?tab=forget'],
      ['desk', '/desks/front-desk'],
      ['nowhere', '/no/such/page'],
    ] as const;
    for (const [name, path] of found) pages.set(name, path);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await at?.close();
  });

  const look = async (mode: 'light' | 'dark' | 'phone', names: readonly string[]) => {
    const { page, heard, context } = await visitor(browser, at, { phone: mode === 'phone', dark: mode === 'dark' });
    const faults: string[] = [];
    for (const name of names) {
      await go(page, pages.get(name)!);
      await shoot(page, `${name}-${mode}`);
      faults.push(...(await wrong(page)).map((fault) => `${name}: ${fault}`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (wide) faults.push(`${name}: is wider than the screen`);
    }
    await context.close();
    return [...faults, ...heard];
  };

  it(
    '[WEB34] is accessible in the light',
    async () => expect(await look('light', [...pages.keys()])).toEqual([]),
    240_000,
  );
  it(
    '[WEB34] is accessible in the dark',
    async () =>
      expect(
        await look('dark', [
          'today',
          'approval',
          'cases-board',
          'case',
          'why',
          'organisation',
          'restructure',
          'past-changes',
          'seat',
          'lane',
          'lane-check',
          'goals',
          'knowledge',
          'belief',
          'graph',
          'ledger',
          'money',
          'run',
          'health',
          'policies',
          'what-if',
        ]),
      ).toEqual([]),
    120_000,
  );
  it(
    '[WEB34] is accessible on a phone',
    async () =>
      expect(
        await look('phone', [
          'today',
          'approvals',
          'approval',
          'cases-board',
          'cases-table',
          'case',
          'why',
          'organisation',
          'restructure',
          'past-changes',
          'seat',
          'lanes',
          'lane',
          'goals',
          'proposals',
          'knowledge',
          'belief',
          'skills',
          'run',
          'health',
          'health-scorecard',
          'money',
          'settings',
        ]),
      ).toEqual([]),
    120_000,
  );
});
