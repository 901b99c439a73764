import { archiveFolder } from '../data/pack-archive.ts';
import { Refusal } from '../errors.ts';
import type { Call, Handler, Services } from '../http/handler.ts';
import { checkClaim } from './tokens.ts';

type ExecutorRoute = 'executorPack' | 'claimOrders' | 'renewOrders' | 'finishOrder';

/** [SRV55] Who holds a call: with a token of executors, nobody else's name is his. */
const holderOf = ({ executor }: Call, name: string): string => (executor === null ? name : `${executor.id}/${name}`);

/** Aborted when who waits is gone, the house closes, or his token is revoked. */
function waiting({ ended, executorTokens }: Services, { request, executor }: Call): AbortSignal {
  const taken = executor === null ? [] : [executorTokens.ended(executor.id)];
  return AbortSignal.any([request.signal, ended, ...taken]);
}

const revoked = (): Refusal =>
  new Refusal(
    'unauthorised',
    'the token of this executor was revoked',
    'have another one made with `reeve token executor`',
  );

export const EXECUTOR_HANDLERS: { readonly [K in ExecutorRoute]: Handler<K> } = {
  executorPack: async ({ runtime, packs }) => {
    const { digest, definition } = await runtime.read((state) => state.organisation);
    const archive =
      definition === null ? '' : Buffer.from(await archiveFolder(packs.folder(digest))).toString('base64');
    return { body: { digest, definition: definition as Record<string, unknown> | null, archive } };
  },
  claimOrders: async (services, { body }, call) => {
    const { orders, runtime, executorTokens } = services;
    const { executor, capabilities, most, wait } = body;
    if (call.executor) checkClaim(call.executor, capabilities);
    const digest = await runtime.read((state) => state.organisation.digest);
    const signal = waiting(services, call);
    const taken = await orders.claim(holderOf(call, executor), capabilities, most, wait, signal);
    if (call.executor && executorTokens.ended(call.executor.id).aborted) throw revoked();
    return { body: { digest, lease: orders.leaseMs, orders: taken } };
  },
  renewOrders: async ({ orders }, { body }, call) => ({
    body: { orders: orders.renew(holderOf(call, body.executor), body.orders) },
  }),
  finishOrder: async ({ orders }, { body }, call) => ({
    body: { taken: orders.finish(holderOf(call, body.executor), body.order, body.report) },
  }),
};
