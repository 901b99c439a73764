import { describe, expect, it } from 'vitest';
import { find } from './support/op-definition.ts';
import { World } from './support/op-world.ts';

const off = (scope: string, id = 'all') => ({ scope, id, reason: 'odd numbers' });

describe('[GOV13] tripping a switch', () => {
  it('ends live leases at once, and what they did is found out', () => {
    const world = new World();
    const [mine, ships] = [world.note('o1'), world.request('orders.ship', { order_id: 'o2' })];
    const other = world.request('stock.set', { sku: 's', count: 1 });
    const later = world.note('o3');
    for (const op of [mine, ships, other]) world.lease(op);
    world.ok('switch.trip', off('tool', 'shop'), world.seat('lead'));
    expect([mine.status, ships.status, other.status, later.status]).toEqual([
      'unknown',
      'escalated',
      'leased',
      'admitted',
    ]);
    expect(world.state.operations.jobs.get(mine.id)).toBe('reconcile');
    const late = { operation: mine.id, attempt: 1, result: {} };
    expect(world.no('operation.complete', late).rule).toBe('OP9');
    world.ok('operation.reconcile', { operation: mine.id, landed: 'no' });
    world.wait(60_000);
    world.lease(mine);
    world.lease(later);
    expect([mine.status, later.status]).toEqual(['denied', 'denied']);
  });

  it('leaves a read nothing to find out', () => {
    const world = new World();
    const op = world.request('orders.get', { order_id: 'o1' });
    world.lease(op);
    world.ok('switch.trip', off('organisation'));
    expect(op.status).toBe('retry_wait');
  });
});

describe('[GOV12] who uses a switch', () => {
  it('is a human or the owner, never an agent', () => {
    const world = new World();
    for (const seat of ['desk', 'mate', 'clerk'])
      expect(world.no('switch.trip', off('seat', 'mate'), world.seat(seat))).toMatchObject({ rule: 'GOV12' });
    expect(world.no('switch.trip', off('seat', 'desk'), { principal: 'bob' }).rule).toBe('GOV12');
    expect(world.no('switch.trip', off('seat', 'desk'), { principal: 'mallory', seat: 'lead' }).rule).toBe('GOV12');
    world.ok('switch.trip', off('seat', 'desk'), world.seat('lead'));
    expect(world.state.governance.switches.get('seat:desk')).toMatchObject({ by: 'lead', reason: 'odd numbers' });
  });

  it('does so for a seat only from above, though anybody may stop himself', () => {
    const world = new World();
    expect(world.no('switch.trip', off('seat', 'clerk'), world.seat('lead')).rule).toBe('GOV12');
    world.ok('switch.trip', off('seat', 'lead'), world.seat('lead'));
    expect(world.no('switch.rearm', off('seat', 'lead'), world.seat('lead')).rule).toBe('GOV12');
    world.ok('switch.rearm', off('seat', 'lead'), world.seat('boss'));
  });

  it('[T-rearm] does not re-arm what stopped his own seat, be it by its unit or by the organisation', () => {
    const world = new World();
    for (const [scope, id] of [
      ['unit', 'support'],
      ['unit', 'company'],
      ['organisation', 'all'],
    ] as const) {
      world.ok('switch.trip', off(scope, id), world.seat('lead'));
      expect(world.no('switch.rearm', off(scope, id), world.seat('lead')).rule).toBe('GOV12');
      world.ok('switch.rearm', off(scope, id), world.seat('boss'));
    }
    world.ok('switch.trip', off('unit', 'finance'), world.seat('lead'));
    world.ok('switch.rearm', off('unit', 'finance'), world.seat('lead'));
  });

  it('[T-rearm] does not re-arm it from another seat of the same human either', () => {
    const world = new World((d) => {
      d.seats.push({ ...find(d.seats, 'lead'), id: 'second', unit: 'finance' });
    });
    world.ok('switch.trip', off('unit', 'support'));
    expect(world.no('switch.rearm', off('unit', 'support'), { principal: 'bob', seat: 'second' }).rule).toBe('GOV12');
  });

  it('does not re-arm while suspended', () => {
    const world = new World();
    world.ok('switch.trip', off('tool', 'shop'));
    world.ok('seat.suspend', { seat: 'lead', reason: 'investigation' });
    expect(world.no('switch.rearm', off('tool', 'shop'), world.seat('lead')).rule).toBe('GOV12');
  });

  it('trips what is armed and re-arms what is tripped', () => {
    const world = new World();
    expect(world.no('switch.rearm', off('tool', 'shop'))).toMatchObject({ code: 'conflict', rule: 'GOV12' });
    world.ok('switch.trip', off('tool', 'shop'));
    expect(world.no('switch.trip', off('tool', 'shop'))).toMatchObject({ code: 'conflict', rule: 'GOV12' });
    world.ok('switch.rearm', off('tool', 'shop'));
    expect(world.state.governance.switches.size).toBe(0);
  });
});
