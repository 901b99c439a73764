import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Explanation } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import { digestOf, digestOfSupport, folder, type Place, packCopy, place, supported, ticket } from './support.ts';

/** The operation on a capability of the case opened from a ticket, once the organisation has come to rest. */
async function operationOn({ house, client }: Place, n: number, capability: string): Promise<string> {
  const { case: opened } = await client.openCase(ticket(n));
  await house.runtime.idle();
  const { operations } = await client.operations({ case: opened });
  const found = operations.find((op) => op.capability === capability);
  if (!found) throw new Error(`no ${capability} among ${operations.map((op) => op.capability).join(', ')}`);
  return found.id;
}

const explained = async ({ client }: Place, id: string): Promise<Explanation> => {
  const { operations } = await client.why({ id });
  expect(operations).toHaveLength(1);
  return operations[0]!;
};

describe('why a refund happened', () => {
  it('[SRV11] answers every part (R-E11, R-E26, R-E3, R-E84)', async () => {
    const at = await supported({ work: true });
    const id = await operationOn(at, 51, 'orders.refund');
    const why = await explained(at, id);
    const op = await at.client.operation({ id });

    expect(why.operation).toMatchObject({ id, status: 'verified', capability: 'orders.refund', effect: 'compensable' });
    expect(why.operation.result).toEqual(op.result);
    expect(why.operation.settledAt).toBe(op.settledAt);
    expect(why.who).toMatchObject({
      seat: 'billing-specialist',
      title: 'Billing specialist',
      principal: 'billing-script',
    });
    expect(why.who.line.map(({ seat }) => seat)).toEqual(['router', 'operator']);
    expect(why.authority).toMatchObject({ tier: 'executor', definition: await digestOfSupport() });
    expect(why.authority.right?.capability).toBe('orders.refund');
    expect(why.authority.note).toContain('grants orders.refund');
    expect(why.reads).toMatchObject([
      { name: 'order', value: { found: true }, version: expect.any(String), at: expect.any(Number) },
    ]);
    expect(why.contract).toMatchObject({ id: 'refund' });
    expect(why.contract?.rules.map(({ when }) => when)).toEqual(['before', 'before', 'before', 'before', 'after']);
    expect(why.decision).toMatchObject({ verdict: 'allow', cost: op.cost });
    expect(why.decisions.length).toBeGreaterThan(0);
    expect(why.attempts).toMatchObject([{ attempt: 1, outcome: 'succeeded' }]);
    expect(why.cost.accounts.map(({ what, from, to }) => [what, from, to])).toEqual([
      ['reserved', 'refunds/available', 'refunds/reserved'],
      ['settled', 'refunds/reserved', 'refunds/spent'],
    ]);
    expect(why.cost.accounts.every(({ amount }) => amount === why.cost.money)).toBe(true);
    expect(why.evidence).toMatchObject([{ kind: 'effect', ref: expect.stringContaining(id) }]);
    expect(why.verification).toMatchObject({
      status: 'verified',
      checks: ['refund/refunded-exactly'],
      after: { value: { found: true } },
    });
    expect(why.uncertainty.why).not.toBeNull();
    expect(why.metric).toMatchObject({ id: 'refunds-paid', current: why.cost.money, target: expect.any(Number) });
    expect(why.case).toMatchObject({ id: op.case, subject: ticket(51).subject });
    expect(why.run).toMatchObject({ id: op.run, message: expect.stringMatching(/^M-/) });
    expect(why.run?.outcome).toContain('done');
    expect(why.records).toEqual([...why.records].sort((a, b) => a - b));
  });

  it('[SRV11] a refusal names the rule that refused (R-E76)', async () => {
    const at = await supported({ work: true });
    const why = await explained(at, await operationOn(at, 25, 'orders.refund'));
    expect(why.operation.status).toBe('denied');
    expect(why.decision?.reasons.map(({ rule }) => rule)).toContain('refund/within-refundable');
    expect(why).toMatchObject({ attempts: [], evidence: [], cost: { accounts: [] }, verification: { status: 'none' } });
  });
});

describe('why a refund waited for a person', () => {
  let at: Place;
  let id: string;
  let approval: string;
  // Within one test, because cleaning up is done after each.
  async function waiting(): Promise<void> {
    at = await supported({ work: true });
    id = await operationOn(at, 9, 'orders.refund');
    const inbox = await at.client.inbox();
    expect(inbox.seat).toBe('operator');
    approval = inbox.approvals.find(({ operation }) => operation === id)!.id;
  }

  it('[SRV11] says who may decide, then who did, when and with which words', async () => {
    await waiting();
    const before = await explained(at, id);
    expect(before.operation.status).toBe('awaiting_approval');
    expect(before.approval).toMatchObject({ id: approval, status: 'pending', approvers: ['operator'], by: null });

    const { packet } = await at.client.approval({ id: approval });
    expect(packet.state.order?.value).toMatchObject({ found: true });
    await at.client.decide({ id: approval, verdict: 'approve', note: 'checked', digest: packet.argsDigest });
    await at.house.runtime.idle();
    const after = await explained(at, approval);
    expect(after.operation).toMatchObject({ id, status: 'verified' });
    expect(after.approval).toMatchObject({ status: 'approved', by: 'operator', note: 'checked', bySilence: false });
    expect(after.approval?.waited).toBe(after.approval!.decidedAt! - after.approval!.requestedAt);
    expect(after.decisions.map(({ verdict }) => verdict)).toEqual(['ask', 'allow']);
    expect(after.decision?.approval).toBe(approval);
  });

  it('[SRV15] a decision on other arguments than those shown is refused', async () => {
    await waiting();
    const decided = at.client.decide({ id: approval, verdict: 'approve', digest: 'something else' });
    await expect(decided).rejects.toMatchObject({ status: 409, rule: 'GOV8' });
  });

  it('[SRV11] a case explains all of its operations, as the state knows them', async () => {
    await waiting();
    await at.client.decide({ id: approval, verdict: 'reject', note: 'no' });
    await at.house.runtime.idle();
    const { operations } = await at.client.operations({ limit: 1000 });
    const { operations: told } = await at.client.why({ id: operations[0]!.case! });
    const brief = (list: readonly { id: string; status: string; settledAt: number | null }[]) =>
      list.map((op) => [op.id, op.status, op.settledAt]).sort();
    expect(brief(told.map(({ operation }) => operation))).toEqual(brief(operations));
  });

  it('[SRV11] is told by the definition in force then, after a restart too', async () => {
    const data = await folder();
    const first = await supported({ data, work: true });
    const refund = await operationOn(first, 51, 'orders.refund');
    const then = await explained(first, refund);
    const pack = await packCopy();
    const seats = join(pack, 'organisation/seats.yaml');
    await writeFile(seats, (await readFile(seats, 'utf8')).replaceAll('Billing specialist', 'Money person'));
    const plan = { base: await digestOfSupport(), digest: await digestOf(pack), reason: 'renamed' };
    await first.client.apply({ directory: pack, ...plan });
    await first.house.close();
    const again = await place({ data });
    expect(await explained(again, refund)).toEqual(then);
  });
});
