import type { Call } from '@reeve/connectors';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../src/random.ts';
import { SupportWorld } from '../src/world/support.ts';

describe('[SIM3] the order database of a simulation', () => {
  it.each([
    ['orders.refund', { amount: 10_000 }, 'refund_id', 'orders.reverse_refund', 10_000],
    ['orders.replace', { sku: 'S', value: 20_000 }, 'replacement_id', 'orders.recall_replacement', 20_000],
  ])('gives the name of an %s that it lied about to nothing else', async (does, args, name, undoes, amount) => {
    const world = new SupportWorld(randomFrom(1, 'world'), 0, 1);
    const order_id = world.customers[0]!.orders[0]!;
    const call = (operation: string, id: string, more: object) =>
      ({ operation, key: operation, capability: { id }, args: more, now: 0 }) as unknown as Call;
    const run = (operation: string, id: string, more: object, how: 'honest' | 'lie' = 'honest') =>
      world.system('orders')!.run(call(operation, id, more), how);
    const lie = await run('OP-1', does, { ...args, order_id }, 'lie');
    const done = await run('OP-2', does, { ...args, order_id });
    expect((done.value as Record<string, unknown>)[name]).not.toBe((lie.value as Record<string, unknown>)[name]);
    const undo = { [name]: (lie.value as Record<string, unknown>)[name] };
    await expect(run('OP-3', undoes, undo)).rejects.toThrow(/there is no (refund|replacement)/);
    expect([...world.paid()]).toEqual([['OP-2', amount]]);
  });
});
