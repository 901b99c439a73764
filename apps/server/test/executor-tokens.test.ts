import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, ROUTE_NAMES, ROUTES, type Route } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import { runExecutor } from '../src/executors/join.ts';
import { covers } from '../src/executors/orders.ts';
import { startServer } from '../src/index.ts';
import { digestOfSupport, folder, later, SUPPORT, supported, ticket } from './support.ts';

describe('a token of executors', () => {
  it('[SRV54] [T-executor] is good for making calls of tools, and for nothing else', async () => {
    const { house, client, ask } = await supported();
    const made = await client.giveExecutorToken({ name: 'rack 4' });
    const headers = { authorization: `Bearer ${made.token}` };
    const refused: string[] = [];
    for (const name of ROUTE_NAMES) {
      const route: Route = ROUTES[name];
      if (route.open || route.executor) continue;
      const answer = await ask(route.path.replace(/:[a-z]+/g, 'x'), { method: route.method, headers });
      expect([name, answer.status]).toEqual([name, 403]);
      refused.push(((await answer.json()) as { detail: string }).detail);
    }
    expect(refused.length).toBeGreaterThan(100);
    expect(new Set(refused).size).toBe(1);
    expect(refused[0]).toContain('the token of an executor');
    for (const path of ['/mcp', '/metrics', '/a2a'])
      expect([path, (await ask(path, { method: path === '/metrics' ? 'GET' : 'POST', headers })).status]).not.toEqual([
        path,
        200,
      ]);
    expect((await ask('/v1/executor/pack', { headers })).status).toBe(200);
    const { executors } = await client.seatTokens();
    expect(executors).toEqual([{ ...made, token: undefined }].map(({ token: _, ...shown }) => shown));
    expect(await readFile(join(house.data, 'executors.json'), 'utf8')).not.toContain(made.token);
    await client.revokeToken({ id: made.id });
    expect((await ask('/v1/executor/pack', { headers })).status).toBe(401);
    await expect(client.revokeToken({ id: made.id })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('[SRV55] [T-executor] claims only the calls it is for, and touches none that another took', async () => {
    const server = await startServer({ data: await folder(), port: 0, remote: ['*'] });
    later(() => server.close());
    const owner = createClient({ url: server.url, token: server.house.token });
    await owner.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
    const holding = async (...capabilities: string[]) => {
      const { token, id } = await owner.giveExecutorToken({ capabilities });
      return { id, client: createClient({ url: server.url, token }) };
    };
    const [limited, all] = [await holding('mail.*'), await holding('*')];
    const claim = { executor: 'same name', capabilities: ['mail.*'], most: 9, wait: 10_000 };
    for (const pattern of ['*', 'orders.refund', 'mail*'])
      await expect(limited.client.claimOrders({ ...claim, capabilities: [pattern] })).rejects.toMatchObject({
        code: 'forbidden',
        detail: `this token of an executor is for mail.*, not for "${pattern}"`,
      });
    await owner.openCase(ticket(1));
    const [taken] = (await limited.client.claimOrders(claim)).orders;
    expect(taken!.capability).toMatch(/^mail\./);
    const { id: order } = taken!;
    const report = { outcome: 'failed', failure: { category: 'transient', message: 'x', uncertain: true } } as const;
    expect(await all.client.renewOrders({ executor: 'same name', orders: [order] })).toEqual({ orders: [] });
    expect(await all.client.finishOrder({ executor: 'same name', order, report })).toEqual({ taken: false });
    expect(await limited.client.renewOrders({ executor: 'same name', orders: [order] })).toEqual({ orders: [order] });
    const ended = limited.client.claimOrders(claim).catch((error: unknown) => error);
    await owner.revokeToken({ id: limited.id });
    expect(await ended).toMatchObject({ code: 'unauthorised' });
    await expect(limited.client.finishOrder({ executor: 'same name', order, report })).rejects.toMatchObject({
      code: 'unauthorised',
    });
  });

  it('[SRV50] [SRV54] is all that `reeve executor` needs to do the work of a case', async () => {
    const server = await startServer({ data: await folder(), port: 0, remote: ['*'] });
    later(() => server.close());
    const owner = createClient({ url: server.url, token: server.house.token });
    await owner.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
    const { token } = await owner.giveExecutorToken({ capabilities: ['orders.*', 'mail.*', 'refunds.*'] });
    const stop = new AbortController();
    const options = { name: 'far', width: 4, data: await folder(), log: () => undefined, signal: stop.signal };
    const client = createClient({ url: server.url, token });
    const running = runExecutor({ ...options, client, capabilities: ['orders.*', 'mail.*'] });
    await owner.openCase(ticket(1));
    while (!(await owner.operations()).operations.some(({ status }) => ['succeeded', 'verified'].includes(status)))
      await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort();
    await running;
    await expect(
      runExecutor({ ...options, client, capabilities: ['*'], signal: new AbortController().signal }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('[SRV55] covers what its patterns fit', () => {
    const of =
      (...patterns: string[]) =>
      (pattern: string) =>
        covers(patterns, pattern);
    expect(['orders.refund', 'orders.*', 'orders.re*', 'orders*', '*', 'mail.send'].map(of('orders.*'))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(['mail.send', 'mail.send*', 'mail.*'].map(of('mail.send'))).toEqual([true, false, false]);
    expect(covers(['*'], '*')).toBe(true);
  });
});
