import type { ROUTING_ROUTES } from '@reeve/protocol';
import { archiveOf } from '../archive.ts';
import { candidatesView, loadView } from '../views/routing.ts';
import { routeOf } from '../why/explained.ts';
import { type Handler, present, view } from './handler.ts';
import { write } from './write.ts';

const routing: Handler<'routing'> = async ({ runtime, store }, { params }) => ({
  body: await routeOf(runtime, archiveOf(runtime, store), params.id),
});

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
