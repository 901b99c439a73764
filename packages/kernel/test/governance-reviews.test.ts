import { describe, expect, it } from 'vitest';
import { reviewSentence, reviewSignals } from '../src/governance/reviews.ts';
import { find, type Shop } from './support/op-definition.ts';
import { messages, World } from './support/op-world.ts';

const USD = 1_000_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;
type Terms = NonNullable<Shop['contracts'][number]['approval']>;

function waiting(terms: Terms = {}, change: (d: Shop) => void = () => undefined) {
  const world = new World((d) => {
    find(d.contracts, 'refund').approval = { when: 'true', ...terms };
    d.seats.push({ ...find(d.seats, 'lead'), id: 'second', occupant: { principal: 'cleo', kind: 'human' } });
    change(d);
  });
  const op = world.refund(USD);
  expect(op.status).toBe('awaiting_approval');
  return { world, op, id: world.asked().id };
}
const approve = (id: string) => ({ approval: id, verdict: 'approve' });

describe('[GOV46] a quorum', () => {
  it('needs so many different people, and nothing happens before', () => {
    const { world, op, id } = waiting({ approvers: ['lead', 'second'], quorum: 2 });
    world.decide(id, 'approve', 'lead');
    expect([op.status, world.approval(id).status, world.of('approval.endorsed')[0]?.body]).toEqual([
      'awaiting_approval',
      'pending',
      expect.objectContaining({ by: 'lead', principal: 'bob', have: 1, need: 2 }),
    ]);
    world.decide(id, 'approve', 'second');
    expect([op.status, world.of('approval.decided')[0]?.body.endorsed]).toEqual(['requested', ['lead']]);
    expect(world.state.governance.control.endorsed.size).toBe(0);
  });

  it('does not count the same person twice, not even in another seat', () => {
    const { world, id } = waiting({ approvers: ['lead', 'second'], quorum: 2 }, (d) => {
      find(d.seats, 'second').occupant = { principal: 'bob', kind: 'human' };
    });
    world.decide(id, 'approve', 'lead');
    expect(world.no('approval.decide', approve(id), world.seat('lead')).rule).toBe('GOV46');
    expect(world.no('approval.decide', approve(id), world.seat('second')).rule).toBe('GOV46');
    world.decide(id, 'approve', 'boss');
    expect(world.approval(id).status).toBe('approved');
  });

  it('is ended by one refusal', () => {
    const { world, op, id } = waiting({ approvers: ['lead', 'second'], quorum: 2 });
    world.decide(id, 'approve', 'lead');
    world.decide(id, 'reject', 'second');
    expect(op.status).toBe('denied');
  });

  it('is not reached by silence', () => {
    const world = new World((d) => {
      find(d.contracts, 'note').approval = { when: 'true', quorum: 2, silence: { after: HOUR, rule: 'proceed' } };
    });
    const op = world.note();
    world.decide(world.asked().id, 'approve', 'lead');
    world.wait(HOUR);
    expect(op.status).toBe('denied');
  });

  it('forgets the agreement of who was suspended or replaced since', () => {
    const { world, id } = waiting({ approvers: ['lead', 'second'], quorum: 2 });
    world.decide(id, 'approve', 'lead');
    world.ok('seat.suspend', { seat: 'lead', reason: 'odd' });
    world.decide(id, 'approve', 'second');
    expect(world.approval(id).status).toBe('pending');
    world.ok('approval.decide', approve(id));
    expect(world.approval(id).status).toBe('approved');
  });
});

describe('[GOV47] a deputy', () => {
  const named = (world: World, seat: string, deputy: string, more: Record<string, unknown> = {}, by = seat) =>
    world.ok('deputy.name', { seat, deputy, until: world.now + HOUR, reason: 'away', ...more }, world.seat(by));

  it('decides in the place of an approver, from when until when it was said', () => {
    const { world, id } = waiting({}, (d) => {
      find(d.seats, 'second').supervisor = 'boss';
    });
    expect(world.no('approval.decide', approve(id), world.seat('second')).code).toBe('not-found');
    named(world, 'lead', 'second', { from: world.now + MINUTE, until: world.now + HOUR });
    expect(world.no('approval.decide', approve(id), world.seat('second')).code).toBe('not-found');
    world.wait(MINUTE);
    world.decide(id, 'approve', 'second');
    expect(world.of('approval.decided')[0]?.body).toMatchObject({ by: 'second', for: 'lead' });
    world.refund(USD, 'o2');
    expect(world.told('second', 'approval_request')).toHaveLength(1);
    world.wait(HOUR);
    expect(world.no('approval.decide', approve(world.asked().id), world.seat('second')).code).toBe('not-found');
  });

  it('never decides about his own work', () => {
    const { world, id } = waiting({}, (d) => {
      find(d.seats, 'desk').occupant = { principal: 'dora', kind: 'human' };
    });
    named(world, 'lead', 'desk');
    expect(world.no('approval.decide', approve(id), world.seat('desk'))).toMatchObject({ rule: 'GOV10' });
  });

  it('is one person, also where several must agree', () => {
    const { world, id } = waiting({ approvers: ['lead', 'boss'], quorum: 2 });
    named(world, 'lead', 'second');
    named(world, 'boss', 'second');
    world.decide(id, 'approve', 'second');
    expect(world.no('approval.decide', approve(id), world.seat('second')).rule).toBe('GOV46');
  });

  it('may have a deputy of his own, but the power goes three hops at most', () => {
    const { world, id } = waiting({}, (d) => {
      for (const n of [1, 2, 3, 4])
        d.seats.push({ ...find(d.seats, 'second'), id: `h${n}`, occupant: { principal: `p${n}`, kind: 'human' } });
    });
    for (const [seat, deputy] of [
      ['lead', 'h1'],
      ['h1', 'h2'],
      ['h2', 'h3'],
      ['h3', 'h4'],
      ['h4', 'lead'],
    ] as const)
      named(world, seat, deputy);
    expect(world.no('approval.decide', approve(id), world.seat('h4')).code).toBe('not-found');
    world.decide(id, 'approve', 'h3');
    expect(world.of('approval.decided')[0]?.body.for).toBe('lead');
  });

  it('is named by the seat itself or from above, a human for a human, for a year at most', () => {
    const { world } = waiting();
    const no = (more: Record<string, unknown>, by = 'lead') => {
      const body = { seat: 'lead', deputy: 'second', until: world.now + HOUR, reason: 'x', ...more };
      return world.no('deputy.name', body, world.seat(by));
    };
    expect(no({}, 'desk')).toMatchObject({ code: 'forbidden', rule: 'GOV47' });
    expect(no({ deputy: 'mate' }).message).toContain('only a human decides in his place');
    expect([no({ deputy: 'lead' }).code, no({ until: world.now }).code]).toEqual(['invalid', 'invalid']);
    expect(no({ until: world.now + 400 * 24 * HOUR }).code).toBe('invalid');
    world.ok('seat.suspend', { seat: 'second', reason: 'x' });
    expect(no({}).code).toBe('conflict');
    world.ok('seat.resume', { seat: 'second', reason: 'x' });
    named(world, 'lead', 'second', {}, 'boss');
    world.ok('deputy.withdraw', { deputy: 'D-1', reason: 'back' }, world.seat('lead'));
    expect(world.no('deputy.withdraw', { deputy: 'D-1', reason: 'x' }).code).toBe('not-found');
    expect(world.state.governance.control.deputiesOf.size).toBe(0);
  });
});

describe('[GOV48] [T19] asking for decisions', () => {
  const flood = (beyond: 'defer' | 'deny', n = 3) => {
    const world = new World((d) => {
      d.settings.earned = [];
      d.settings.reviews = { perHour: 2, beyond };
    });
    const ops = Array.from({ length: n }, (_, i) => world.note(`o${i}`));
    return { world, ops };
  };

  it('has a limit per hour: what is beyond waits, and nobody is flooded', () => {
    const { world, ops } = flood('defer', 5);
    expect(ops.map((op) => op.status)).toEqual([...Array(2).fill('awaiting_approval'), ...Array(3).fill('deferred')]);
    expect(world.told('lead', 'approval_request')).toHaveLength(2);
    expect(world.of('operation.deferred')[0]?.body.reason).toContain('"desk" has asked for 2 decisions within an hour');
    world.wait(HOUR - 1);
    expect(world.state.governance.approvals.size).toBe(2);
    world.wait(1);
    expect(ops.map((op) => op.status).filter((status) => status === 'deferred')).toHaveLength(1);
    expect(world.told('lead', 'approval_request')).toHaveLength(4);
  });

  it('can refuse instead, with the reason', () => {
    const { ops } = flood('deny');
    expect([ops[2]!.status, messages(ops[2]!)]).toEqual(['denied', expect.stringContaining('within an hour')]);
  });

  it('counts each requester by itself', () => {
    const { world } = flood('deny');
    world.join('mate');
    expect(world.request('orders.note', { order_id: 'm', text: 'x' }, {}, 'mate').status).toBe('awaiting_approval');
  });
});

describe('[GOV49] what decisions say about the work (R-E46)', () => {
  const decided = (verdicts: readonly string[], change: (d: Shop) => void = () => undefined) => {
    const world = new World((d) => {
      find(d.contracts, 'refund').approval = { when: 'true' };
      d.settings.reviews = { least: 4 };
      change(d);
    });
    for (const [i, verdict] of verdicts.entries()) {
      world.refund(USD, `o${i}`);
      world.wait(MINUTE);
      world.decide(world.asked().id, verdict, 'lead', { note: 'x', spent: '3m' });
    }
    return reviewSignals(world.state);
  };

  it('endless approvals and almost no refusals: over-reviewed', () => {
    const [line] = decided(Array(5).fill('approve')).byCapability;
    expect(line).toEqual({
      id: 'orders.refund',
      ...{ approved: 5, rejected: 0, revised: 0, silent: 0, approvalRate: 1, averageWait: MINUTE },
      ...{ minutes: 15, cost: 15 * USD, signal: 'over-reviewed' },
    });
    expect(reviewSentence(line!)).toContain('15 min of reviewers (15.00): almost never refused');
  });

  it('often refused or sent back: what comes before is too weak, and by whom', () => {
    const { byRequester, byReviewer } = decided(['approve', 'approve', 'reject', 'revise']);
    expect(byRequester).toMatchObject([{ id: 'desk', approvalRate: 0.5, signal: 'weak-upstream' }]);
    expect(byReviewer).toMatchObject([{ id: 'lead', approved: 2, rejected: 1, revised: 1, minutes: 12 }]);
    expect(reviewSentence(byRequester[0]!)).toContain('often refused');
  });

  it('says nothing from too few, and nothing about a mixed picture', () => {
    expect(decided(['approve', 'approve', 'approve']).byCapability[0]?.signal).toBeNull();
    const mixed = decided(['approve', 'approve', 'approve', 'approve', 'reject']).byCapability[0]!;
    expect([mixed.signal, reviewSentence(mixed)]).toEqual([null, expect.stringMatching(/\(15\.00\)$/)]);
  });

  it('counts silence apart, the usual time when the reviewer names none, and every one of a quorum', () => {
    const world = new World((d) => {
      find(d.contracts, 'refund').approval = { when: 'true', quorum: 2, approvers: ['lead', 'boss'] };
      d.settings.reviews = { time: '2m', hourly: '$30.00' };
    });
    world.refund(USD);
    for (const seat of ['lead', 'boss']) world.decide(world.asked().id, 'approve', seat);
    world.refund(USD, 'o2');
    world.wait(25 * HOUR);
    const { byCapability, byReviewer } = reviewSignals(world.state);
    expect(byCapability).toMatchObject([{ approved: 1, silent: 1, rejected: 0, minutes: 4, cost: 2 * USD }]);
    expect(byReviewer.map((line) => [line.id, line.approved, line.minutes])).toEqual([
      ['boss', 1, 2],
      ['lead', 1, 2],
    ]);
  });
});
