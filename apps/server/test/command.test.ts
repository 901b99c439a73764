import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentPack, mcp, type Served, serve, take, until, use } from './agents.ts';

const AGENT = join(import.meta.dirname, '../../../examples/agent-desk/agent.mjs');

const occupant = (how: readonly string[] = [], more: object = {}) => ({
  ...{ principal: 'refund-agent', kind: 'command' },
  command: {
    ...{ profile: 'plain', program: process.execPath, args: [AGENT, ...how], isolation: 'preferred' },
    ...more,
  },
});
const pack = (how: readonly string[] = [], more: object = {}) => agentPack(JSON.stringify(occupant(how, more)));

const ended = ({ client }: Served, id = 'R-1') =>
  until(async () => {
    const run = await client.run({ id }).catch(() => null);
    return run?.endedAt ? run : null;
  });

/** All that is kept of what a run wrote. */
const written = async ({ client }: Served, id = 'R-1'): Promise<string> =>
  (await client.runOutput({ id })).entries.map(({ text }) => text).join('');

/** Command lines of programs that work in a folder. */
const inside = (folder: string): string[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      const environ = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/environ`, 'utf8') : '';
      return environ.includes(`HOME=${folder}`) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : [];
    } catch {
      return [];
    }
  });

describe('programs that work a seat', () => {
  it('[SRV193] [SRV194] [T14] work a case to the report, with a token for the run alone and nothing of the environment', async () => {
    process.env.REEVE_TEST_CANARY = 'canary';
    const place = await serve({ pack: await pack(['modest']) });
    const id = await place.open();
    const run = await ended(place);
    delete process.env.REEVE_TEST_CANARY;
    expect(run).toMatchObject({ status: 'finished', report: { outcome: 'Paid back.', evidence: ['OP-2'] } });
    expect((await place.client.case({ id })).status).toBe('resolved');
    const output = await until(async () => {
      const shown = await place.client.runOutput({ id: 'R-1' });
      return shown.live ? null : shown;
    });
    expect(await written(place)).toContain(
      'environment: HOME LANG PATH REEVE_CALL REEVE_MCP_TOKEN REEVE_MCP_URL REEVE_RUN TERM TMPDIR\n',
    );
    expect(await written(place)).not.toContain('CANARY');
    expect((await place.client.runOutput({ id: 'R-1', after: output.next })).entries).toEqual([]);
    const config = readFileSync(join(place.data, 'tools/.workspaces', id, '.reeve/mcp.json'), 'utf8');
    expect(JSON.parse(config)).toMatchObject({ mcpServers: { reeve: { url: `${place.url}/mcp` } } });
    expect(config).not.toContain('seat_');
    expect(place.server.house.seatTokens.list()).toEqual([]);
  });

  it('[SRV195] [WRK32] [WRK35] killed in the middle, is started again, told what was done, and does nothing twice', async () => {
    const place = await serve({ pack: await pack(['modest', 'die']) });
    const id = await place.open();
    expect(await ended(place)).toMatchObject({ status: 'finished' });
    const { operations } = await place.client.case({ id });
    expect(operations.map(({ capability, status }) => [capability, status])).toEqual([
      ['orders.get', 'succeeded'],
      ['orders.refund', 'verified'],
    ]);
    expect(await written(place)).toContain('1 calls were made before');
  });

  it('[SRV195] [RUN4] ends while a person decides, is started again with the decision, and is not run meanwhile', async () => {
    const place = await serve({ pack: await pack() });
    const id = await place.open();
    const waiting = await until(async () => (await place.client.approvals({ status: 'pending' })).approvals[0]);
    const folder = join(place.data, 'tools/.workspaces', id);
    await until(async () => inside(folder).length === 0);
    await place.client.decide({ id: waiting.id, verdict: 'approve', note: 'Do.' });
    expect(await ended(place)).toMatchObject({ status: 'finished', report: { evidence: ['OP-2'] } });
    expect((await place.client.case({ id })).operations).toHaveLength(2);
  });

  it('[SRV193] [WRK35] ends as a failure that a person hears of when it never reports, or has no secret it needs', async () => {
    const place = await serve({ pack: await pack(['silent'], { starts: 2 }) });
    await place.open();
    expect(await ended(place)).toMatchObject({
      ...{
        status: 'failed',
        reason: expect.stringContaining('ended 2 times without a report; the last time it ended with 0'),
      },
    });
    expect((await place.client.inbox({ seat: 'owner' })).messages).toMatchObject([{ type: 'escalation' }]);
    const poor = await serve({ pack: await pack([], { starts: 1, env: { API_KEY: { secret: 'anthropic' } } }) });
    await poor.open();
    expect((await ended(poor)).reason).toContain('reeve secret set anthropic --tool command --seat refunds');
  });

  it('[SRV194] [RT13] is ended with all it started when its time is over, its seat is stopped, or the server ends', async () => {
    const place = await serve({ pack: await pack(['hang'], { time: '2s', starts: 1 }) });
    const id = await place.open();
    const folder = join(place.data, 'tools/.workspaces', id);
    await until(async () => inside(folder).some((line) => line.includes('1000')));
    expect((await ended(place)).reason).toContain('took longer than 2000 ms');
    await until(async () => inside(folder).length === 0);

    const other = await serve({ pack: await pack(['hang']) });
    const second = join(other.data, 'tools/.workspaces', await other.open());
    await until(async () => inside(second).some((line) => line.includes('1000')));
    await other.client.trip({ scope: 'seat', id: 'refunds', reason: 'stop' });
    await until(async () => inside(second).length === 0);
    await other.client.rearm({ scope: 'seat', id: 'refunds', reason: 'go on' });
    const third = join(other.data, 'tools/.workspaces', await other.open('K-101, too'));
    await until(async () => inside(third).some((line) => line.includes('1000')));
    await other.server.close();
    expect(inside(third)).toEqual([]);
  });

  it('[SRV193] a seat switches its kind between runs: a program, then an agent that connects (R-E21)', async () => {
    const place = await serve({ pack: await pack(['modest']) });
    await place.open();
    await ended(place);
    const agent = { principal: 'refund-agent', kind: 'mcp' };
    await place.client.command({ kind: 'seat.occupy', body: { seat: 'refunds', occupant: agent, reason: 'by hand' } });
    await place.open('Order K-101 leaks.');
    const client = await mcp(place.url, await place.token());
    const work = await take(client);
    const order = await use(client, 'orders_get', { _work: work, order_id: 'K-101' });
    expect(order.value).toMatchObject({ status: 'done', result: { found: true } });
    await place.client.command({
      kind: 'seat.occupy',
      body: { seat: 'refunds', occupant: occupant(['modest']), reason: 'back' },
    });
    // Whoever connected lost the seat at once.
    await expect(use(client, 'work_list')).rejects.toThrow();
  });
});
