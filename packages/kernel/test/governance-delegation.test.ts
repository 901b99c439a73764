import { describe, expect, it } from 'vitest';
import { carriedBy } from '../src/governance/carried.ts';
import { find, type Shop } from './support/op-definition.ts';
import { messages, reasons, World } from './support/op-world.ts';

const USD = 1_000_000;
const PACKET = { subproblem: 'help', output: 'help', success: 'helped' };
type Rights = NonNullable<Shop['seats'][number]['charter']['rights']>;

/** `desk` owns the case and gives `mate` a task. What `desk` may do, and have done, is what each test is about. */
function delegated(rights: Rights, entrusts: Rights = [], grants?: { capability: string; limit?: number }[]): World {
  const world = new World((d) => {
    const { charter } = find(d.seats, 'desk');
    charter.rights = rights;
    charter.entrusts = entrusts;
  });
  const packet = grants === undefined ? PACKET : { ...PACKET, grants };
  world.ok('task.delegate', { case: 'C-1', to: 'mate', packet }, world.seat('desk'));
  return world;
}
const note = (world: World, more: Record<string, unknown> = {}, seat = 'mate') =>
  world.request('orders.note', { order_id: 'o1', text: 'x' }, more, seat);

describe('[GOV40] [T4] work done for somebody else', () => {
  it('is refused when who gave the task may not do it himself: X ∩ Y', () => {
    const world = delegated([{ capability: 'mail.send' }]);
    const op = note(world);
    expect([op.task, op.status, reasons(op)]).toEqual(['T-1', 'denied', ['GOV40 deny']]);
    expect(messages(op)).toContain('"desk", who gave T-1, may neither do orders.note nor have it done');
    expect(op.decision?.reasons[0]?.instead).toContain('report to "desk"');
  });

  it('is refused when only the one who gave it may do it', () => {
    const world = delegated([{ capability: 'stock.*' }, { capability: 'orders.*' }]);
    const op = world.request('stock.set', { sku: 's', count: 1 }, {}, 'mate');
    expect([op.status, reasons(op)]).toEqual(['denied', ['GOV2 deny']]);
  });

  it('goes ahead when both may, and holds reads to the same', () => {
    const world = delegated([{ capability: 'orders.*' }]);
    expect(note(world).status).toBe('admitted');
    const blind = delegated([{ capability: 'orders.note' }]);
    expect(reasons(blind.request('orders.get', { order_id: 'o1' }, {}, 'mate'))).toEqual(['GOV40 deny']);
  });

  it('counts conditions and limits of the one who gave it', () => {
    const small = delegated([{ capability: 'orders.*', limit: 5 * USD }]);
    const big = small.request('orders.refund', { order_id: 'o1', amount: 6 * USD }, {}, 'mate');
    expect([big.status, reasons(big)]).toEqual(['denied', ['GOV40 deny', 'tier-flag allow']]);
    const other = delegated([{ capability: 'orders.*', when: 'actor.seat == "desk"' }]);
    expect(note(other).status).toBe('admitted');
    expect(note(delegated([{ capability: 'orders.*', when: 'args.order_id == "o2"' }])).status).toBe('denied');
  });

  it('counts his tier: a right he could never use himself gives no authority', () => {
    const world = delegated([{ capability: 'orders.*' }]);
    find(world.definition.seats, 'desk').charter.tier = 'read-only';
    world.apply();
    expect(note(world).status).toBe('denied');
  });

  it('goes ahead when his charter entrusts it, within its limit, though he may not do it himself', () => {
    const world = delegated([], [{ capability: 'orders.*', limit: 5 * USD }]);
    expect(note(world).status).toBe('admitted');
    const refund = world.request('orders.refund', { order_id: 'o1', amount: 6 * USD }, {}, 'mate');
    expect(reasons(refund)).toContain('GOV40 deny');
    expect(world.note('o2').status).toBe('denied');
  });

  it('is held to what the task grants, when it says so', () => {
    const world = delegated([{ capability: 'orders.*' }], [], [{ capability: 'orders.refund', limit: 5 * USD }]);
    const [no, much] = [
      note(world),
      world.request('orders.refund', { order_id: 'o1', amount: 6 * USD }, { key: 'b' }, 'mate'),
    ];
    expect([reasons(no), messages(no)]).toEqual([['GOV40/T-1 deny'], 'T-1 is only for orders.refund up to 5.00']);
    expect(reasons(much)).toContain('GOV40/T-1 deny');
    expect(world.request('orders.get', { order_id: 'o1' }, {}, 'mate').status).toBe('admitted');
    expect(world.request('orders.refund', { order_id: 'o1', amount: 4 * USD }, {}, 'mate').status).toBe('requested');
  });

  it('goes up the whole line: a chain is as strong as its weakest link', () => {
    const line = (first: Rights) => {
      const world = delegated(first);
      world.ok('task.delegate', { case: 'C-1', to: 'clerk', packet: PACKET }, world.seat('mate'));
      expect(world.of('task.delegated')[1]?.body.under).toBe('T-1');
      return note(world, {}, 'clerk');
    };
    expect(line([{ capability: 'orders.*' }]).status).toBe('admitted');
    const weak = line([{ capability: 'mail.send' }]);
    expect([weak.status, messages(weak)]).toEqual(['denied', expect.stringContaining('"desk", who gave T-1')]);
  });

  it('ends somewhere: too many hands give no authority', () => {
    const world = delegated([{ capability: 'orders.*' }]);
    for (let i = 0; i < 17; i++) {
      const [from, to] = i % 2 === 0 ? ['mate', 'clerk'] : ['clerk', 'mate'];
      world.ok('task.delegate', { case: 'C-1', to, packet: PACKET }, world.seat(from!));
    }
    expect(messages(note(world, {}, 'clerk'))).toContain('too many hands');
  });

  it('is ordered by a person above, whose authority is the line itself', () => {
    const world = delegated([{ capability: 'orders.*' }]);
    world.ok('case.assign', { case: 'C-1', to: 'lead', reason: 'hard' });
    world.ok('task.delegate', { case: 'C-1', to: 'mate', packet: PACKET }, world.seat('lead'));
    expect(find(world.definition.seats, 'lead').charter.rights).toEqual([{ capability: 'orders.get' }]);
    expect(note(world).status).toBe('admitted');
  });

  it('loses its authority with him who gave it', () => {
    const world = delegated([{ capability: 'orders.*' }]);
    const op = note(world);
    world.ok('seat.suspend', { seat: 'desk', reason: 'odd' });
    world.lease(op);
    expect([op.status, reasons(op)]).toEqual(['denied', ['GOV40 deny']]);
  });

  it('names its task when there are several, and only one of its own', () => {
    const world = delegated([{ capability: 'orders.*' }], [], [{ capability: 'orders.refund' }]);
    world.ok('task.delegate', { case: 'C-1', to: 'mate', packet: PACKET }, world.seat('desk'));
    expect(note(world).task).toBe('T-2');
    expect(note(world, { task: 'T-1', key: 'k' }).status).toBe('denied');
    const body = { capability: 'orders.note', case: 'C-1', args: { order_id: 'o1', text: 'y' }, task: 'T-1' };
    expect(world.no('operation.request', body, world.seat('desk'))).toMatchObject({ code: 'not-found', rule: 'GOV40' });
    expect(world.no('operation.request', { ...body, task: 'T-9' }, world.seat('mate')).rule).toBe('GOV40');
  });

  it('is told from his own: the owner of the case acts of himself, except in a run that a task began', () => {
    const world = delegated([{ capability: 'orders.*' }]);
    expect(world.note().task).toBeUndefined();
    find(world.definition.seats, 'mate').charter.rights = [{ capability: 'mail.send' }];
    world.apply();
    world.ok('task.delegate', { case: 'C-1', to: 'desk', packet: PACKET }, world.seat('mate'));
    const act = (run: unknown, step: number) => {
      const body = { capability: 'orders.note', case: 'C-1', args: { order_id: `p${step}`, text: 'x' } };
      const reply = world.ok('run.act', { run, step, command: { kind: 'operation.request', body } });
      return world.op(String(reply.operation));
    };
    // The first message of the desk is the case itself, the second the task.
    const own = world.ok('run.start', { seat: 'desk', worker: 'w' }).run;
    expect(act(own, 1).status).toBe('admitted');
    world.ok('run.finish', { run: own, report: { outcome: 'x' } });
    const forMate = world.ok('run.start', { seat: 'desk', worker: 'w' }).run;
    expect([act(forMate, 2).task, world.op('OP-3').status]).toEqual(['T-2', 'denied']);
  });
});

describe('[GOV56] an operation to which two units are party', () => {
  const policy = { id: 'desk-closed', on: ['orders.note'], effect: 'ask' as const, because: 'Stock-taking.' };
  const across = (unit: string, change: (d: Shop) => void = () => undefined) => {
    const world = new World((d) => {
      d.policies.push({ ...policy, unit });
      find(d.seats, 'desk').charter.rights = [{ capability: 'orders.*' }];
      change(d);
    });
    world.ok('task.delegate', { case: 'C-1', to: 'clerk', packet: PACKET }, world.seat('desk'));
    return world;
  };

  it('is held to the policies of the unit that gave the task, and says whose they are', () => {
    const op = note(across('support'), {}, 'clerk');
    expect([op.status, reasons(op)]).toEqual(['awaiting_approval', ['desk-closed ask']]);
    expect(messages(op)).toContain('Stock-taking. (a policy of support, for which "desk" is party to this)');
  });

  it('is held to its own as well: the strictest of both sides decides', () => {
    const world = across('support', (d) =>
      d.policies.push({ ...policy, id: 'no-notes', effect: 'deny', because: 'Never.', unit: 'finance' }),
    );
    const op = note(world, {}, 'clerk');
    expect([op.status, reasons(op).sort()]).toEqual(['denied', ['desk-closed ask', 'no-notes deny']]);
    expect(messages(op)).toContain('Never.');
  });

  it('leaves what a unit is not party to alone', () => {
    expect(reasons(note(across('finance'), {}, 'desk'))).toEqual([]);
  });
});

it('[GOV57] every refusal says what may be done instead (R-C53)', () => {
  const world = new World((d) => {
    d.policies.push({ id: 'never', on: ['orders.note'], effect: 'deny', because: 'Never.' });
  });
  const op = note(world, {}, 'desk');
  expect(op.decision?.reasons).toMatchObject([{ rule: 'never', verdict: 'deny', instead: 'report it to "lead"' }]);
  world.ok('seat.suspend', { seat: 'desk', reason: 'x' });
  const again = world.request('orders.note', { order_id: 'o2', text: 'x' }, {}, 'desk');
  for (const { instead } of again.decision?.reasons ?? []) expect(instead).toMatch(/\w/);
});

describe('[GOV58] what a task carries', () => {
  const carried = (world: World) => carriedBy(world.state, world.state.cases.tasks.get('T-1')!);

  it('is what every side has, with the smallest limit of them all', () => {
    const world = delegated(
      [{ capability: 'orders.refund', limit: 5 * USD, when: 'actor.seat == "nobody"' }, { capability: 'stock.*' }],
      [{ capability: 'orders.note' }],
      [{ capability: 'orders.*', limit: 3 * USD }],
    );
    expect(carried(world)).toEqual([
      { capability: 'orders.note', limit: 3 * USD },
      { capability: 'orders.refund', limit: 3 * USD },
    ]);
    expect(carried(delegated([{ capability: 'orders.note' }]))).toEqual([{ capability: 'orders.note', limit: null }]);
  });

  it('is nothing when who gave it is suspended; a human above the seat limits nothing', () => {
    const world = delegated([{ capability: 'orders.*' }]);
    expect(carried(world).length).toBeGreaterThan(1);
    world.ok('seat.suspend', { seat: 'desk', reason: 'x' });
    expect(carried(world)).toEqual([]);
    const ordered = new World();
    ordered.ok('case.escalate', { case: 'C-1', reason: 'look' }, ordered.seat('desk'));
    ordered.ok('task.delegate', { case: 'C-1', to: 'mate', packet: PACKET }, ordered.seat('lead'));
    expect(carried(ordered).map(({ capability }) => capability)).toContain('mail.send');
  });

  it('is never less than what the gate lets through', () => {
    for (const rights of [['orders.*'], ['mail.send'], ['orders.note', 'orders.refund'], ['stock.*']]) {
      const world = delegated(rights.map((capability) => ({ capability })));
      const listed = carried(world).map(({ capability }) => capability);
      expect(note(world).status === 'admitted').toBe(listed.includes('orders.note'));
    }
  });
});
