import { blockedBy, foreseen, type State } from '@reeve/kernel';
import type { INBOX_ROUTES, ParsedOf, ResponseOf } from '@reeve/protocol';
import { none } from '../views/page.ts';
import { type Handler, present, view } from './handler.ts';
import { write } from './write.ts';

function rulesView(state: State, seat: string | undefined): ResponseOf<'inboxRules'> {
  const { held, standings, digests } = state.inbox;
  const senders = [...standings].map(([key, { reputation, refusals }]) => {
    const [receiver, sender] = key.split('<') as [string, string];
    return { seat: receiver, sender, reputation, refusals };
  });
  const about = (...seats: string[]) => seat === undefined || seats.includes(seat);
  return structuredClone({
    rules: state.organisation.settings.inbox ?? null,
    held: [...held.values()]
      .filter(({ from, to, decider }) => about(from, to, decider))
      .map(({ message, from, to, text, kind, case: on, held: rule, because, decider, until }) => {
        return { message, from, to, text, kind: kind ?? null, case: on ?? null, rule, because, decider, until };
      }),
    senders: senders.filter(({ seat: receiver, sender }) => about(receiver, sender)),
    today: [...digests].filter(([id]) => about(id)).map(([id, digest]) => ({ seat: id, ...digest })),
  });
}

function blocksView(state: State, now: number): ResponseOf<'blocks'> {
  const customers = [...state.inbox.customers].map(([customer, { until, case: on }]) => ({
    customer,
    case: on,
    until,
  }));
  const inForce = customers.filter(({ until }) => until === null || until > now);
  return { senders: blockedBy(state, now), customers: inForce };
}

/** @throws Refusal `not-found` */
function checkView(state: State, body: ParsedOf<'checkMessage'>['body'], now: number): ResponseOf<'checkMessage'> {
  const seat = (id: string) => {
    const found = state.organisation.seats.get(id);
    if (!found) throw none('seat', id);
    return found;
  };
  const { from, to, ...letter } = body;
  return foreseen(state, seat(from), seat(to), { ...letter, priority: 'normal' }, now);
}

export const INBOX_HANDLERS: { readonly [K in keyof typeof INBOX_ROUTES]: Handler<K> } = {
  inboxRules: view((state, { query }) => rulesView(state, query.seat)),
  checkMessage: view((state, { body }) => checkView(state, body, present(state))),
  decideMessage: async (services, { params, body }, call) => {
    const { seq, repeated } = await write(services, call, 'message.decide', { message: params.id, ...body });
    return { body: { message: params.id, seq }, repeated };
  },
  blocks: view((state) => blocksView(state, present(state))),
  blockSender: async (services, { body }, call) => {
    const { seq, repeated } = await write(services, call, 'sender.block', body);
    return { body: { seat: body.seat, sender: body.sender, seq }, repeated };
  },
  unblockSender: async (services, { params, query }, call) => {
    const { seq, repeated } = await write(services, call, 'sender.unblock', { ...params, ...query });
    return { body: { ...params, seq }, repeated };
  },
  blockCustomer: async (services, { body }, call) => {
    const { seq, repeated } = await write(services, call, 'customer.block', body);
    return { body: { case: body.case, seq }, repeated };
  },
  unblockCustomer: async (services, { params, query }, call) => {
    const { seq, repeated } = await write(services, call, 'customer.unblock', { case: params.id, ...query });
    return { body: { case: params.id, seq }, repeated };
  },
};
