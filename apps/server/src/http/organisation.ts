import type { ORGANISATION_ROUTES } from '@reeve/protocol';
import { archiveOf } from '../archive.ts';
import { planOf, restructuringList } from '../views/restructuring.ts';
import { structureOf, workOf } from '../views/seats.ts';
import { restructuringOf, reverseRestructuringOf } from '../why/explained.ts';
import { type Handler, view } from './handler.ts';
import { write } from './write.ts';

const restructuring: Handler<'restructuring'> = async ({ runtime, store }, { params }) => ({
  body: await restructuringOf(runtime, archiveOf(runtime, store), params.id),
});

const reverseRestructuring: Handler<'reverseRestructuring'> = async ({ runtime, store }, { params }) => ({
  body: await reverseRestructuringOf(runtime, archiveOf(runtime, store), params.id),
});

export const ORGANISATION_HANDLERS: { readonly [K in keyof typeof ORGANISATION_ROUTES]: Handler<K> } = {
  structure: view(structureOf),
  work: view(workOf),
  restructurings: view((state) => ({ restructurings: restructuringList(state) })),
  restructuring,
  reverseRestructuring,
  planRestructuring: view((state, { body }) => planOf(state, body.steps)),
  restructure: async (services, { body }, call) => {
    const { result, seq, repeated } = await write(services, call, 'organisation.restructure', body);
    return { body: { restructuring: result.restructuring as string, seq }, repeated };
  },
  occupySeat: async (services, { params, body }, call) => {
    const { seq, repeated } = await write(services, call, 'seat.occupy', { seat: params.id, ...body });
    return { body: { seat: params.id, seq }, repeated };
  },
};
