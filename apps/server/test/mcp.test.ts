import { describe, expect, it } from 'vitest';
import { agentPack, mcp, serve, take, until, use } from './agents.ts';

describe.each(['auto', 'legacy'] as const)('an agent over MCP, era %s', (era) => {
  it('[SRV192] [SRV114] [SRV117] [WRK30] [WRK34] works a case from the inbox to the report, within the rights of its seat', async () => {
    const place = await serve({ pack: await agentPack() });
    const agent = await mcp(place.url, await place.token(), era);
    const { tools } = await agent.listTools();
    const names = tools.map(({ name }) => name);
    expect(names).toContain('orders_refund');
    // The desk may not take a refund back: it is not even shown how.
    expect(names).not.toContain('orders_unrefund');
    expect((await use(agent, 'work_take')).value).toMatchObject({ status: 'nothing' });

    const id = await place.open();
    expect((await use(agent, 'work_list')).value).toMatchObject({ open: 1, messages: [{ case: id, type: 'assign' }] });
    const work = await take(agent);
    const about = (await use(agent, 'work_read', { work })).value;
    expect(about).toMatchObject({ briefing: { case: { id, text: 'Order K-100 leaks.' } }, past: [] });

    const order = await use(agent, 'orders_get', { _work: work, order_id: 'K-100' });
    expect(order).toMatchObject({
      failed: false,
      value: { status: 'done', operation: 'OP-1', result: { found: true } },
    });
    const much = await use(agent, 'orders_refund', { _work: work, order_id: 'K-100', amount: 500_000_000 });
    expect(much).toMatchObject({ failed: true, value: { status: 'refused', operation: 'OP-2' } });
    const owed = await use(agent, 'orders_refund', { _work: work, order_id: 'K-100', amount: 4_000_000 });
    expect(owed).toMatchObject({ failed: false, value: { status: 'done', operation: 'OP-3', verified: true } });
    const note = { name: 'what happened.md', content: '# It leaks' };
    const kept = await use(agent, 'artifact_write', { _work: work, _key: 'a', ...note });
    expect(kept.value).toMatchObject({ status: 'done', artifact: 'R-1#a' });
    expect((await use(agent, 'artifact_read', { work, artifact: 'R-1#a' })).value).toMatchObject(note);
    await use(agent, 'case_resolve', { _work: work, summary: 'Paid.', evidence: ['OP-3'] });
    const lie = await use(agent, 'report', { _work: work, outcome: 'Done.', evidence: ['OP-99'] });
    expect(lie).toMatchObject({ failed: true, value: { status: 'refused' } });
    const report = await use(agent, 'report', { _work: work, outcome: 'Paid back.', evidence: ['OP-3', 'R-1#a'] });
    expect(report.value).toMatchObject({ status: 'done' });

    const run = await place.client.run({ id: 'R-1' });
    expect(run).toMatchObject({ status: 'finished', report: { outcome: 'Paid back.', evidence: ['OP-3', 'R-1#a'] } });
    expect((await use(agent, 'case_note', { _work: work, text: 'late' })).failed).toBe(true);
    const solved = await until(async () => (await place.client.case({ id })).status === 'resolved');
    expect(solved).toBe(true);
  });
});
