import { archiveFolder } from '../data/pack-archive.ts';
import type { Handler } from '../http/handler.ts';

type ExecutorRoute = 'executorPack' | 'claimOrders' | 'renewOrders' | 'finishOrder';

export const EXECUTOR_HANDLERS: { readonly [K in ExecutorRoute]: Handler<K> } = {
  executorPack: async ({ runtime, packs }) => {
    const { digest, definition } = await runtime.read((state) => state.organisation);
    const archive =
      definition === null ? '' : Buffer.from(await archiveFolder(packs.folder(digest))).toString('base64');
    return { body: { digest, definition: definition as Record<string, unknown> | null, archive } };
  },
  claimOrders: async ({ orders, runtime, ended }, { body }, { request }) => {
    const { executor, capabilities, most, wait } = body;
    const digest = await runtime.read((state) => state.organisation.digest);
    const signal = AbortSignal.any([request.signal, ended]);
    return {
      body: { digest, lease: orders.leaseMs, orders: await orders.claim(executor, capabilities, most, wait, signal) },
    };
  },
  renewOrders: async ({ orders }, { body }) => ({ body: { orders: orders.renew(body.executor, body.orders) } }),
  finishOrder: async ({ orders }, { body }) => ({
    body: { taken: orders.finish(body.executor, body.order, body.report) },
  }),
};
