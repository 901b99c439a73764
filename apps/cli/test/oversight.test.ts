import { createState, scorecard } from '@reeve/kernel';
import { describe, expect, it } from 'vitest';
import { healthText, interventionsText, postMortemText, scorecardText } from '../src/text/oversight.ts';
import { trendsText } from '../src/text/trends.ts';

const view = { paint: (_: string, text: string) => text, width: 120, now: 60_000, currency: 'USD' } as never;

describe('[CLI120] oversight on a terminal', () => {
  it('what was not measured says so and why, and formulas are shown when asked for', () => {
    const { scores } = scorecard(createState('acme'), 0, 1000);
    const card = { from: 0, until: 1000, scores: scores.map((score) => ({ ...score })) };
    expect(scorecardText(card, view, false)).toContain('no case was closed or cancelled');
    expect(scorecardText(card, view, true)).toContain('cases closed / (closed +');
  });

  it('R-C21 trends come with a chart, the mean and the change', () => {
    const days = [10, 12].map((value, i) => ({ day: `2026-11-2${i}`, value }));
    const line = { measure: 'cases' as const, days, current: 12, average: 11, trend: 20, chart: '▇█' };
    const slow = { ...line, measure: 'duration' as const, current: null, average: 7_200_000, trend: null };
    const page = trendsText([line, slow], view);
    expect(page).toMatch(/cases closed +▇█ +12 +11 +\+20 %/);
    expect(page).toMatch(/time to close +▇█ +- +2 h +-/);
  });

  it('seats in trouble come with their ladder, and interventions with their reason', () => {
    const trouble = { trouble: 'stuck' as const, since: 0, rung: 2, nextAt: null };
    const seat = {
      seat: 'desk',
      state: 'stuck' as const,
      problem: true,
      why: 'did nothing',
      since: 0,
      run: 'R-1',
      case: 'C-1',
      lastAt: 0,
      trouble,
    };
    const page = {
      now: 60_000,
      seats: [seat],
      counts: { stuck: 1 },
      alerts: [],
      modes: [],
      compliance: { score: null, lines: [] },
      wakeups: [],
    };
    expect(healthText(page, view, false)).toMatch(/desk +stuck +did nothing +rung 2/);
    const did = {
      seq: 7,
      at: 0,
      seat: 'desk',
      trouble: 'stuck' as const,
      action: 'restart' as const,
      rung: 1,
      reason: 'did nothing',
      done: 'R-1 runs again',
      run: 'R-1',
      case: 'C-1',
      to: null,
    };
    expect(interventionsText([did], view)).toContain('restart: R-1 runs again');
    expect(interventionsText([], view)).toBe('nothing had to be done\n');
  });

  it('a post-mortem names the earlier incident and what it touched', () => {
    const impact = { cases: ['C-1'], operations: { refused: 2, failed: 0, deferred: 1 }, runs: 1, approvals: 0 };
    const told = { seq: 3, at: 0, kind: 'switch.tripped', text: 'ann stopped desk' };
    const text = postMortemText({
      ...{
        incident: 'I-2',
        cause: 'switch',
        about: 'seat:desk',
        summary: 's',
        openedAt: 0,
        closedAt: null,
        lasted: null,
      },
      ...{
        signature: null,
        level: 2,
        earlier: 'I-1',
        chain: [told],
        timeline: [],
        impact,
        done: [],
        prevention: null,
        complete: true,
      },
    });
    for (const part of [
      'level 2',
      'I-1',
      'ann stopped desk (record 3)',
      '1 case: C-1',
      '2 operations refused',
      '1 run',
    ])
      expect(text).toContain(part);
  });
});
