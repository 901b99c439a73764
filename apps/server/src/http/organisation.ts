import type { ORGANISATION_ROUTES } from '@reeve/protocol';
import { archiveOf } from '../archive.ts';
import { sentence } from '../sentences.ts';
import { allRecords } from '../views/ledger.ts';
import { planOf, restructuringDetail, restructuringList } from '../views/restructuring.ts';
import { type Handler, view } from './handler.ts';
import { write } from './write.ts';

/** What moved is what the record itself caused: it was written in the same step, right after it. */
const restructuring: Handler<'restructuring'> = async ({ runtime, store }, { params }) => {
  const line = await runtime.read((state) => restructuringDetail(state, params.id));
  const archive = archiveOf(runtime, store);
  const [own] = await allRecords(archive, { stream: `restructuring/${params.id}` });
  if (!own) return { body: { ...line, moved: [] } };
  const { records } = await archive.store.history({ seq: { from: own.seq + 1 }, limit: 1000, order: 'oldest' });
  const caused = records
    .map(archive.recordOf)
    .filter(({ causation }) => 'seq' in causation && causation.seq === own.seq);
  return { body: { ...line, moved: caused.map((record) => sentence(record)) } };
};

export const ORGANISATION_HANDLERS: { readonly [K in keyof typeof ORGANISATION_ROUTES]: Handler<K> } = {
  restructurings: view((state) => ({ restructurings: restructuringList(state) })),
  restructuring,
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
