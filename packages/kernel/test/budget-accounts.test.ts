import { describe, expect, it } from 'vitest';
import { accountsOf } from '../src/budget/accounts.ts';
import { overAllocations } from '../src/budget/lint.ts';
import { periodOf, spanOf } from '../src/budget/periods.ts';
import { budgetLines } from '../src/budget/views.ts';
import { books, sums } from './support/op-books.ts';
import { defined, find, type Shop, shop } from './support/op-definition.ts';
import { reasons, World } from './support/op-world.ts';

const DAY = 86_400_000;
const world = (...budgets: Shop['budgets']) => new World((d) => void d.budgets.push(...structuredClone(budgets)));
const held = (w: World, ...ids: string[]) => ids.map((id) => books(w.state, id).reserved);

function withTopic(w: World, topic: string): void {
  w.ok('case.classify', { case: 'C-1', topic }, w.seat('desk'));
}

describe('[BUD8] what a budget counts', () => {
  it('is bounded by the units around it, to the last micro-unit (T17)', () => {
    const w = world(
      { id: 'desk', seat: 'desk', allocation: 100 },
      { id: 'mate', seat: 'mate', allocation: 100 },
      { id: 'support', unit: 'support', allocation: 130 },
    );
    w.join('mate');
    expect(w.refund(100, 'o1').status).toBe('admitted');
    const ask = (amount: number) => {
      const op = w.request('orders.refund', { order_id: `m${amount}`, amount }, {}, 'mate');
      if (op.status === 'requested') w.read(op);
      return op;
    };
    expect(reasons(ask(31))).toEqual(['support/allocation deny']);
    expect(ask(30).status).toBe('admitted');
    expect(held(w, 'desk', 'mate', 'support')).toEqual([100, 30, 130]);
    expect(sums(w.state)).toEqual({ desk: 0, mate: 0, support: 0 });
  });

  it('is only the work of its category: topics, capabilities, or both', () => {
    const w = world(
      { id: 'topic', allocation: 100, only: { topics: ['damage'] } },
      { id: 'orders', allocation: 100, only: { capabilities: ['orders.*'] } },
      { id: 'mail', allocation: 100, only: { capabilities: ['mail.*'] } },
      { id: 'both', allocation: 100, only: { topics: ['damage'], capabilities: ['orders.refund'] } },
    );
    w.refund(10, 'o1');
    expect(held(w, 'topic', 'orders', 'mail', 'both')).toEqual([0, 10, 0, 0]);
    withTopic(w, 'damage');
    w.refund(20, 'o2');
    expect(held(w, 'topic', 'orders', 'mail', 'both')).toEqual([20, 30, 0, 20]);
  });

  it('is only the work of its lane: what is done under the contracts of a flow, which is what a switch on it stops', () => {
    const w = new World((d) => {
      d.flows.push({ id: 'returns', steps: ['refund', 'ship'] }, { id: 'post', steps: ['mail'] });
      d.budgets.push({ id: 'back', allocation: 100, lane: 'returns' }, { id: 'post', allocation: 100, lane: 'post' });
      d.budgets.push({ id: 'damage', allocation: 100, lane: 'returns', only: { topics: ['damage'] } });
    });
    w.refund(10, 'o1');
    withTopic(w, 'damage');
    w.refund(20, 'o2');
    expect(held(w, 'back', 'post', 'damage')).toEqual([30, 0, 20]);
    expect(budgetLines(w.state).map(({ lane }) => lane)).toEqual(['returns', 'post', 'returns']);
    w.ok('switch.trip', { scope: 'lane', id: 'returns', reason: 'frozen' }, w.seat('lead'));
    expect(reasons(w.refund(30, 'o3'))).toContain('switch/lane:returns deny');
  });

  it('[KER2] is what it was for definitions applied when a lane was topics and capabilities', () => {
    const w = world({ id: 'old', allocation: 100, only: { topics: ['damage'] } });
    const [budget] = w.state.organisation.definition!.budgets as unknown as [Record<string, unknown>];
    budget.lane = budget.only;
    delete budget.only;
    const of = (caseId: string | null) =>
      accountsOf(w.state, { seat: 'desk', case: caseId, capability: 'orders.refund' }, 'money').map(({ key }) => key);
    expect(of('C-1')).toEqual([]);
    withTopic(w, 'damage');
    expect(of('C-1')).toEqual(['old']);
    expect(budgetLines(w.state)[0]?.lane).toBeNull();
  });

  it('is each case by itself when every case has an account', () => {
    const w = world({ id: 'file', each: 'case', allocation: 100, period: 'once' });
    w.ok('case.open', { subject: 'Other', customer: 'lee@example.com' });
    expect(w.refund(100, 'o1').status).toBe('admitted');
    const over = w.refund(1, 'o2');
    expect([over.status, reasons(over)]).toEqual(['denied', ['file/allocation deny']]);
    expect(w.refund(40, 'o3', { case: 'C-2' }).status).toBe('admitted');
    expect([books(w.state, 'file@C-1').available, books(w.state, 'file@C-2').available]).toEqual([0, 60]);
    expect(sums(w.state)).toEqual({ 'file@C-1': 0, 'file@C-2': 0 });
    expect(budgetLines(w.state)[0]).toMatchObject({
      available: 60,
      reserved: 140,
      used: 100,
      accounts: 2,
      runway: null,
    });
  });

  it('[BUD6] is changed in every account of the budget at once', () => {
    const w = world({ id: 'file', each: 'case', allocation: 100, period: 'once' });
    w.refund(100, 'o1');
    find(w.definition.budgets, 'file').allocation = 150;
    w.apply();
    expect(books(w.state, 'file@C-1')).toEqual({ funding: -150, available: 50, reserved: 100, spent: 0 });
    expect(books(w.state, 'file').funding).toBe(0);
  });

  it('is found without looking at other budgets, and anew after every apply', () => {
    const others = Array.from({ length: 1000 }, (_, i) => ({
      id: `x-${i}`,
      seat: i % 2 ? 'mate' : 'clerk',
      allocation: 1,
    }));
    const w = world({ id: 'own', seat: 'desk', allocation: 100 }, ...others);
    const of = (seat: string) => accountsOf(w.state, { seat, case: 'C-1', capability: 'orders.refund' }, 'money');
    expect(of('desk').map((one) => one.key)).toEqual(['own']);
    // The same list again, not a list made again: nothing was looked at.
    expect(of('desk')).toBe(of('desk'));
    expect(of('mate')).toHaveLength(500);
    find(w.definition.seats, 'desk').unit = 'finance';
    w.definition.budgets.push({ id: 'far', unit: 'finance', allocation: 7 });
    w.apply();
    expect(of('desk').map((one) => one.key)).toEqual(['own', 'far']);
  });

  it('counts the runs of a seat on cases of its topic, and no capability', () => {
    const w = world(
      { id: 'runs', currency: 'runs', allocation: 5, only: { topics: ['damage'] } },
      { id: 'calls', currency: 'runs', allocation: 5, only: { capabilities: ['orders.*'] } },
    );
    withTopic(w, 'damage');
    w.ok('run.start', { seat: 'desk', worker: 'w' });
    expect([books(w.state, 'runs').spent, books(w.state, 'calls').spent]).toEqual([1, 0]);
  });
});

describe('[BUD5] the ends of periods', () => {
  const at = (text: string) => Date.parse(text);

  it.each([
    ['day', '2026-11-20T23:59:59.999Z', '2026-11-20', '2026-11-21T00:00:00.000Z'],
    ['month', '2028-02-29T23:59:59.999Z', '2028-02', '2028-03-01T00:00:00.000Z'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12', '2027-01-01T00:00:00.000Z'],
    ['quarter', '2026-12-31T23:59:59.999Z', '2026-Q4', '2027-01-01T00:00:00.000Z'],
    ['quarter', '2026-03-31T12:00:00.000Z', '2026-Q1', '2026-04-01T00:00:00.000Z'],
  ] as const)('a %s at %s is %s until %s, UTC', (period, now, name, until) => {
    expect(spanOf(period, at(now))).toMatchObject({ name, until: at(until) });
    expect(periodOf(period, at(until))).not.toBe(name);
    expect(spanOf(period, at(until)).from).toBe(at(until));
  });

  it('are the same whatever was asked before', () => {
    const times = ['2026-11-21T00:00:00Z', '2026-10-31T23:59:59Z', '2026-11-21T00:00:00Z', '1970-01-01T00:00:00Z'].map(
      at,
    );
    for (const period of ['day', 'week', 'month', 'quarter'] as const)
      for (const now of times) {
        const { from, until } = spanOf(period, now);
        expect(from <= now && now < until).toBe(true);
        expect(spanOf(period, from)).toEqual(spanOf(period, until - 1));
      }
    expect(spanOf('month', times[1]!).name).toBe('2026-10');
  });

  it('show the new period in the lines before anything was spent in it', () => {
    const w = world({ id: 'b', allocation: 100, period: 'day' });
    const op = w.refund(60);
    w.lease(op);
    w.complete(op, { refund_id: 'r' });
    expect(budgetLines(w.state, w.now)[0]).toMatchObject({ spent: 60, available: 40, period: '2026-11-21' });
    expect(budgetLines(w.state, w.now + DAY)[0]).toMatchObject({ spent: 0, available: 100, period: '2026-11-22' });
  });
});

describe('[BUD14] budgets that allocate more than the one around them', () => {
  const found = (...budgets: Shop['budgets']) => overAllocations(defined({ ...shop(), budgets }));

  it('are reported with their sum', () => {
    const all = { id: 'all', allocation: 100 };
    const support = { id: 'support', unit: 'support', allocation: 60 };
    expect(found(all, support, { id: 'finance', unit: 'finance', allocation: 40 })).toEqual([]);
    expect(found(all, support, { id: 'finance', unit: 'finance', allocation: 41 })).toEqual([
      { budget: 'all', allocation: 100, children: ['support', 'finance'], sum: 101 },
    ]);
  });

  it('are compared with the nearest budget around them, over its period', () => {
    const unit = { id: 'support', unit: 'support', allocation: 300 };
    expect(found(unit, { id: 'desk', seat: 'desk', allocation: 10, period: 'day' })).toEqual([]);
    expect(found(unit, { id: 'desk', seat: 'desk', allocation: 11, period: 'day' })).toMatchObject([{ sum: 330 }]);
    const all = { id: 'all', allocation: 299 };
    expect(found(all, unit, { id: 'desk', seat: 'desk', allocation: 250 })).toMatchObject([
      { budget: 'all', children: ['support'] },
    ]);
  });

  it('leave out lanes, accounts of cases, other currencies, and what has no common period', () => {
    const all = { id: 'all', allocation: 10 };
    expect(found(all, { id: 'l', seat: 'desk', allocation: 99, only: { topics: ['x'] } })).toEqual([]);
    expect(found(all, { id: 'c', seat: 'desk', allocation: 99, each: 'case' })).toEqual([]);
    expect(found(all, { id: 't', seat: 'desk', allocation: 99, currency: 'tokens' })).toEqual([]);
    expect(found(all, { id: 'o', seat: 'desk', allocation: 99, period: 'once' })).toEqual([]);
  });
});
