import { describe, expect, it } from 'vitest';
import { agentPack, mcp, type Served, serve, take, until, use, wire } from './agents.ts';
import { folder } from './support.ts';

const REFUND = { order_id: 'K-100', amount: 34_900_000, _why: 'It leaks.' };
const pending = async ({ client }: Served) => (await client.approvals({ status: 'pending' })).approvals[0];
const kinds = async ({ client }: Served, kind: string) => (await client.ledger({ kind, limit: 100 })).records.length;

describe('work of agents from outside', () => {
  it('[SRV115] [SRV116] [WRK32] [RUN4] an approval that takes days is a task: it outlives client and server, and the same call gets its outcome', async () => {
    const data = await folder();
    const before = await serve({ data, pack: await agentPack() });
    await before.open();
    const token = await before.token();
    const agent = await mcp(before.url, token);
    const work = await take(agent);
    const call = { name: 'orders_refund', arguments: { ...REFUND, _work: work, _key: 'refund' } };
    const task = await wire(before.url, token, 'tools/call', call);
    expect(task.result).toMatchObject({ resultType: 'task', taskId: 'OP-1', status: 'working', ttlMs: null });
    expect(await kinds(before, 'run.parked')).toBe(1);
    await agent.close();
    await before.server.close();

    const after = await serve({ data });
    const look = async (taskId = 'OP-1') => wire(after.url, token, 'tasks/get', { taskId });
    const waits = { status: 'working', statusMessage: expect.stringContaining('A-1') };
    expect((await look()).result).toMatchObject(waits);
    expect((await look('OP-9')).error).toMatchObject({ code: -32_602, message: 'there is no task OP-9' });
    expect((await wire(after.url, token, 'tasks/get', { taskId: 'OP-1' }, {})).error).toMatchObject({ code: -32_021 });
    expect((await wire(after.url, token, 'tasks/cancel', { taskId: 'OP-1' })).result).toMatchObject({
      resultType: 'complete',
    });
    const waiting = await pending(after);
    await after.client.decide({ id: waiting!.id, verdict: 'approve', note: 'It does.' });
    const done = await until(async () => {
      const { result } = await look();
      return result?.status === 'completed' ? result : null;
    });
    expect(done).toMatchObject({
      result: { structuredContent: { status: 'done', operation: 'OP-1', verified: true } },
    });
    // The handle is still good, and the same call again does nothing again.
    const again = await mcp(after.url, token);
    const { failed, value } = await use(again, 'orders_refund', { ...REFUND, _work: work, _key: 'refund' });
    expect([failed, value.status, value.operation]).toEqual([false, 'done', 'OP-1']);
    expect(await kinds(after, 'operation.requested')).toBe(1);
  });

  it('[SRV116] says in words what waits to clients that know no tasks, and to look again', async () => {
    const place = await serve({ pack: await agentPack() });
    await place.open();
    const agent = await mcp(place.url, await place.token(), 'legacy');
    const work = await take(agent);
    const waits = await use(agent, 'orders_refund', { ...REFUND, _work: work });
    expect(waits).toMatchObject({ failed: false, value: { status: 'waiting', operation: 'OP-1' } });
    // Asked again, also when the run is parked already, it tells the same; another call is not done.
    await until(async () => (await kinds(place, 'run.parked')) === 1);
    expect(await use(agent, 'orders_refund', { ...REFUND, _work: work })).toEqual(waits);
    const other = await use(agent, 'orders_refund', { ...REFUND, amount: 30_000_000, _work: work });
    expect(other).toMatchObject({ failed: true, value: { status: 'refused' } });
    expect(await use(agent, 'case_note', { _work: work, text: 'meanwhile' })).toMatchObject({
      failed: true,
      value: { problem: expect.stringContaining('R-1 waits for OP-1') },
    });
    await place.client.decide({ id: (await pending(place))!.id, verdict: 'reject', note: 'Send a photo first.' });
    const told = await until(async () => {
      const { value } = await use(agent, 'operation_status', { operation: 'OP-1' });
      return value.status === 'waiting' ? null : value;
    });
    expect(told).toMatchObject({ status: 'refused', note: 'Send a photo first.' });
    expect((await use(agent, 'case_note', { _work: work, text: 'A photo is needed.' })).failed).toBe(false);
  });

  it('[WRK31] [T16] does a call once for its key, gives the first answer again, and refuses the key for another call', async () => {
    const place = await serve({ pack: await agentPack() });
    const id = await place.open();
    const agent = await mcp(place.url, await place.token());
    const work = await take(agent);
    const note = { _work: work, _key: 'n1', text: 'once' };
    const both = await Promise.all([use(agent, 'case_note', note), use(agent, 'case_note', note)]);
    expect(both[0]).toEqual(both[1]);
    await use(agent, 'case_note', note);
    expect((await place.client.case({ id })).notes).toHaveLength(1);
    expect(await use(agent, 'case_note', { ...note, text: 'another' })).toMatchObject({ failed: true });
    // Without a key, what was answered before and is asked again is meant again.
    await use(agent, 'case_note', { _work: work, text: 'twice' });
    await use(agent, 'case_note', { _work: work, text: 'twice' });
    expect((await place.client.case({ id })).notes.map(({ text }) => text)).toEqual(['once', 'twice', 'twice']);
  });

  it('[SRV113] [WRK33] [RT70] hands work on when nothing is heard of whoever had it, with what he did, and refuses him from then on (R-E56)', async () => {
    const place = await serve({ pack: await agentPack('{ principal: refund-agent, kind: mcp, lease: 300ms }') });
    const id = await place.open();
    const token = await place.token();
    const [first, second] = [await mcp(place.url, token), await mcp(place.url, token)];
    const old = await take(first);
    await use(first, 'case_note', { _work: old, text: 'begun' });
    // While he is heard of, nobody else gets it.
    for (let n = 0; n < 6; n++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect((await use(first, 'work_renew', { work: old })).value).toEqual({ status: 'done' });
    }
    expect((await use(second, 'work_take')).value).toMatchObject({ status: 'nothing' });
    const taken = await until(async () => {
      const { value } = await use(second, 'work_take');
      return value.status === 'taken' ? value : null;
    });
    expect(taken).toMatchObject({ briefing: { run: 'R-1' }, past: [{ tool: 'case_note', args: { text: 'begun' } }] });
    expect(await use(first, 'case_note', { _work: old, text: 'late' })).toMatchObject({
      failed: true,
      value: { problem: expect.stringContaining('handed on') },
    });
    expect((await use(second, 'case_note', { _work: taken.work, text: 'mine' })).failed).toBe(false);
    expect((await place.client.case({ id })).notes.map(({ text }) => text)).toEqual(['begun', 'mine']);
  });

  it('[SRV192] gives two agents of one seat different work, and work that is given back to the next', async () => {
    const place = await serve({ pack: await agentPack() });
    const token = await place.token();
    const [one, two] = [await mcp(place.url, token), await mcp(place.url, token)];
    const waiting = [take(one, 10), take(two, 10)];
    await place.open('first');
    await place.open('second');
    const [a, b] = await Promise.all(waiting);
    expect(new Set([a!.split('.')[0], b!.split('.')[0]])).toEqual(new Set(['R-1', 'R-2']));
    // Nobody acts in the work of another by naming it.
    const stolen = `${b!.split('.')[0]}.${a!.split('.')[1]}`;
    expect((await use(one, 'case_note', { _work: stolen, text: 'x' })).failed).toBe(true);
    expect((await use(one, 'work_return', { work: a, reason: 'no time' })).value).toEqual({ status: 'done' });
    expect((await take(two)).split('.')[0]).toBe(a!.split('.')[0]);
  });

  it('[SRV190] [SRV191] lets nobody in without a token, with one that was revoked, or when another sits in the seat (R-E80, R-B1)', async () => {
    const place = await serve({ pack: await agentPack() });
    await expect(mcp(place.url, 'seat_wrong')).rejects.toThrow();
    await expect(mcp(place.url, place.server.house.token)).rejects.toThrow();
    const { id, token } = await place.client.giveToken({ seat: 'refunds', name: 'desk' });
    const agent = await mcp(place.url, token);
    expect((await use(agent, 'work_list')).failed).toBe(false);
    expect((await place.client.seatTokens()).tokens).toMatchObject([{ id, seat: 'refunds', name: 'desk' }]);
    await place.client.revokeToken({ id });
    await expect(use(agent, 'work_list')).rejects.toThrow();

    const other = await mcp(place.url, await place.token());
    const occupant = { principal: 'somebody-else', kind: 'mcp' };
    await place.client.command({ kind: 'seat.occupy', body: { seat: 'refunds', occupant, reason: 'changed' } });
    await expect(use(other, 'work_list')).rejects.toThrow();
    await expect(place.client.giveToken({ seat: 'owner' })).rejects.toThrow('occupied by a human');
  });

  it('[RT13] a kill switch ends the work, and the agent is told why', async () => {
    const place = await serve({ pack: await agentPack() });
    await place.open();
    const agent = await mcp(place.url, await place.token());
    const work = await take(agent);
    await place.client.trip({ scope: 'seat', id: 'refunds', reason: 'stop it' });
    const told = await use(agent, 'case_note', { _work: work, text: 'x' });
    expect(told).toMatchObject({ failed: true, value: { problem: expect.stringContaining('over') } });
    expect((await use(agent, 'work_take', { wait: 1 })).value).toMatchObject({ status: 'nothing' });
  });
});
