import { describe, expect, it } from 'vitest';
import { setTimer } from '../src/core/state.ts';
import { find } from './support/op-definition.ts';
import { reasons, WORKER, World } from './support/op-world.ts';

const leased = (change?: ConstructorParameters<typeof World>[0]) => {
  const world = new World(change);
  const op = world.note();
  world.lease(op);
  return { world, op };
};
const reconcile = (world: World, op: { id: string }, body: Record<string, unknown>) =>
  world.ok('operation.reconcile', { operation: op.id, ...body }, WORKER);

describe('[OP8] the gate is asked again at the lease', () => {
  it.each([
    ['a switch', (w: World) => w.ok('switch.trip', { scope: 'tool', id: 'shop', reason: 'odd' }), 'switch/tool:shop'],
    ['a pause', (w: World) => w.ok('seat.pause', { seat: 'desk', reason: 'odd' }), 'GOV4'],
    [
      'a new occupant',
      (w: World) => {
        const occupant = { principal: 'other', kind: 'script' };
        w.ok('seat.occupy', { seat: 'desk', occupant, reason: 'change' });
      },
      'GOV4',
    ],
    ['a cancelled case', (w: World) => w.ok('case.cancel', { case: 'C-1', reason: 'spam' }), 'GOV5'],
    [
      'a right taken away',
      (w: World) => {
        find(w.definition.seats, 'desk').charter.rights = [];
        w.apply();
      },
      'GOV2',
    ],
  ])('and denies for %s that came after admission, giving the money back', (_what, change, rule) => {
    const world = new World((d) => {
      d.budgets.push({ id: 'b', allocation: 100 });
    });
    const op = world.request('orders.note', { order_id: 'o1', text: 'x' });
    const paid = world.refund(40, 'o2');
    expect([op.status, paid.status]).toEqual(['admitted', 'admitted']);
    change(world);
    world.lease(op);
    world.lease(paid);
    expect([op.status, paid.status]).toEqual(['denied', 'denied']);
    expect(reasons(op)).toContain(`${rule} deny`);
    expect(world.state.budget.books.get('b/available')).toBe(100);
  });

  it('and asks when a policy now asks', () => {
    const world = new World();
    const op = world.note();
    world.definition.policies.push({ id: 'look', on: ['orders.*'], effect: 'ask', because: 'an audit is on' });
    world.apply();
    world.lease(op);
    expect(op.status).toBe('awaiting_approval');
    world.decide(world.asked().id, 'approve');
    expect(op.status).toBe('admitted');
    world.lease(op);
    expect(op.status).toBe('leased');
  });

  it('and only records when the stage now is shadow', () => {
    const world = new World((d) => {
      d.budgets.push({ id: 'b', allocation: 100 });
    });
    const op = world.refund(40);
    world.definition.policies.push({ id: 'shadow', on: ['*'], effect: 'record-only', because: 'shadow' });
    world.apply();
    world.lease(op);
    expect([op.status, op.settledAt, world.state.operations.leased.size]).toEqual(['recorded', world.now, 0]);
    expect(world.state.budget.books.get('b/available')).toBe(100);
  });

  it('and puts off what a policy now puts off, with fresh reads afterwards', () => {
    const world = new World((d) => {
      d.budgets.push({ id: 'b', allocation: 100 });
    });
    const op = world.refund(40);
    const until = world.now + 90_000;
    const defer = { id: 'later', on: ['*'], effect: 'defer' as const, when: `now < ${until}`, because: 'stocktaking' };
    world.definition.policies.push(defer);
    world.apply();
    world.lease(op);
    expect([op.status, world.state.budget.books.get('b/available')]).toEqual(['deferred', 100]);
    world.wait(200_000);
    expect([op.status, world.state.operations.jobs.get(op.id)]).toEqual(['requested', 'read']);
  });

  it('refuses a lease for what is not admitted', () => {
    const { world, op } = leased();
    const body = { operation: op.id, executor: 'x2', ttl: 1000 };
    expect(world.no('operation.lease', body, WORKER)).toMatchObject({ code: 'conflict', rule: 'OP1' });
  });
});

describe('[OP9] results and leases', () => {
  it('refuses a result for a lease that is over, whoever sends it', () => {
    const { world, op } = leased();
    world.wait(60_000);
    const late = { operation: op.id, attempt: 1, result: {} };
    expect(world.no('operation.complete', late, WORKER).rule).toBe('OP9');
    reconcile(world, op, { landed: 'no' });
    world.wait(10_000);
    world.lease(op);
    expect(op.attempt).toBe(2);
    expect(world.no('operation.complete', late, WORKER).rule).toBe('OP9');
    expect(world.no('operation.fail', { ...failure, operation: op.id, attempt: 1 }, WORKER).rule).toBe('OP9');
    world.complete(op);
    expect(world.no('operation.complete', { ...late, attempt: 2 }, WORKER).rule).toBe('OP9');
  });

  it('refuses a result of an effect that was never leased', () => {
    const world = new World();
    const op = world.note();
    expect(world.no('operation.complete', { operation: op.id, attempt: 0, result: {} }, WORKER).rule).toBe('OP9');
  });

  it('ends a lease that ran out, and the outcome is unknown then', () => {
    const { world, op } = leased();
    world.wait(59_999);
    expect(op.status).toBe('leased');
    world.wait(1);
    expect([op.status, op.lease, world.state.operations.leased.size]).toEqual(['unknown', null, 0]);
    expect(world.state.operations.jobs.get(op.id)).toBe('reconcile');
  });

  it('does not end a lease when the time of an earlier one is over', () => {
    const { world, op } = leased();
    world.fail(op);
    world.wait(10_000);
    world.lease(op, 600_000);
    world.wait(120_000);
    expect([op.status, op.attempt]).toEqual(['leased', 2]);
  });

  it('[KER7] is left alone by a timer that fires too early or twice', () => {
    const { world, op } = leased();
    const asked = world.refund(60_000_000, 'o2');
    for (const key of ['operation.expire', 'operation.retry', 'operation.undefer'])
      setTimer(world.state, world.now, `${key}:${op.id}`);
    setTimer(world.state, world.now, `approval.silence:${world.asked().id}`);
    setTimer(world.state, world.now, 'operation.expire:OP-99');
    world.wait(1);
    expect([op.status, asked.status]).toEqual(['leased', 'awaiting_approval']);
  });

  it('tries a read again whose lease ran out: there is nothing to reconcile', () => {
    const world = new World();
    const op = world.request('orders.get', { order_id: 'o1' });
    world.lease(op, 1000);
    world.wait(1000);
    expect(op.status).toBe('retry_wait');
  });
});

const failure = { category: 'transient', message: 'x' };

describe('[OP11] an unknown outcome (R-E57)', () => {
  it('is settled by the key: what landed counts, what did not is tried again', () => {
    const one = leased();
    one.world.fail(one.op, 'transient', { uncertain: true });
    expect(one.op.status).toBe('unknown');
    reconcile(one.world, one.op, { landed: 'yes', result: { id: 7 } });
    expect([one.op.status, one.op.result]).toEqual(['succeeded', { id: 7 }]);
    const two = leased();
    two.world.ok('operation.lapse', { operation: two.op.id, reason: 'restart' }, WORKER);
    reconcile(two.world, two.op, { landed: 'no' });
    expect([two.op.status, two.op.attempt]).toEqual(['retry_wait', 1]);
    two.world.wait(10_000);
    expect(two.op.status).toBe('admitted');
  });

  it('is settled by a read and the condition of the capability', () => {
    const set = (world: World) => {
      const op = world.request('stock.set', { sku: 's1', count: 5 });
      world.lease(op);
      world.ok('operation.lapse', { operation: op.id, reason: 'lost' }, WORKER);
      return op;
    };
    const outcome = (value: Record<string, unknown>) => {
      const world = new World();
      const op = set(world);
      reconcile(world, op, { landed: 'unknown', reading: { value, at: world.now } });
      return op.status;
    };
    expect(outcome({ count: 5 })).toBe('succeeded');
    expect(outcome({ count: 4 })).toBe('retry_wait');
    expect(outcome({})).toBe('escalated');
  });

  it('goes to a human at once when nothing can tell', () => {
    const world = new World();
    const op = world.request('orders.ship', { order_id: 'o1' });
    world.lease(op, 1000);
    world.wait(1000);
    expect([op.status, op.settledAt, world.state.operations.jobs.has(op.id)]).toEqual(['escalated', world.now, false]);
    expect(world.told('lead').join()).toContain('nobody can tell');
  });

  it('says who looks what became of it, and is then settled as before', () => {
    const { world, op } = leased();
    const look = { operation: op.id, executor: 'x1' };
    expect(world.no('operation.look', look, WORKER)).toMatchObject({ code: 'conflict', rule: 'OP1' });
    world.fail(op, 'transient', { uncertain: true });
    world.ok('operation.look', look, WORKER);
    expect([op.status, world.state.operations.jobs.get(op.id)]).toEqual(['reconciling', 'reconcile']);
    expect(world.no('operation.look', look, WORKER).rule).toBe('OP1');
    reconcile(world, op, { landed: 'yes', result: { id: 7 } });
    expect([op.status, op.result]).toEqual(['succeeded', { id: 7 }]);
  });

  it('is not settled twice', () => {
    const { world, op } = leased();
    expect(world.no('operation.reconcile', { operation: op.id, landed: 'yes' }, WORKER).rule).toBe('OP11');
    world.ok('operation.lapse', { operation: op.id, reason: 'x' }, WORKER);
    reconcile(world, op, { landed: 'yes' });
    expect(world.no('operation.reconcile', { operation: op.id, landed: 'no' }, WORKER).rule).toBe('OP11');
  });

  it('is settled by hand only after an escalation and only by those who direct the seat', () => {
    const { world, op } = leased();
    const body = { operation: op.id, landed: true, note: 'I looked', result: { id: 1 } };
    expect(world.no('operation.settle', body).rule).toBe('OP11');
    world.ok('operation.lapse', { operation: op.id, reason: 'x' }, WORKER);
    reconcile(world, op, { landed: 'unknown', note: 'the tool is gone' });
    expect(op.status).toBe('escalated');
    for (const actor of ['desk', 'mate', 'clerk'].map((seat) => world.seat(seat)))
      expect(world.no('operation.settle', body, actor).code).toBe('forbidden');
    expect(world.no('operation.settle', body, { principal: 'mallory', seat: 'lead' }).code).toBe('forbidden');
    expect(world.no('operation.settle', body, { principal: 'mallory' }).code).toBe('forbidden');
    world.ok('operation.settle', body, world.seat('boss'));
    expect([op.status, op.result]).toEqual(['succeeded', { id: 1 }]);
    expect(world.no('operation.settle', body).rule).toBe('OP11');
  });

  it('spends the money once when a human confirms an effect that was settled before', () => {
    const world = new World((d) => {
      d.budgets.push({ id: 'b', allocation: 100 });
      delete find(d.contracts, 'refund').compensate;
    });
    const op = world.refund(40);
    world.lease(op);
    world.complete(op);
    world.verify(op, { refunded: 0 });
    world.ok('operation.settle', { operation: op.id, landed: true, note: 'it is on the statement' });
    expect([op.status, world.state.budget.books.get('b/spent')]).toEqual(['succeeded', 40]);
    expect(world.of('budget.settled')).toHaveLength(1);
  });

  it('gives the money back when a human says that nothing remained of a settled effect', () => {
    const world = new World((d) => {
      d.budgets.push({ id: 'b', allocation: 100 });
      delete find(d.contracts, 'refund').compensate;
    });
    const op = world.refund(40);
    world.lease(op);
    world.complete(op);
    world.verify(op, { refunded: 0 });
    expect([op.status, world.state.budget.books.get('b/spent')]).toEqual(['escalated', 40]);
    world.ok('operation.settle', { operation: op.id, landed: false, note: 'it never arrived' });
    expect([op.status, world.state.budget.books.get('b/spent')]).toEqual(['failed', 0]);
    expect(world.state.budget.books.get('b/available')).toBe(100);
  });
});
