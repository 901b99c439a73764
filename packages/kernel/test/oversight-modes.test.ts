import { describe, expect, it } from 'vitest';
import { find, type Shop } from './support/op-definition.ts';
import { WORKER, World } from './support/op-world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
type Oversight = NonNullable<NonNullable<Shop['settings']>['oversight']>;

const withOversight = (oversight: Oversight, change: (d: Shop) => void = () => undefined) =>
  new World((d) => {
    d.settings.oversight = { waiting: 0, reports: { daily: 'off', weekly: 'off', monthly: 'off' }, ...oversight };
    change(d);
  });
/** Failures in a row that open the breaker of the shop. */
function breakShop(world: World): void {
  for (let i = 0; i < 5; i++) {
    const op = world.request('orders.ship', { order_id: `b${i}` }, { key: `b${i}` });
    world.lease(op);
    world.fail(op);
  }
}
const modes = (world: World) =>
  world.log.flatMap((r) =>
    r.kind === 'mode.degraded'
      ? [`${r.body.mode} ${r.body.about} → ${r.body.instead}`]
      : r.kind === 'mode.restored'
        ? [`${r.body.mode} ${r.body.about} back`]
        : [],
  );

describe('[OVS20] a supervisor that is down (R-D66)', () => {
  it('is stood in for by its deputy, who is told, until it is back', () => {
    const world = withOversight({});
    world.ok('deputy.name', { seat: 'lead', deputy: 'boss', until: world.now + 60 * MINUTE, reason: 'x' });
    world.ok('seat.suspend', { seat: 'lead', reason: 'x' });
    expect(modes(world)).toEqual(['supervisor lead → boss']);
    expect(world.told('boss', 'inform')[0]).toContain('"lead" cannot act (suspended)');
    world.ok('case.escalate', { case: 'C-1', reason: 'help', to: 'boss' }, world.seat('desk'));
    world.ok('seat.resume', { seat: 'lead', reason: 'x' });
    expect(modes(world)).toEqual(['supervisor lead → boss', 'supervisor lead back']);
  });

  it('without a deputy by the next seat above; what asks for a decision goes there', () => {
    const world = withOversight({});
    world.ok('seat.occupy', { seat: 'lead', occupant: null, reason: 'left' });
    expect(modes(world)).toEqual(['supervisor lead → boss']);
    const run = world.ok('run.start', { seat: 'desk', worker: 'w' }, WORKER).run;
    world.ok('run.fail', { run, message: 'bad', category: 'deterministic' }, WORKER);
    expect([world.told('lead'), world.told('boss').length]).toEqual([[], 1]);
  });

  it('a seat without reports is no supervisor, and a paused person still reads', () => {
    const world = withOversight({});
    world.ok('seat.suspend', { seat: 'desk', reason: 'x' });
    world.ok('seat.pause', { seat: 'lead', reason: 'x' });
    expect(modes(world)).toEqual([]);
  });
});

describe('[OVS21] a tool that is down', () => {
  it('is said to be from when its breaker opens until it works again', () => {
    const world = withOversight({});
    breakShop(world);
    expect(modes(world)).toEqual(['tool shop → null']);
    world.wait(2 * MINUTE);
    const op = world.request('orders.get', { order_id: 'a' });
    world.complete(op, {});
    expect(modes(world)).toEqual(['tool shop → null', 'tool shop back']);
  });

  it('names what may be used instead, where the definition knows something', () => {
    const world = withOversight({}, (d) => {
      find(d.capabilities, 'orders.note').alternatives = ['mail.send'];
    });
    breakShop(world);
    expect(modes(world)).toEqual(['tool shop → mail.send']);
    world.note('n1');
    expect(JSON.stringify(world.log.at(-1))).toContain('meanwhile \\"mail.send\\" may be used');
  });

  it('is an incident when it lasts, and somebody is woken', () => {
    const world = withOversight({ outage: '5m' });
    breakShop(world);
    world.wait(4 * MINUTE);
    expect(world.of('incident.opened')).toEqual([]);
    world.wait(2 * MINUTE);
    expect(world.of('incident.opened')[0]?.body).toMatchObject({ cause: 'tool', ref: 'tool:shop' });
    expect(world.of('wakeup.raised')[0]?.body).toMatchObject({ why: 'failure', to: 'boss' });
  });
});

describe('[OVS22] a slow store', () => {
  const observe = (world: World, store: number) => world.ok('oversight.observe', { store }, WORKER);
  const open = (n: number, priority: string) => ({ subject: `s${n}`, customer: `c${n}@example.com`, priority });

  it('throttles what can wait outside, never what is urgent, and lets go when it is fast again', () => {
    const world = withOversight({ intake: 2, slow: '1s' });
    observe(world, 1500);
    expect(modes(world)).toEqual(['store ledger → null']);
    world.wait(MINUTE);
    world.ok('case.open', open(1, 'normal'));
    world.ok('case.open', open(2, 'low'));
    expect(world.no('case.open', open(3, 'normal'))).toMatchObject({ code: 'exhausted', rule: 'OVS22' });
    world.ok('case.open', open(4, 'high'));
    world.wait(MINUTE);
    world.ok('case.open', open(5, 'normal'));
    observe(world, 800);
    expect(modes(world)).toHaveLength(1);
    observe(world, 400);
    expect(modes(world)).toEqual(['store ledger → null', 'store ledger back']);
    for (let i = 10; i < 20; i++) world.ok('case.open', open(i, 'normal'));
  });

  it('only the runtime says how it is', () => {
    const world = withOversight({});
    expect(world.no('oversight.observe', { store: 9999 })).toMatchObject({ code: 'forbidden', rule: 'OVS22' });
  });
});

describe('[OVS30] a cause that was declared fixed', () => {
  const close = (world: World, incident: string) =>
    world.ok('incident.close', { incident, cause: 'c', done: 'd', prevention: 'p' });
  const trip = (world: World) => {
    world.ok('switch.trip', { scope: 'seat', id: 'desk', reason: 'x' });
    world.ok('switch.rearm', { scope: 'seat', id: 'desk', reason: 'x' });
  };

  it('is raised one level when it comes back, names the earlier incident, and tells who is higher (R-D66)', () => {
    const world = withOversight({});
    trip(world);
    close(world, 'I-1');
    trip(world);
    expect(world.of('incident.opened')[1]?.body).toMatchObject({ incident: 'I-2', earlier: 'I-1', level: 2 });
    expect(world.of('incident.recurred')[0]?.body).toMatchObject({
      incident: 'I-2',
      earlier: 'I-1',
      level: 2,
      to: 'boss',
    });
    expect(
      world.told('boss').some((text) => text.includes('The cause of I-1, which was declared fixed, is back')),
    ).toBe(true);
    close(world, 'I-2');
    trip(world);
    expect(world.of('incident.opened')[2]?.body).toMatchObject({ earlier: 'I-2', level: 3 });
  });

  it('another cause is another incident, and an open one takes in what happens meanwhile', () => {
    const world = withOversight({});
    trip(world);
    trip(world);
    expect(world.of('incident.opened')).toHaveLength(1);
    close(world, 'I-1');
    world.ok('switch.trip', { scope: 'seat', id: 'mate', reason: 'x' });
    expect(world.of('incident.opened')[1]?.body.earlier).toBeUndefined();
  });
});

describe('[OVS35] somebody is woken at once (R-E5)', () => {
  const woken = (world: World) => world.of('wakeup.raised').map(({ body }) => `${body.why} ${body.about} → ${body.to}`);

  it('for security, when violations stop a seat; the corrections go on as they are', () => {
    const world = withOversight({}, (d) => {
      d.settings.violations = { warn: 1, restrict: 2, pause: 3, suspend: 9 };
    });
    for (let i = 0; i < 3; i++) world.request('billing.send', {}, { key: `v${i}` });
    expect(woken(world)).toEqual(['security desk → lead']);
    expect(world.state.organisation.seats.get('desk')?.status).toBe('paused');
  });

  it('for an opportunity worth at least what the organisation says', () => {
    const world = new World((d) => {
      d.settings.oversight = { wake: { opportunity: '$1000.00' } };
      (d as Record<string, unknown>).outcomes = [
        { id: 'big', topic: 'enterprise', value: '$5000.00' },
        { id: 'small', topic: 'retail', value: '$10.00' },
      ];
    });
    world.ok('case.classify', { case: 'C-1', topic: 'retail' }, world.seat('desk'));
    world.ok('case.classify', { case: 'C-1', topic: 'enterprise' }, world.seat('desk'));
    expect(woken(world)).toEqual(['opportunity C-1 → lead']);
  });

  it('for an unclear decision with high stakes, and not for a clear one', () => {
    const world = withOversight({ wake: { stakes: '$100.00' } });
    world.refund(200_000_000, 'o1', { confidence: 0.99 });
    expect(woken(world)).toEqual([]);
    world.read(world.request('orders.refund', { order_id: 'o2', amount: 150_000_000 }, { confidence: 0.5 }), {
      paid: 900_000_000,
    });
    expect(woken(world)).toEqual([expect.stringMatching(/^unclear A-\d+ → lead$/)]);
  });

  it('[OVS36] for what the organisation itself names, by an event and a condition', () => {
    const world = withOversight({
      wake: {
        rules: [
          {
            id: 'angry',
            why: 'opportunity',
            when: { event: 'case.feedback', where: '!body.satisfied' },
            text: 'angry',
          },
        ],
      },
    });
    world.ok('case.feedback', { case: 'C-1', satisfied: true });
    expect(woken(world)).toEqual([]);
    world.ok('case.feedback', { case: 'C-1', satisfied: false });
    expect(woken(world)).toEqual(['opportunity angry:case/C-1 → boss']);
  });

  it('once for one thing within the time, and [OVS37] says who has seen it', () => {
    const world = withOversight({ slow: '1s' });
    const observe = (store: number) => world.ok('oversight.observe', { store }, WORKER);
    for (const ms of [2000, 100, 2000, 100]) observe(ms);
    expect(woken(world)).toEqual(['failure ledger → boss']);
    world.wait(61 * MINUTE);
    observe(2000);
    expect(woken(world)).toHaveLength(2);
    expect(world.no('wakeup.acknowledge', { wakeup: 'W-1' }, world.seat('desk'))).toMatchObject({ rule: 'OVS37' });
    world.ok('wakeup.acknowledge', { wakeup: 'W-1', note: 'looking' }, world.seat('boss'));
    expect(world.no('wakeup.acknowledge', { wakeup: 'W-1' }, world.seat('boss'))).toMatchObject({ code: 'conflict' });
  });
});
