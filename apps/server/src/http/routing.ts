import type { ROUTING_ROUTES } from '@reeve/protocol';
import { archiveOf } from '../archive.ts';
import { allRecords } from '../views/ledger.ts';
import { none } from '../views/page.ts';
import { candidatesView, loadView, routingView } from '../views/routing.ts';
import { type Handler, present, view } from './handler.ts';
import { write } from './write.ts';

/** Decisions stand on the ledger, so a case that has left memory is explained as well. */
const routing: Handler<'routing'> = async ({ runtime, store }, { params }) => {
  const archive = archiveOf(runtime, store);
  const { records } = await archive.store.history({ stream: `case/${params.id}`, limit: 1 });
  if (records.length === 0) throw none('case', params.id);
  const routed = await allRecords(archive, { stream: `case/${params.id}`, kind: 'case.routed' });
  const transferred = await allRecords(archive, { stream: `case/${params.id}`, kind: 'case.transferred' });
  return { body: await runtime.read((state) => routingView(state, params.id, [...routed, ...transferred])) };
};

export const ROUTING_HANDLERS: { readonly [K in keyof typeof ROUTING_ROUTES]: Handler<K> } = {
  load: view((state, { query }) => loadView(state, query, present(state))),
  routing,
  candidates: view((state, { query }) => candidatesView(state, query)),
  route: async (services, { params, body }, call) => {
    const { seq, repeated } = await write(services, call, 'case.route', { case: params.id, ...body });
    return { body: { case: params.id, seq }, repeated };
  },
  transfer: async (services, { params, body }, call) => {
    const { seq, repeated } = await write(services, call, 'case.transfer', { case: params.id, ...body });
    return { body: { case: params.id, seq }, repeated };
  },
  lend: async (services, { body }, call) => {
    const { seq, repeated } = await write(services, call, 'seat.lend', body);
    return { body: { seat: body.seat, seq }, repeated };
  },
  endLoan: async (services, { params, query }, call) => {
    const { seq, repeated } = await write(services, call, 'seat.return', { seat: params.id, ...query });
    return { body: { seat: params.id, seq }, repeated };
  },
  throttle: async (services, { body }, call) => {
    const { seq, repeated } = await write(services, call, 'intake.throttle', body);
    return { body: { seq }, repeated };
  },
  openIntake: async (services, { body }, call) => {
    const { seq, repeated } = await write(services, call, 'intake.open', body);
    return { body: { seq }, repeated };
  },
};
