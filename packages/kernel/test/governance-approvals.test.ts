import { describe, expect, it } from 'vitest';
import { find, type Shop } from './support/op-definition.ts';
import { reasons, World } from './support/op-world.ts';

const USD = 1_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
type Terms = NonNullable<Shop['contracts'][number]['approval']>;

/** A refund above the tier: it waits for a decision. */
function waiting(terms: Terms = {}, change: (d: Shop) => void = () => undefined) {
  const world = new World((d) => {
    find(d.contracts, 'refund').approval = terms;
    change(d);
  });
  const op = world.refund(60 * USD, 'o1', { why: 'the parcel is lost', confidence: 0.95 });
  expect(op.status).toBe('awaiting_approval');
  return { world, op, id: world.asked().id };
}
const refused = (w: ReturnType<typeof waiting>, seat: string, more: Record<string, unknown> = {}) =>
  w.world.no('approval.decide', { approval: w.id, verdict: 'approve', ...more }, w.world.seat(seat));

describe('[GOV9] a review', () => {
  it('puts everything the decision needs on one page (R-E45)', () => {
    const { world, op, id } = waiting();
    const a = world.approval(id);
    expect(a.packet).toMatchObject({
      capability: 'orders.refund',
      args: op.args,
      argsDigest: op.argsDigest,
      state: { order: { value: { paid: 100 * USD } } },
      metric: 'refunds',
      cost: 60 * USD,
      uncertainty: '95 % sure. the parcel is lost',
    });
    expect(a.packet.recommendation).toBe('"desk" wants to orders.refund moving 60.00 for kim@example.com (Lost)');
    expect(a.packet.maximumDamage).toContain('orders.refund (compensable)');
    expect(world.told('lead', 'approval_request')).toEqual([a.packet.recommendation]);
  });

  it('goes to the nearest human above, or to who the contract names (R-D12)', () => {
    expect(waiting().world.asked().approvers).toEqual(['lead']);
    const named = waiting({ approvers: ['boss'] });
    expect(named.world.asked().approvers).toEqual(['boss']);
    expect(named.world.told('boss', 'approval_request')).toHaveLength(1);
  });

  it('can send back, but only with a note, which the requester gets', () => {
    const w = waiting();
    expect(refused(w, 'lead', { verdict: 'revise' })).toMatchObject({ code: 'invalid', rule: 'GOV9' });
    w.world.decide(w.id, 'revise', 'lead', { note: 'offer a voucher first' });
    expect([w.op.status, w.world.approval(w.id).status]).toEqual(['denied', 'revised']);
    expect(w.op.decision?.reasons).toMatchObject([{ check: 'approval', instead: 'offer a voucher first' }]);
  });

  it('can reject, and the request ends', () => {
    const { world, op, id } = waiting();
    world.decide(id, 'reject');
    expect([op.status, op.settledAt, world.state.governance.pending.size]).toEqual(['denied', world.now, 0]);
    expect(world.refund(60 * USD).id).not.toBe(op.id);
  });
});

describe('[GOV8] an approval', () => {
  it('lifts the asks, with fresh reads and a fresh decision', () => {
    const { world, op, id } = waiting();
    world.decide(id, 'approve');
    expect([op.status, op.reads, world.state.operations.jobs.get(op.id)]).toEqual(['requested', null, 'read']);
    world.read(op);
    expect([op.status, op.decision?.approval, reasons(op)]).toEqual(['admitted', id, ['tier-ask ask']]);
    world.lease(op);
    expect(op.status).toBe('leased');
  });

  it('never lifts a denial: what has changed since it was asked for counts', () => {
    const { world, op, id } = waiting();
    world.decide(id, 'approve');
    world.read(op, { paid: 59 * USD });
    expect([op.status, reasons(op)]).toEqual(['denied', ['refund/within-paid deny', 'tier-ask ask']]);
  });

  it('[T19] is bound to the digest of the arguments that were shown', () => {
    const w = waiting();
    expect(refused(w, 'lead', { digest: 'something else' })).toMatchObject({ code: 'conflict', rule: 'GOV8' });
    w.world.decide(w.id, 'approve', 'lead', { digest: w.op.argsDigest });
    w.op.argsDigest = 'tampered';
    w.world.read(w.op);
    expect([w.op.status, reasons(w.op)]).toEqual(['denied', expect.arrayContaining(['GOV8 deny'])]);
  });

  it('[T19] does not answer for another operation, not even one with the same arguments', () => {
    const { world, op, id } = waiting();
    world.decide(id, 'approve');
    world.read(op);
    world.ok('case.open', { subject: 'Another', customer: 'lee@example.com' });
    const other = world.refund(60 * USD, 'o1', { case: 'C-2' });
    expect(other.approval).toBeNull();
    world.lease(op);
    world.complete(op, { refund_id: 'r' });
    world.verify(op, { refunded: 60 * USD });
    world.read(other);
    expect(other.status).toBe('awaiting_approval');
  });

  it('[T19] is given once', () => {
    const w = waiting();
    w.world.decide(w.id, 'approve');
    expect(refused(w, 'lead')).toMatchObject({ code: 'conflict', rule: 'GOV8' });
    expect(w.world.no('approval.decide', { approval: w.id, verdict: 'reject' }).rule).toBe('GOV8');
  });

  it('[T19] expires, before it is given and before it is used', () => {
    const late = waiting({ expires: HOUR, silence: { after: 2 * HOUR } });
    late.world.wait(HOUR + 1);
    expect(refused(late, 'lead')).toMatchObject({ code: 'conflict', rule: 'GOV8' });
    late.world.wait(HOUR);
    expect(late.op.status).toBe('denied');
    const unused = waiting({ expires: HOUR });
    unused.world.decide(unused.id, 'approve');
    unused.world.read(unused.op);
    unused.world.wait(HOUR + 1);
    unused.world.lease(unused.op);
    expect([unused.op.status, reasons(unused.op)]).toEqual(['denied', expect.arrayContaining(['GOV8 deny'])]);
  });
});

describe('[GOV10] who decides', () => {
  it('is nobody about his own work', () => {
    const w = waiting({ approvers: ['desk', 'lead'] });
    expect(refused(w, 'desk')).toMatchObject({ code: 'forbidden', rule: 'GOV10' });
  });

  it('is not the same principal in another seat', () => {
    const w = waiting({}, (d) => {
      find(d.seats, 'lead').occupant = { principal: 'desk-agent', kind: 'script' };
    });
    w.world.approval(w.id).approvers = ['lead'];
    expect(refused(w, 'lead')).toMatchObject({ code: 'forbidden', rule: 'GOV10' });
  });

  it('is not who asked and has moved to another seat since', () => {
    const w = waiting({ approvers: ['mate'] });
    const move = (seat: string, principal: string) =>
      w.world.ok('seat.occupy', { seat, occupant: { principal, kind: 'script' }, reason: 'rotation' });
    move('desk', 'newcomer');
    move('mate', 'desk-agent');
    expect(refused(w, 'mate')).toMatchObject({ code: 'forbidden', rule: 'GOV10' });
  });

  it('is an approver, a human above one, or the owner', () => {
    for (const seat of ['lead', 'boss']) {
      const w = waiting();
      w.world.decide(w.id, 'approve', seat);
      expect(w.world.approval(w.id).decidedBy).toBe(seat);
    }
    const w = waiting();
    w.world.ok('approval.decide', { approval: w.id, verdict: 'approve' });
    expect(w.world.approval(w.id).decidedBy).toBe('owner');
  });

  it('is nobody else: for them there is no such approval', () => {
    const w = waiting();
    for (const seat of ['mate', 'clerk']) expect(refused(w, seat).code).toBe('not-found');
    const body = { approval: w.id, verdict: 'approve' };
    expect(w.world.no('approval.decide', body, { principal: 'mallory', seat: 'lead' }).code).toBe('not-found');
    expect(w.world.no('approval.decide', body, { principal: 'bob' }).code).toBe('not-found');
    expect(w.world.no('approval.decide', { ...body, approval: 'A-99' }).code).toBe('not-found');
  });

  it('is nobody whose seat is suspended', () => {
    const w = waiting();
    w.world.ok('seat.suspend', { seat: 'lead', reason: 'investigation' });
    expect(refused(w, 'lead')).toMatchObject({ code: 'forbidden', rule: 'GOV10' });
  });
});

describe('[GOV11] silence (R-E6)', () => {
  it('stops after a day by default', () => {
    const { world, op, id } = waiting();
    world.wait(DAY - 1);
    expect(op.status).toBe('awaiting_approval');
    world.wait(1);
    expect([op.status, world.approval(id).decidedBy, world.approval(id).note]).toEqual([
      'denied',
      'silence',
      'nobody decided in time',
    ]);
  });

  it('proceeds only with what can be taken back', () => {
    const { world, op } = waiting({ silence: { after: HOUR, rule: 'proceed' } });
    world.wait(HOUR);
    expect(op.status).toBe('denied');
    const other = new World((d) => {
      d.settings.earned = [];
      find(d.contracts, 'note').approval = { silence: { after: HOUR, rule: 'proceed' } };
    });
    const note = other.note();
    expect(note.status).toBe('awaiting_approval');
    other.wait(HOUR);
    expect([note.status, other.of('approval.decided')[0]?.body.bySilence]).toEqual(['admitted', true]);
  });

  it('goes up the line and ends with no at the top', () => {
    const { world, op, id } = waiting({ silence: { after: HOUR, rule: 'escalate' } });
    world.wait(HOUR);
    expect(world.approval(id).approvers).toEqual(['lead', 'boss']);
    expect(world.told('boss', 'approval_request')).toHaveLength(1);
    expect(op.status).toBe('awaiting_approval');
    world.wait(HOUR);
    expect([op.status, world.approval(id).status]).toEqual(['denied', 'rejected']);
  });

  it('tells everybody it newly asks, once', () => {
    const { world, id } = waiting({ approvers: ['mate', 'clerk', 'lead'], silence: { after: HOUR, rule: 'escalate' } });
    world.wait(HOUR);
    expect(world.approval(id).approvers).toEqual(['mate', 'clerk', 'lead', 'boss']);
    expect(world.told('boss', 'approval_request')).toHaveLength(1);
    const two = waiting({ approvers: ['helper', 'clerk'], silence: { after: HOUR, rule: 'escalate' } }, (d) => {
      d.seats.push({ ...find(d.seats, 'mate'), id: 'helper', supervisor: 'lead' });
    });
    two.world.wait(HOUR);
    for (const seat of ['lead', 'boss']) expect(two.world.told(seat, 'approval_request')).toHaveLength(1);
  });

  it('passes over the one who asked', () => {
    const { world, id } = waiting({ approvers: ['helper'], silence: { after: HOUR, rule: 'escalate' } }, (d) => {
      d.seats.push({ ...find(d.seats, 'mate'), id: 'helper', supervisor: 'desk' });
    });
    world.wait(HOUR);
    expect(world.approval(id).approvers).toEqual(['helper', 'lead']);
  });

  it('changes nothing once somebody has decided', () => {
    const { world, op, id } = waiting();
    world.decide(id, 'approve');
    world.read(op);
    world.wait(2 * DAY);
    expect([op.status, world.of('approval.decided')]).toEqual(['admitted', [expect.anything()]]);
  });
});
