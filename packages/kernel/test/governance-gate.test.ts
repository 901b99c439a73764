import { describe, expect, it } from 'vitest';
import { gate, switchCovers } from '../src/governance/gate.ts';
import { VERDICTS } from '../src/governance/schema.ts';
import type { Operation } from '../src/operations/state.ts';
import { find, type Shop } from './support/op-definition.ts';
import { messages, reasons, World } from './support/op-world.ts';

const args = { order_id: 'o1', text: 'hello' };
const tier = (world: Shop, name: 'read-only' | 'bounded' | 'executor' | 'coordinator') => {
  find(world.seats, 'desk').charter.tier = name;
};
/** An operation as the gate sees it, in a world that would admit it. */
function admitted(): { world: World; op: Operation; verdict: (change: Partial<Operation>) => string[] } {
  const world = new World();
  const op = world.note();
  const verdict = (change: Partial<Operation>) => {
    const decision = gate(world.state, { ...op, ...change }, world.now, 'full');
    return [decision.verdict, ...decision.reasons.map((r) => r.rule)];
  };
  return { world, op, verdict };
}

describe('who asks, and for which case', () => {
  it('[GOV4] denies a seat that does not exist, is paused, suspended or retired', () => {
    const { world, verdict } = admitted();
    expect(verdict({ seat: 'ghost' })).toContain('GOV4');
    for (const kind of ['seat.pause', 'seat.suspend']) {
      world.ok(kind, { seat: 'desk', reason: 'x' });
      expect(verdict({})).toEqual(['deny', 'GOV4']);
    }
    world.ok('seat.resume', { seat: 'desk', reason: 'x' });
    expect(verdict({})).toEqual(['allow']);
    find(world.definition.seats, 'desk').occupant = { principal: 'nobody', kind: 'script' };
    world.definition.seats = world.definition.seats.filter((seat) => seat.id !== 'desk');
    world.definition.settings.intake = 'mate';
    world.apply();
    expect(verdict({})[0]).toBe('deny');
  });

  it('[GOV4] denies who does not occupy the seat', () => {
    expect(admitted().verdict({ principal: 'mallory' })).toEqual(['deny', 'GOV4']);
  });

  it('[GOV5] denies an effect without a case, on an unknown case, and on one that is over (R-C52, R-A77, R-D6)', () => {
    const { world, verdict } = admitted();
    expect(verdict({ case: null })).toEqual(['deny', 'GOV5']);
    expect(verdict({ case: 'C-9' })).toEqual(['deny', 'GOV5']);
    world.ok('case.cancel', { case: 'C-1', reason: 'spam' });
    expect(verdict({})).toEqual(['deny', 'GOV5']);
  });

  it('[GOV5] denies a seat that takes no part in the case, unless it is above its owner', () => {
    const world = new World();
    expect(reasons(world.request('orders.note', args, {}, 'clerk'))).toEqual(['GOV5 deny']);
    world.join('clerk');
    expect(world.request('orders.note', args, { key: 'again' }, 'clerk').status).toBe('admitted');
    expect(world.request('orders.get', { order_id: 'o1' }, {}, 'boss').status).toBe('admitted');
  });
});

describe('[GOV13] kill switches', () => {
  it.each([
    ['organisation', 'all'],
    ['unit', 'support'],
    ['unit', 'company'],
    ['seat', 'desk'],
    ['capability', 'orders.note'],
    ['tool', 'shop'],
  ])('deny by %s %s, and name the reason', (scope, id) => {
    const { world, op, verdict } = admitted();
    world.ok('switch.trip', { scope, id, reason: 'something is off' });
    expect(verdict({})).toEqual(['deny', `switch/${scope}:${id}`]);
    expect(gate(world.state, op, world.now, 'lease').reasons[0]?.message).toContain('something is off');
    world.ok('switch.rearm', { scope, id, reason: 'fixed' });
    expect(verdict({})).toEqual(['allow']);
  });

  it.each([
    ['unit', 'finance'],
    ['seat', 'mate'],
    ['capability', 'orders.refund'],
    ['tool', 'mail'],
  ])('leave the others alone: %s %s', (scope, id) => {
    const { world, op, verdict } = admitted();
    world.ok('switch.trip', { scope, id, reason: 'x' });
    expect(verdict({})).toEqual(['allow']);
    expect(switchCovers(world.state, { ...op, seat: 'ghost' }, scope, id)).toBe(false);
  });

  it('cover everything below a capability by its prefix', () => {
    const world = new World();
    const op = world.note();
    expect(switchCovers(world.state, op, 'capability', 'orders.*')).toBe(true);
    expect(switchCovers(world.state, op, 'capability', 'mail.*')).toBe(false);
  });
});

describe('rights', () => {
  it('[GOV2] allow nothing that the charter does not grant', () => {
    const world = new World();
    const op = world.request('stock.set', { sku: 's', count: 1 }, {}, 'lead');
    expect([op.status, reasons(op)]).toEqual(['denied', ['GOV2 deny']]);
  });

  it('[GOV6] end at the tier of the seat, whatever the list of rights says (R-E36)', () => {
    const may = (name: Parameters<typeof tier>[1]) => {
      const world = new World((d) => tier(d, name));
      const ops = [
        world.request('orders.get', { order_id: 'o1' }),
        world.note('o1'),
        world.refund(1, 'o2'),
        world.request('orders.ship', { order_id: 'o3' }),
      ];
      const denied = ops.filter((op) => op.status === 'denied');
      for (const op of denied) expect(reasons(op)).toEqual(['GOV6 deny']);
      return ops.map((op) => op.status === 'admitted');
    };
    expect(may('read-only')).toEqual([true, false, false, false]);
    expect(may('coordinator')).toEqual([true, true, false, false]);
    expect(may('bounded')).toEqual([true, true, true, false]);
    expect(may('executor')).toEqual([true, true, true, true]);
  });

  it('[GOV2] hold up to the limit of the right, to the last micro-unit', () => {
    const world = new World((d) => {
      find(d.seats, 'desk').charter.rights = [{ capability: 'orders.*', limit: 100 }];
    });
    expect(world.refund(100, 'o1').status).toBe('admitted');
    const over = world.request('orders.refund', { order_id: 'o2', amount: 101 });
    expect([over.status, reasons(over)]).toEqual(['denied', ['GOV2 deny']]);
    expect(messages(over)).toContain("above the seat's limit");
  });

  it('[GOV2] hold only when their condition does, and one that fits is enough', () => {
    const rights = [
      { capability: 'orders.note', when: 'args.order_id == "mine"' },
      { capability: 'orders.*', when: 'args.text == "open sesame"' },
    ];
    const world = new World((d) => {
      find(d.seats, 'desk').charter.rights = rights;
    });
    expect(world.note('mine').status).toBe('admitted');
    expect(reasons(world.note('yours'))).toEqual(['GOV2 deny']);
    expect(world.request('orders.note', { order_id: 'yours', text: 'open sesame' }).status).toBe('admitted');
  });

  it('[GOV3] do not hold when their condition cannot be evaluated', () => {
    const world = new World((d) => {
      find(d.seats, 'desk').charter.rights = [{ capability: 'orders.*', when: 'case.data.level > 3' }];
    });
    const op = world.note();
    expect([op.status, reasons(op)]).toEqual(['denied', ['GOV2 deny']]);
    expect(messages(op)).toContain('cannot be evaluated');
  });
});

describe('the contract', () => {
  it('[GOV7] separates duties by what a seat already did on the case (R-E20, R-E35)', () => {
    const world = new World((d) => {
      find(d.contracts, 'ship').separation = ['orders.note'];
    });
    world.join('mate');
    const note = world.note();
    world.lease(note);
    world.complete(note);
    expect(reasons(world.request('orders.ship', { order_id: 'o1' }))).toEqual(['ship/separation deny']);
    expect(world.request('orders.ship', { order_id: 'o1' }, {}, 'mate').status).toBe('admitted');
  });

  it('[GOV7] wants its required fields and its evidence first (R-E27)', () => {
    const world = new World((d) => {
      Object.assign(find(d.contracts, 'note'), { requires: ['text'], evidence: ['orders.get'] });
    });
    const op = world.request('orders.note', { order_id: 'o1', text: '' });
    expect(reasons(op)).toEqual(['note/requires deny', 'note/evidence deny']);
    world.complete(world.request('orders.get', { order_id: 'o1' }));
    expect(world.note().status).toBe('admitted');
  });

  it('[GOV7] denies when a pre-condition does not hold on what was read, saying what to do instead (R-E27, R-E28)', () => {
    const world = new World();
    const op = world.request('orders.refund', { order_id: 'o1', amount: 100 });
    world.read(op, { paid: 99 });
    expect([op.status, reasons(op)]).toEqual(['denied', ['refund/within-paid deny']]);
    expect(op.decision?.reasons[0]).toMatchObject({
      message: 'more than was paid',
      instead: 'refund what was paid at most',
    });
  });

  it('[GOV3] denies when a pre-condition cannot be evaluated', () => {
    const world = new World();
    const op = world.request('orders.refund', { order_id: 'o1', amount: 100 });
    world.read(op, {});
    expect([op.status, reasons(op)]).toEqual(['denied', ['refund/within-paid deny']]);
    expect(messages(op)).toContain('cannot be evaluated');
  });
});

describe('[GOV1] the verdict', () => {
  const policy = (effect: (typeof VERDICTS)[number]) => ({
    id: `p-${effect}`,
    on: ['orders.*'],
    effect,
    because: effect,
  });

  it('is the strongest of all reasons, and all of them are kept', () => {
    for (const [i, strongest] of VERDICTS.entries()) {
      const world = new World((d) => {
        d.policies = VERDICTS.slice(0, i + 1).map(policy);
      });
      const op = world.note();
      const { verdict, reasons: kept } = gate(world.state, op, world.now, 'full');
      expect(verdict).toBe(strongest);
      expect(kept.map((r) => r.verdict)).toEqual(VERDICTS.slice(0, i + 1));
    }
  });

  it('keeps every denial, so that one correction is enough', () => {
    const world = new World((d) => {
      tier(d, 'read-only');
      find(d.seats, 'desk').charter.rights = [];
      find(d.contracts, 'note').evidence = ['proof'];
    });
    world.ok('switch.trip', { scope: 'seat', id: 'desk', reason: 'x' });
    const decision = gate(world.state, { ...world.note(), principal: 'mallory' }, world.now, 'full');
    expect(decision.reasons.map((r) => r.rule)).toEqual(['GOV4', 'switch/seat:desk', 'GOV6', 'GOV2', 'note/evidence']);
  });
});

describe('policies', () => {
  const world = (p: Shop['policies'][number]) => new World((d) => void d.policies.push(p));

  it.each([
    ['deny', 'denied'],
    ['ask', 'awaiting_approval'],
    ['defer', 'deferred'],
    ['record-only', 'recorded'],
    ['allow', 'admitted'],
  ] as const)('[GOV1] with the effect %s leave an operation %s', (effect, status) => {
    const op = world({ id: 'p', on: ['orders.*'], effect, because: 'because' }).note();
    expect(op.status).toBe(status);
  });

  it('[GOV1] apply to what they name, when they say', () => {
    const w = world({ id: 'p', on: ['orders.note'], effect: 'deny', when: 'args.order_id == "o1"', because: 'no' });
    expect([w.note('o1').status, w.note('o2').status, w.refund(1, 'o3').status]).toEqual([
      'denied',
      'admitted',
      'admitted',
    ]);
  });

  it('[GOV1] of a unit bind only the seats in it and below', () => {
    const finance = world({ id: 'p', on: ['*'], effect: 'deny', unit: 'finance', because: 'no' });
    expect(finance.note().status).toBe('admitted');
    finance.join('clerk');
    expect(finance.request('orders.note', { ...args, order_id: 'o2' }, {}, 'clerk').status).toBe('denied');
    expect(world({ id: 'p', on: ['*'], effect: 'deny', unit: 'company', because: 'no' }).note().status).toBe('denied');
  });

  it('[GOV3] deny when they cannot be evaluated, even if they would have allowed', () => {
    const op = world({ id: 'p', on: ['*'], effect: 'allow', when: 'args.nothing == 1', because: 'x' }).note();
    expect([op.status, reasons(op)]).toEqual(['denied', ['p deny']]);
  });

  it('[GOV1] that put off are asked again a minute later, not all the time', () => {
    const w = new World();
    const until = w.now + 600_000;
    w.definition.policies.push({ id: 'p', on: ['*'], effect: 'defer', when: `now < ${until}`, because: 'night' });
    w.apply();
    const op = w.note();
    w.wait(600_000);
    expect(op.status).toBe('admitted');
    expect(w.of('operation.deferred').length).toBeLessThanOrEqual(10);
  });
});
