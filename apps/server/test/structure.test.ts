/** The shape of the organisation over HTTP: what it is, what a change would do to it, and what takes one back. */
import { describe, expect, it } from 'vitest';
import { packCopy, place, supported, ticket } from './support.ts';

const MERGE = { do: 'merge', seats: ['orders-specialist'], into: 'billing-specialist', rights: 'add' };
const MOVE = { do: 'reassign', seat: 'verifier', supervisor: 'router', unit: 'specialists' };

describe('the structure', () => {
  it('[SRV67] is all seats but retired ones, with the digest of the definition; empty before there is one', async () => {
    expect(await (await place()).client.structure()).toEqual({ digest: '', seats: [] });
    const { client } = await supported();
    const { seats } = await client.seats({ limit: 1000 });
    const shape = seats.map(({ inbox: _inbox, runs: _runs, ...rest }) => rest);
    expect((await client.structure()).seats).toEqual(shape);
    await client.restructure({ steps: [MERGE], reason: 'one team' });
    const after = await client.structure();
    expect(after.seats.map(({ id }) => id)).not.toContain('orders-specialist');
    expect(after.digest).toBe((await client.organisation()).digest);
  });

  it('[SRV67] work is of the seats that have some', async () => {
    const { client } = await supported();
    expect((await client.work()).seats).toEqual([]);
    await client.openCase(ticket(1));
    expect((await client.work()).seats).toEqual([{ id: 'front-desk', inbox: 1, runs: 0 }]);
  });
});

describe('planning and taking back', () => {
  it('[SRV68, RST14] the plan says of each seat concerned what bounds it before and after, and changes nothing', async () => {
    const { client } = await supported();
    const { digest } = await client.structure();
    const { base, effects } = await client.planRestructuring({ steps: [MERGE] });
    const billing = effects.find(({ seat }) => seat === 'billing-specialist')!;
    expect(billing.damage.before!.text).not.toContain('orders.cancel');
    expect(billing.damage.after!.text).toContain('orders.cancel');
    expect(effects.find(({ seat }) => seat === 'router')!.reports).toEqual({ before: 3, after: 2 });
    expect([base, (await client.structure()).digest]).toEqual([digest, digest]);
  });

  it('[SRV68, RST15] what takes it back is planned and done like any other, also after others were done', async () => {
    const { client } = await supported();
    const { restructuring } = await client.restructure({ steps: [MOVE], reason: 'checks beside the work' });
    await client.restructure({ steps: [MERGE], reason: 'one team' });
    const { steps, remains } = await client.reverseRestructuring({ id: restructuring });
    expect([steps, remains]).toEqual([
      [{ do: 'reassign', seat: 'verifier', supervisor: 'operator', unit: 'quality' }],
      [],
    ]);
    await client.restructure({ steps, reason: 'back' });
    const { seats } = await client.structure();
    expect(seats.find(({ id }) => id === 'verifier')).toMatchObject({ supervisor: 'operator', unit: 'quality' });
  });

  it('[SRV68] says what cannot be taken back, and of whom there is no such restructuring', async () => {
    const { client } = await supported();
    const { restructuring: id } = await client.restructure({ steps: [MERGE], reason: 'one team' });
    const { steps, remains } = await client.reverseRestructuring({ id });
    expect(steps).toEqual([]);
    expect(remains).toEqual([
      expect.stringMatching(/"orders-specialist" stays retired/),
      '"billing-specialist" keeps its present charter, abilities',
    ]);
    await expect(client.reverseRestructuring({ id: 'RS-9' })).rejects.toMatchObject({ status: 404, code: 'not-found' });
  });

  it('[SRV68] after a pack was applied on top, it is still the definition before the restructuring that counts', async () => {
    const { client } = await supported();
    const { restructuring: id } = await client.restructure({ steps: [MOVE], reason: 'checks beside the work' });
    const pack = await client.plan({ directory: await packCopy() });
    await client.apply({
      directory: await packCopy(),
      base: pack.base,
      digest: pack.pack!.digest,
      reason: 'files',
      undo: true,
    });
    expect(await client.reverseRestructuring({ id })).toEqual({ steps: [], remains: [] });
  });
});
