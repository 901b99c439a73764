import { describe, expect, it } from 'vitest';
import { budgetLines } from '../src/budget/views.ts';
import { definition } from '../src/definition.ts';
import { damageOf } from '../src/governance/damage.ts';
import { find, type Shop, shop } from './support/op-definition.ts';
import { World } from './support/op-world.ts';

const DAY = 86_400_000;
const EARNS = { percent: 10, most: 700 };
type Budget = Shop['budgets'][number];

/** A shop whose solved cases are worth 5000 each, with one budget. */
const world = (budget: Partial<Budget> = {}): World =>
  new World((d) => {
    d.settings.verifier = 'lead';
    d.outcomes = [{ id: 'solved', topic: 'damage', value: 5000 }];
    d.budgets.push({ id: 'ads', seat: 'desk', allocation: 100, earns: EARNS, ...budget });
  });

function close(w: World): string {
  const id = String(w.ok('case.open', { subject: 'x', customer: `c${w.log.length}`, owner: 'desk' }).case);
  w.ok('case.classify', { case: id, topic: 'damage' }, w.seat('desk'));
  w.ok('case.start', { case: id }, w.seat('desk'));
  const note = w.note(`n${w.log.length}`, { case: id });
  w.lease(note);
  w.complete(note);
  w.ok('case.resolve', { case: id, summary: 'done', evidence: [note.id] }, w.seat('desk'));
  w.ok('case.verify', { case: id, passed: true, checks: ['looked'] }, w.seat('lead'));
  if (w.state.cases.cases.get(id)?.status !== 'closed') w.ok('case.close', { case: id }, w.seat('desk'));
  return id;
}

const line = (w: World) => budgetLines(w.state, w.now)[0]!;
const spend = (w: World, amount: number) => {
  const op = w.refund(amount, `o${w.log.length}`);
  if (op.status !== 'admitted') return op.status;
  w.lease(op);
  w.complete(op, { refund_id: 'r' });
  return op.status;
};

describe('[BUD15] R-A32: a budget that earns', () => {
  it('begins its next month with a tenth of what its seat earned in this one', () => {
    const w = world();
    close(w);
    expect(line(w)).toMatchObject({ allocation: 100, available: 100 });
    expect(spend(w, 101)).not.toBe('succeeded');
    w.wait(30 * DAY);
    expect(line(w)).toMatchObject({ allocation: 600, available: 600 });
    expect(spend(w, 580)).toBe('succeeded');
    expect(line(w)).toMatchObject({ allocation: 600, available: 20, used: 96 });
    w.wait(31 * DAY);
    expect(line(w)).toMatchObject({ allocation: 100, available: 100 });
  });

  it('at most so much, and never less than its allocation, whatever came back', () => {
    const w = world();
    close(w);
    close(w);
    w.wait(30 * DAY);
    expect(line(w).allocation).toBe(800);
    const lost = world();
    const id = close(lost);
    lost.ok('case.reopen', { case: id, reason: 'again' });
    lost.wait(30 * DAY);
    expect(line(lost).allocation).toBe(100);
  });

  it('counts the seats of its unit, or all, and quarters', () => {
    for (const [budget, allocation] of [
      [{ seat: undefined, unit: 'support' }, 600],
      [{ seat: undefined, unit: 'finance' }, 100],
      [{ seat: undefined }, 600],
      [{ seat: 'mate' }, 100],
      [{ period: 'quarter' as const }, 600],
    ] as const) {
      const w = world(budget as Partial<Budget>);
      close(w);
      w.wait(62 * DAY);
      expect(line(w).allocation).toBe(budget && 'period' in budget ? allocation : 100);
      const next = world(budget as Partial<Budget>);
      close(next);
      next.wait(30 * DAY);
      expect(line(next).allocation).toBe('period' in budget ? 100 : allocation);
    }
  });

  it('keeps what it earned when the organisation is applied again, and grants a difference at once', () => {
    const w = world();
    close(w);
    w.wait(30 * DAY);
    spend(w, 500);
    find(w.definition.budgets, 'ads').allocation = 150;
    w.apply();
    expect(line(w)).toMatchObject({ allocation: 650, available: 150, spent: 500 });
  });

  it('counts with all it can earn as the most that can go wrong', () => {
    expect(damageOf(world().state, 'desk')?.budgets[0]).toMatchObject({ allocation: 800, left: 100 });
  });

  it('is money of a month or a quarter', () => {
    for (const more of [{ period: 'day' }, { currency: 'runs' }, { each: 'case' }]) {
      const budgets = [{ id: 'ads', allocation: 100, earns: EARNS, ...more }];
      const found = definition.safeParse({ ...shop(), budgets });
      expect(found.error?.issues.map(({ path }) => path.join('.'))).toEqual(['budgets.0.earns']);
    }
  });
});
