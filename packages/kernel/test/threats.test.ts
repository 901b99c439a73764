import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/core/registry.ts';
import type { Operation } from '../src/operations/state.ts';
import { jobOf } from '../src/operations/views.ts';
import { find, type Shop } from './support/op-definition.ts';
import { OWNER_ACTOR, reasons, WORKER, World } from './support/op-world.ts';

const USD = 1_000_000;
const HOUR = 3_600_000;

/** Threat cases of the design, each attacked as an insider with every right would: the rest are in the modules' own tests. */
describe('[T5] a tool that is not what it was', () => {
  /** The same capability under the same name, but it does something else now. */
  const swapped = (d: Shop) => {
    find(d.capabilities, 'orders.refund').config = { statement: 'refund to the account of the vendor' };
  };
  const admitted = (world: World, op: Operation) => {
    if (jobOf(world.state, op) === 'read') world.read(op);
    return [op.status, ...reasons(op).filter((each) => each.endsWith('deny'))];
  };

  it('[GOV55] is not used under an approval that was given for what it was', () => {
    const world = new World();
    const op = world.refund(60 * USD, 'o1');
    swapped(world.definition);
    world.apply();
    world.decide(world.asked().id, 'approve');
    expect(admitted(world, op)).toEqual(['denied', 'GOV55 deny']);
  });

  it('[GOV55] nor when it is swapped between the decision and the lease', () => {
    const world = new World();
    const op = world.refund(60 * USD, 'o1');
    world.decide(world.asked().id, 'approve');
    expect(admitted(world, op)).toEqual(['admitted']);
    swapped(world.definition);
    world.apply();
    world.lease(op);
    expect([op.status, reasons(op)]).toEqual(['denied', expect.arrayContaining(['GOV55 deny'])]);
  });

  it('[GOV55] nor when only the connection of its tool changed', () => {
    const world = new World();
    const op = world.refund(60 * USD, 'o1');
    Object.assign(find(world.definition.tools, 'shop'), { config: { server: 'https://shop.evil.example' } });
    world.apply();
    world.decide(world.asked().id, 'approve');
    expect(admitted(world, op)).toEqual(['denied', 'GOV55 deny']);
  });

  it('[GOV55] nor under a standing grant; a change of something else leaves both alone', () => {
    const world = new World();
    const grant = { seat: 'desk', capability: 'orders.refund', uses: 5, for: '1d', reason: 'x' };
    world.ok('approval.grant', grant, world.seat('lead'));
    const first = world.refund(60 * USD, 'o1');
    find(world.definition.capabilities, 'orders.note').title = 'Note';
    world.apply();
    expect(admitted(world, first)).toEqual(['admitted']);
    swapped(world.definition);
    world.apply();
    expect(admitted(world, world.refund(60 * USD, 'o2'))).toEqual(['awaiting_approval']);
    world.ok('approval.grant', grant, world.seat('lead'));
    expect(admitted(world, world.refund(60 * USD, 'o3'))).toEqual(['admitted']);
  });
});

describe('[T6] a name that could mean two things', () => {
  it('[GOV2] is none: a capability is asked for by its whole name', () => {
    const world = new World((d) => {
      find(d.seats, 'desk').charter.rights = [{ capability: '*' }];
    });
    for (const name of ['send', 'note', 'orders', 'shop.orders.note', 'ORDERS.NOTE', 'orders.note '])
      expect(outcomeOf(world, name), name).toBe('refused');
    expect(outcomeOf(world, 'orders.note')).toBe('admitted');
  });

  function outcomeOf(world: World, capability: string): string {
    const body = { capability, case: 'C-1', args: { order_id: 'x', text: capability } };
    const { reply } = world.send('operation.request', body, world.seat('desk'));
    if (!reply.ok) return 'refused';
    const { status } = world.op(String(reply.result.operation));
    return status === 'denied' ? 'refused' : status;
  }
});

describe('[T12] an agent with every right', () => {
  /** Commands by which an organisation is steered; whoever adds one decides here whether agents have it. */
  const STEERING = [
    ...[
      'organisation.apply',
      'seat.occupy',
      'seat.pause',
      'seat.resume',
      'seat.suspend',
      'switch.rearm',
      'switch.trip',
    ],
    ...['approval.decide', 'approval.grant', 'grant.revoke', 'deputy.name', 'operation.override', 'incident.close'],
  ];
  const world = () => {
    const made = new World((d) => {
      const { charter } = find(d.seats, 'desk');
      charter.tier = 'executor';
      charter.rights = [{ capability: '*' }];
    });
    made.refund(60 * USD, 'o1');
    made.ok('switch.trip', { scope: 'lane', id: 'x', reason: 'x' });
    return made;
  };
  const BODIES: Record<string, object> = {
    'organisation.apply': { base: '', reason: 'x', definition: {} },
    'seat.occupy': { seat: 'desk', occupant: { principal: 'desk-agent', kind: 'human' }, reason: 'x' },
    'seat.pause': { seat: 'lead', reason: 'x' },
    'seat.resume': { seat: 'lead', reason: 'x' },
    'seat.suspend': { seat: 'lead', reason: 'x' },
    'switch.trip': { scope: 'seat', id: 'lead', reason: 'x' },
    'switch.rearm': { scope: 'lane', id: 'x', reason: 'x' },
    'approval.decide': { approval: 'A-1', verdict: 'approve' },
    'approval.grant': { seat: 'desk', capability: 'orders.refund', uses: 1, for: '1h', reason: 'x' },
    'grant.revoke': { grant: 'G-1', reason: 'x' },
    'deputy.name': { seat: 'lead', deputy: 'desk', until: Date.UTC(2027, 0), reason: 'x' },
    'operation.override': { operation: 'OP-1', reason: 'x' },
    'incident.close': { incident: 'I-1', cause: 'x', done: 'x', prevention: 'x' },
  };

  it.each(STEERING)('[ORG4] [GOV10] [GOV12] [GOV45] does not steer the organisation: %s', (kind) => {
    const made = world();
    const before = made.state.seq;
    const { reply } = made.send(kind, BODIES[kind] as Record<string, unknown>, made.seat('desk'));
    // Closed doors, not mistakes in how we knocked.
    expect(reply.ok ? 'accepted' : reply.rejection.code).toMatch(/^(forbidden|not-found)$/);
    expect(made.state.seq).toBe(before);
  });

  it.each(STEERING)('[RUN5] nor from inside a run: %s', (kind) => {
    const made = world();
    const run = String(made.ok('run.start', { seat: 'desk', worker: 'w' }, WORKER).run);
    const act = { run, step: 1, command: { kind, body: BODIES[kind] } };
    expect(made.no('run.act', act, WORKER).rule).toBe('RUN5');
  });

  it('and there is no command that writes to the ledger or to a budget', () => {
    const kinds = Object.keys(COMMANDS);
    expect(kinds.filter((kind) => /^(ledger|record|budget|account)\./.test(kind))).toEqual([]);
    expect(STEERING.filter((kind) => !kinds.includes(kind))).toEqual([]);
  });
});

describe('[T15] two organisations', () => {
  /** One organisation at work; every record it makes. */
  const steps: readonly ((world: World, n: number) => unknown)[] = [
    (world, n) => world.note(`o${n}`),
    (world, n) => world.refund((n % 70) * USD, `o${n}`),
    (world, n) => world.ok('case.open', { subject: `S${n}`, customer: 'kim@example.com' }),
    (world, n) => world.send('switch.trip', { scope: 'tool', id: 'shop', reason: `${n}` }),
    (world, n) => world.send('switch.rearm', { scope: 'tool', id: 'shop', reason: `${n}` }),
    (world) => world.wait(HOUR),
  ];
  const play = (world: World, from: number, count: number) => {
    for (let n = from; n < from + count; n++) steps[(n * 7) % steps.length]!(world, n);
  };

  it('[KER1] know nothing of each other: what one records does not depend on what the other does', () => {
    const alone = new World();
    play(alone, 0, 30);
    const [mine, other] = [new World(), new World((d) => d.policies.push(DENY))];
    for (let n = 0; n < 30; n++) {
      play(other, n * 3, 3);
      play(mine, n, 1);
    }
    expect(mine.log).toEqual(alone.log);
    expect(mine.log).not.toEqual(other.log.slice(0, mine.log.length));
  });

  const DENY = { id: 'never', on: ['orders.*'], effect: 'deny' as const, because: 'not here' };

  it('[CAS2] [OP2] answer for what is of the other exactly as for what does not exist (R-E17)', () => {
    const [mine, other] = [new World(), new World()];
    for (let n = 0; n < 3; n++) other.ok('case.open', { subject: 'x', customer: 'c@example.com' });
    const answer = (id: string) =>
      JSON.stringify(mine.no('case.note', { case: id, text: 'x' }, mine.seat('desk'))).replaceAll(id, 'C');
    expect(other.state.cases.cases.has('C-3')).toBe(true);
    expect(answer('C-3')).toBe(answer('C-99'));
  });
});

it('[T-whole] [ORG5] a definition with one mistake changes nothing, whatever else it would have changed', () => {
  const world = new World();
  const before = JSON.stringify([...world.state.organisation.capabilities]);
  const { seq } = world.state;
  const definition = structuredClone(world.definition);
  definition.policies.push({ id: 'good', on: ['orders.*'], effect: 'allow', because: 'x' });
  definition.seats.push({ ...find(definition.seats, 'desk'), id: 'other', supervisor: 'nobody' });
  const body = { base: world.state.organisation.digest, reason: 'x', definition };
  expect(world.no('organisation.apply', body, OWNER_ACTOR).rule).toBe('ORG2');
  expect([world.state.seq, JSON.stringify([...world.state.organisation.capabilities])]).toEqual([seq, before]);
  expect(world.state.organisation.policies.some(({ id }) => id === 'good')).toBe(false);
});
