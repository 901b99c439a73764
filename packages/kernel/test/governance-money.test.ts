import { describe, expect, it } from 'vitest';
import { parseMoney } from '../src/core/quantities.ts';
import { maximumDamage } from '../src/governance/views.ts';
import { find, type Shop } from './support/op-definition.ts';
import { messages, reasons, World } from './support/op-world.ts';

const USD = 1_000_000;

describe('[GOV1] money tiers (R-E2)', () => {
  it.each([
    [5 * USD - 1, 'admitted', false],
    [5 * USD, 'admitted', true],
    [50 * USD, 'admitted', true],
    [50 * USD + 1, 'awaiting_approval', false],
  ])('%d micro-units leave a refund %s, flagged: %s', (amount, status, flagged) => {
    const op = new World().refund(amount);
    expect([op.status, op.decision?.flagged, op.cost]).toEqual([status, flagged, amount]);
  });

  it.each([
    ['$4.99', 'admitted', undefined],
    ['$5', 'admitted', 'tier-flag'],
    ['$50', 'admitted', 'tier-flag'],
    ['$50.01', 'awaiting_approval', 'tier-ask'],
  ])('are exact at their boundaries: %s is %s (E, scenario T1)', (amount, status, rule) => {
    const op = new World().refund(parseMoney(amount)!);
    expect([op.status, op.decision?.reasons[0]?.rule]).toEqual([status, rule]);
  });

  it('can be set by the organisation', () => {
    const world = new World((d) => {
      d.settings.tiers = { flag: 10, ask: 20 };
    });
    expect([world.refund(20, 'o1'), world.refund(21, 'o2')].map((op) => op.status)).toEqual([
      'admitted',
      'awaiting_approval',
    ]);
  });

  it('[GOV3] deny when it cannot be worked out how much money an operation moves', () => {
    for (const expr of ['args.price', 'args.amount / 0', '-1', '0.5']) {
      const world = new World((d) => {
        find(d.capabilities, 'orders.refund').cost = { expr };
      });
      const op = world.refund(1);
      expect([op.status, reasons(op)]).toEqual(['denied', ['cost deny']]);
    }
  });
});

describe('budgets at the gate', () => {
  const with_ = (...budgets: Shop['budgets']) => new World((d) => void d.budgets.push(...budgets));

  it('[BUD2] admit until the allocation is used up, to the last micro-unit (R-A18)', () => {
    const world = with_({ id: 'b', allocation: 100 });
    expect([world.refund(60, 'o1').status, world.refund(40, 'o2').status]).toEqual(['admitted', 'admitted']);
    const over = world.refund(1, 'o3');
    expect([over.status, reasons(over)]).toEqual(['denied', ['b/allocation deny']]);
  });

  it('[BUD2] [T17] let exactly as many in as there is room for', () => {
    const world = with_({ id: 'b', allocation: 100 });
    const ops = Array.from({ length: 50 }, (_, n) => world.refund(3, `o${n}`));
    expect(ops.filter((op) => op.status === 'admitted')).toHaveLength(33);
  });

  it('[BUD2] count the seat, every unit around it and the organisation, and nobody else', () => {
    const world = with_(
      { id: 'own', seat: 'desk', allocation: 100 },
      { id: 'unit', unit: 'support', allocation: 100 },
      { id: 'all', allocation: 100 },
      { id: 'other', seat: 'mate', allocation: 1 },
      { id: 'far', unit: 'finance', allocation: 1 },
    );
    expect(world.refund(50).status).toBe('admitted');
    const lines = Object.fromEntries(['own', 'unit', 'all', 'other', 'far'].map((id) => [id, reserved(world, id)]));
    expect(lines).toEqual({ own: 50, unit: 50, all: 50, other: 0, far: 0 });
  });

  it('[GOV1] ask above the limit of one transaction (R-A18, R-A19)', () => {
    const world = with_({ id: 'b', allocation: 1000, perTransaction: 100 });
    expect(world.refund(100, 'o1').status).toBe('admitted');
    const over = world.refund(101, 'o2');
    expect([over.status, reasons(over)]).toEqual(['awaiting_approval', ['b/per-transaction ask']]);
  });

  it('[GOV1] [T18] ask when many small sums on one case become a large one', () => {
    const world = with_({ id: 'b', allocation: 1000, perCase: 100 });
    expect([world.refund(40, 'o1').status, world.refund(60, 'o2').status]).toEqual(['admitted', 'admitted']);
    const slice = world.refund(1, 'o3');
    expect([slice.status, reasons(slice)]).toEqual(['awaiting_approval', ['b/per-case ask']]);
    world.ok('case.open', { subject: 'Other', customer: 'lee@example.com' });
    expect(world.refund(100, 'o4', { case: 'C-2' }).status).toBe('admitted');
  });

  it('[GOV1] count on a case what was refunded, not what was refused or undone', () => {
    const world = with_({ id: 'b', allocation: 1000, perCase: 100 });
    const op = world.refund(100, 'o1');
    world.lease(op);
    world.fail(op, 'deterministic');
    const again = world.refund(100, 'o1');
    expect(again.status).toBe('admitted');
    world.lease(again);
    world.complete(again, { refund_id: 'r1' });
    world.verify(again, { refunded: 0 });
    const undo = world.op(again.compensation!);
    world.lease(undo);
    world.complete(undo);
    expect(world.refund(100, 'o2').status).toBe('admitted');
  });

  it('[BUD2] count calls one by one, reads as well', () => {
    const world = with_({ id: 'c', currency: 'calls', allocation: 2 });
    const get = () => world.request('orders.get', { order_id: 'o1' }).status;
    expect([get(), get(), get()]).toEqual(['admitted', 'admitted', 'denied']);
  });
});

const reserved = (world: World, id: string) => world.state.budget.books.get(`${id}/reserved`) ?? 0;

describe('[GOV1] decision edges (R-E44)', () => {
  const unearned = (earned: string[] = []) =>
    new World((d) => {
      d.settings.earned = earned;
    });
  const use = (world: World, capability: string) => {
    for (const seat of ['desk', 'mate']) world.state.operations.used.set(`${seat}|${capability}`, 1);
  };

  it('asks before the first use by a seat, not after it', () => {
    const world = unearned();
    const first = world.note('o1');
    expect([first.status, reasons(first)]).toEqual(['awaiting_approval', ['first-use ask']]);
    world.decide(world.asked().id, 'approve');
    world.lease(first);
    world.complete(first);
    expect(world.note('o2').status).toBe('admitted');
    world.join('mate');
    expect(world.request('orders.note', { order_id: 'o3', text: 'x' }, {}, 'mate').status).toBe('awaiting_approval');
  });

  it('asks before what cannot be undone (R-C67)', () => {
    const world = unearned();
    use(world, 'orders.ship');
    expect(reasons(world.request('orders.ship', { order_id: 'o1' }))).toEqual(['irreversible ask']);
  });

  it('asks before what a customer sees', () => {
    const world = unearned();
    find(world.definition.capabilities, 'mail.send').effect = 'reversible';
    world.apply();
    use(world, 'mail.send');
    const op = world.request('mail.send', { to: 'kim@example.com', text: 'x' });
    expect(reasons(op)).toEqual(['customer-facing ask']);
  });

  it('does not ask for what was earned, and never for a read (R-E1)', () => {
    const world = unearned(['orders.*']);
    expect(world.request('orders.ship', { order_id: 'o1' }).status).toBe('admitted');
    expect(unearned().request('orders.get', { order_id: 'o1' }).status).toBe('admitted');
  });

  it('asks below the confidence the organisation wants, earned or not (R-D55)', () => {
    const world = unearned(['*']);
    expect(world.note('o1', { confidence: 0.9 }).status).toBe('admitted');
    const op = world.note('o2', { confidence: 0.89 });
    expect([op.status, reasons(op)]).toEqual(['awaiting_approval', ['confidence ask']]);
  });

  it('asks when the contract says so, earned or not, and denies when that cannot be evaluated', () => {
    const world = new World((d) => {
      find(d.contracts, 'note').approval = { when: 'args.text == "hello" && args.order_id != reads.nothing' };
    });
    expect(messages(world.note())).toContain('cannot be evaluated');
    expect(world.note().status).toBe('denied');
    find(world.definition.contracts, 'note').approval = { when: 'args.order_id == "o2"' };
    world.apply();
    expect([world.note('o1').status, world.note('o2').status]).toEqual(['admitted', 'awaiting_approval']);
  });
});

describe('the maximum damage of a seat (R-E34)', () => {
  it('[GOV9] is a sentence: effects, and money until a limit stops it', () => {
    const world = new World((d) => {
      d.budgets.push({ id: 'b', allocation: '$100.00', seat: 'desk', period: 'week' });
    });
    expect(maximumDamage(world.state, 'desk')).toContain('100.00 per week from b, at most 50.00 at once');
    expect(maximumDamage(world.state, 'mate')).toContain('money without a limit');
    expect(maximumDamage(world.state, 'boss')).toBe('nothing: it can only read');
    expect(maximumDamage(world.state, 'ghost')).toBe('nothing: the seat does not exist');
  });

  it('[GOV9] does not count what the tier of the seat forbids', () => {
    const world = new World((d) => {
      find(d.seats, 'desk').charter.tier = 'read-only';
      find(d.seats, 'mate').charter.tier = 'coordinator';
    });
    expect(maximumDamage(world.state, 'desk')).toBe('nothing: it can only read');
    expect(maximumDamage(world.state, 'mate')).toBe('moves no money; can orders.note (reversible)');
  });
});
