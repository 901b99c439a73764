/** Routes about agents from outside. */
import type { AGENT_ROUTES } from '@reeve/protocol';
import { offeredBy } from '../a2a/card.ts';
import { Refusal } from '../errors.ts';
import { none } from '../views/page.ts';
import type { Handler } from './handler.ts';

export const AGENT_HANDLERS: { readonly [K in keyof typeof AGENT_ROUTES]: Handler<K> } = {
  seatTokens: async ({ seatTokens, executorTokens }) => ({
    body: { tokens: seatTokens.list(), executors: executorTokens.list() },
  }),
  giveToken: async ({ runtime, seatTokens }, { body }) => {
    const seat = await runtime.read(({ organisation }) => organisation.seats.get(body.seat) ?? null);
    if (!seat || seat.status === 'retired') throw none('seat', body.seat);
    if (seat.occupant?.kind !== 'mcp')
      throw new Refusal(
        'conflict',
        `the seat "${seat.id}" is ${seat.occupant ? `occupied by a ${seat.occupant.kind}` : 'empty'}, not by an agent that connects`,
        'give it an occupant of kind "mcp" first',
      );
    return { status: 201, body: await seatTokens.give(seat.id, seat.occupant.principal, body.name, body.life) };
  },
  giveExecutorToken: async ({ executorTokens }, { body }) => ({
    status: 201,
    body: await executorTokens.give(body.name, body.capabilities, body.life),
  }),
  revokeToken: async ({ seatTokens, executorTokens }, { params }) => {
    if (!(await seatTokens.revoke(params.id)) && !(await executorTokens.revoke(params.id)))
      throw new Refusal('not-found', 'there is no such token', 'it may have been revoked or have ended already');
    return { body: { id: params.id } };
  },
  peers: async ({ peers }) => ({ body: { peers: peers.list() } }),
  admitPeer: async ({ runtime, peers }, { body }) => {
    const offered = await runtime.read(({ organisation }) =>
      (organisation.definition ? offeredBy(organisation.definition) : []).map(({ id }) => id),
    );
    const unknown = body.services?.find((id) => !offered.includes(id));
    if (unknown !== undefined)
      throw new Refusal('conflict', `no service "${unknown}" is offered to others`, 'give it "offered: true" first');
    return { status: 201, body: await peers.admit(body.peer, body.services, body.life) };
  },
  revokePeer: async ({ peers }, { params }) => {
    if (!(await peers.revoke(params.id)))
      throw new Refusal('not-found', 'there is no such peer', 'it may have been revoked or have ended already');
    return { body: { id: params.id } };
  },
};
