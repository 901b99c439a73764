import { describe, expect, it } from 'vitest';
import { accountNamed } from '../src/budget/accounts.ts';
import { periodOf } from '../src/budget/periods.ts';
import { available, budgetLines } from '../src/budget/views.ts';
import { type Account, books, sums } from './support/op-books.ts';
import { find, type Shop } from './support/op-definition.ts';
import { World } from './support/op-world.ts';

const DAY = 86_400_000;
const world = (...budgets: Shop['budgets']) => new World((d) => void d.budgets.push(...structuredClone(budgets)));
const b = (w: World, id = 'b') => books(w.state, id);
const account = (a: Partial<Account>): Account => ({ funding: 0, available: 0, reserved: 0, spent: 0, ...a });
const shop = { id: 'b', allocation: 100 };

describe('[BUD1] the books', () => {
  it('have two ends for every transfer, so that every budget sums to zero', () => {
    const w = world(shop, { id: 'c', currency: 'calls', allocation: 9 });
    expect(b(w)).toEqual(account({ funding: -100, available: 100 }));
    const op = w.refund(40);
    expect(b(w)).toEqual(account({ funding: -100, available: 60, reserved: 40 }));
    expect(b(w, 'c')).toEqual(account({ funding: -9, available: 8, reserved: 1 }));
    w.lease(op);
    w.complete(op, { refund_id: 'r' });
    expect(b(w)).toEqual(account({ funding: -100, available: 60, spent: 40 }));
    expect(sums(w.state)).toEqual({ b: 0, c: 0 });
  });

  it('move positive amounts only', () => {
    const w = world({ id: 'b', allocation: 100, period: 'day' });
    w.refund(80);
    find(w.definition.budgets, 'b').allocation = 50;
    w.apply();
    w.wait(2 * DAY);
    find(w.definition.budgets, 'b').allocation = 60;
    w.apply();
    const moved = w.log.flatMap((r) => ('transfers' in r.body ? r.body.transfers : []));
    expect(moved.length).toBeGreaterThan(3);
    for (const t of moved) expect(t.amount).toBeGreaterThan(0);
    expect(sums(w.state)).toEqual({ b: 0 });
  });
});

describe('[BUD2] a reservation', () => {
  it('takes from every account it touches, or from none', () => {
    const w = world(shop, { id: 'small', unit: 'support', allocation: 30 });
    expect(w.refund(40).status).toBe('denied');
    expect([b(w).reserved, b(w, 'small').reserved]).toEqual([0, 0]);
    expect(w.refund(30, 'o2').status).toBe('admitted');
    expect([b(w).reserved, b(w, 'small').reserved]).toEqual([30, 30]);
  });

  it('is not made for what costs nothing', () => {
    const w = world(shop);
    expect(w.note().reservation).toBeNull();
    expect(w.of('budget.reserved')).toEqual([]);
  });
});

describe('[BUD3] a reservation is settled or released, once', () => {
  it('is released when the operation fails for good, not while it is tried again', () => {
    const w = world(shop);
    const op = w.refund(40);
    w.lease(op);
    w.fail(op);
    expect([op.status, b(w).reserved]).toEqual(['retry_wait', 40]);
    w.wait(10_000);
    w.lease(op);
    w.fail(op, 'deterministic');
    expect(b(w)).toEqual(account({ funding: -100, available: 100 }));
    expect(w.of('budget.released')).toHaveLength(1);
  });

  it('stays while the outcome is unknown, and follows what is found out', () => {
    const w = world(shop);
    const op = w.refund(40);
    w.lease(op);
    w.wait(60_000);
    expect([op.status, b(w).reserved]).toEqual(['unknown', 40]);
    w.ok('operation.reconcile', { operation: op.id, landed: 'yes', result: { refund_id: 'r' } });
    expect(b(w)).toEqual(account({ funding: -100, available: 60, spent: 40 }));
    w.ok('operation.verify', { operation: op.id, after: { value: { refunded: 40 }, at: w.now } });
    expect(w.of('budget.settled')).toHaveLength(1);
  });

  it('comes back from the spent account once when the effect is undone, calls as well', () => {
    const w = world(shop, { id: 'c', currency: 'calls', allocation: 9, perCase: 9 });
    const op = w.refund(0);
    w.lease(op);
    w.complete(op, { refund_id: 'r' });
    w.verify(op, { refunded: 1 });
    const undo = w.op(op.compensation!);
    w.lease(undo);
    w.complete(undo);
    expect(b(w, 'c')).toEqual(account({ funding: -9, available: 9 }));
    expect(w.state.budget.perCase.get('c|C-1')).toBe(0);
    expect(w.state.budget.reservations.get(op.reservation!)?.status).toBe('reversed');
  });
});

describe('[BUD5] periods', () => {
  it('are named by UTC day, month, week from Monday, or never end', () => {
    const monday = Date.UTC(2026, 10, 23);
    expect(periodOf('day', monday)).toBe('2026-11-23');
    expect(periodOf('month', monday)).toBe('2026-11');
    expect(periodOf('once', monday)).toBe('once');
    expect(periodOf('week', monday)).not.toBe(periodOf('week', monday - 1));
    expect(periodOf('week', monday)).toBe(periodOf('week', monday + 7 * DAY - 1));
  });

  it('begin with the full allocation; what is still reserved counts against it', () => {
    const w = world({ ...shop, period: 'day' });
    const open = w.refund(30, 'o1');
    const done = w.refund(50, 'o2');
    w.lease(done);
    w.complete(done, { refund_id: 'r' });
    const budget = accountNamed(w.state, 'b')!;
    expect(available(w.state, budget, w.now)).toBe(20);
    w.wait(DAY);
    expect(available(w.state, budget, w.now)).toBe(70);
    expect(w.refund(71, 'o3').status).toBe('denied');
    expect(w.refund(70, 'o4').status).toBe('admitted');
    expect(b(w)).toEqual(account({ funding: -100, available: 0, reserved: 100 }));
    w.lease(open);
    w.complete(open, { refund_id: 'r' });
    expect(b(w)).toEqual(account({ funding: -100, reserved: 70, spent: 30 }));
  });

  it('do not give a budget that is granted once a second time', () => {
    const w = world({ ...shop, period: 'once' });
    w.refund(100);
    w.wait(400 * DAY);
    expect(w.refund(1, 'o2').status).toBe('denied');
  });
});

describe('[BUD6] a change of the allocation', () => {
  it('grants or withdraws the difference at once', () => {
    const w = world(shop);
    w.refund(60, 'o1');
    const to = (allocation: number) => {
      find(w.definition.budgets, 'b').allocation = allocation;
      w.apply();
    };
    to(150);
    expect(b(w)).toEqual(account({ funding: -150, available: 90, reserved: 60 }));
    to(40);
    expect(b(w)).toEqual(account({ funding: -40, available: -20, reserved: 60 }));
    expect(w.refund(1, 'o2').status).toBe('denied');
    expect(sums(w.state)).toEqual({ b: 0 });
  });

  it('shows in the lines a human reads', () => {
    const w = world({ ...shop, title: 'Refunds' });
    w.refund(60);
    expect(budgetLines(w.state)).toEqual([
      {
        id: 'b',
        lane: null,
        title: 'Refunds',
        currency: 'money',
        allocation: 100,
        scope: { kind: 'organisation', id: 'shop' },
        available: 40,
        reserved: 60,
        spent: 0,
        period: '2026-11',
        until: Date.UTC(2026, 11),
        used: 60,
        thresholds: [{ percent: 90, passed: false }],
        perDay: null,
        runway: null,
        lasts: null,
        accounts: null,
      },
    ]);
  });
});
