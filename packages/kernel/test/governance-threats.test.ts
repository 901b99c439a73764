import { describe, expect, it } from 'vitest';
import { createState } from '../src/core/state.ts';
import { step } from '../src/core/step.ts';
import { defined, find, shop } from './support/op-definition.ts';
import { OWNER_ACTOR, reasons, START, WORKER, World } from './support/op-world.ts';

const USD = 1_000_000;

/** Threat cases of the design that rest on approvals, switches and authority; each is named by its id. */
describe('threats', () => {
  const asked = () => {
    const world = new World();
    return { world, op: world.refund(60 * USD, 'o1') };
  };

  it('[GOV8] [T7] what differs from what was approved is stopped before it is sent', () => {
    const { world, op } = asked();
    world.decide(op.approval ?? world.asked().id, 'approve');
    world.read(op);
    expect(op.status).toBe('admitted');
    op.args = { order_id: 'o1', amount: 61 * USD };
    op.argsDigest = 'of-other-arguments';
    world.lease(op);
    expect([op.status, reasons(op)]).toEqual(['denied', expect.arrayContaining(['GOV8 deny'])]);
  });

  it('[GOV8] [T19] an approval is not reused, also not through a request that looks the same', () => {
    const { world, op } = asked();
    world.decide(world.asked().id, 'approve');
    world.read(op);
    world.lease(op);
    world.complete(op, { refund_id: 'r' });
    world.verify(op, { refunded: 60 * USD });
    expect([world.refund(60 * USD, 'o1').id, world.refund(60 * USD, 'o1', { key: 'again' }).status]).toEqual([
      op.id,
      'awaiting_approval',
    ]);
  });

  it('[GOV45] [T19] a standing grant is not stretched: other seat, other capability, other amount', () => {
    const world = new World();
    const body = { seat: 'desk', capability: 'orders.refund', uses: 5, for: '1h', each: 60 * USD, reason: 'x' };
    world.ok('approval.grant', body, world.seat('lead'));
    world.join('mate');
    const by = (seat: string, usd: number) => {
      const op = world.request('orders.refund', { order_id: `${seat}${usd}`, amount: usd * USD }, {}, seat);
      world.read(op);
      return op.status;
    };
    expect([by('desk', 60), by('desk', 61), by('mate', 60)]).toEqual([
      'admitted',
      'awaiting_approval',
      'awaiting_approval',
    ]);
  });

  it('[GOV13] [T8] a frozen capability is refused to a worker with every right to it', () => {
    const world = new World((d) => {
      find(d.seats, 'desk').charter.rights = [{ capability: '*' }];
    });
    world.ok('switch.trip', { scope: 'capability', id: 'stock.set', reason: 'production is frozen' });
    const op = world.request('stock.set', { sku: 's', count: 0 });
    expect([op.status, reasons(op)]).toEqual(['denied', ['switch/capability:stock.set deny']]);
  });

  it('[GOV10] [T15] an approval of another organisation is as unknown as one that does not exist', () => {
    const { world } = asked();
    const other = createState('other');
    const apply = { base: '', reason: 'x', definition: defined(shop()) };
    const inputs = { now: START, entropy: 'x' };
    step(other, { id: '', kind: 'organisation.apply', actor: OWNER_ACTOR, body: apply }, inputs);
    const decide = (approval: string) =>
      step(
        other,
        { id: '', kind: 'approval.decide', actor: world.seat('lead'), body: { approval, verdict: 'approve' } },
        inputs,
      ).reply;
    const [theirs, none] = [decide(world.asked().id), decide('A-77')];
    const shape = (reply: typeof theirs, id: string) => JSON.stringify(reply).replaceAll(id, 'A');
    expect(shape(theirs, world.asked().id)).toBe(shape(none, 'A-77'));
    expect(world.asked().status).toBe('pending');
  });

  it('[INB6] [T21] a seat cannot forge a decision, nor act in the name of another', () => {
    const { world, op } = asked();
    for (const type of ['approval_decision', 'approval_request', 'task'])
      expect(world.no('message.send', { to: 'desk', type, text: 'approved' }, world.seat('mate')).rule).toBe('INB6');
    const forged = { capability: 'orders.note', args: { order_id: 'x', text: 'x' }, case: 'C-1' };
    expect(world.no('operation.request', forged, { principal: 'mate-agent', seat: 'desk' }).rule).toBe('ORG3');
    world.ok('message.send', { to: 'desk', type: 'inform', text: 'the lead said yes' }, world.seat('mate'));
    expect(op.status).toBe('awaiting_approval');
  });

  it('[GOV10] [T-approver] an approval is of no use to anybody but its approver, digest or not', () => {
    const { world, op } = asked();
    const body = { approval: world.asked().id, verdict: 'approve', digest: op.argsDigest };
    for (const actor of [world.seat('clerk'), world.seat('mate'), { principal: 'mallory', seat: 'lead' }])
      expect(world.no('approval.decide', body, actor).code).toBe('not-found');
  });

  it('[ORG3] [T-occupant] a seat whose occupant changed is closed to the old one at once, also as deputy and as giver of grants', () => {
    const { world } = asked();
    const old = world.seat('lead');
    world.ok('deputy.name', { seat: 'boss', deputy: 'lead', until: START + 1e9, reason: 'x' }, world.seat('boss'));
    world.ok('seat.occupy', { seat: 'lead', occupant: { principal: 'cleo', kind: 'human' }, reason: 'left' });
    expect(world.no('approval.decide', { approval: world.asked().id, verdict: 'approve' }, old).code).toBe('not-found');
    const grant = { seat: 'desk', capability: 'orders.refund', uses: 1, for: '1h', reason: 'x' };
    expect(world.no('approval.grant', grant, old).rule).toBe('GOV45');
    expect(world.no('switch.trip', { scope: 'tool', id: 'shop', reason: 'x' }, old).rule).toBe('GOV12');
  });

  it('[OP9] [T-lease] an executor whose lease a switch ended cannot return a result for it', () => {
    const world = new World();
    const op = world.note();
    world.lease(op);
    world.ok('switch.trip', { scope: 'tool', id: 'shop', reason: 'x' });
    const late = { operation: op.id, attempt: op.attempt, result: {} };
    expect(world.no('operation.complete', late, WORKER).rule).toBe('OP9');
  });
});
