import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VERDICTS } from '../src/governance/schema.ts';
import { find, type Shop } from './support/op-definition.ts';
import { messages, reasons, WORKER, World } from './support/op-world.ts';

const USD = 1_000_000;
const MINUTE = 60_000;
type Rate = Shop['rates'][number];
const limited = (rate: Partial<Rate> = {}) =>
  new World((d) => {
    d.rates.push({ id: 'r', on: ['orders.note'], limit: 2, window: '10m', ...rate });
  });
const key = (key: string) => ({ key });

describe('[GOV41] versions', () => {
  const request = (world: World, version: string | undefined) => {
    const op = world.request('orders.refund', { order_id: 'o1', amount: USD }, { expects: { order: 'v3' } });
    const reading = { value: { paid: 100 * USD }, at: world.now, ...(version === undefined ? {} : { version }) };
    world.ok('operation.read', { operation: op.id, reads: { order: reading } }, WORKER);
    return op;
  };

  it('what the requester saw must still be so', () => {
    expect(request(new World(), 'v3').status).toBe('admitted');
  });

  it('a conflict is refused and says to read again', () => {
    const op = request(new World(), 'v4');
    expect([op.status, reasons(op), messages(op)]).toEqual([
      'denied',
      ['GOV41/order deny'],
      '"order" has changed: you saw v3, it is v4 now',
    ]);
    expect(op.decision?.reasons[0]?.instead).toBe('read it again');
    expect(reasons(request(new World(), undefined))).toEqual(['GOV41/order deny']);
  });
});

describe('[GOV42] a rate', () => {
  it('puts off what is beyond it until there is room', () => {
    const world = limited();
    const ops = ['a', 'b', 'c'].map((k) => world.note(k));
    expect(ops.map((op) => op.status)).toEqual(['admitted', 'admitted', 'deferred']);
    expect(ops[2]!.retryAt).toBe(world.now + 10 * MINUTE);
    world.wait(10 * MINUTE - 1);
    expect(ops[2]!.status).toBe('deferred');
    world.wait(1);
    expect(ops[2]!.status).toBe('admitted');
  });

  it('slides: no window of its length ever holds more', () => {
    const world = limited();
    const admitted: number[] = [];
    for (let i = 0; i < 40; i++) {
      const op = world.note(`o${i}`);
      if (op.status === 'admitted') admitted.push(world.now);
      world.wait(90_000);
    }
    for (const r of world.of('operation.decided')) if (r.body.verdict === 'allow') admitted.push(r.at);
    const times = [...new Set(admitted)].sort((a, b) => a - b);
    for (const [i, at] of times.entries()) expect((times[i + 2] ?? Infinity) - at).toBeGreaterThanOrEqual(10 * MINUTE);
  });

  it.each([
    ['deny', 'denied'],
    ['ask', 'awaiting_approval'],
  ] as const)('can %s instead', (effect, status) => {
    const world = limited({ effect, because: 'the shop is small' });
    const [, , third] = ['a', 'b', 'c'].map((k) => world.note(k));
    expect([third!.status, messages(third!)]).toEqual([
      status,
      '"r" allows 2 in 600 s for seat "desk" (the shop is small)',
    ]);
  });

  it('counts per seat, unit, capability, customer and for the organisation', () => {
    const third = (per: NonNullable<Rate['per']>, seat: string, customer = 'kim@example.com') => {
      const world = limited({ per, on: ['orders.*'], effect: 'deny', limit: 1 });
      world.join('mate');
      world.ok('case.open', { subject: 'Two', customer });
      world.note('a');
      const on = { case: seat === 'desk' ? 'C-2' : 'C-1' };
      return world.request('orders.note', { order_id: 'b', text: 'x' }, on, seat).status;
    };
    expect([third('seat', 'mate'), third('seat', 'desk')]).toEqual(['admitted', 'denied']);
    expect([third('unit', 'mate'), third('capability', 'mate'), third('organisation', 'mate')]).toEqual(
      Array(3).fill('denied'),
    );
    expect([third('customer', 'desk'), third('customer', 'desk', 'lee@example.com')]).toEqual(['denied', 'admitted']);
  });

  it('counts every recipient of a list, however it is written', () => {
    const world = new World((d) => {
      find(d.capabilities, 'mail.send').args = { to: 'strings', text: 'string' };
      d.rates.push({ id: 'r', on: ['mail.send'], per: 'recipient', limit: 1, window: '1h', effect: 'deny' });
    });
    const mail = (...to: string[]) => world.request('mail.send', { to, text: 'x' }, key(to.join())).status;
    expect(mail('a@x.example', 'b@x.example')).toBe('admitted');
    expect([mail(' B@X.example'), mail('c@x.example'), mail('c@x.example', 'd@x.example')]).toEqual([
      'denied',
      'admitted',
      'denied',
    ]);
  });

  it('counts what was admitted, once, through retries and leases, and nothing that was refused', () => {
    const world = limited({ effect: 'deny' });
    const first = world.note('a');
    world.lease(first);
    world.fail(first);
    world.wait(2000);
    world.lease(first);
    expect(first.status).toBe('leased');
    world.request('orders.note', { order_id: 1, text: 'x' });
    expect([world.note('b').status, world.note('c').status]).toEqual(['admitted', 'denied']);
  });

  it('holds for a seat or for all seats of a unit and below', () => {
    const world = limited({ seat: 'mate', effect: 'deny', limit: 1 });
    expect([world.note('a').status, world.note('b').status]).toEqual(['admitted', 'admitted']);
    const company = limited({ unit: 'company', effect: 'deny', limit: 1 });
    expect([company.note('a').status, company.note('b').status]).toEqual(['admitted', 'denied']);
    const finance = limited({ unit: 'finance', effect: 'deny', limit: 1 });
    expect([finance.note('a').status, finance.note('b').status]).toEqual(['admitted', 'admitted']);
  });

  it('keeps only the times it needs, of subjects whose window is not over', () => {
    const world = limited({ per: 'recipient', argument: 'order_id', limit: 2 });
    for (let i = 0; i < 50; i++) {
      world.note(`o${i}`);
      world.wait(MINUTE);
    }
    const kept = world.state.governance.control.rates.get('r')!;
    expect(kept.size).toBeLessThanOrEqual(11);
    world.definition.rates.length = 0;
    world.apply();
    expect(world.state.governance.control.rates.size).toBe(0);
  });
});

describe('[GOV43] limits of nested units (R-E86)', () => {
  const EFFECTS = ['deny', 'ask', 'defer', 'record-only', 'allow'] as const;
  const policy = fc.record({
    effect: fc.constantFrom(...EFFECTS),
    unit: fc.constantFrom(undefined, 'company', 'support', 'finance'),
    when: fc.constantFrom('true', 'false', 'args.order_id == "a"'),
  });

  it('compose to the strictest: another policy never makes a verdict weaker', () => {
    const verdict = (
      policies: readonly { effect: (typeof EFFECTS)[number]; unit: string | undefined; when: string }[],
    ) => {
      const world = new World((d) => {
        for (const [i, { unit, ...rest }] of policies.entries())
          d.policies.push({
            id: `p${i}`,
            on: ['orders.*'],
            because: 'x',
            ...rest,
            ...(unit === undefined ? {} : { unit }),
          });
      });
      const op = world.note('a');
      return VERDICTS.indexOf(op.decision?.verdict ?? 'defer');
    };
    const all = fc.array(policy, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(all, (policies) => {
        const without = policies.slice(1);
        expect(verdict(policies)).toBeGreaterThanOrEqual(verdict(without));
        const alone = policies.map((each) => verdict([each]));
        expect(verdict(policies)).toBe(Math.max(...alone));
      }),
      { seed: 20261121, numRuns: 40 },
    );
  });

  it('hold all together: rates of the unit, of the units around it and of the organisation (R-E16)', () => {
    const world = new World((d) => {
      for (const [id, unit, limit] of [
        ['near', 'support', 5],
        ['far', 'company', 1],
      ] as const)
        d.rates.push({ id, unit, on: ['*'], limit, window: '1h', effect: 'deny' });
    });
    world.note('a');
    expect(reasons(world.note('b'))).toEqual(['far deny']);
  });
});

describe('[GOV44] a human who overrides a refusal', () => {
  const refused = (change: (d: Shop) => void = () => undefined) => {
    const world = new World((d) => {
      d.policies.push({ id: 'quiet', on: ['orders.note'], effect: 'deny', because: 'not on Sundays' });
      change(d);
    });
    return { world, op: world.note() };
  };
  const body = (operation: string, ...acknowledge: string[]) => ({ operation, reason: 'the fair', acknowledge });

  it('is warned first, with every rule that refused (R-D68)', () => {
    const { world, op } = refused();
    const { code, message, hint } = world.no('operation.override', body(op.id), world.seat('lead'));
    expect([code, hint]).toEqual(['conflict', 'send it again with acknowledge: ["quiet"]']);
    expect(message).toContain('orders.note by "desk" was refused because not on Sundays (quiet)');
    expect(message).toContain('recorded in your name');
  });

  it('has it done then, in the name of both, and it is on the record (R-D68)', () => {
    const { world, op } = refused();
    const reply = world.ok('operation.override', body(op.id, 'quiet'), world.seat('lead'));
    const again = world.op(String(reply.operation));
    expect([again.status, again.seat, again.principal, reasons(again)]).toEqual([
      'admitted',
      'desk',
      'desk-agent',
      ['quiet deny'],
    ]);
    expect(again.overrides).toEqual({ of: op.id, by: 'lead', reason: 'the fair', rules: ['quiet'] });
    expect(world.of('operation.overridden')[0]?.body).toMatchObject({ by: 'lead', principal: 'bob', again: again.id });
    world.lease(again);
    expect(again.status).toBe('leased');
    expect([world.note().id, world.no('operation.override', body(op.id, 'quiet'), world.seat('lead')).code]).toEqual([
      again.id,
      'conflict',
    ]);
  });

  it('lifts only what was named: another rule still refuses, and what needs a decision still asks', () => {
    const { world, op } = refused((d) => {
      d.policies.push({ id: 'ask', on: ['orders.note'], effect: 'ask', because: 'careful' });
    });
    const again = world.op(String(world.ok('operation.override', body(op.id, 'quiet')).operation));
    expect(again.status).toBe('awaiting_approval');
    world.definition.policies.push({ id: 'new', on: ['orders.note'], effect: 'deny', because: 'new' });
    world.apply();
    world.decide(world.asked().id, 'approve');
    expect([again.status, reasons(again)]).toEqual(['denied', expect.arrayContaining(['quiet deny', 'new deny'])]);
  });

  it('sits above the seat, and is not who asked', () => {
    const { world, op } = refused();
    for (const seat of ['desk', 'mate', 'clerk'])
      expect(world.no('operation.override', body(op.id, 'quiet'), world.seat(seat)).rule).toBe('GOV44');
    world.ok('seat.occupy', { seat: 'desk', occupant: { principal: 'bob', kind: 'human' }, reason: 'x' });
    expect(world.no('operation.override', body(op.id, 'quiet'), world.seat('lead')).message).toContain('own work');
  });

  it('never touches tenant isolation, attribution, the books or a kill switch (R-D6)', () => {
    const never = (change: (world: World) => void, seat = 'desk') => {
      const world = new World((d) => {
        d.budgets.push({ id: 'small', allocation: 0, currency: 'calls' });
        if (seat !== 'budget') d.budgets.length = 0;
      });
      change(world);
      const op = world.request('orders.note', { order_id: 'a', text: 'x' }, {}, seat === 'budget' ? 'desk' : seat);
      expect(op.status).toBe('denied');
      const rules = op.decision!.reasons.map((r) => r.rule);
      return world.no('operation.override', body(op.id, ...rules)).message;
    };
    expect(never(() => undefined, 'clerk')).toContain('never overridden: seat "clerk" takes no part in C-1 (GOV5)');
    expect(never((w) => w.ok('switch.trip', { scope: 'tool', id: 'shop', reason: 'x' }))).toContain('switch/tool:shop');
    expect(never(() => undefined, 'budget')).toContain('small/allocation');
    const world = new World();
    const bad = world.request('orders.note', { order_id: 1 });
    expect(world.no('operation.override', body(bad.id, 'OP6')).message).toContain('never overridden');
    const none = world.request('orders.dream', {});
    expect(world.no('operation.override', body(none.id, 'GOV2')).message).toContain('never overridden');
    const alive = world.note();
    expect(world.no('operation.override', body(alive.id)).code).toBe('conflict');
  });
});
