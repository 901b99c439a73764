import { describe, expect, it } from 'vitest';
import { backoff } from '../src/operations/outcome.ts';
import { find } from './support/op-definition.ts';
import { World } from './support/op-world.ts';

const leased = (change?: ConstructorParameters<typeof World>[0]) => {
  const world = new World(change);
  const op = world.note();
  world.lease(op);
  return { world, op };
};

describe('[OP10] failures (R-E55)', () => {
  it('are tried again when transient, a bounded number of times, and end then', () => {
    const { world, op } = leased();
    for (let n = 1; n < 3; n++) {
      world.fail(op);
      expect([op.status, op.attempt]).toEqual(['retry_wait', n]);
      world.wait(10_000);
      world.lease(op);
    }
    world.fail(op);
    expect([op.status, op.attempt, op.failure?.category]).toEqual(['failed', 3, 'transient']);
    world.wait(3_600_000);
    expect(world.of('operation.failed')).toHaveLength(3);
  });

  it('are bounded for reads as well, which need no lease', () => {
    const world = new World((d) => {
      find(d.capabilities, 'orders.get').retry = { attempts: 3, first: 1000 };
    });
    const op = world.request('orders.get', { order_id: 'o1' });
    for (let n = 1; n < 3; n++) {
      world.fail(op);
      expect(op.status).toBe('retry_wait');
      world.wait(10_000);
    }
    world.fail(op);
    expect(op.status).toBe('failed');
    expect(world.of('operation.failed').map((r) => r.body.attempt)).toEqual([1, 2, 3]);
  });

  it.each([
    ['deterministic', 'fix-input'],
    ['judgment', 'peer'],
    ['governance', 'stop'],
  ])('that are %s are never retried unchanged, but routed: %s', (category, tactic) => {
    const { world, op } = leased();
    world.fail(op, category);
    expect([op.status, world.of('operation.failed')[0]?.body.tactic]).toEqual(['failed', tactic]);
  });

  it('follow the tactic of the contract, and an escalation is told to who it names', () => {
    const { world, op } = leased((d) => {
      Object.assign(find(d.contracts, 'note'), { failure: { transient: 'escalate' }, escalate: 'boss' });
    });
    world.fail(op);
    expect(op.status).toBe('failed');
    expect(world.told('boss').join()).toContain('it broke');
  });

  it('wait longer each time, within the limits, the same way in every replay', () => {
    const { world, op } = leased((d) => {
      find(d.capabilities, 'orders.note').retry = { attempts: 20, first: 1000, factor: 2, max: 8000 };
    });
    for (const [attempt, base] of [
      [1, 1000],
      [2, 2000],
      [3, 4000],
      [4, 8000],
      [9, 8000],
    ] as const) {
      const wait = backoff(world.state, op, attempt);
      expect(wait).toBeGreaterThanOrEqual(base * 0.75);
      expect(wait).toBeLessThanOrEqual(base * 1.25);
      expect(backoff(world.state, { ...op }, attempt)).toBe(wait);
    }
    expect(backoff(world.state, op, 5)).not.toBe(backoff(world.state, { ...op, id: 'OP-99' }, 5));
  });

  it('open the breaker of the tool after five in a row, and one success closes it', () => {
    const world = new World((d) => {
      find(d.capabilities, 'orders.note').retry = { attempts: 1 };
    });
    const fail = (order: string) => {
      const op = world.note(order);
      world.lease(op);
      world.fail(op);
    };
    for (const order of ['a', 'b', 'c', 'd']) fail(order);
    const spare = world.note('spare');
    fail('e');
    const waiting = world.note('f');
    expect([waiting.status, reasonOf(world)]).toEqual(['deferred', 'the tool "shop" keeps failing; tried again later']);
    expect(world.request('mail.send', { to: 'kim@example.com', text: 'x' }).status).toBe('admitted');
    world.wait(29_999);
    expect(waiting.status).toBe('deferred');
    world.wait(1);
    expect(waiting.status).toBe('admitted');
    world.lease(spare);
    world.complete(spare);
    expect(world.state.operations.breakers.has('shop')).toBe(false);
  });

  it('are not tried again before the breaker they opened themselves closes', () => {
    const { world, op } = leased((d) => {
      find(d.capabilities, 'orders.note').retry = { attempts: 20, first: 1000, factor: 1 };
    });
    for (let n = 1; n < 5; n++) {
      world.fail(op);
      world.wait(2000);
      world.lease(op);
    }
    world.fail(op);
    expect(op.retryAt).toBe(world.now + 30_000);
  });

  it('leave the breaker alone when they are not transient', () => {
    const world = new World();
    for (const order of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const op = world.note(order);
      world.lease(op);
      world.fail(op, 'deterministic');
    }
    expect(world.note('g').status).toBe('admitted');
  });
});

const reasonOf = (world: World) => world.of('operation.deferred').at(-1)?.body.reason;

describe('[OP12] verification and undoing (R-E39, R-E83)', () => {
  const refunded = (change?: ConstructorParameters<typeof World>[0]) => {
    const world = new World((d) => {
      d.budgets.push({ id: 'b', allocation: 100 });
      change?.(d);
    });
    const op = world.refund(40);
    world.lease(op);
    world.complete(op, { refund_id: 'r1' });
    world.verify(op, { refunded: 39 });
    return { world, op, undo: world.state.operations.operations.get(op.compensation ?? '') };
  };
  const book = (world: World, part: string) => world.state.budget.books.get(`b/${part}`);

  it('undoes an effect that is not what was meant, by an operation of its own through the same gate', () => {
    const { world, op, undo } = refunded();
    expect([op.status, op.settledAt]).toEqual(['compensating', null]);
    expect(undo).toMatchObject({ capability: 'orders.unrefund', args: { refund_id: 'r1' }, compensates: op.id });
    expect(undo?.decision?.verdict).toBe('allow');
    expect(book(world, 'spent')).toBe(40);
    world.lease(undo!);
    world.complete(undo!);
    expect([op.status, op.settledAt]).toEqual(['compensated', world.now]);
    expect([book(world, 'spent'), book(world, 'available'), book(world, 'reserved')]).toEqual([0, 100, 0]);
    expect(world.refund(40).id).not.toBe(op.id);
  });

  it('holds the resource until it is undone', () => {
    const { world, undo } = refunded();
    const next = world.note('o1');
    expect(next.status).toBe('deferred');
    world.lease(undo!);
    world.complete(undo!);
    expect(next.status).toBe('admitted');
  });

  it('escalates when the undo fails, is stopped, or cannot be worked out', () => {
    const failing = refunded();
    failing.world.lease(failing.undo!);
    failing.world.fail(failing.undo!, 'deterministic');
    expect([failing.op.status, book(failing.world, 'spent')]).toEqual(['escalated', 40]);
    expect(failing.world.told('lead').join()).toContain('which was to undo it, is failed');
    const stopped = refunded();
    stopped.world.ok('switch.trip', { scope: 'organisation', reason: 'x' });
    stopped.world.lease(stopped.undo!);
    expect([stopped.undo?.status, stopped.op.status]).toEqual(['denied', 'escalated']);
    const unclear = refunded((d) => {
      find(d.contracts, 'refund').compensate = { capability: 'orders.unrefund', args: { refund_id: 'result.nothing' } };
    });
    expect([unclear.op.status, unclear.op.compensation]).toEqual(['escalated', null]);
    expect(unclear.world.told('lead').join()).toContain('cannot be undone');
  });

  it('escalates at once when the contract declares no undo, or the condition cannot be evaluated', () => {
    const { op } = refunded((d) => {
      delete find(d.contracts, 'refund').compensate;
      find(d.contracts, 'refund').post = [{ rule: 'odd', that: 'after.missing == 1', else: 'x' }];
    });
    expect([op.status, op.failure?.message.startsWith('cannot be evaluated')]).toEqual(['escalated', true]);
  });

  it('never undoes an undo: two contracts that undo each other end with a human', () => {
    const { op, world, undo } = refunded((d) => {
      Object.assign(find(d.contracts, 'unrefund'), {
        verify: { capability: 'orders.get' },
        post: [{ rule: 'gone', that: 'after.refunded == 0', else: 'still there' }],
        compensate: { capability: 'orders.refund', args: { order_id: '"o1"', amount: '1' } },
      });
    });
    world.lease(undo!);
    world.complete(undo!);
    world.verify(undo!, { refunded: 39 });
    expect([undo?.status, op.status]).toEqual(['escalated', 'escalated']);
    expect(world.state.operations.operations.size).toBe(2);
  });
});
