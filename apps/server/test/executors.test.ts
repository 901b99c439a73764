import { join } from 'node:path';
import { createClient } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import { runExecutor } from '../src/executors/join.ts';
import { matches, Orders } from '../src/executors/orders.ts';
import { startServer } from '../src/index.ts';
import { digestOfSupport, folder, later, SUPPORT, ticket } from './support.ts';

const ORDER = {
  ...{ kind: 'call' as const, tool: 'orders', capability: 'orders.refund', args: {}, key: 'k', operation: 'OP-1' },
  ...{ attempt: 1, timeout: 60_000 },
};
const never = () => new AbortController().signal;
const done = { outcome: 'done' as const, result: { value: { refunded: true } } };

describe('calls of tools for remote executors', () => {
  it('[SRV51] go to the first who claims them and whose capabilities they are, once', async () => {
    const orders = new Orders();
    const answer = orders.place(ORDER, never());
    expect(await orders.claim('a', ['mail.*', 'orders.read'], 9, 0, never())).toEqual([]);
    const [taken] = await orders.claim('b', ['orders.*'], 9, 0, never());
    expect(taken).toMatchObject({ capability: 'orders.refund', key: 'k', attempt: 1 });
    expect(await orders.claim('c', ['*'], 9, 0, never())).toEqual([]);
    expect(orders.finish('c', taken!.id, done)).toBe(false);
    expect(orders.finish('b', taken!.id, done)).toBe(true);
    expect(await answer).toEqual(done);
    expect(orders.finish('b', taken!.id, done)).toBe(false);
    expect(['orders.refund', 'order', 'mail.send'].map((each) => matches(['orders.*', 'mail.send'], each))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('[SRV51] wait for their order as long as they were told to, and are woken by it', async () => {
    const orders = new Orders();
    const claiming = orders.claim('a', ['*'], 1, 60_000, never());
    const placed = orders.place(ORDER, never());
    const [taken] = await claiming;
    orders.finish('a', taken!.id, done);
    await placed;
    const gone = new AbortController();
    const waiting = orders.claim('a', ['*'], 1, 60_000, gone.signal);
    gone.abort();
    expect(await waiting).toEqual([]);
  });

  it('[SRV52] have an unknown outcome when who took them falls silent, and none when nobody took them', async () => {
    const orders = new Orders({ leaseMs: 80 });
    const nobody = await orders.place({ ...ORDER, timeout: 60 }, never()).catch((error: unknown) => error);
    expect(nobody).toMatchObject({ category: 'transient', uncertain: false });
    const lost = orders.place(ORDER, never()).catch((error: unknown) => error);
    const [taken] = await orders.claim('a', ['*'], 1, 0, never());
    expect(await lost).toMatchObject({
      category: 'transient',
      uncertain: true,
      message: expect.stringContaining('a fell silent'),
    });
    expect(orders.renew('a', [taken!.id])).toEqual([]);
    const kept = orders.place(ORDER, never());
    const [mine] = await orders.claim('a', ['*'], 1, 0, never());
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      expect(orders.renew('a', [mine!.id])).toEqual([mine!.id]);
    }
    orders.finish('a', mine!.id, done);
    expect(await kept).toEqual(done);
  });
});

describe('a remote executor', () => {
  it('[SRV50, SRV53] opens the tools of the pack in force, makes the calls of an organisation, and finishes what it has when it is stopped', async () => {
    const server = await startServer({ data: await folder(), port: 0, remote: ['*'] });
    later(() => server.close());
    const client = createClient({ url: server.url, token: server.house.token });
    await client.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
    const stop = new AbortController();
    const data = await folder();
    const options = {
      client,
      name: 'far',
      capabilities: ['*'],
      width: 4,
      data,
      log: () => undefined,
      signal: stop.signal,
    };
    const running = runExecutor(options);
    const opened = await client.openCase(ticket(1), { idempotencyKey: 'one' });
    const operations = async () => (await client.operations()).operations;
    const sent = (one: { capability: string; status: string }) =>
      one.capability === 'mail.send' && ['succeeded', 'verified'].includes(one.status);
    while (!(await operations()).some(sent)) await new Promise((resolve) => setTimeout(resolve, 50));
    const leased = (await client.ledger({ kind: 'operation.leased' })).records;
    expect(leased.length).toBeGreaterThan(0);
    // The tools were opened there, not here.
    const { readdir } = await import('node:fs/promises');
    expect(await readdir(join(data, 'tools'))).toContain('orders');
    await expect(readdir(join(server.house.data, 'tools', 'orders'))).rejects.toThrow();
    stop.abort();
    await running;
    expect(opened.case).toBeDefined();
  });

  it('[SRV50] is refused without the token of the organisation', async () => {
    const server = await startServer({ data: await folder(), port: 0, work: false });
    later(() => server.close());
    const client = createClient({ url: server.url, token: 'x'.repeat(43) });
    const options = { client, name: 'far', capabilities: ['*'], width: 1, data: await folder(), log: () => undefined };
    await expect(runExecutor({ ...options, signal: never() })).rejects.toMatchObject({ code: 'unauthorised' });
  });
});
