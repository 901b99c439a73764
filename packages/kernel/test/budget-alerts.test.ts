import { describe, expect, it } from 'vitest';
import { budgetLines } from '../src/budget/views.ts';
import { find, type Shop } from './support/op-definition.ts';
import { World } from './support/op-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const world = (budget: Partial<Shop['budgets'][number]>, change: (d: Shop) => void = () => undefined) =>
  new World((d) => {
    d.budgets.push({ id: 'b', allocation: 1000, ...budget });
    change(d);
  });
let count = 0;
function spend(w: World, amount: number): void {
  const op = w.refund(amount, `o${count++}`);
  if (op.status !== 'admitted') throw new Error(`not admitted: ${op.status}`);
  w.lease(op);
  w.complete(op, { refund_id: 'r' });
}
const alerts = (w: World) => w.of('budget.alerted').map((r) => [r.body.what, r.body.percent, r.body.used]);

describe('[BUD9] thresholds', () => {
  it('are announced once each, when reserved and spent together reach them exactly', () => {
    const w = world({ thresholds: [50, 80, 100] });
    spend(w, 499);
    expect(alerts(w)).toEqual([]);
    const op = w.refund(1, 'x');
    expect(alerts(w)).toEqual([['threshold', 50, 500]]);
    w.lease(op);
    w.fail(op, 'deterministic');
    spend(w, 1);
    spend(w, 299);
    expect(alerts(w)).toHaveLength(1);
    spend(w, 1);
    spend(w, 200);
    expect(alerts(w).slice(1)).toEqual([
      ['threshold', 80, 800],
      ['threshold', 100, 1000],
    ]);
  });

  it('passed at once are one announcement, of the highest', () => {
    const w = world({ thresholds: [80, 50, 100] });
    spend(w, 900);
    expect(alerts(w)).toEqual([['threshold', 80, 900]]);
  });

  it('are 90 percent by default (R-A17, R-A20)', () => {
    const w = world({});
    spend(w, 899);
    expect(alerts(w)).toEqual([]);
    spend(w, 1);
    expect(alerts(w)).toEqual([['threshold', 90, 900]]);
  });

  it('count anew in the next period, and after the allocation changed', () => {
    const w = world({ period: 'day', thresholds: [50] });
    spend(w, 600);
    w.wait(DAY);
    spend(w, 600);
    expect(alerts(w)).toHaveLength(2);
    const to = (allocation: number) => {
      find(w.definition.budgets, 'b').allocation = allocation;
      w.apply();
    };
    to(2000);
    expect(alerts(w)).toHaveLength(2);
    to(1100);
    expect(alerts(w).at(-1)).toEqual(['threshold', 50, 600]);
    expect(alerts(w)).toHaveLength(3);
  });

  it('are about each case by itself where every case has an account', () => {
    const w = world({ each: 'case', allocation: 100, period: 'once', thresholds: [50] });
    w.ok('case.open', { subject: 'Other', customer: 'lee@example.com' });
    w.refund(60, 'o1');
    w.refund(60, 'o2', { case: 'C-2' });
    expect(w.of('budget.alerted').map((r) => r.body.budget)).toEqual(['b@C-1', 'b@C-2']);
  });

  it('of budgets in runs and tokens are announced as they are used', () => {
    const w = world({ currency: 'tokens', thresholds: [50] });
    const { run } = w.ok('run.start', { seat: 'desk', worker: 'w' });
    w.ok('run.spend', { run, step: 1, tokens: 600, what: 'thought' });
    expect(w.told('boss', 'inform')[0]).toContain('600 of 1000 tokens');
  });
});

describe('[BUD9] who is told', () => {
  const told = (budget: Partial<Shop['budgets'][number]>, change?: (d: Shop) => void) => {
    const w = world({ thresholds: [50], ...budget }, change);
    spend(w, 600);
    return w
      .of('message.sent')
      .filter((r) => r.body.data?.budget === 'b')
      .map((r) => r.body.to);
  };

  it('is the human above the seat, at the head of the unit, at the top of the organisation, or the one who is named', () => {
    expect(told({ seat: 'desk' })).toEqual(['lead']);
    expect(told({ unit: 'support' })).toEqual(['lead']);
    expect(told({})).toEqual(['boss']);
    expect(told({ owner: 'lead' })).toEqual(['lead']);
  });

  it('is never an agent: a message to one begins a run', () => {
    expect(told({ owner: 'mate' })).toEqual(['lead']);
    const robots = (d: Shop) => {
      for (const id of ['boss', 'lead']) find(d.seats, id).occupant = { principal: `${id}-x`, kind: 'script' };
    };
    expect(told({}, robots)).toEqual([]);
  });

  it('reads how much of what, and from 100 percent on it is an escalation', () => {
    const w = world({ title: 'Refunds', allocation: '$10.00', thresholds: [50, 100] });
    spend(w, 6_000_000);
    expect(w.told('boss', 'inform')).toEqual([
      'The budget "b" (Refunds) passed 50 %: 6.00 of 10.00 are spent or reserved in the period 2026-11.',
    ]);
    spend(w, 4_000_000);
    expect(w.told('boss')[0]).toContain('passed 100 %: 10.00 of 10.00');
  });
});

/** Three ordinary days and a fourth. */
function fourDays(w: World, usual: number): void {
  for (let day = 0; day < 3; day++) {
    spend(w, usual);
    w.wait(DAY);
  }
}

describe('[BUD9] a spike (R-A20)', () => {
  it('is announced when a day costs more than so many times the seven before, once', () => {
    const w = world({ spike: 3, allocation: 100_000, thresholds: [] });
    fourDays(w, 70);
    spend(w, 210);
    expect(alerts(w)).toEqual([]);
    spend(w, 1);
    spend(w, 500);
    expect(alerts(w)).toEqual([['spike', 301, 211]]);
    expect(w.told('boss')[0]).toContain('301 % of what it spends on an average day');
    w.wait(DAY);
    // 70, 70, 70 and 711 are 230 a day on average.
    spend(w, 690);
    expect(alerts(w)).toHaveLength(1);
    spend(w, 1);
    expect(alerts(w)).toHaveLength(2);
  });

  it('is nothing in the first three days: there is nothing usual yet', () => {
    const w = world({ spike: 2, thresholds: [] });
    spend(w, 1);
    w.wait(DAY);
    spend(w, 900);
    expect(alerts(w)).toEqual([]);
  });
});

describe('[BUD11] runway', () => {
  const line = (w: World) => budgetLines(w.state, w.now)[0]!;

  it('is what is left by what is spent a day, against the end of the period (R-E9)', () => {
    const w = world({ allocation: 1000 });
    fourDays(w, 100);
    // 24 November, noon: 300 in three days, 700 left for seven days, and the month has six and a half.
    expect(line(w)).toMatchObject({ perDay: 100, runway: 7, lasts: true, used: 30, until: Date.UTC(2026, 11) });
    spend(w, 100);
    expect(line(w)).toMatchObject({ perDay: 400 / 3, lasts: false });
    expect(line(w).runway).toBeCloseTo(4.5);
  });

  it('looks back seven days and today', () => {
    const w = world({ period: 'quarter' });
    spend(w, 700);
    w.wait(7 * DAY);
    expect(line(w).perDay).toBeCloseTo(700 / 7);
    w.wait(DAY);
    expect(line(w)).toMatchObject({ perDay: 0, runway: null, lasts: null });
  });

  it('is unknown while nothing is spent, zero when nothing is left, and has no end to last to when granted once', () => {
    const w = world({ period: 'once' });
    expect(line(w)).toMatchObject({ perDay: null, runway: null, lasts: null, until: null });
    spend(w, 1000);
    expect(line(w)).toMatchObject({ perDay: 1000, runway: 0, lasts: null });
  });

  it('does not count what was given back, and a new period is no spending', () => {
    const w = world({ period: 'day' });
    const op = w.refund(100, 'o1');
    w.lease(op);
    w.complete(op, { refund_id: 'r' });
    w.verify(op, { refunded: 0 });
    const undo = w.op(op.compensation!);
    w.lease(undo);
    w.complete(undo);
    expect(line(w).perDay).toBe(0);
    spend(w, 80);
    w.wait(DAY);
    spend(w, 80);
    expect(line(w).perDay).toBe(160);
  });
});
