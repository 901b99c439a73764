/** What a node answers when it cannot. */
import { StoreError } from '@reeve/ledger';
import type { Nodes } from '@reeve/ledger/postgres';
import { expect, it } from 'vitest';
import { SecretRing } from '../src/cluster/ring.ts';
import { Router } from '../src/cluster/router.ts';
import type { Tenants } from '../src/cluster/tenants.ts';
import { StartError } from '../src/errors.ts';
import { SECRET } from './nodes.ts';

/** A node that owns nothing, and at which opening fails so. */
function failing(error: Error) {
  const said: unknown[] = [];
  const router = new Router({
    ...{ name: 'a', ring: new SecretRing(SECRET), draining: () => false, secret: () => 'settled' as const },
    nodes: { placementOf: async () => ({ owner: null }) } as unknown as Nodes,
    tenants: { get: async () => undefined, open: () => Promise.reject(error) } as unknown as Tenants,
    log: (_level, what, more) => said.push([what, more]),
    send: () => Promise.reject(new Error('nobody is asked')),
    create: async () => {},
    metrics: async () => new Response(),
  });
  return { said, ask: () => router.answer(new Request('http://node.example/o/shop/v1/status')) };
}

it.each([
  ['may work in a moment', new StoreError('retryable', 'db.example broke off'), '1'],
  ['has to be mended', new StoreError('terminal', 'db.example is of a newer Reeve'), null],
])(
  '[SRV73] an organisation that cannot be opened, which %s, is no bug: 503, and why is in the log',
  async (_what, cause, retry) => {
    const { ask, said } = failing(new StartError('not-writable', cause.message, 'look', cause));
    const response = await ask();
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, retry]);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'unavailable', detail: '"shop" could not be opened' });
    expect(text).not.toContain('db.example');
    expect(said).toEqual([['an organisation could not be opened', { organisation: 'shop', error: cause.message }]]);
  },
);

it('[SRV73] anything else is a bug, which is not hidden', async () => {
  await expect(failing(new TypeError('no such thing')).ask()).rejects.toThrow('no such thing');
});
