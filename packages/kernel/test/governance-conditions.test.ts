import { describe, expect, it } from 'vitest';
import { incidents, incidentText } from '../src/governance/incidents.ts';
import { find, type Shop } from './support/op-definition.ts';
import { WORKER, World } from './support/op-world.ts';

const HOUR = 3_600_000;
type Auto = Shop['switches'][number];

/** Failures are counted; three of them trip what `auto` says. */
function watched(auto: Partial<Auto> = {}, change: (d: Shop) => void = () => undefined): World {
  return new World((d) => {
    d.metrics.push(
      { id: 'failures', title: 'Failures', measure: { count: { event: 'operation.failed' } } },
      {
        id: 'failure-rate',
        title: 'Failures in percent',
        unit: 'percent',
        measure: { ratio: { of: { event: 'operation.failed' }, to: { event: 'operation.leased' } } },
      },
    );
    d.switches.push({
      id: 'too-many',
      scope: 'tool',
      target: 'shop',
      metrics: ['failures'],
      when: 'metrics.failures >= 3',
      because: 'the shop keeps failing',
      ...auto,
    });
    change(d);
  });
}

function failOnce(world: World, order: string): void {
  const op = world.note(order);
  world.lease(op);
  world.fail(op, 'deterministic');
}
const failures = (world: World, n: number, from = 0) => {
  for (let i = from; i < from + n; i++) failOnce(world, `o${i}`);
};
const tripped = (world: World) => [...world.state.governance.switches.keys()];

describe('[GOV50] a switch that trips by itself (R-E68)', () => {
  it('does so when its metric moves and its condition holds, and says why', () => {
    const world = watched();
    failures(world, 2);
    expect(tripped(world)).toEqual([]);
    failures(world, 1, 2);
    expect(world.state.governance.switches.get('tool:shop')).toMatchObject({
      by: 'switch/too-many',
      condition: 'too-many',
      reason: 'the shop keeps failing (failures is 3)',
    });
    expect(world.note('later').status).toBe('denied');
    expect(world.of('switch.tripped')[0]?.actor).toEqual({ principal: 'system' });
  });

  it('trips once, though several events of one step moved its metric', () => {
    const world = watched({ when: 'metrics.failures >= 1' });
    failures(world, 1);
    expect(world.of('switch.tripped')).toHaveLength(1);
  });

  it('waits while a metric has no value, and sees how many events there were', () => {
    const world = watched({
      metrics: ['failure-rate'],
      when: 'metrics["failure-rate"] >= 60 && samples["failure-rate"] >= 2',
    });
    failures(world, 1);
    expect(tripped(world)).toEqual([]);
    failures(world, 1, 1);
    expect(tripped(world)).toEqual(['tool:shop']);
  });

  it('trips when its condition cannot be evaluated (GOV3)', () => {
    const world = watched({ when: '1 / (metrics.failures - 1) > 100' });
    failures(world, 1);
    expect(world.state.governance.switches.get('tool:shop')?.reason).toContain('cannot be evaluated');
  });

  it('does not trip again within its cool-down, and does when it is over', () => {
    const world = watched({ cooldown: '1h' });
    failures(world, 3);
    world.ok('switch.rearm', { scope: 'tool', id: 'shop', reason: 'repaired' }, world.seat('boss'));
    failures(world, 1, 3);
    expect(tripped(world)).toEqual([]);
    world.wait(HOUR);
    failures(world, 1, 4);
    expect(tripped(world)).toEqual(['tool:shop']);
  });

  it('looks at nothing when no metric it watches moved, whatever the history', () => {
    const world = watched();
    failures(world, 2);
    // The condition holds by now, but only an event of its metric makes it look.
    find(world.definition.switches, 'too-many').when = 'metrics.failures >= 2';
    world.apply();
    world.note('quiet');
    expect(tripped(world)).toEqual([]);
    failures(world, 1, 5);
    expect(tripped(world)).toEqual(['tool:shop']);
  });

  it('is re-armed by who it names, the top of the line, or the owner', () => {
    const world = watched({ scope: 'unit', target: 'finance', rearm: ['boss'] });
    failures(world, 3);
    const rearm = { scope: 'unit', id: 'finance', reason: 'x' };
    expect(world.no('switch.rearm', rearm, world.seat('lead')).message).toBe('this switch is re-armed by boss');
    world.ok('switch.rearm', rearm, world.seat('boss'));
  });

  it('[GOV12] is not re-armed by somebody who uses what it stopped', () => {
    const world = watched();
    failures(world, 3);
    const rearm = { scope: 'tool', id: 'shop', reason: 'x' };
    find(world.definition.seats, 'lead').charter.rights = [{ capability: 'orders.note' }];
    world.apply();
    expect(world.no('switch.rearm', rearm, world.seat('lead')).message).toContain('nobody re-arms');
    find(world.definition.seats, 'lead').charter.rights = [{ capability: 'orders.get' }];
    world.apply();
    world.ok('switch.rearm', rearm, world.seat('lead'));
  });
});

describe('[GOV13] the sixth scope', () => {
  it('[T8] stops a lane: what is done under the contracts of a flow, by seats with every right', () => {
    const world = new World((d) => {
      d.flows.push({ id: 'returns', steps: ['refund', 'ship'] });
    });
    world.ok('switch.trip', { scope: 'lane', id: 'returns', reason: 'frozen' }, world.seat('lead'));
    const ship = world.request('orders.ship', { order_id: 'a' });
    expect([ship.status, ship.decision?.reasons[0]?.rule]).toEqual(['denied', 'switch/lane:returns']);
    expect(world.note('a').status).toBe('admitted');
  });

  it('stops capabilities by prefix', () => {
    const world = new World();
    world.ok('switch.trip', { scope: 'capability', id: 'orders.*', reason: 'frozen' });
    expect([world.note().status, world.request('stock.set', { sku: 's', count: 1 }).status]).toEqual([
      'denied',
      'admitted',
    ]);
  });
});

describe('[GOV51] runs at work in what was stopped', () => {
  const trip = { scope: 'seat', id: 'desk', reason: 'odd numbers' };
  const working = () => {
    const world = new World((d) => {
      d.budgets.push({ id: 'all', allocation: 1000 });
      find(d.seats, 'desk').charter.stop = { money: 100 };
    });
    const run = String(world.ok('run.start', { seat: 'desk', worker: 'w' }, WORKER).run);
    return { world, run };
  };

  it('end at once, with their reserve given back and the reason on the record', () => {
    const { world, run } = working();
    world.ok('switch.trip', trip, world.seat('lead'));
    expect(world.of('run.stopped')[0]?.body).toMatchObject({
      run,
      reason: 'control',
      message: 'kill switch on seat desk: odd numbers',
      by: 'seat:desk',
    });
    expect(world.state.budget.books.get('all/reserved')).toBe(0);
    const act = { run, step: 1, command: { kind: 'case.note', body: { case: 'C-1', text: 'x' } } };
    expect(world.no('run.act', act, WORKER).code).toBe('not-found');
  });

  it('do not begin or go on while it is tripped; those that wait stay, and go on afterwards', () => {
    const { world, run } = working();
    world.ok('case.open', { subject: 'Two', customer: 'lee@example.com' });
    const op = String(
      world.ok('run.act', {
        run,
        step: 1,
        command: {
          kind: 'operation.request',
          body: { capability: 'orders.note', case: 'C-1', args: { order_id: 'a', text: 'x' } },
        },
      }).operation,
    );
    world.ok('run.park', { run, operation: op }, WORKER);
    world.ok('switch.trip', { scope: 'unit', id: 'company', reason: 'x' });
    expect(world.of('run.stopped')).toEqual([]);
    expect(world.no('run.start', { seat: 'desk', worker: 'w' }, WORKER)).toMatchObject({ rule: 'GOV51' });
    world.lease(world.op(op));
    expect(world.state.runs.runs.get(run)?.status).toBe('ready');
    expect(world.no('run.resume', { run, worker: 'w' }, WORKER).rule).toBe('GOV51');
    world.ok('switch.rearm', { scope: 'unit', id: 'company', reason: 'x' });
    world.ok('run.resume', { run, worker: 'w' }, WORKER);
  });

  it('are not stopped by a switch on something they use', () => {
    const { world, run } = working();
    world.ok('switch.trip', { scope: 'tool', id: 'shop', reason: 'x' });
    expect(world.state.runs.runs.get(run)?.status).toBe('active');
  });

  it('leave their seats a reminder, given when they may work again, once per stop', () => {
    const { world } = working();
    world.ok('switch.trip', trip, world.seat('lead'));
    world.ok('switch.rearm', { scope: 'seat', id: 'desk', reason: 'fine' }, world.seat('lead'));
    expect(world.told('desk', 'reminder')).toHaveLength(1);
    world.ok('switch.trip', trip, world.seat('lead'));
    world.ok('switch.rearm', { scope: 'seat', id: 'desk', reason: 'fine' }, world.seat('lead'));
    expect(world.told('desk', 'reminder')).toHaveLength(1);
  });

  it('end when their seat is suspended', () => {
    const { world } = working();
    world.ok('seat.suspend', { seat: 'desk', reason: 'investigation' });
    expect(world.of('run.stopped')[0]?.body).toMatchObject({ reason: 'control', by: 'suspended:desk' });
    world.ok('seat.resume', { seat: 'desk', reason: 'fine' });
    expect(world.told('desk', 'reminder')).toHaveLength(1);
  });
});

describe('[GOV53] an incident', () => {
  const CLOSE = { incident: 'I-1', cause: 'a bad release', done: 'rolled back', prevention: 'a test' };

  it('is opened by a tripped switch, with what was ended, and re-arming belongs to it', () => {
    const world = new World();
    const op = world.note();
    world.lease(op);
    const run = world.ok('run.start', { seat: 'desk', worker: 'w' }, WORKER).run;
    world.ok('switch.trip', { scope: 'seat', id: 'desk', reason: 'odd' }, world.seat('lead'));
    const [incident] = incidents(world.state);
    expect(incident).toMatchObject({
      cause: 'switch',
      ref: 'seat:desk',
      done: [`leases ended: 1 (${op.id})`, `runs stopped: 1 (${run})`],
      closed: null,
    });
    expect(world.no('incident.close', CLOSE, world.seat('lead')).message).toContain('still tripped');
    world.ok('switch.rearm', { scope: 'seat', id: 'desk', reason: 'looked at' }, world.seat('boss'));
    world.ok('incident.close', CLOSE, world.seat('lead'));
    expect(incidentText(incidents(world.state)[0]!)).toBe(
      [
        '## I-1: seat desk was stopped: odd',
        'Opened 2026-11-21T12:00:00.000Z. Cause: switch seat:desk.',
        `- leases ended: 1 (${op.id})`,
        `- runs stopped: 1 (${run})`,
        '- re-armed by boss: looked at',
        'Closed 2026-11-21T12:00:00.000Z by lead. How it came about: a bad release',
        'What was done: rolled back',
        'What keeps it from happening again: a test',
      ].join('\n'),
    );
  });

  it('is closed once, by a human who is not the one it is about', () => {
    const world = new World();
    world.ok('switch.trip', { scope: 'seat', id: 'lead', reason: 'x' }, world.seat('boss'));
    world.ok('switch.rearm', { scope: 'seat', id: 'lead', reason: 'x' }, world.seat('boss'));
    for (const seat of ['desk', 'lead']) expect(world.no('incident.close', CLOSE, world.seat(seat)).rule).toBe('GOV53');
    world.ok('incident.close', CLOSE, world.seat('boss'));
    expect(world.no('incident.close', CLOSE).code).toBe('conflict');
    expect(world.no('incident.close', { ...CLOSE, incident: 'I-7' }).code).toBe('not-found');
  });

  it('takes in what happens about the same thing while it is open', () => {
    const world = new World();
    for (let i = 0; i < 2; i++) {
      world.ok('switch.trip', { scope: 'tool', id: 'shop', reason: `${i}` });
      world.ok('switch.rearm', { scope: 'tool', id: 'shop', reason: 'x' });
    }
    expect([incidents(world.state).length, incidents(world.state)[0]?.done.length]).toEqual([1, 4]);
    expect(incidentText(incidents(world.state)[0]!)).toContain('Open.');
  });
});
