import { describe, expect, it } from 'vitest';
import { damageOf, damageText } from '../src/governance/damage.ts';
import { incidents } from '../src/governance/incidents.ts';
import { violationLevel, violationLines } from '../src/governance/violations.ts';
import { find, type Shop } from './support/op-definition.ts';
import { reasons, World } from './support/op-world.ts';

const USD = 1_000_000;
const HOUR = 3_600_000;
type Violations = NonNullable<NonNullable<Shop['settings']>['violations']>;

function strict(settings: Violations = {}, change: (d: Shop) => void = () => undefined): World {
  return new World((d) => {
    d.settings.violations = { warn: 2, restrict: 4, pause: 6, suspend: 8, ...settings };
    change(d);
  });
}
/** Refused by a right the seat does not have. */
const violate = (world: World, n: number, seat = 'desk') => {
  const start = world.state.seq;
  for (let i = 0; i < n; i++) world.request('billing.send', {}, { key: `v${start}-${i}` }, seat);
};
const level = (world: World, seat = 'desk') => violationLevel(world.state, seat, world.now);
const status = (world: World, seat = 'desk') => world.state.organisation.seats.get(seat)?.status;

describe('[GOV52] violations (R-C58)', () => {
  it('warn first, the seat itself, with what it ran into', () => {
    const world = strict();
    violate(world, 1);
    expect([level(world), world.told('desk', 'control')]).toEqual([0, []]);
    violate(world, 2);
    expect([level(world), world.told('desk', 'control'), world.told('lead', 'control')]).toEqual([
      1,
      [expect.stringContaining('This is a warning: 2 refusals by boundaries, the latest by GOV2')],
      [],
    ]);
    expect(world.of('violation.raised')[0]?.body).toMatchObject({ level: 1, correction: 'warn', points: 2 });
  });

  it('restrict then: what the seat changes needs a decision, what it reads does not, and no grant answers it', () => {
    const world = strict();
    world.ok('approval.grant', { seat: 'desk', capability: 'orders.note', uses: 5, for: '1h', reason: 'x' });
    violate(world, 4);
    const note = world.note();
    expect([level(world), note.status, reasons(note)]).toEqual([2, 'awaiting_approval', ['GOV52 ask']]);
    expect(world.request('orders.get', { order_id: 'a' }).status).toBe('admitted');
    expect(world.told('lead', 'control')).toEqual(['"desk" is at violation level 2 (GOV2)']);
  });

  it('count at the lease as well', () => {
    const world = strict();
    const op = world.note();
    violate(world, 4);
    world.lease(op);
    expect(op.status).toBe('awaiting_approval');
  });

  it('pause then, and open an incident; the human above may let it work again', () => {
    const world = strict();
    violate(world, 6);
    expect([level(world), status(world), incidents(world.state)[0]]).toMatchObject([
      3,
      'paused',
      { cause: 'violation', ref: 'desk', done: ['the seat was paused'] },
    ]);
    violate(world, 3);
    expect(level(world)).toBe(3);
    world.ok('seat.resume', { seat: 'desk', reason: 'explained' }, world.seat('lead'));
    expect(incidents(world.state)[0]?.done.at(-1)).toBe('resumed by lead: explained');
  });

  it('suspend at last, and stop its runs', () => {
    const world = strict();
    violate(world, 6);
    world.ok('seat.resume', { seat: 'desk', reason: 'x' }, world.seat('lead'));
    world.ok('run.start', { seat: 'desk', worker: 'w' });
    violate(world, 2);
    expect([level(world), status(world), world.of('run.stopped')[0]?.body.reason]).toEqual([4, 'suspended', 'control']);
    expect(incidents(world.state)[0]?.done).toContain('level 4: suspend (GOV2)');
  });

  it('decay: a point goes after each hour, and with the points the level', () => {
    const world = strict();
    violate(world, 4);
    world.wait(HOUR - 1);
    expect(level(world)).toBe(2);
    world.wait(1);
    expect([level(world), world.note().status]).toEqual([1, 'admitted']);
    world.wait(HOUR / 2);
    violate(world, 1);
    expect(level(world)).toBe(2);
    // The half hour that had passed is not lost.
    world.wait(HOUR / 2);
    expect(level(world)).toBe(1);
    world.wait(10 * HOUR);
    expect(violationLines(world.state, world.now)).toMatchObject([{ seat: 'desk', level: 0, points: 0, total: 5 }]);
  });

  it('count boundaries, not what a seat could not know: missing fields, an empty budget, a tripped switch', () => {
    const world = strict({}, (d) => {
      d.budgets.push({ id: 'calls', currency: 'calls', allocation: 0 });
    });
    for (let i = 0; i < 9; i++) {
      world.note(`o${i}`);
      world.request('orders.note', { order_id: i });
    }
    expect([level(world), world.state.governance.control.violations.size]).toEqual([0, 0]);
    const lax = strict({ checks: [] });
    violate(lax, 20);
    expect(level(lax)).toBe(0);
  });

  it('about a person a person decides: he is restricted, not paused, and an incident is opened', () => {
    const world = strict();
    world.ok('task.delegate', {
      case: 'C-1',
      to: 'lead',
      packet: { subproblem: 'x', output: 'x', success: 'x' },
    });
    violate(world, 8, 'lead');
    expect([status(world, 'lead'), level(world, 'lead'), incidents(world.state).length]).toEqual(['active', 4, 1]);
    expect(world.of('violation.raised').map((r) => r.body.correction)).toEqual([
      'warn',
      'restrict',
      'restrict',
      'restrict',
    ]);
  });

  it('are counted per seat', () => {
    const world = strict();
    world.join('mate');
    violate(world, 4, 'mate');
    expect([level(world, 'mate'), level(world)]).toEqual([2, 0]);
  });
});

describe('[GOV54] maximum damage (R-E34)', () => {
  const world = (change: (d: Shop) => void) => new World(change);

  it('is tier, rights, limits, budgets, rates and grants, as data', () => {
    const w = world((d) => {
      const { charter } = find(d.seats, 'desk');
      charter.rights = [{ capability: 'orders.*', limit: 40 * USD }, { capability: 'mail.send' }];
      charter.entrusts = [{ capability: 'stock.*' }];
      charter.tier = 'bounded';
      d.budgets.push({ id: 'b', seat: 'desk', allocation: 90 * USD, perTransaction: 30 * USD });
      d.rates.push({ id: 'slow', on: ['orders.refund'], limit: 5, window: '1h' });
      d.rates.push({ id: 'fast', on: ['orders.*'], unit: 'company', limit: 50, window: '1h' });
      d.rates.push({ id: 'others', on: ['orders.*'], unit: 'finance', limit: 1, window: '1d' });
    });
    w.ok('approval.grant', { seat: 'desk', capability: 'orders.refund', uses: 3, for: '1h', reason: 'x' });
    const damage = damageOf(w.state, 'desk')!;
    expect(damage).toMatchObject({ tier: 'bounded', stopped: null, entrusts: ['stock.*'], money: 90 * USD });
    expect(damage.aloneAtOnce).toBe(30 * USD);
    expect(damage.reach.map((r) => r.capability)).toEqual(['orders.note', 'orders.refund', 'orders.unrefund']);
    expect(damage.reach[1]).toEqual({
      ...{ capability: 'orders.refund', effect: 'compensable', edges: [], movesMoney: true },
      ...{ most: 40 * USD, alone: 30 * USD, asks: false, rate: { id: 'slow', limit: 5, window: HOUR }, granted: 3 },
    });
    expect(damageText(damage)).toBe(
      '90.00 per month from b, at most 30.00 at once without a human; can orders.note (reversible, 50 in 1 h), ' +
        'orders.refund (compensable, 5 in 1 h, 3 granted beforehand), orders.unrefund (compensable, 50 in 1 h)',
    );
  });

  it('follows what is left, what asks, and what has been stopped', () => {
    const w = world((d) => {
      d.budgets.push({ id: 'b', allocation: 10 * USD });
      find(d.contracts, 'refund').approval = { when: 'args.amount > 100000000' };
    });
    w.refund(4 * USD);
    expect([damageOf(w.state, 'desk')?.money, damageOf(w.state, 'desk')?.aloneAtOnce]).toEqual([6 * USD, 6 * USD]);
    w.definition.settings.earned = [];
    w.apply();
    expect(damageOf(w.state, 'desk')?.aloneAtOnce).toBe(0);
    w.ok('switch.trip', { scope: 'unit', id: 'support', reason: 'x' });
    expect(damageOf(w.state, 'desk')?.stopped).toBe('stopped by the kill switch unit:support');
    w.ok('seat.pause', { seat: 'desk', reason: 'x' });
    expect(damageOf(w.state, 'desk')?.stopped).toBe('the seat is paused');
  });

  it('is never less than what the gate lets through', () => {
    const w = world((d) => {
      find(d.seats, 'desk').charter.rights = [{ capability: 'orders.*', limit: 45 * USD }];
      d.budgets.push({ id: 'b', allocation: 200 * USD, perTransaction: 35 * USD, perCase: 70 * USD });
    });
    for (const [i, usd] of [1, 10, 30, 35, 36, 45, 50, 60].entries()) {
      const before = damageOf(w.state, 'desk')!;
      const op = w.refund(usd * USD, `o${i}`);
      if (op.status === 'admitted') expect(op.cost).toBeLessThanOrEqual(before.aloneAtOnce!);
      if (op.status === 'awaiting_approval') expect(op.cost).toBeLessThanOrEqual(before.reach[1]!.most!);
      if (op.cost > before.reach[1]!.most!) expect(op.status).toBe('denied');
    }
  });

  it('has no limit where nothing limits it, and says so', () => {
    const w = world((d) => {
      d.settings.tiers = { flag: 5, ask: 50 * USD };
    });
    expect(damageOf(w.state, 'desk')).toMatchObject({ money: null, aloneAtOnce: 50 * USD });
    expect(damageOf(w.state, 'lead')).toMatchObject({ money: 0, aloneAtOnce: 0, reach: [] });
    expect([damageOf(w.state, 'nobody'), damageText(damageOf(w.state, 'lead')!)]).toEqual([
      null,
      'nothing: it can only read',
    ]);
  });
});
