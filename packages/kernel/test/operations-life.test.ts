import { describe, expect, it } from 'vitest';
import { contractOf, jobOf } from '../src/operations/views.ts';
import { find } from './support/op-definition.ts';
import { messages, reasons, WORKER, World } from './support/op-world.ts';

const USD = 1_000_000;

describe('the life of an operation', () => {
  it('[OP1] [OP3] [OP7] goes from the request over reads, admission and lease to success and verification', () => {
    const world = new World();
    const op = world.request('orders.refund', { order_id: 'o1', amount: 3 * USD }, { why: 'it was lost' });
    const job = () => world.state.operations.jobs.get(op.id);
    expect([op.status, job()]).toEqual(['requested', 'read']);
    world.read(op);
    expect([op.status, job()]).toEqual(['admitted', 'execute']);
    world.lease(op);
    expect([op.status, job(), op.attempt, op.lease?.executor]).toEqual(['leased', undefined, 1, 'x1']);
    world.complete(op, { refund_id: 'r1' });
    expect([op.status, job(), op.settledAt]).toEqual(['succeeded', 'verify', null]);
    world.verify(op, { refunded: 3 * USD });
    expect([op.status, job(), op.settledAt]).toEqual(['verified', undefined, world.now]);
    expect(world.kinds(`operation/${op.id}`)).toEqual([
      'operation.requested',
      'operation.read',
      'operation.decided',
      'operation.leased',
      'operation.succeeded',
      'operation.verified',
    ]);
  });

  it('[OP7] keeps on the record which state the decision read', () => {
    const world = new World();
    const op = world.refund(2 * USD);
    expect(op.reads).toEqual({ order: { value: { paid: 100 * USD }, at: world.now } });
    expect(op.decision?.verdict).toBe('allow');
  });

  it('[OP12] ends at success when the contract declares no fresh read', () => {
    const world = new World();
    const op = world.note();
    world.lease(op);
    world.complete(op);
    expect([op.status, op.settledAt]).toEqual(['succeeded', world.now]);
    expect(world.no('operation.verify', { operation: op.id, after: { value: {}, at: 0 } }, WORKER).rule).toBe('OP12');
  });

  it('[OP9] performs a read without a lease and without a case', () => {
    const world = new World();
    const op = world.request('orders.get', { order_id: 'o1' }, { case: undefined });
    expect([op.status, world.state.operations.jobs.get(op.id)]).toEqual(['admitted', 'execute']);
    world.complete(op, { paid: 1 });
    expect([op.status, op.result, op.settledAt]).toEqual(['succeeded', { paid: 1 }, world.now]);
  });

  it('[OP7] denies when the state it depends on cannot be read', () => {
    const world = new World();
    const op = world.request('orders.refund', { order_id: 'o1', amount: USD });
    const read = { operation: op.id, read: 'order', category: 'transient', message: 'no answer' };
    world.ok('operation.read_failed', read, WORKER);
    expect([op.status, reasons(op)]).toEqual(['denied', ['refund/read/order deny']]);
    expect(world.no('operation.read_failed', read, WORKER).rule).toBe('OP7');
    expect(world.no('operation.read', { operation: op.id, reads: {} }, WORKER).rule).toBe('OP7');
  });

  it('[OP2] says that an operation nobody asked for does not exist', () => {
    const world = new World();
    for (const [kind, more] of [
      ['operation.lease', { executor: 'x', ttl: 1 }],
      ['operation.settle', { landed: true, note: 'yes' }],
      ['operation.lapse', { reason: 'x' }],
    ] as const)
      expect(world.no(kind, { operation: 'OP-9', ...more })).toMatchObject({ code: 'not-found', rule: 'OP2' });
  });

  it('[OP6] [T22] denies arguments that are not exactly what the capability takes', () => {
    const world = new World();
    const bad = [{}, { order_id: 1, text: 'x' }, { order_id: 'o1', text: 'x', bcc: 'evil@example.com' }];
    for (const args of bad) {
      const op = world.request('orders.note', args);
      expect([op.status, reasons(op)]).toEqual(['denied', ['OP6 deny']]);
      expect(world.state.operations.locks.size).toBe(0);
    }
    expect(messages(world.op('OP-3'))).toContain('bcc');
  });

  it('[OP6] refuses a contract that is not the one of the capability', () => {
    const world = new World();
    const body = { capability: 'orders.note', contract: 'refund', args: { order_id: 'o1', text: 'x' }, case: 'C-1' };
    expect(world.no('operation.request', body, world.seat('desk'))).toMatchObject({ code: 'invalid', rule: 'OP6' });
    expect(world.request('orders.note', body.args, { contract: 'note' }).status).toBe('admitted');
  });

  it('[GOV2] [GOV7] denies an unknown capability, and an effect without a contract', () => {
    const world = new World((d) => {
      d.contracts = d.contracts.filter((c) => c.id !== 'ship');
    });
    const unknown = world.request('orders.burn', {});
    expect([unknown.status, unknown.effect]).toEqual(['denied', 'irreversible']);
    expect(reasons(unknown)).toContain('GOV2 deny');
    const ship = world.request('orders.ship', { order_id: 'o1' });
    expect([ship.status, reasons(ship)]).toEqual(['denied', ['GOV7 deny']]);
  });
});

describe('keys of operations', () => {
  it('[OP4] [OP5] [T16] gives a repeated request the first operation, whether it is under way or done (R-E57, R-E58)', () => {
    const world = new World();
    const op = world.note();
    expect(world.note().id).toBe(op.id);
    world.lease(op);
    world.complete(op);
    expect(world.note().id).toBe(op.id);
    expect(world.kinds(`operation/${op.id}`).filter((kind) => kind === 'operation.repeated')).toHaveLength(2);
    expect(world.state.operations.operations.size).toBe(1);
  });

  it('[OP4] takes other arguments, another case, another seat or another key for another action', () => {
    const world = new World();
    world.ok('case.open', { subject: 'Another', customer: 'lee@example.com' });
    const ids = [
      world.note('o1'),
      world.note('o2'),
      world.note('o1', { case: 'C-2' }),
      world.note('o1', { key: 'again' }),
      world.request('orders.note', { order_id: 'o1', text: 'hello' }, {}, 'lead'),
    ].map((op) => op.id);
    expect(new Set(ids).size).toBe(5);
  });

  it('[OP5] [T16] refuses the same key with other arguments', () => {
    const world = new World();
    world.note('o1', { key: 'k' });
    const body = { capability: 'orders.note', args: { order_id: 'o2', text: 'x' }, case: 'C-1', key: 'k' };
    expect(world.no('operation.request', body, world.seat('desk'))).toMatchObject({
      code: 'duplicate-key',
      rule: 'OP5',
    });
  });

  it('[OP5] keeps the keys of seats apart', () => {
    const world = new World();
    const mine = world.note('o1', { key: 'k' });
    const theirs = world.request('orders.note', { order_id: 'o2', text: 'x' }, { key: 'k' }, 'mate');
    expect(theirs.id).not.toBe(mine.id);
  });

  it('[OP4] never takes a read for the repeat of an older one, with or without a command id', () => {
    const world = new World();
    const get = (id: string) =>
      world.ok('operation.request', { capability: 'orders.get', args: { order_id: id } }, world.seat('desk')).operation;
    expect(new Set([get('o1'), get('o1'), get('o2')]).size).toBe(3);
  });

  it('[OP5] allows the same request again after one that ended without an effect', () => {
    const world = new World();
    world.ok('seat.pause', { seat: 'desk', reason: 'lunch' });
    const denied = world.note();
    expect(denied.status).toBe('denied');
    world.ok('seat.resume', { seat: 'desk', reason: 'back' });
    const again = world.note();
    expect([again.id === denied.id, again.status]).toEqual([false, 'admitted']);
    world.lease(again);
    world.fail(again, 'deterministic');
    expect(world.note().id).not.toBe(again.id);
  });
});

describe('jobs', () => {
  it('[OP3] follow a definition that changes under a live operation', () => {
    const world = new World();
    const op = world.refund(USD);
    world.lease(op);
    world.complete(op, { refund_id: 'r1' });
    expect(world.state.operations.jobs.get(op.id)).toBe('verify');
    delete find(world.definition.contracts, 'refund').verify;
    world.apply();
    expect(contractOf(world.state, op)?.verify).toBeUndefined();
    expect(world.state.operations.jobs.get(op.id) ?? null).toBe(jobOf(world.state, op));
    expect(op.status).toBe('escalated');
    expect(world.told('lead').join()).toContain('how to check');
  });

  it('[OP3] end when the contract no longer reads anything first', () => {
    const world = new World();
    const op = world.request('orders.refund', { order_id: 'o1', amount: USD });
    expect(world.state.operations.jobs.get(op.id)).toBe('read');
    Object.assign(find(world.definition.contracts, 'refund'), { reads: {}, pre: [] });
    world.apply();
    expect([op.status, world.state.operations.jobs.get(op.id)]).toEqual(['admitted', 'execute']);
  });

  it('[OP3] appear when a tool learns how to settle an unknown outcome', () => {
    const world = new World();
    const op = world.note();
    world.lease(op);
    find(world.definition.capabilities, 'orders.note').settle = 'ask';
    world.apply();
    world.wait(60_000);
    expect([op.status, world.state.operations.jobs.has(op.id)]).toEqual(['escalated', false]);
    const other = world.note('o2');
    world.lease(other);
    find(world.definition.capabilities, 'orders.note').settle = 'native-key';
    world.apply();
    world.wait(60_000);
    expect([other.status, world.state.operations.jobs.get(other.id)]).toEqual(['unknown', 'reconcile']);
    find(world.definition.capabilities, 'orders.note').settle = 'ask';
    world.apply();
    expect([other.status, world.state.operations.jobs.has(other.id)]).toEqual(['escalated', false]);
  });
});
