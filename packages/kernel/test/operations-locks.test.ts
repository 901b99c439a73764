import { describe, expect, it } from 'vitest';
import { evolve } from '../src/core/evolve.ts';
import { createState } from '../src/core/state.ts';
import { dropSpentTimers } from '../src/core/step.ts';
import { waitingFor } from '../src/operations/locks.ts';
import { find } from './support/op-definition.ts';
import { reasons, World } from './support/op-world.ts';

const USD = 1_000_000;
const text = (n: number) => ({ order_id: 'o1', text: `note ${n}` });
const three = (world: World) => [1, 2, 3].map((n) => world.request('orders.note', text(n))) as [Op, Op, Op];
type Op = ReturnType<World['note']>;

function succeed(world: World, op: Op): void {
  world.lease(op);
  world.complete(op);
}

describe('[OP13] one operation at a time on a resource', () => {
  it('lets the first in, keeps the others waiting, and hands over in the order they came (R-C62)', () => {
    const world = new World();
    const [a, b, c] = three(world);
    expect([a.status, b.status, c.status]).toEqual(['admitted', 'deferred', 'deferred']);
    expect(waitingFor(world.state, 'order/o1')).toBe(2);
    succeed(world, a);
    expect([b.status, c.status]).toEqual(['admitted', 'deferred']);
    succeed(world, b);
    succeed(world, c);
    expect([b.status, c.status, world.state.operations.locks.size]).toEqual(['succeeded', 'succeeded', 0]);
  });

  it('does not make another resource wait', () => {
    const world = new World();
    world.note('o1');
    expect(world.note('o2').status).toBe('admitted');
    expect(waitingFor(world.state, 'order/o9')).toBe(0);
  });

  it('holds until the fresh read has confirmed the effect', () => {
    const world = new World();
    const a = world.refund(USD);
    const b = world.request('orders.note', text(1));
    world.lease(a);
    world.complete(a, { refund_id: 'r1' });
    expect(b.status).toBe('deferred');
    world.verify(a, { refunded: USD });
    expect(b.status).toBe('admitted');
  });

  it('reads only when its turn has come, so that it never decides on what another is changing', () => {
    const world = new World();
    const a = world.note();
    const b = world.request('orders.refund', { order_id: 'o1', amount: USD });
    expect([b.status, world.state.operations.jobs.has(b.id)]).toEqual(['deferred', false]);
    succeed(world, a);
    expect([b.status, world.state.operations.jobs.get(b.id)]).toEqual(['requested', 'read']);
  });

  it('refuses at once what can never be allowed instead of making it wait', () => {
    const world = new World((d) => {
      find(d.seats, 'mate').charter.rights = [];
    });
    world.join('mate');
    world.note();
    const b = world.request('orders.note', text(1), {}, 'mate');
    expect([b.status, reasons(b)]).toEqual(['denied', ['GOV2 deny']]);
  });

  it.each([
    [
      'denied at its lease',
      (world: World, a: Op) => {
        world.ok('switch.trip', { scope: 'seat', id: 'desk', reason: 'x' });
        world.lease(a);
        world.ok('switch.rearm', { scope: 'seat', id: 'desk', reason: 'x' });
      },
    ],
    [
      'failed for good',
      (world: World, a: Op) => {
        world.lease(a);
        world.fail(a, 'deterministic');
      },
    ],
    [
      'found not to have landed, with no attempt left',
      (world: World, a: Op) => {
        for (let n = 1; n <= 3; n++) {
          world.lease(a);
          world.ok('operation.lapse', { operation: a.id, reason: 'lost' });
          world.ok('operation.reconcile', { operation: a.id, landed: 'no' });
          world.wait(60_000);
        }
      },
    ],
  ])('hands over when the holder is %s', (_what, end) => {
    const world = new World();
    world.join('mate');
    const a = world.note();
    const b = world.request('orders.note', text(1), {}, 'mate');
    end(world, a);
    expect(a.settledAt).not.toBeNull();
    expect([b.status, world.state.operations.locks.get('order/o1')?.holder]).toEqual(['admitted', b.id]);
  });

  it('keeps it during retries and while the outcome is unknown', () => {
    const world = new World();
    const [a, b] = three(world);
    world.lease(a);
    world.fail(a);
    expect([a.status, b.status]).toEqual(['retry_wait', 'deferred']);
    world.wait(2000);
    world.lease(a, 1000);
    world.wait(1000);
    expect([a.status, b.status]).toEqual(['unknown', 'deferred']);
  });

  it('keeps it after an escalation until somebody has said what became of it', () => {
    const world = new World();
    const a = world.request('orders.ship', { order_id: 'o1' });
    const b = world.request('orders.note', text(1));
    world.lease(a, 1000);
    world.wait(1000);
    expect([a.status, b.status]).toEqual(['escalated', 'deferred']);
    world.ok('operation.settle', { operation: a.id, landed: false, note: 'never left' }, world.seat('lead'));
    expect([a.status, b.status]).toEqual(['failed', 'admitted']);
  });

  it('gives it back while a human decides, and queues again afterwards', () => {
    const world = new World();
    const a = world.refund(60 * USD);
    const b = world.request('orders.note', text(1));
    expect([a.status, b.status]).toEqual(['awaiting_approval', 'admitted']);
    world.decide(world.asked().id, 'approve');
    expect(a.status).toBe('deferred');
    succeed(world, b);
    expect([a.status, world.state.operations.jobs.get(a.id)]).toEqual(['requested', 'read']);
  });

  it('passes over those in the queue that are out of it', () => {
    const world = new World();
    const [a, b, c] = three(world);
    world.ok('case.open', { subject: 'x', customer: 'y@example.com' });
    expect(b.status).toBe('deferred');
    find(world.definition.contracts, 'note').evidence = ['proof'];
    world.apply();
    succeedLeased(world, a);
    expect([b.status, c.status, reasons(c)]).toEqual(['denied', 'denied', ['note/evidence deny']]);
    expect(world.state.operations.locks.size).toBe(0);
  });

  it('does not wake a holder that waits for its tool when somebody behind it is refused', () => {
    const world = new World((d) => {
      d.policies.push({ id: 'later', on: ['orders.note'], effect: 'defer', because: 'not now' });
    });
    const a = world.note();
    expect(a.status).toBe('deferred');
    world.ok('seat.pause', { seat: 'mate', reason: 'x' });
    expect(world.request('orders.note', text(1), {}, 'mate').status).toBe('denied');
    expect(world.kinds(`operation/${a.id}`)).not.toContain('operation.resumed');
  });
});

/** The gate at the lease would stop it; what is under way already finishes. */
function succeedLeased(world: World, op: Op): void {
  world.lease(op);
  expect(op.status).toBe('denied');
}

/** The state that a replay of the ledger gives when the resource of these operations has lost its name. */
function replayedWithout(world: World, lost: readonly Op[], behind = true): World['state'] {
  const again = createState(world.state.org);
  for (const record of structuredClone(world.log)) {
    const body = record.body as { operation?: string; resource?: string | null; behind?: string | null };
    if (record.kind === 'operation.requested' && lost.some(({ id }) => id === body.operation))
      body.resource = `[erased ${record.seq}]`;
    if (record.kind === 'operation.deferred' && !behind) body.behind = null;
    evolve(again, record);
  }
  dropSpentTimers(again);
  return again;
}

describe('[OP14] who waits when the name of the resource was lost with a key', () => {
  const order = ({ operations }: World['state']) => [...operations.locks].map(([name, lock]) => [name, lock.holder]);
  const statuses = (state: World['state'], ops: readonly Op[]) =>
    ops.map(({ id }) => state.operations.operations.get(id)?.status);

  it.each([
    ['the one at work', (ops: [Op, Op, Op]) => [ops[0]]],
    ['the first who waits', (ops: [Op, Op, Op]) => [ops[1]]],
    ['the last who waits', (ops: [Op, Op, Op]) => [ops[2]]],
    ['all of them', (ops: [Op, Op, Op]) => ops],
  ])('stands behind whom he stood before, and follows him: lost by %s', (_what, lost) => {
    const world = new World();
    const ops = three(world);
    world.lease(ops[0]);
    const readable = lost(ops).length < 3;
    Object.assign(world, { state: replayedWithout(world, lost(ops)) });
    expect(order(world.state)).toEqual([[readable ? 'order/o1' : expect.stringContaining('[erased'), ops[0].id]]);
    expect(statuses(world.state, ops)).toEqual(['leased', 'deferred', 'deferred']);
    world.complete(world.op(ops[0].id));
    expect(statuses(world.state, ops)).toEqual(['succeeded', 'admitted', 'deferred']);
    succeed(world, world.op(ops[1].id));
    succeed(world, world.op(ops[2].id));
    expect(order(world.state)).toEqual([]);
  });

  it('makes others wait as well who come later and can read the name', () => {
    const world = new World();
    const [a, b] = [world.note(), world.request('orders.note', text(1))];
    Object.assign(world, { state: replayedWithout(world, [a]) });
    const c = world.request('orders.note', text(2));
    expect([c.status, waitingFor(world.state, 'order/o1')]).toEqual(['deferred', 2]);
    succeed(world, world.op(a.id));
    expect([world.op(b.id).status, c.status]).toEqual(['admitted', 'deferred']);
  });

  it('is called by the clock when nobody stands before him', () => {
    const world = new World();
    const [a, b] = [world.note(), world.request('orders.note', text(1))];
    Object.assign(world, { state: replayedWithout(world, [a], false) });
    expect(world.op(b.id).status).toBe('deferred');
    world.wait(0);
    expect([world.op(a.id).status, world.op(b.id).status]).toEqual(['admitted', 'admitted']);
  });

  it('changes nothing where every name can be read', () => {
    const world = new World();
    three(world);
    expect(replayedWithout(world, []).operations).toEqual(world.state.operations);
  });
});
