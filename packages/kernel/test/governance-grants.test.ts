import { describe, expect, it } from 'vitest';
import { find, type Shop } from './support/op-definition.ts';
import { messages, reasons, World } from './support/op-world.ts';

const USD = 1_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Refunds are asked about, always; `more` are the limits of a grant for them. */
function world(change: (d: Shop) => void = () => undefined): World {
  return new World((d) => {
    find(d.contracts, 'refund').approval = { when: 'true' };
    change(d);
  });
}
const limits = (more: Record<string, unknown> = {}) => ({
  seat: 'desk',
  capability: 'orders.refund',
  uses: 2,
  for: '7d',
  reason: 'the recall',
  ...more,
});
const grant = (w: World, more: Record<string, unknown> = {}, seat = 'lead') =>
  String(w.ok('approval.grant', limits(more), w.seat(seat)).grant);
const refund = (w: World, order: string, usd = 1, more: Record<string, unknown> = {}) =>
  w.refund(usd * USD, order, more);
const used = (w: World, id = 'G-1') => w.state.governance.control.grants.get(id)!;

describe('[GOV45] a standing grant', () => {
  it('answers the next so many asks, shows which use it is, and no more', () => {
    const w = world();
    grant(w);
    const ops = ['a', 'b', 'c'].map((order) => refund(w, order));
    expect(ops.map((op) => op.status)).toEqual(['admitted', 'admitted', 'awaiting_approval']);
    expect(messages(ops[1]!)).toContain('grant G-1, 2 of 2 used; given by "lead"');
    expect([ops[0]!.decision?.grant, used(w).used, used(w).spent]).toEqual(['G-1', 2, 2 * USD]);
  });

  it('comes with an approval, for what comes after it', () => {
    const w = world();
    const first = refund(w, 'a');
    w.decide(w.asked().id, 'approve', 'lead', { grant: { uses: 1, for: '1h', total: '$5.00' } });
    expect(used(w)).toMatchObject({ seat: 'desk', capability: 'orders.refund', approval: 'A-1', used: 0 });
    w.read(first);
    expect([first.status, refund(w, 'b').status]).toEqual(['admitted', 'admitted']);
    expect([used(w).used, refund(w, 'c').status]).toEqual([1, 'awaiting_approval']);
    const body = { approval: w.asked().id, verdict: 'reject', grant: { uses: 1, for: '1h' } };
    expect(w.no('approval.decide', body, w.seat('lead')).rule).toBe('GOV45');
  });

  it.each([
    ['each', { each: '$2.00' }, 3],
    ['total', { total: '$2.00' }, 3],
    ['an argument at most', { args: { amount: { atMost: 2 * USD } } }, 3],
    ['an argument at least', { args: { amount: { atLeast: 4 * USD } } }, 3],
    ['one of some arguments', { args: { order_id: { oneOf: ['b', 'c'] } } }, 1],
    ['another customer', { customer: 'lee@example.com' }, 1],
    ['another case', { case: 'C-2' }, 1],
    ['an argument that is not there', { args: { colour: { oneOf: ['red'] } } }, 1],
  ])('holds only within its bounds: %s', (_name, more, usd) => {
    const w = world();
    grant(w, more);
    expect([refund(w, 'a', usd).status, used(w).used]).toEqual(['awaiting_approval', 0]);
  });

  it('holds within them: total in all, customer, case, arguments', () => {
    const w = world();
    const args = { order_id: { oneOf: ['a', 'b', 'c'] }, amount: { atMost: 3 * USD } };
    grant(w, { uses: 9, total: '$5.00', customer: 'kim@example.com', case: 'C-1', args });
    expect([refund(w, 'a', 3).status, refund(w, 'b', 3).status, refund(w, 'c', 2).status]).toEqual([
      'admitted',
      'awaiting_approval',
      'admitted',
    ]);
    expect(used(w)).toMatchObject({ used: 2, spent: 5 * USD });
  });

  it('expires, also for what was admitted and has not begun', () => {
    const w = world();
    grant(w, { for: '1h' });
    const op = refund(w, 'a');
    w.wait(HOUR + 1);
    w.lease(op);
    expect([op.status, refund(w, 'b').status]).toEqual(['awaiting_approval', 'awaiting_approval']);
  });

  it('is taken back, from the next decision and the next lease on', () => {
    const w = world();
    grant(w);
    const op = refund(w, 'a');
    expect(w.no('grant.revoke', { grant: 'G-1', reason: 'x' }, w.seat('mate')).rule).toBe('GOV45');
    w.ok('grant.revoke', { grant: 'G-1', reason: 'over' }, w.seat('boss'));
    expect(w.no('grant.revoke', { grant: 'G-1', reason: 'x' }).code).toBe('conflict');
    w.lease(op);
    expect([op.status, refund(w, 'b').status]).toEqual(['awaiting_approval', 'awaiting_approval']);
    expect(w.no('grant.revoke', { grant: 'G-9', reason: 'x' }).code).toBe('not-found');
  });

  it('is used once by an operation, through leases, failures and retries', () => {
    const w = world((d) => {
      find(d.capabilities, 'orders.refund').retry = { attempts: 3, first: 1000 };
    });
    grant(w, { uses: 1 });
    const op = refund(w, 'a');
    for (let i = 0; i < 2; i++) {
      w.lease(op);
      w.fail(op);
      w.wait(10_000);
    }
    w.lease(op);
    expect([op.status, op.attempt, used(w).used]).toEqual(['leased', 3, 1]);
    w.wait(61_000);
    expect([op.status, used(w).used, refund(w, 'b').status]).toEqual(['unknown', 1, 'awaiting_approval']);
  });

  it('[T17] is not exceeded by operations that are decided at the same time, nor after a crash', () => {
    const w = world();
    grant(w, { uses: 3 });
    // All wait for their reads; then the reads come in, in any order.
    const ops = Array.from({ length: 8 }, (_, i) =>
      w.request('orders.refund', { order_id: `o${i}`, amount: USD }, { key: `k${i}` }),
    );
    expect(ops.every((op) => op.status === 'requested')).toBe(true);
    for (const op of ops.toReversed()) w.read(op);
    expect(ops.filter((op) => op.status === 'admitted')).toHaveLength(3);
    const restarted = structuredClone(w.state);
    expect(restarted.governance.control.grants.get('G-1')).toMatchObject({ used: 3 });
    const repeated = w.request('orders.refund', { order_id: 'o7', amount: USD }, { key: 'k7' });
    expect([repeated.id, used(w).used]).toEqual([ops[7]!.id, 3]);
  });

  it('never answers what nobody could know: low confidence, a used-up rate, a restriction', () => {
    const w = world((d) => {
      d.rates.push({ id: 'r', on: ['orders.refund'], limit: 1, window: '1h', effect: 'ask' });
    });
    grant(w, { uses: 9 });
    expect(refund(w, 'a', 1, { confidence: 0.5 }).status).toBe('awaiting_approval');
    expect([refund(w, 'b').status, refund(w, 'c').status, used(w).used]).toEqual(['admitted', 'awaiting_approval', 1]);
  });

  it('never lifts a refusal', () => {
    const w = world();
    grant(w);
    const op = w.refund(USD, 'a', {});
    expect(op.status).toBe('admitted');
    const tooMuch = w.request('orders.refund', { order_id: 'b', amount: 9 * USD });
    w.read(tooMuch, { paid: USD });
    expect([tooMuch.status, reasons(tooMuch)]).toEqual(['denied', expect.arrayContaining(['refund/within-paid deny'])]);
    expect(used(w).used).toBe(1);
  });

  it('is given by who decides, and nobody gives himself one', () => {
    const w = world();
    for (const seat of ['desk', 'mate', 'clerk'])
      expect(w.no('approval.grant', limits(), w.seat(seat)).rule).toBe('GOV45');
    expect(w.no('approval.grant', limits(), { principal: 'mallory', seat: 'lead' }).rule).toBe('GOV45');
    w.ok('approval.grant', limits(), w.seat('boss'));
    w.ok('approval.grant', limits());
    w.ok('seat.occupy', { seat: 'desk', occupant: { principal: 'bob', kind: 'human' }, reason: 'x' });
    expect(w.no('approval.grant', limits(), w.seat('lead')).message).toBe('nobody gives himself a standing grant');
    w.ok('seat.suspend', { seat: 'lead', reason: 'x' });
    expect(w.no('approval.grant', limits(), w.seat('lead')).code).toBe('forbidden');
  });

  it('stays within what the contract lets anybody grant', () => {
    const terms = (approval: NonNullable<Shop['contracts'][number]['approval']>, more = {}) => {
      const w = world((d) => {
        find(d.contracts, 'refund').approval = approval;
      });
      return w.no('approval.grant', limits(more), w.seat('lead')).message;
    };
    expect(terms({ grants: { uses: 1 } })).toBe('a grant for orders.refund is for 1 uses at most');
    expect(terms({ grants: { uses: 0 } })).toBe('orders.refund has no standing grants');
    expect(terms({}, { for: '60d' })).toBe('a grant for orders.refund lasts 30 days at most');
    expect(terms({ quorum: 2 })).toBe('orders.refund needs 2 people each time');
    const w = world();
    expect(w.no('approval.grant', limits({ capability: 'orders.dream' })).code).toBe('not-found');
  });

  it('leaves the index when it is over', () => {
    const w = world();
    for (let i = 0; i < 5; i++) {
      grant(w, { uses: 1, for: '1h' });
      w.wait(DAY);
    }
    expect(w.state.governance.control.grantsOf.get('desk|orders.refund')).toEqual(['G-5']);
  });
});
