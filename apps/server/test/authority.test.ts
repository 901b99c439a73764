import { ApiProblem } from '@reeve/protocol';
import { describe, expect, it, vi } from 'vitest';
import { json, place, supported } from './support.ts';

describe('authority and money over HTTP', () => {
  it('[SRV16] an empty organisation answers every question about what it does not have', async () => {
    const { client } = await place();
    expect(await client.grants()).toEqual({ grants: [] });
    expect(await client.deputies()).toEqual({ deputies: [] });
    expect(await client.delegations()).toEqual({ delegations: [] });
    expect(await client.violations()).toEqual({ violations: [] });
    expect(await client.incidents()).toEqual({ incidents: [] });
    expect(await client.reviews()).toMatchObject({ pending: 0, byReviewer: [] });
    expect(await client.budgets()).toMatchObject({ budgets: [], paid: 0 });
    expect(await client.costs()).toMatchObject({ seats: [], topics: [] });
    expect(await client.profit()).toMatchObject({ organisation: { value: 0, profit: 0 }, units: [] });
    expect(await client.prices()).toMatchObject({ lines: [] });
    for (const asked of [client.seat({ id: 'x' }), client.budget({ id: 'x' }), client.incident({ id: 'I-1' })])
      await expect(asked).rejects.toMatchObject({ status: 404, code: 'not-found' });
  });

  it('[SRV35] a grant is over when its time is, though nothing happened since', async () => {
    const { client } = await supported();
    const limits = { uses: 2, for: 1, reason: 'short' };
    const first = await client.giveGrant({ seat: 'billing-specialist', capability: 'orders.refund', ...limits });
    const { seq } = await client.ledgerHead();
    await vi.waitFor(async () => expect((await client.grants()).grants).toEqual([]));
    expect((await client.grants({ status: 'all' })).grants).toMatchObject([{ id: first.grant, live: false, used: 0 }]);
    expect((await client.ledgerHead()).seq).toBe(seq);
  });

  it('[SRV35] lists in an order of their own go on after the last item; a cursor of another list is refused', async () => {
    const { client } = await supported();
    const first = await client.budgets({ limit: 1 });
    const rest = await client.budgets({ cursor: first.next! });
    expect(rest.next).toBeUndefined();
    expect([...first.budgets, ...rest.budgets]).toEqual((await client.budgets()).budgets);
    expect(first.budgets.map(({ id }) => id)).toEqual(['refunds']);
    for (const asked of [client.budgets({ cursor: 'G-1' }), client.grants({ cursor: 'refunds' })])
      await expect(asked).rejects.toMatchObject({ status: 400, code: 'malformed' });
  });

  it('[SRV5] the same grant under the same key is given once', async () => {
    const { client } = await supported();
    const grant = { seat: 'billing-specialist', capability: 'orders.refund', uses: 1, for: 60_000, reason: 'once' };
    const given = await client.giveGrant(grant, { idempotencyKey: 'k' });
    expect(await client.giveGrant(grant, { idempotencyKey: 'k' })).toEqual(given);
    expect((await client.grants()).grants).toHaveLength(1);
  });

  it('[SRV4] limits of a grant, a period and a reason that is missing are refused at the edge', async () => {
    const { client, ask } = await supported();
    const wrong = { seat: 'billing-specialist', capability: 'orders.refund', uses: 0, for: 1, reason: 'x', more: 1 };
    const answer = await ask('/v1/grants', json(wrong));
    expect([answer.status, await answer.json()]).toMatchObject([400, { problems: [{ field: 'uses' }, {}] }]);
    expect((await ask('/v1/profit?period=2026-13')).status).toBe(400);
    expect((await ask('/v1/grants/G-1', { method: 'DELETE' })).status).toBe(400);
    await expect(client.giveGrant({ ...wrong, uses: 5, seat: 'nobody' } as never)).rejects.toBeInstanceOf(ApiProblem);
  });
});
