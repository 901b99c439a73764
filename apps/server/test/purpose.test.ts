import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { digestOf, json, packCopy, place, supported, ticket } from './support.ts';

const BY = '2999-01-01';
const PROPOSAL = {
  ...{ unit: 'support', title: 'Two shifts', analysis: 'Cases wait at night.', recommend: 'shifts' },
  options: [
    {
      ...{ id: 'shifts', title: 'Two shifts', cost: 350_000_000 },
      effects: [{ metric: 'resolution-rate', value: 95, by: BY }],
      changes: [{ set: 'solve-nine-in-ten', to: { value: 95 } }],
    },
  ],
  evidence: ['resolution-rate'],
};

describe('purpose over HTTP', () => {
  it('[SRV16] an empty organisation answers every question about what it does not have', async () => {
    const { client } = await place();
    expect(await client.purpose()).toEqual({ units: [] });
    expect(await client.gaps()).toMatchObject({ gaps: [] });
    expect(await client.metrics()).toMatchObject({ metrics: [] });
    expect(await client.proposals()).toEqual({ proposals: [] });
    expect(await client.unitPurpose({ id: 'organisation' })).toMatchObject({ targets: [], versions: [] });
    for (const asked of [client.unitPurpose({ id: 'x' }), client.proposal({ id: 'P-1' })])
      await expect(asked).rejects.toMatchObject({ status: 404, code: 'not-found' });
  });

  it('[PUR20, SRV35] says what each unit should achieve, and how its targets stand, page by page', async () => {
    const { client } = await supported();
    const { units } = await client.purpose();
    expect(units.find(({ unit }) => unit === 'support')).toMatchObject({ version: 1, decider: 'operator' });
    const all = await client.gaps();
    const first = await client.gaps({ limit: 2 });
    const rest = await client.gaps({ cursor: first.next! });
    expect([...first.gaps, ...rest.gaps]).toEqual(all.gaps);
    expect((await client.gaps({ unit: 'quality' })).gaps.map(({ target }) => target)).toEqual(['right-first-time']);
    expect((await client.gaps({ owner: 'router', status: 'open' })).gaps).toEqual([]);
    const names = (await client.metrics()).metrics.map(({ id }) => id);
    expect(names).toEqual(expect.arrayContaining(['resolution-rate', 'refunds-paid']));
  });

  it('[PUR22, PUR27, SRV5] amends and reverts, each once under the same key', async () => {
    const { client, ask } = await supported();
    const change = { changes: [{ set: 'solve-nine-in-ten', to: { value: 92 } }], reason: 'better guides' };
    const amended = await client.amendPurpose({ id: 'support', ...change }, { idempotencyKey: 'k' });
    expect(amended).toMatchObject({ unit: 'support', version: 2 });
    expect(await client.amendPurpose({ id: 'support', ...change }, { idempotencyKey: 'k' })).toEqual(amended);
    const { versions } = await client.unitPurpose({ id: 'support' });
    expect(versions.map(({ version, reason }) => [version, reason])).toEqual([
      [2, 'better guides'],
      [1, 'test'],
    ]);
    expect(await client.revertPurpose({ id: 'support', version: 2, reason: 'no' })).toMatchObject({ version: 3 });
    const { gaps } = await client.gaps({ unit: 'support' });
    expect(gaps.find(({ target }) => target === 'solve-nine-in-ten')?.target_value).toBe(90);
    expect((await ask('/v1/purpose/support/amend', json({ changes: [], reason: 'x' }))).status).toBe(400);
    const nonsense = { changes: [{ set: 'ghost', to: { value: 1 } }], reason: 'x' };
    await expect(client.amendPurpose({ id: 'support', ...nonsense })).rejects.toMatchObject({ rule: 'PUR23' });
  });

  it('[PUR42, PUR43] a proposal is made, decided, and has changed what it said', async () => {
    const { client } = await supported();
    const { proposal } = await client.makeProposal(PROPOSAL);
    expect(await client.proposal({ id: proposal })).toMatchObject({ status: 'open', by: 'operator' });
    await client.decideProposal({ id: proposal, verdict: 'accept', reason: 'worth it' });
    expect((await client.proposals({ status: 'accepted' })).proposals).toMatchObject([
      { id: proposal, decision: { option: 'shifts', by: 'operator' }, outcomes: null },
    ]);
    const { gaps } = await client.gaps({ unit: 'support' });
    expect(gaps.find(({ target }) => target === 'solve-nine-in-ten')?.target_value).toBe(95);
    expect((await client.status()).targets.find(({ target }) => target === 'solve-nine-in-ten')?.target_value).toBe(95);
  });
});

describe('why there is a case that nobody asked for', () => {
  afterEach(() => void vi.useRealTimers());

  it('[SRV11, PUR34] names the target, what it was and should be, and what became of the gap', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const pack = await packCopy();
    const metrics = join(pack, 'governance/metrics.yaml');
    const more = `  - { id: grow, metric: cases-opened, value: 1, direction: at-least, deadline: 2020-01-01, owner: operator, because: Sales. }\n`;
    await writeFile(metrics, (await readFile(metrics, 'utf8')) + more);
    const { client, house } = await place();
    await client.apply({ directory: pack, base: '', digest: await digestOf(pack), reason: 'first' });
    const dayLater = async () => {
      vi.setSystemTime(Date.now() + 86_400_000);
      // A command wakes the loop, whose timers run by the real clock.
      await client.command({ kind: 'message.send', body: { to: 'operator', type: 'inform', text: 'good morning' } });
      await house.runtime.idle();
    };
    await dayLater();
    const { gaps } = await client.gaps({ status: 'open' });
    expect(gaps).toMatchObject([{ target: 'grow', status: 'missed', gap: { case: 'C-1', holder: 'operator' } }]);
    const why = await client.why({ id: 'C-1' });
    expect(why).toMatchObject({
      operations: [],
      gap: { target: 'grow', wanted: 1, because: 'Sales.', why: 'missed', closed: null, escalated: [] },
    });
    expect(why.gap?.opened).toMatchObject({ owner: 'operator', value: 0, expected: 1 });
    await client.openCase(ticket(1));
    await dayLater();
    expect((await client.why({ id: 'C-1' })).gap?.closed).toMatchObject({ why: 'met', value: 1 });
    expect((await client.case({ id: 'C-1' })).status).toBe('cancelled');
    expect((await client.why({ id: 'C-2' })).gap).toBeUndefined();
  });
});
