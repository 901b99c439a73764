import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evolve } from '../src/core/evolve.ts';
import { createState, gapLines, metricValue, nextDue, unitPurposes } from '../src/index.ts';
import {
  apply,
  at,
  DAY,
  type Draft,
  HOUR,
  inbox,
  kinds,
  opened,
  START,
  SYSTEM,
  seat,
  shop,
  theCase,
  type World,
} from './support/org-shop.ts';

type Target = NonNullable<Draft['targets']>[number];
const STOCK: NonNullable<Draft['metrics']>[number] = {
  ...{ id: 'stock', title: 'Stock', measure: { reported: { capability: 'orders.get', field: 'left' } } },
};
const OPENED: NonNullable<Draft['metrics']>[number] = {
  ...{ id: 'opened', title: 'Opened', measure: { count: { event: 'case.opened' } } },
};
const target = (more: Partial<Target> = {}): Target => ({
  ...{ id: 'full', metric: 'stock', unit: 'company', owner: 'desk', value: 100, direction: 'at-least' },
  ...more,
});

/** The shop with one number that a tool reports; its desk closes gaps when it is mature enough. */
function goals(targets: Target[], maturity = 1, settings: object = {}): Draft {
  const base = shop({ metrics: [STOCK, OPENED], targets });
  const charter = {
    purpose: 'desk',
    tier: 'executor' as const,
    rights: [{ capability: '*' }],
    metrics: ['stock'],
    maturity,
  };
  return {
    ...base,
    settings: {
      ...base.settings,
      purpose: { cadence: { week: false, month: false, quarter: false, year: false }, ...settings },
    },
    seats: base.seats!.map((each) => (each.id === 'desk' ? { ...each, charter } : each)),
  };
}

function report(w: World, left: number): void {
  const args = { order: `n${w.state.seq}` };
  const operation = w.ok('operation.request', { capability: 'orders.get', args }, at('desk')).operation as string;
  w.ok('operation.complete', { operation, attempt: 0, result: { left } }, SYSTEM);
}

/** A value for each day, and the check at its end; all that was written. */
const days = (w: World, values: readonly number[]) =>
  values.flatMap((each) => {
    report(w, each);
    return w.wait(DAY);
  });
const line = (w: World, now = w.now) => gapLines(w.state, now)[0]!;
const of = (w: World, kind: string) => w.records.filter((record) => record.kind === kind);

describe('how a target stands', () => {
  const standing = (w: World, day: number) => {
    const { expected, status } = line(w, START + day * DAY);
    return [expected === null ? null : Math.round(expected * 10) / 10, status];
  };

  it('[PUR30, PUR31] R-A16: on a straight line from what was measured first to the deadline (R-A15)', () => {
    const w = opened(goals([target({ deadline: '2026-12-20' })]));
    expect(standing(w, 0)).toEqual([null, 'unknown']);
    days(w, [40]);
    // From the day it came into force to the end of its last day: 30 days.
    expect([0, 10, 20, 30].map((day) => standing(w, day))).toEqual([
      [40, 'on_track'],
      [60, 'behind'],
      [80, 'behind'],
      [100, 'missed'],
    ]);
    report(w, 70);
    expect([10, 15.1, 30].map((day) => standing(w, day)[1])).toEqual(['on_track', 'behind', 'missed']);
    report(w, 100);
    expect(standing(w, 30)).toEqual([100, 'met']);
  });

  it('[PUR30] from a given value and day, and in steps, for numbers that should fall, too', () => {
    const from = { from: 60, start: '2026-11-11', deadline: '2026-11-30' };
    const w = opened(goals([target({ ...from, value: 20, direction: 'at-most' })]));
    report(w, 35);
    expect([0, 2, 4].map((day) => standing(w, day))).toEqual([
      [40, 'on_track'],
      [36, 'on_track'],
      [32, 'behind'],
    ]);
    const steps = [
      { by: '2026-11-24', value: 50 },
      { by: '2026-11-22', value: 30 },
    ];
    apply(w, goals([target({ steps, deadline: '2026-11-30' })]));
    expect([0, 2, 3, 4, 10].map((day) => standing(w, day))).toEqual([
      [null, 'on_track'],
      [30, 'on_track'],
      [30, 'on_track'],
      [50, 'behind'],
      [100, 'missed'],
    ]);
  });

  it('[PUR31] unknown while there is too little to judge', () => {
    const w = opened(goals([target({ metric: 'opened', samples: 3, value: 5 })]));
    for (const [status, met] of [
      ['unknown', false],
      ['unknown', false],
      ['unknown', false],
      ['behind', false],
    ] as const) {
      expect([line(w).status, line(w).met]).toEqual([status, met]);
      w.ok('case.open', { subject: 's', customer: 'k' });
    }
  });
});

describe('the daily check', () => {
  it('[PUR33] is one record a day, whoever sleeps and however often it is asked', () => {
    const w = opened(goals([target(), target({ id: 'second' })]));
    expect(nextDue(w.state)).toBe(START + DAY);
    report(w, 5);
    expect(kinds(w.wait(HOUR))).toEqual([]);
    expect(kinds(w.wait(DAY))).toEqual(['purpose.checked']);
    apply(w, goals([target(), target({ id: 'third' })]));
    expect(kinds(w.wait(HOUR))).toEqual([]);
    expect(kinds(w.wait(20 * DAY))).toEqual(['purpose.checked']);
    expect(kinds(w.wait(DAY))).toEqual(['purpose.checked']);
  });

  it('[PUR33] R-A26, R-A30: keeps as many as show a trend', () => {
    const w = opened(goals([target()], 1, { gaps: { widens: 1000, stays: 1000 } }));
    days(w, [50, 52]);
    expect(line(w)).toMatchObject({ trend: 'better', baseline: 50, points: [{ value: 50 }, { value: 52 }] });
    days(w, [48]);
    expect(line(w).trend).toBe('worse');
    days(w, Array(40).fill(48));
    expect([line(w).points.length, line(w).trend]).toEqual([30, 'steady']);
  });

  it('without targets nothing is due', () => {
    const w = opened(goals([]));
    expect(nextDue(w.state)).toBeNull();
  });
});

describe('gaps', () => {
  it('[PUR34] R-A9: one that gets wider three times in a row becomes a case, once (R-A7, R-A8, R-A12)', () => {
    const w = opened(goals([target()]));
    days(w, [90, 80, 85, 84, 83]);
    expect(of(w, 'gap.opened')).toEqual([]);
    days(w, [82]);
    expect(of(w, 'gap.opened').map((r) => r.body)).toMatchObject([
      { target: 'full', case: 'C-1', owner: 'desk', why: 'widening' },
    ]);
    expect(theCase(w)).toMatchObject({ owner: 'desk', subject: 'Close the gap: Stock', due: w.now + 7 * DAY });
    expect(theCase(w).text).toBe('Stock is 82; it should be at least 100. The gap has been getting wider.');
    expect(inbox(w, 'desk')).toEqual(['assign:system']);
    w.ok('case.cancel', { case: 'C-1', reason: 'not my problem' }, at('desk'));
    days(w, [80, 70, 60, 50]);
    expect(of(w, 'gap.opened').length).toBe(1);
  });

  it('[PUR34] one that stays, and one whose deadline has passed', () => {
    const w = opened(goals([target(), target({ id: 'late', deadline: '2026-11-22' })]));
    days(w, [50, 50, 50, 50, 50, 50]);
    expect(of(w, 'gap.opened').map((r) => r.body)).toMatchObject([{ target: 'late', why: 'missed' }]);
    days(w, [50]);
    expect(
      of(w, 'gap.opened')
        .map((r) => r.body)
        .at(-1),
    ).toMatchObject({ target: 'full', why: 'staying' });
    expect([theCase(w, 'C-1').priority, theCase(w, 'C-2').priority]).toEqual(['high', 'normal']);
  });

  it('[PUR32, PUR40] is for the owner who is mature enough, else for the nearest above who is, or a human', () => {
    const owners = [0, 1].map((maturity) => {
      const w = opened(goals([target()], maturity));
      days(w, [90, 80, 70, 60]);
      return theCase(w).owner;
    });
    expect(owners).toEqual(['lead', 'desk']);
    const headless = opened(goals([{ id: 'full', metric: 'stock', value: 100, direction: 'at-least' }]));
    days(headless, [90, 80, 70, 60]);
    expect(theCase(headless).owner).toBe('boss');
    const nobody = opened({ ...goals([target()], 0), seats: [seat('desk')] });
    days(nobody, [90, 80, 70, 60]);
    expect(nobody.state.cases.cases.size).toBe(0);
  });

  it('[PUR35] R-E47: goes up while it stays open, until a human has it', () => {
    const w = opened(goals([target()], 1, { gaps: { widens: 2, stays: 3, due: '90d' } }));
    days(w, [90, 80, 70]);
    days(w, [60, 60]);
    expect(of(w, 'gap.escalated')).toEqual([]);
    days(w, [60]);
    expect(of(w, 'gap.escalated').map((r) => r.body)).toMatchObject([{ from: 'desk', to: 'lead', level: 1 }]);
    expect(theCase(w)).toMatchObject({ status: 'escalated', escalations: 1 });
    days(w, Array(20).fill(50));
    expect([of(w, 'gap.escalated').length, theCase(w).escalations]).toEqual([1, 1]);
  });

  it('[PUR35] past agents who only do tasks, whatever path of escalation a charter names', () => {
    const base = goals([target()], 1, { gaps: { widens: 2, stays: 3, due: '90d' } });
    const agent = (id: string) => ({ occupant: { principal: `p-${id}`, kind: 'script' as const, script: 'x.ts' } });
    const seats = base.seats!.map((each) => {
      if (each.id === 'lead') return { ...each, ...agent('lead') };
      return each.id === 'desk' ? { ...each, charter: { ...each.charter, escalation: 'orders' } } : each;
    });
    const w = opened({ ...base, seats });
    days(w, [90, 80, 70, 60, 60, 60]);
    expect(of(w, 'gap.escalated').map((r) => r.body)).toMatchObject([{ from: 'desk', to: 'boss' }]);
  });

  it('[PUR35] also when its case is over: then the seat above is told', () => {
    const w = opened(goals([target()], 1, { gaps: { widens: 2, stays: 3 } }));
    days(w, [90, 80, 70]);
    w.ok('case.cancel', { case: 'C-1', reason: 'r' }, at('desk'));
    days(w, [70, 70, 70]);
    expect(inbox(w, 'lead')).toEqual(['escalation:system']);
  });

  it('[PUR36] is over when the target is met: untouched work is cancelled', () => {
    const w = opened(goals([target()]));
    days(w, [90, 80, 70, 60, 100]);
    expect(of(w, 'gap.closed').map((r) => r.body)).toMatchObject([
      { target: 'full', case: 'C-1', why: 'met', value: 100 },
    ]);
    expect([theCase(w).status, line(w).gap, line(w).status]).toEqual(['cancelled', null, 'met']);
    days(w, [90, 80, 70]);
    expect(of(w, 'gap.opened').length).toBe(2);
  });

  it('[PUR36] work that was begun may be resolved with the number as evidence', () => {
    const w = opened(goals([target()]));
    days(w, [90, 80, 70, 60]);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    const resolve = { case: 'C-1', summary: 'Ordered more', evidence: ['target/full'] };
    expect(w.no('case.resolve', resolve, at('desk')).rule).toBe('CAS9');
    days(w, [120]);
    expect(inbox(w, 'desk')).toContain('inform:system');
    w.ok('case.resolve', resolve, at('desk'));
    expect(theCase(w).status).toBe('resolved');
  });

  it('[PUR36] is over when the target is withdrawn', () => {
    const w = opened(goals([target()]));
    days(w, [90, 80, 70, 60]);
    apply(w, goals([target({ id: 'other', value: 1 })]));
    days(w, [60]);
    expect(of(w, 'gap.closed').map((r) => r.body)).toMatchObject([{ target: 'full', why: 'withdrawn', value: null }]);
    expect([...w.state.purpose.tracks.keys()]).toEqual(['other']);
  });

  it('[PUR11] what happens to its case is not counted', () => {
    const w = opened(goals([target()]));
    const count = () => metricValue(w.state, w.state.purpose.metrics.find(({ id }) => id === 'opened')!);
    w.ok('case.open', { subject: 's', customer: 'k' });
    days(w, [90, 80, 70, 60]);
    expect([w.state.cases.cases.size, count()]).toEqual([2, 1]);
  });

  it('[PUR34, PUR36] whatever the numbers do: one case at a time, all over when met, and the same after a replay', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 80, max: 104 }), { minLength: 5, maxLength: 60 }), (values) => {
        const w = opened(goals([target()], 1, { gaps: { widens: 2, stays: 4 } }));
        for (const each of values) {
          days(w, [each]);
          const gone = of(w, 'gap.closed').length;
          const open = of(w, 'gap.opened').length - gone;
          expect(open === 0 || open === 1).toBe(true);
          if (each >= 100) expect(open).toBe(0);
          expect(line(w).gap !== null).toBe(open === 1);
        }
        const again = createState('acme');
        for (const record of w.records) evolve(again, structuredClone(record));
        expect(again.purpose).toEqual(w.state.purpose);
      }),
      { numRuns: 25, seed: 3 },
    );
  });
});

describe('reviews', () => {
  const ON = { cadence: { week: true, month: true, quarter: true, year: true } };

  it('[PUR37] R-A25, R-A29: by week and month to whoever is responsible, by quarter to the human who decides, by year to the top (R-D67)', () => {
    const w = opened(goals([target(), target({ id: 'second' })], 1, { ...ON, gaps: { widens: 999, stays: 999 } }));
    report(w, 50);
    for (let day = 0; day < 45; day++) w.wait(DAY);
    const sent = of(w, 'purpose.reviewed').map(({ body }) => {
      const { period, name, to, standings } = body as unknown as {
        period: string;
        name: string;
        to: string;
        standings: unknown[];
      };
      return [period, period === 'week' ? '' : name, to, standings.length];
    });
    expect(sent.filter(([period]) => period === 'week').length).toBe(7);
    expect(sent.filter(([period]) => period !== 'week')).toEqual([
      ['month', '2026-12', 'desk', 2],
      ['month', '2027-01', 'desk', 2],
      ['quarter', '2027-Q1', 'boss', 2],
      ['year', '2027', 'boss', 2],
    ]);
    const [first] = [...w.state.inbox.messages.values()].filter((m) => m.to === 'desk');
    expect(first).toMatchObject({ type: 'reminder', data: { review: 'week' } });
    expect(first!.text).toBe(
      'The week is over. Are these on their way?\n- behind: Stock is 50; it should be at least 100.\n- behind: Stock is 50; it should be at least 100.',
    );
  });

  it('[PUR37] goes to nobody who was not asked for', () => {
    const w = opened(goals([target()], 1));
    report(w, 50);
    for (let day = 0; day < 45; day++) w.wait(DAY);
    expect(of(w, 'purpose.reviewed')).toEqual([]);
  });
});

describe('where work points', () => {
  it('[PUR45] R-E42, R-A13: each target to what it serves, each seat to a target, or its name is on the list (R-E72)', () => {
    const targets = [
      target({ id: 'top' }),
      target({ id: 'middle', serves: 'top' }),
      target({ id: 'low', serves: 'middle' }),
      target({ id: 'round', serves: 'about' }),
      target({ id: 'about', serves: 'round' }),
    ];
    const w = opened(goals(targets));
    expect(gapLines(w.state).map((each) => each.serves)).toEqual([
      [],
      ['top'],
      ['middle', 'top'],
      ['about'],
      ['round'],
    ]);
    expect(unitPurposes(w.state)[0]!.aimless).toEqual(['boss', 'lead', 'orders', 'billing', 'quality', 'other']);
  });
});
