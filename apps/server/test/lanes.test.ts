import { describe, expect, it } from 'vitest';
import { json, place, supported } from './support.ts';

const LANE = 'refund-and-tell';

describe('lanes over HTTP', () => {
  it('[SRV16] an organisation without lanes answers with none, and says so of one', async () => {
    const { client } = await place();
    expect(await client.lanes()).toEqual({ lanes: [] });
    expect(await client.ninetyDays()).toMatchObject({
      days: null,
      checks: [{ answer: 'no data' }, {}, {}, {}, {}, {}, {}, {}, {}, {}],
    });
    for (const asked of [
      client.lane({ id: 'x' }),
      client.laneMoves({ id: 'x' }),
      client.laneCheck({ id: 'x' }),
      client.laneMoney({ id: 'x' }),
    ])
      await expect(asked).rejects.toMatchObject({ status: 404, code: 'not-found' });
  });

  it('[SRV140] one lane is shown with stage, traffic, measures, what it needs, kill switches and money', async () => {
    const { client } = await supported();
    const { lanes } = await client.lanes();
    expect(lanes).toMatchObject([
      { id: LANE, stage: 'end-to-end', traffic: 100, guards: [{ id: 'refunds-come-back', tripped: false }] },
    ]);
    const lane = await client.lane({ id: LANE });
    expect(lane).toMatchObject({
      metric: 'refunds-paid',
      baseline: 'operator',
      ready: null,
      differences: [],
      proof: null,
    });
    expect(lane.measures.every(({ n }) => n === 0)).toBe(true);
    expect(await client.laneMoney({ id: LANE })).toEqual({ lane: LANE, currency: 'USD', seats: [] });
  });

  it('[SRV141] it is lowered and raised by a person, and each move is explained from the ledger', async () => {
    const { client } = await supported();
    expect(await client.lowerLane({ id: LANE, to: 'assist', reason: 'new prices' })).toMatchObject({ stage: 'assist' });
    await expect(client.raiseLane({ id: LANE, to: 'bounded', reason: 'x' })).rejects.toMatchObject({
      status: 409,
      rule: 'ROL5',
    });
    const { ready } = await client.lane({ id: LANE });
    const despite = ready!.criteria.filter(({ met }) => !met).map(({ name }) => name);
    await client.raiseLane({ id: LANE, to: 'bounded', reason: 'known', despite });
    const { moves } = await client.laneMoves({ id: LANE });
    expect(moves.map(({ kind }) => kind)).toEqual(['lane.raised', 'lane.lowered', 'lane.entered']);
    expect(moves[0]).toMatchObject({
      body: { unmet: despite, reason: 'known' },
      text: expect.stringContaining('not met: days >= 14'),
    });
    expect((await client.lane({ id: LANE })).limits).toMatchObject({ each: 5_000_000, usedCount: 0 });
  });

  it('[SRV142] the checks answer from what is there, and from nothing with "no data" (R-E70, R-E71)', async () => {
    const { client } = await supported();
    const { checks } = await client.laneCheck({ id: LANE });
    const answers = Object.fromEntries(checks.map(({ id, answer }) => [id, answer]));
    expect(answers).toEqual({
      ...{ outcome: 'yes', kpi: 'yes', roles: 'yes', access: 'yes', contracts: 'yes', review: 'yes', retries: 'yes' },
      ...{ trail: 'no data', cost: 'no data', 'first-to-lose': 'no data' },
    });
    expect(checks.find(({ id }) => id === 'access')?.found.join()).toContain(
      'billing-specialist reads orders.find_by_customer, orders.get',
    );
    const { days, checks: after } = await client.ninetyDays();
    expect(days).toBe(0);
    expect(after.filter(({ answer }) => answer === 'yes').map(({ id }) => id)).toEqual([
      'named',
      'kpi',
      'organisation',
    ]);
    expect(after.filter(({ answer }) => answer === 'no')).toEqual([]);
  });

  it('[SRV4] a stage there is none of is refused at the edge', async () => {
    const { ask } = await supported();
    expect((await ask(`/v1/lanes/${LANE}/raise`, json({ to: 'heaven', reason: 'x' }))).status).toBe(400);
  });
});
