import { describe, expect, it } from 'vitest';
import { DAY } from '../src/core/quantities.ts';
import { find } from './support/op-definition.ts';
import { reasons } from './support/op-world.ts';
import { carryOut, FREE, guard, lane, laneWorld, raise, replayed, solve } from './support/rol-world.ts';

describe('[ROL1] a lane', () => {
  it('begins in the stage its definition says and keeps the one it has come to', () => {
    const world = laneWorld({ stages: FREE });
    expect(lane(world).stage).toBe('observe');
    raise(world, 'shadow');
    find(world.definition.flows, 'notes').title = 'Other';
    world.apply();
    expect([lane(world).stage, lane(world).by]).toEqual(['shadow', 'boss']);
    expect(world.of('lane.entered')).toHaveLength(1);
  });

  it('ends with its definition', () => {
    const world = laneWorld({ start: 'assist' });
    delete (find(world.definition.flows, 'notes') as { rollout?: unknown }).rollout;
    world.apply();
    expect(world.state.rollout.lanes.size).toBe(0);
    expect(world.of('lane.left')[0]?.body).toEqual({ lane: 'notes', stage: 'assist' });
    expect(world.note().status).toBe('admitted');
  });

  it('costs nothing where there is none: decisions are as before', () => {
    const world = laneWorld();
    const other = world.request('mail.send', { to: 'kim@example.com', text: 'hi' });
    expect(reasons(other)).toEqual([]);
  });
});

describe('[ROL2] while a lane is observed or shadowed', () => {
  it.each(['observe', 'shadow'] as const)(
    'what agents propose in %s is written down and never carried out (R-A42)',
    (start) => {
      const world = laneWorld({ start });
      const op = world.note();
      expect([op.status, reasons(op)]).toEqual(['recorded', [`lane/notes/${start} record-only`]]);
      expect(world.no('operation.lease', { operation: op.id, executor: 'x', ttl: 1000 }).code).toBe('conflict');
    },
  );

  it('nobody is asked about it, and what would be refused is refused', () => {
    const world = laneWorld({ start: 'shadow' }, (d) => {
      guard(d);
      find(d.contracts, 'note').approval = { when: 'true' };
    });
    expect(world.note().status).toBe('recorded');
    expect(world.of('approval.requested')).toHaveLength(0);
    find(world.definition.seats, 'desk').charter.rights = [{ capability: 'stock.*' }];
    world.apply();
    expect(world.note('o2').status).toBe('denied');
  });

  it('people act: agents prepare, people carry out (R-E85)', () => {
    const world = laneWorld({ start: 'shadow' });
    const op = world.request('orders.note', { order_id: 'o1', text: 'x' }, {}, 'lead');
    expect(op.status).toBe('admitted');
  });

  it('what was admitted before the stage fell is not begun any more', () => {
    const world = laneWorld({ start: 'end-to-end' });
    const op = world.note();
    expect(op.status).toBe('admitted');
    world.ok('lane.lower', { lane: 'notes', to: 'shadow', reason: 'careful' }, world.seat('lead'));
    world.lease(op);
    expect([op.status, world.of('operation.leased')]).toEqual(['recorded', []]);
  });

  it('the one who does the work is told that there is some, not what was proposed', () => {
    const world = laneWorld({ start: 'shadow' });
    world.note('secret-order');
    expect(world.told('lead', 'question')[0]).toContain('orders.note is not carried out for "desk"');
    expect(world.told('lead', 'question')[0]).not.toContain('secret-order');
  });
});

describe('[ROL3] a person decides', () => {
  it('each time while the lane is assisted, whatever grants and silence would say (R-E66)', () => {
    const world = laneWorld({ start: 'assist' }, (d) => {
      guard(d);
      find(d.contracts, 'note').approval = { approvers: ['lead'], silence: { after: '1h', rule: 'proceed' } };
    });
    world.ok(
      'approval.grant',
      { seat: 'desk', capability: 'orders.note', reason: 'x', uses: 5, for: DAY },
      world.seat('lead'),
    );
    const op = world.note();
    expect([op.status, reasons(op)]).toEqual(['awaiting_approval', ['lane/notes/assist ask']]);
    world.wait(2 * 3_600_000);
    expect(op.status).toBe('denied');
    const again = world.note('o2');
    world.decide(world.asked().id, 'approve');
    expect(again.status).toBe('admitted');
  });

  it('not an agent in the place of one', () => {
    const world = laneWorld({ start: 'assist' }, (d) => {
      guard(d);
      find(d.contracts, 'note').approval = { approvers: ['mate'] };
    });
    const op = world.note();
    world.decide(world.asked().id, 'approve', 'mate');
    expect([op.status, reasons(op).at(-1)]).toEqual(['denied', 'lane/notes/assist deny']);
  });

  it('beyond the limits of a bounded lane: of one, of a day in money and number', () => {
    const bound = laneWorld({ start: 'bounded', limits: { each: '$5.00', day: '$8.00', count: 3 } }, (d) => {
      guard(d);
      find(d.capabilities, 'orders.note').cost = 3_000_000;
    });
    expect(bound.note('a').status).toBe('admitted');
    expect(bound.note('b').status).toBe('admitted');
    expect(reasons(bound.note('c'))).toEqual(['lane/notes/bounded ask']);
    bound.wait(DAY);
    expect(bound.note('d').status).toBe('admitted');
    const small = laneWorld({ start: 'bounded', limits: { each: '$1.00', count: 1 } });
    carryOut(small, small.note('a'));
    expect(reasons(small.note('b'))).toEqual(['lane/notes/bounded ask']);
  });
});

describe('[ROL4] a lane rises', () => {
  it('one stage at a time, by the human at the top, the owner, or who is named', () => {
    const world = laneWorld({ stages: FREE, raisers: ['lead'] });
    const no = (to: string, seat: string) =>
      world.no('lane.raise', { lane: 'notes', to, reason: 'x' }, world.seat(seat)).message;
    expect(no('assist', 'boss')).toContain('one stage at a time');
    expect(no('shadow', 'desk')).toContain('only a person');
    find(world.definition.flows, 'notes').rollout!.raisers = [];
    world.apply();
    expect(no('shadow', 'lead')).toContain('you do not raise');
    raise(world, 'shadow');
    expect(world.of('lane.raised')[0]?.body).toMatchObject({
      from: 'observe',
      to: 'shadow',
      by: 'boss',
      reason: 'it did well',
    });
  });

  it('never beyond assist without a kill switch that trips by itself (R-E68)', () => {
    const world = laneWorld({ stages: FREE, start: 'assist' }, () => undefined);
    expect(raise(world, 'bounded').reply).toMatchObject({ ok: false, rejection: { code: 'forbidden', rule: 'ROL4' } });
    guard(world.definition);
    world.apply();
    expect(raise(world, 'bounded').reply.ok).toBe(true);
  });

  it('does not begin there either', () => {
    expect(() => laneWorld({ start: 'bounded' }, () => undefined)).toThrow('without a kill switch');
  });

  it('not while its switch is tripped', () => {
    const world = laneWorld({ stages: FREE, start: 'assist' });
    world.ok('switch.trip', { scope: 'lane', id: 'notes', reason: 'x' }, world.seat('boss'));
    expect(raise(world, 'bounded').reply).toMatchObject({ ok: false, rejection: { rule: 'ROL4' } });
  });
});

describe('[ROL5] what must hold before', () => {
  const stages = {
    ...FREE,
    bounded: { enter: { days: 2, sample: 3, criteria: [{ measure: 'success' as const, atLeast: 40 }] } },
  };

  it('is days, a sample and criteria; data that is not there is not met (R-E8)', () => {
    const world = laneWorld({ stages, start: 'assist' });
    const { reply } = raise(world, 'bounded');
    expect(reply).toMatchObject({ ok: false, rejection: { rule: 'ROL5' } });
    expect(JSON.stringify(reply)).toContain('success >= 40 (no data)');
  });

  it('counts a share by the worse end of an interval that holds however often one looks', () => {
    const world = laneWorld({ stages, start: 'assist' });
    const approve = () => {
      const op = world.note(`o${world.log.length}`);
      world.decide(world.asked().id, 'approve');
      carryOut(world, op);
    };
    for (let i = 0; i < 3; i++) approve();
    world.wait(3 * DAY);
    // Three of three is a hundred percent, and proves next to nothing.
    expect(JSON.stringify(raise(world, 'bounded').reply)).toMatch(
      /success >= 40 \(100 % \(between 23.21 % and 100 %\) of 3\)/,
    );
    for (let i = 0; i < 8; i++) approve();
    expect(raise(world, 'bounded').reply.ok).toBe(true);
    expect(lane(world).all.landed).toBe(0);
  });

  it('may be waived by naming each, which is on the record', () => {
    const world = laneWorld({ stages, start: 'assist' });
    const despite = ['days >= 2', 'sample >= 3', 'success >= 40'];
    expect(raise(world, 'bounded', { despite: despite.slice(1) }).reply.ok).toBe(false);
    expect(raise(world, 'bounded', { despite }).reply.ok).toBe(true);
    expect(world.of('lane.raised')[0]?.body.unmet).toEqual(despite);
  });
});

describe('[ROL6] a lane falls', () => {
  it('by itself, one stage, when a criterion to stay is not met by its latest work, and people hear of it (R-E40)', () => {
    const stay = { sample: 4, criteria: [{ measure: 'success' as const, atLeast: 75 }] };
    const world = laneWorld({ start: 'end-to-end', stages: { ...FREE, 'end-to-end': { stay } } });
    for (let i = 0; i < 3; i++) carryOut(world, world.note(`good${i}`));
    const bad = () => {
      const op = world.note(`bad${world.log.length}`);
      world.lease(op);
      world.fail(op, 'deterministic');
    };
    bad();
    expect(lane(world).stage).toBe('end-to-end');
    bad();
    expect(world.of('lane.lowered')[0]?.body).toMatchObject({
      ...{ from: 'end-to-end', to: 'bounded', by: 'criterion', seat: null },
      reason: 'success is 60 % of 5, success >= 75 is needed',
    });
    expect(world.told('lead')[0]).toContain('fell from end-to-end to bounded');
    expect(world.of('lane.lowered')[0]?.body.measures.find(({ measure }) => measure === 'success')).toMatchObject({
      value: 60,
      n: 5,
    });
  });

  it('when any person says so, never up that way', () => {
    const world = laneWorld({ start: 'assist' });
    const body = { lane: 'notes', reason: 'x' };
    expect(world.no('lane.lower', { ...body, to: 'bounded' }, world.seat('lead')).rule).toBe('ROL6');
    expect(world.no('lane.lower', { ...body, to: 'observe' }, world.seat('desk')).rule).toBe('ROL4');
    world.ok('lane.lower', { ...body, to: 'observe' }, world.seat('lead'));
    expect(lane(world).stage).toBe('observe');
  });

  it('one seat alone, and comes back by a person', () => {
    const world = laneWorld({ start: 'end-to-end', stages: FREE });
    world.ok('lane.lower', { lane: 'notes', seat: 'desk', to: 'shadow', reason: 'x' }, world.seat('lead'));
    expect([
      world.note().status,
      world.request('orders.note', { order_id: 'o9', text: 'x' }, {}, 'lead').status,
    ]).toEqual(['recorded', 'admitted']);
    for (const to of ['assist', 'bounded', 'end-to-end'] as const) raise(world, to, { seat: 'desk' });
    expect([world.note('o3').status, lane(world).caps.size]).toEqual(['admitted', 0]);
    expect(raise(world, 'end-to-end', { seat: 'desk' }).reply.ok).toBe(false);
  });
});

describe('[ROL7] a kill switch', () => {
  it('that trips takes the autonomy of its lane, which stays gone when it is re-armed', () => {
    const world = laneWorld({ start: 'end-to-end' }, (d) => {
      guard(d);
      find(d.switches, 'guard').when = 'metrics.returned >= 1';
    });
    const id = solve(world, 'desk');
    world.ok('case.reopen', { case: id, reason: 'again' });
    expect(world.of('lane.lowered').at(-1)?.body).toMatchObject({ to: 'assist', by: 'switch/guard' });
    expect(world.note('x').status).toBe('denied');
    world.ok('switch.rearm', { scope: 'lane', id: 'notes', reason: 'known' });
    expect([lane(world).stage, world.note('y').status]).toEqual(['assist', 'awaiting_approval']);
  });

  it('that is taken out of the definition takes it as well', () => {
    const world = laneWorld({ start: 'bounded' });
    world.definition.switches = [];
    find(world.definition.flows, 'notes').rollout!.start = 'observe';
    world.apply();
    expect(world.of('lane.lowered')[0]?.body).toMatchObject({ to: 'assist', by: 'definition' });
  });
});

describe('[ROL13] [ROL14] what is counted', () => {
  it('is effects, decisions, cases, money and minutes of the agents, in this stage and of late, and of everybody by month', () => {
    const world = laneWorld({ start: 'end-to-end', stages: FREE, recent: 10 }, (d) => {
      guard(d);
      find(d.capabilities, 'orders.note').cost = 100;
    });
    const first = solve(world, 'desk');
    solve(world, 'lead');
    world.ok('case.reopen', { case: first, reason: 'again' });
    expect(lane(world).all).toMatchObject({ proposals: 1, landed: 1, closed: 1, reopened: 1, cost: 100, value: 0 });
    const month = [...lane(world).months.values()][0]!;
    expect([month.get('desk')?.landed, month.get('lead')?.landed, month.get('lead')?.value]).toEqual([1, 1, 5000]);
    for (let i = 0; i < 25; i++) carryOut(world, world.note(`m${i}`));
    const { now, before } = lane(world).recent;
    expect([before.landed, now.landed, lane(world).all.landed]).toEqual([10, 6, 26]);
  });

  it('is the same after a replay', () => {
    const world = laneWorld({ start: 'end-to-end', stages: FREE });
    for (let i = 0; i < 3; i++) solve(world, 'desk', i !== 1);
    expect(replayed(world).rollout).toEqual(world.state.rollout);
  });
});
