import { describe, expect, it } from 'vitest';
import type { Operation } from '../src/operations/state.ts';
import { find, type Shop } from './support/op-definition.ts';
import { messages, reasons, World } from './support/op-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const K = 1_000_000_000;

type Budget = Shop['budgets'][number];

/** A shop that pays accounts, and whose customers write from one address. */
function bank(budget: Partial<Budget>): World {
  return new World((d) => {
    d.settings.tiers = { flag: 100 * K, ask: 1000 * K };
    d.capabilities.push({
      ...{ id: 'orders.pay', tool: 'shop', effect: 'compensable', settle: 'native-key' },
      args: { to: 'string', amount: 'money', note: { type: 'string', optional: true } },
      cost: { expr: 'args.amount' },
    });
    d.contracts.push({ id: 'pay', capability: 'orders.pay' } as never);
    d.budgets.push({ id: 'b', allocation: 1000 * K, period: 'once', ...budget });
  });
}

let count = 0;
const pay = (w: World, to: string, amount: number, seat = 'desk', more = {}) =>
  w.request('orders.pay', { to, amount }, { key: `k${count++}`, ...more }, seat);
function done(w: World, op: Operation): Operation {
  w.lease(op);
  w.complete(op);
  return op;
}

describe('[BUD10] [T18] small sums to one recipient', () => {
  const limited = () =>
    bank({ perTransaction: 10 * K, perRecipient: { argument: 'to', amount: 10 * K, window: '30d' } });

  it('are stopped by the cumulative limit: three times 10,000 is one payment and two questions', () => {
    const w = limited();
    const ops = [1, 2, 3].map(() => pay(w, 'US133000000121212121212', 10 * K));
    expect(ops.map((op) => op.status)).toEqual(['admitted', 'awaiting_approval', 'awaiting_approval']);
    expect(reasons(ops[1]!)).toEqual(['b/per-recipient ask']);
    expect(messages(ops[1]!)).toBe(
      '10000.00 more to "us133000000121212121212" makes 20000.00 within 30 days; the limit is 10000.00',
    );
    expect(pay(w, 'somebody-else', 10 * K).status).toBe('admitted');
  });

  it('count to the last micro-unit, reserved or spent', () => {
    const w = limited();
    pay(w, 'a', 4 * K);
    done(w, pay(w, 'a', 6 * K));
    expect(pay(w, 'a', 1).status).toBe('awaiting_approval');
  });

  it('are one recipient in any spelling, and several recipients are several', () => {
    const w = limited();
    pay(w, 'GB33 BUKB 2020-1555', 10 * K);
    for (const same of ['gb33bukb20201555', 'ＧＢ33BUKB20201555', 'GB33\u200bBUKB20201555', ' GB33BUKB 20201555 '])
      expect([same, pay(w, same, 1).status]).toEqual([same, 'awaiting_approval']);
    expect(pay(w, 'GB33BUKB20201556', 1).status).toBe('admitted');
  });

  it('of a list each count', () => {
    const w = bank({ perRecipient: { argument: ['cc', 'to'], amount: 5, window: '1d' } });
    find(w.definition.capabilities, 'orders.pay').args = { to: 'strings', amount: 'money' };
    w.apply();
    const to = (...list: string[]) => w.request('orders.pay', { to: list, amount: 3 }, { key: `k${count++}` }).status;
    expect([to('a', 'b'), to('c'), to('b', 'd')]).toEqual(['admitted', 'admitted', 'awaiting_approval']);
  });

  it('do not count for what was released or undone', () => {
    const w = limited();
    const failed = pay(w, 'a', 10 * K);
    w.lease(failed);
    w.fail(failed, 'deterministic');
    expect(pay(w, 'a', 10 * K).status).toBe('admitted');
  });

  it('do not count for what was undone, from the moment it was', () => {
    const w = bank({ perRecipient: { argument: 'order_id', amount: 10, window: '30d' } });
    const op = w.refund(10, 'o1', { key: 'first' });
    w.lease(op);
    w.complete(op, { refund_id: 'r' });
    expect(w.state.budget.windows.size).toBe(1);
    w.wait(DAY);
    w.verify(op, { refunded: 0 });
    const undo = w.op(op.compensation!);
    w.lease(undo);
    w.complete(undo);
    expect(op.status).toBe('compensated');
    expect(w.refund(10, 'o1', { key: 'second' }).status).toBe('admitted');
    expect(w.refund(10, 'o1', { key: 'third' }).status).toBe('deferred');
  });

  it('count through retries once', () => {
    const w = limited();
    const op = pay(w, 'a', 10 * K);
    for (let i = 0; i < 3; i++) {
      w.lease(op);
      w.fail(op);
      w.wait(60_000);
    }
    done(w, op);
    w.wait(30 * DAY + DAY);
    expect(pay(w, 'a', 10 * K).status).toBe('admitted');
  });

  it('proceed when a human says so, and then count', () => {
    const w = limited();
    pay(w, 'a', 10 * K);
    const more = pay(w, 'a', 10 * K);
    w.decide(w.asked().id, 'approve');
    expect(more.status).toBe('admitted');
    expect(messages(pay(w, 'a', K))).toContain('makes 21000.00');
  });
});

describe('[BUD10] the window', () => {
  const spent = (w: World) => done(w, pay(w, 'a', 10));
  const limited = () => bank({ perRecipient: { argument: 'to', amount: 10, window: '32h' } });

  it('holds an amount for its whole length and at most 1/32 more', () => {
    for (const offset of [0, 1, HOUR - 1]) {
      const w = limited();
      w.now += offset;
      spent(w);
      w.wait(32 * HOUR);
      expect([offset, pay(w, 'a', 1).status]).toEqual([offset, 'awaiting_approval']);
      w.wait(HOUR);
      expect([offset, pay(w, 'a', 10).status]).toEqual([offset, 'admitted']);
    }
  });

  it('begins when an amount is spent: what is reserved counts however long it takes', () => {
    const w = limited();
    const op = pay(w, 'a', 10);
    w.wait(40 * HOUR);
    expect(pay(w, 'a', 1).status).toBe('awaiting_approval');
    done(w, op);
    w.wait(31 * HOUR);
    expect(pay(w, 'a', 1).status).toBe('awaiting_approval');
    w.wait(2 * HOUR);
    expect(pay(w, 'a', 10).status).toBe('admitted');
  });

  it('keeps at most 33 sums of a recipient, and forgets recipients nobody pays any more', () => {
    const w = bank({ perRecipient: { argument: 'to', amount: K, window: '32m' } });
    for (let i = 0; i < 200; i++) {
      done(w, pay(w, 'often', 1));
      done(w, pay(w, `once-${i}`, 1));
      w.wait(20_000);
    }
    const { windows } = w.state.budget;
    expect(windows.get('b|recipient|1920000|often')!.slots.length).toBeLessThanOrEqual(33);
    // 32 minutes hold 96 of the 200; some more wait for their turn to be looked at.
    expect(windows.size).toBeLessThan(160);
  });

  it('counts anew when the limit is defined with another window', () => {
    const w = limited();
    spent(w);
    find(w.definition.budgets, 'b').perRecipient = { argument: 'to', amount: 10, window: '2d' };
    w.apply();
    expect(pay(w, 'a', 10).status).toBe('admitted');
  });
});

describe('[BUD10] other limits with a window', () => {
  it('sum for one customer over all of his cases', () => {
    const w = bank({ perCustomer: { amount: 10, window: '1d' } });
    w.ok('case.open', { subject: 'Again', customer: 'Kim@Example.com' });
    w.ok('case.open', { subject: 'Other', customer: 'lee@example.com' });
    pay(w, 'a', 10);
    const again = pay(w, 'b', 1, 'desk', { case: 'C-2' });
    expect(reasons(again)).toEqual(['b/per-customer ask']);
    expect(messages(again)).toContain('for the customer "kim@example.com"');
    expect(pay(w, 'a', 1, 'desk', { case: 'C-3' }).status).toBe('admitted');
  });

  it('sum by one requester, in whatever seat', () => {
    const w = bank({ perRequester: { amount: 10, window: '1h', verdict: 'deny' } });
    w.join('mate');
    w.ok('seat.occupy', { seat: 'mate', occupant: { principal: 'desk-agent', kind: 'script' }, reason: 'both' });
    pay(w, 'a', 6);
    const slice = pay(w, 'b', 5, 'mate');
    expect([slice.status, reasons(slice)]).toEqual(['denied', ['b/per-requester deny']]);
    w.ok('seat.occupy', { seat: 'mate', occupant: { principal: 'mate-agent', kind: 'script' }, reason: 'his own' });
    expect(pay(w, 'b', 5, 'mate').status).toBe('admitted');
  });

  it('count calls as well: so many messages to one address a day', () => {
    const w = bank({ currency: 'calls', allocation: 99, perRecipient: { argument: 'to', amount: 2, window: '1d' } });
    const mail = (to: string) => w.request('mail.send', { to, text: 'x' }, { key: `m${count++}` });
    expect([mail('k@x.com'), mail('k@x.com'), mail('l@x.com')].map((op) => op.status)).toEqual(
      Array(3).fill('admitted'),
    );
    expect(messages(mail('K@x.com'))).toContain('1 call more to "k@x.com" makes 3 calls within 1 day');
    // Nothing goes to anybody here.
    expect(w.note().status).toBe('admitted');
  });

  it('say what to do instead when they deny', () => {
    const w = bank({ perCustomer: { amount: 1, window: '90s', verdict: 'deny' } });
    const op = pay(w, 'a', 2);
    expect(messages(op)).toContain('within 90 s');
    expect(op.decision?.reasons[0]?.instead).toContain('wait');
  });

  it('count an optional recipient that is left out as one recipient', () => {
    const w = bank({ perRecipient: { argument: 'note', amount: 10, window: '1d' } });
    pay(w, 'a', 10);
    expect(pay(w, 'b', 1).status).toBe('awaiting_approval');
  });
});
