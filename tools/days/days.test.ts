import { type DaysOutcome, playDays } from '@reeve/simulator';
import { beforeAll, describe, expect, it } from 'vitest';
import { problemsOf, type Report, reportOf, reportText, THINGS } from './report.ts';

const SEED = 1;
const MINUTES = 60_000;

/** What the explanation of each thing has to say, whatever the seed. */
const SAYS: Readonly<Record<(typeof THINGS)[number], readonly RegExp[]>> = {
  gap: [/was opened for the target few-reopened/, /over: /],
  'weak-seat': [/second-desk: fitness .*50 % → 35 %/],
  'misrouted-topic': [/evening-desk handed it on: wrong domain/, /assigned trade-desk/, /needs topic wholesale/],
  'kill-switch': [/refused by switch switch\/lane:answers/, /instead: wait until a human re-arms it/],
  restructuring: [/evening-desk; front-desk took its place|evening-desk; desk took its place/],
};

describe.each(['support', 'content'] as const)('twenty days of the %s pack', (pack) => {
  let outcome: DaysOutcome;
  let report: Report;
  beforeAll(async () => {
    outcome = await playDays({ pack, seed: SEED, days: 20, casesPerDay: 8 });
    report = await reportOf(outcome, SEED, 0);
  }, 5 * MINUTES);

  it.each(THINGS)('[SIM20] show it, with the records it rests on: %s', (thing) => {
    const told = report.told.find(({ what }) => what === thing);
    expect(told?.records.length).toBeGreaterThan(0);
  });

  it.each(THINGS)('[SIM23] explain it with the words of the product: %s', (thing) => {
    const text = report.told
      .find(({ what }) => what === thing)!
      .explained.map((one) => one.text)
      .join('\n');
    for (const words of SAYS[thing]) expect(text).toMatch(words);
  });

  it('[SIM21] the hasty desk ends with less traffic than it had, and not below the floor', () => {
    const { shares } = outcome.story.weak!;
    expect(shares[0]).toBe(50);
    expect(shares.at(-1)).toBeLessThan(50);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(5);
  });

  it('[SIM22] no case is lost: what was opened is over or open, and what is open has an owner', () => {
    const { opened, closed, cancelled, open, ownerless } = outcome.count;
    expect(opened).toBeGreaterThan(150);
    expect(closed + cancelled + open).toBe(opened);
    expect(ownerless).toEqual([]);
    expect(outcome.unknown).toEqual([]);
  });

  it('[SIM22] the merge takes cases that are under way with it, and loses none', () => {
    const { moved, lost } = outcome.story.restructured!;
    expect(moved.length).toBeGreaterThan(3);
    expect(lost).toEqual([]);
  });

  it('[SIM22] the chain is whole, and the report finds nothing wrong', () => {
    expect(outcome.findings).toEqual([]);
    expect(problemsOf(report)).toEqual([]);
    expect(reportText(report)).toContain('chain verified; no case lost');
  });
});

describe('what a report does not show', () => {
  it(
    '[SIM23] is named: a thing that did not happen, a lost case, a broken chain',
    async () => {
      const outcome = await playDays({ pack: 'support', seed: 2, days: 3, casesPerDay: 6 });
      const report = await reportOf(outcome, 2, 0);
      const { cases } = report;
      const worse = {
        ...report,
        cases: { ...cases, opened: cases.opened + 1, unknown: ['C-9999'] },
        findings: [{ rule: 'chain', detail: 'record 7 does not follow record 6' }],
      };
      const said = problemsOf(worse).join('\n');
      expect(said).toContain('weak-seat did not happen');
      expect(said).toContain(`${cases.opened + 1} cases were opened, ${cases.opened} are known`);
      expect(said).toContain('C-9999 was acknowledged');
      expect(said).toContain('chain: record 7');
      expect(reportText(worse)).toContain('WRONG');
    },
    MINUTES,
  );

  it('[SIM1] the same seed gives the same ledger', async () => {
    const play = () => playDays({ pack: 'content', seed: 3, days: 2, casesPerDay: 6 });
    const [first, second] = [await play(), await play()];
    expect(second.hash).toBe(first.hash);
    expect(second.records).toBe(first.records);
  }, 120_000);
});
