/** People and customers: they look at what the organisation shows them and act on it, rightly, wrongly or maliciously. */
import { type Actor, covers, type Definition, definitionDigest, HOUR, type Operation, type State } from '@reeve/kernel';
import type { Node } from '../node.ts';
import type { Random } from '../random.ts';
import type { World } from '../world/system.ts';
import type { Truth } from '../world/truth.ts';
import type { Clients } from './clients.ts';
import type { Action, ActionKind } from './plan.ts';
import type { Wish, Writer } from './tickets.ts';

export const OWNER: Actor = { principal: 'owner' };

export interface Scene {
  readonly clients: Clients;
  readonly world: World;
  readonly truth: Truth;
  readonly variants: readonly Definition[];
  readonly ticket: Writer;
  readonly wish: Wish;
  /** A process that answers, if there is one. */
  readonly node: () => Node | undefined;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** What the first text of a case carries, so that it is found again wherever it is; none where nothing is sealed. */
  readonly mark?: (random: Random) => string;
}

type Wanted = ReturnType<Wish>;
type Act = (scene: Scene, state: State, random: Random) => void;

const openCase: Act = ({ clients, world, ticket, mark }, _state, random) => {
  const { subject, text, customer, name } = ticket(random, world.customers);
  clients.send('case.open', OWNER, {
    ...{ subject, text, customer, name, channel: random.pick(['email', 'web', 'chat']) },
    ...{ priority: random.pick(['high', 'normal', 'normal', 'low']) },
    ...(mark ? { subject: `${subject} ${mark(random.fork('mark'))}` } : {}),
  });
};

const casesOf = (state: State, ...statuses: readonly string[]): string[] =>
  [...state.cases.cases.values()].filter(({ status }) => statuses.includes(status)).map(({ id }) => id);

const OPEN = [
  'new',
  'assigned',
  'in_progress',
  'waiting_internal',
  'waiting_customer',
  'blocked',
  'escalated',
] as const;

/** Do something about one of `list`, when there is any. */
function one<T>(random: Random, list: readonly T[], act: (chosen: T) => void): void {
  if (list.length > 0) act(random.pick(list));
}

const actorOf = (state: State, seat: string): Actor => {
  const principal = state.organisation.seats.get(seat)?.occupant?.principal;
  return principal === undefined ? OWNER : { principal, seat };
};

const seatsOf = (state: State): string[] => [...state.organisation.seats.keys()];

/** The seat at the top, which a person holds. */
const topOf = (state: State): string =>
  [...state.organisation.seats.values()].find(({ supervisor }) => supervisor === undefined)?.id ?? '';

const pending = (state: State) => [...state.governance.pending].map((id) => state.governance.approvals.get(id)!);

const decide: Act = ({ clients }, state, random) =>
  one(random, pending(state), (approval) => {
    const verdict = random.weighted({ approve: 6, reject: 2, revise: 1 });
    const approver = random.chance(0.7) ? actorOf(state, random.pick(approval.approvers)) : OWNER;
    const grant = { uses: random.int(1, 3), for: 3 * HOUR, each: 200_000_000 };
    clients.send('approval.decide', approver, {
      ...{ approval: approval.id, verdict, note: 'seen' },
      ...(random.chance(0.8) ? { digest: approval.packet.argsDigest } : {}),
      ...(verdict === 'approve' && random.chance(0.15) ? { grant } : {}),
    });
  });

/** Somebody approves what he saw yesterday: the digest is another one's. */
const decideWrongly: Act = ({ clients }, state, random) =>
  one(random, pending(state), ({ id, approvers }) => {
    const others = [...state.operations.operations.values()].map(({ argsDigest }) => argsDigest);
    const digest = random.chance(0.5) ? 'f'.repeat(64) : random.pick(others);
    clients.send('approval.decide', actorOf(state, random.pick(approvers)), {
      approval: id,
      verdict: 'approve',
      digest,
    });
  });

/** The seat that asked tries to approve it itself. */
const decideOwn: Act = ({ clients }, state, random) =>
  one(random, pending(state), ({ id, requester, packet }) => {
    const body = { approval: id, verdict: 'approve', digest: packet.argsDigest };
    clients.send('approval.decide', actorOf(state, requester), body);
  });

const escalated = (state: State): Operation[] =>
  [...state.operations.operations.values()].filter(({ status }) => status === 'escalated');

/** A person looks outside and says what became of it. */
function settleOne({ clients, truth }: Scene, op: Operation): void {
  const landed = truth.effects.some(({ operation }) => operation === op.id);
  clients.send('operation.settle', OWNER, { operation: op.id, landed, note: 'looked at it outside' });
}

const settle: Act = (scene, state, random) => one(random, escalated(state), (op) => settleOne(scene, op));

/** Mostly a seat that has some right to it. */
function seatFor(state: State, random: Random, capability: string): string {
  const able = [...state.organisation.seats.values()].filter(({ charter }) =>
    charter.rights.some((right) => covers(right.capability, capability)),
  );
  return able.length > 0 && random.chance(0.8) ? random.pick(able).id : random.pick(seatsOf(state));
}

const request: Act = ({ clients, wish, world }, state, random) => {
  const wanted = wish(random, world.customers);
  const about = casesOf(state, ...OPEN);
  clients.send('operation.request', actorOf(state, seatFor(state, random, wanted.capability)), {
    ...(random.chance(0.7) ? onOwnCase(wanted, state, world, random) : wanted),
    ...(about.length > 0 && random.chance(0.3) ? { case: random.pick(about) } : {}),
    ...(random.chance(0.3) ? { key: `wish-${random.int(1, 4)}` } : {}),
    ...(random.chance(0.2) ? { confidence: random.next() } : {}),
  });
};

/** The wish as an honest person has it: on an open case, about that case's customer and his order. */
function onOwnCase(wanted: Wanted, state: State, world: World, random: Random): Wanted & { case?: string } {
  const id = random.pick(['', ...casesOf(state, ...OPEN)]);
  const customer = world.customers.find((one) => one.id === state.cases.cases.get(id)?.customer);
  if (!customer) return wanted;
  const { args } = wanted;
  const order = random.pick(customer.orders);
  return {
    case: id,
    capability: wanted.capability,
    args: {
      ...args,
      ...('order_id' in args && !order.startsWith('#') ? { order_id: order } : {}),
      ...('sku' in args ? { sku: `SKU-${order}-0` } : {}),
      ...('to' in args ? { to: customer.id, subject: `[${id}] your request` } : {}),
    },
  };
}

function targetOf(state: State, random: Random): { scope: string; id?: string } {
  const scope = random.weighted({ organisation: 1, unit: 2, seat: 2, capability: 3, tool: 2, lane: 1 });
  const lists: Record<string, readonly string[]> = {
    unit: [...state.organisation.units.keys()],
    seat: seatsOf(state),
    capability: [...state.organisation.capabilities.keys(), 'orders.*', '*'],
    tool: state.organisation.definition?.tools.map(({ id }) => id) ?? [],
    lane: state.organisation.definition?.flows.map(({ id }) => id) ?? [],
  };
  const list = lists[scope] ?? [];
  return list.length > 0 ? { scope, id: random.pick(list) } : { scope: 'organisation' };
}

const trip: Act = ({ clients }, state, random) =>
  clients.send('switch.trip', random.chance(0.5) ? OWNER : actorOf(state, topOf(state)), {
    ...targetOf(state, random),
    reason: 'something looks wrong',
  });

function rearmOne(clients: Clients, key: string): void {
  const colon = key.indexOf(':');
  clients.send('switch.rearm', OWNER, { scope: key.slice(0, colon), id: key.slice(colon + 1), reason: 'looked at it' });
}

const rearm: Act = ({ clients }, state, random) =>
  one(random, [...state.governance.switches.keys()], (key) => rearmOne(clients, key));

/** All is re-armed, and what had to wait is asked for at once. */
const afterIncident: Act = (scene, state, random) => {
  for (const key of state.governance.switches.keys()) rearmOne(scene.clients, key);
  for (const n of [1, 2, 3, 4, 5]) request(scene, state, random.fork(`request ${n}`));
};

const seatCommand =
  (kind: string): Act =>
  ({ clients }, state, random) =>
    clients.send(kind, OWNER, { seat: random.pick(seatsOf(state)), reason: 'for a while' });

const resume: Act = ({ clients }, state, random) =>
  one(random, stoppedSeats(state), (seat) => clients.send('seat.resume', OWNER, { seat, reason: 'goes on' }));

const stoppedSeats = (state: State): string[] =>
  [...state.organisation.seats.values()].flatMap(({ id, status }) =>
    status === 'paused' || status === 'suspended' ? [id] : [],
  );

/** Another program with the same script takes a seat. */
const occupy: Act = ({ clients }, state, random) => {
  const seat = state.organisation.seats.get(random.pick(seatsOf(state)));
  if (seat?.occupant?.kind !== 'script') return;
  const occupant = { ...seat.occupant, principal: `${seat.id}-script-${random.int(2, 9)}` };
  clients.send('seat.occupy', OWNER, { seat: seat.id, occupant, reason: 'another version' });
};

const apply: Act = ({ clients, variants }, state, random) => {
  const definition = random.pick(variants);
  const base = random.chance(0.85) ? state.organisation.digest : definitionDigest(definition);
  clients.send('organisation.apply', OWNER, { base, reason: 'a change', definition });
};

/** A standing grant, and more requests at once than it is good for. */
const grant: Act = (scene, state, random) => {
  const { clients, wish, world } = scene;
  const wanted = Array.from({ length: 30 }, () => wish(random, world.customers));
  const { capability } = wanted[0]!;
  const seat = seatFor(state, random, capability);
  const limits = { uses: random.pick([1, 1, 2]), for: 12 * HOUR, each: 400_000_000, total: 900_000_000 };
  const giver = random.chance(0.5) ? OWNER : actorOf(state, topOf(state));
  const alike = wanted.filter((one) => one.capability === capability).slice(0, 4);
  clients.send('approval.grant', giver, { seat, capability, ...limits, reason: 'a busy day' }, () => {
    for (const one of alike)
      clients.send('operation.request', actorOf(state, seat), onOwnCase(one, state, world, random));
  });
};

const onCase =
  (kind: string, statuses: readonly string[], more: (state: State, random: Random) => Record<string, unknown>): Act =>
  ({ clients }, state, random) =>
    one(random, casesOf(state, ...statuses), (id) =>
      clients.send(kind, random.chance(0.6) ? OWNER : actorOf(state, topOf(state)), {
        case: id,
        ...more(state, random),
      }),
    );

/** Whoever is at the top solves a case himself, and confirms that he has. */
const verifyOwn: Act = ({ clients }, state, random) => {
  const open = new Set(casesOf(state, ...OPEN));
  const provable = [...state.cases.cases.values()].filter(({ id, evidence }) => open.has(id) && evidence.length > 0);
  const actor = actorOf(state, topOf(state));
  one(random, provable, ({ id, evidence }) =>
    clients.send('case.resolve', actor, { case: id, summary: 'solved', evidence: [evidence[0]!.ref] }, ({ ok }) => {
      if (ok) clients.send('case.verify', actor, { case: id, passed: true, checks: ['it is fine'] });
    }),
  );
};

const edit: Act = (scene, state, random) =>
  random.pick([
    onCase('case.note', OPEN, () => ({ text: 'looked into it' })),
    onCase('case.classify', OPEN, () => ({ priority: random.pick(['high', 'low']) })),
    onCase('case.assign', OPEN, () => ({ to: random.pick(seatsOf(state)), reason: 'knows it better' })),
    onCase('case.block', OPEN, () => ({ reason: 'waits for a supplier' })),
    onCase('case.resume', ['blocked', 'waiting_internal'], () => ({ reason: 'the supplier answered' })),
  ])(scene, state, random);

const override: Act = ({ clients }, state, random) => {
  const denied = [...state.operations.operations.values()].filter(({ status }) => status === 'denied');
  one(random, denied, (op) => {
    const rules = (op.decision?.reasons ?? []).filter(({ verdict }) => verdict === 'deny').map(({ rule }) => rule);
    const body = { operation: op.id, reason: 'an exception', acknowledge: random.chance(0.7) ? rules : [] };
    clients.send('operation.override', OWNER, body);
  });
};

const say: Act = ({ clients }, state, random) =>
  clients.send('message.send', actorOf(state, random.pick(seatsOf(state))), {
    ...{
      to: random.pick(seatsOf(state)),
      type: random.pick(['inform', 'question', 'guidance']),
      text: 'How is it going?',
    },
  });

const deputy: Act = ({ clients, now }, state, random) => {
  const body = { seat: random.pick(seatsOf(state)), deputy: random.pick(seatsOf(state)), reason: 'on holiday' };
  clients.send('deputy.name', OWNER, { ...body, until: now() + 4 * HOUR });
};

/** Mostly a customer of whom nothing is under way; else it is refused. Some write again at once. */
const forget: Act = ({ clients, mark }, state, random) => {
  const busy = new Set(
    [...state.cases.cases.values()].filter(({ status }) => !OVER.has(status)).map(({ customer }) => customer),
  );
  const all = [...state.cases.cases.values()];
  const over = all.filter(({ customer }) => !busy.has(customer));
  one(random, over.length > 0 && random.chance(0.9) ? over : all, ({ id, customer }) => {
    clients.send('customer.forget', random.chance(0.9) ? OWNER : actorOf(state, random.pick(seatsOf(state))), {
      ...{ case: id, reason: 'asked for' },
    });
    if (random.chance(0.5))
      clients.send('case.open', OWNER, { customer, subject: `One thing more ${mark?.(random.fork('again'))}` });
  });
};
const OVER: ReadonlySet<string> = new Set(['closed', 'cancelled']);

/** What no honest client sends: unknown commands, wrong shapes, text that breaks things, reserved ids. */
const POISON: readonly (readonly [string, Record<string, unknown>])[] = [
  ['case.burn', {}],
  ['case.open', { subject: '', customer: 'x' }],
  ['case.open', { subject: 'x'.repeat(501), customer: 'x' }],
  ['case.open', { subject: '\u0000\ud800', customer: '\u202e' }],
  ['case.open', { subject: 'a', customer: 'b', owner: '__proto__' }],
  ['case.message', { case: 'C-999999', text: 'hello' }],
  ['operation.settle', { operation: 'OP-1', landed: true, note: 'mine' }],
  ['operation.override', { operation: 'OP-1', reason: 'mine' }],
  ['approval.decide', { approval: 'A-1', verdict: 'approve', digest: '' }],
  ['organisation.apply', { base: '', reason: 'mine', definition: { seats: 'none' } }],
  ['budget.fund', { budget: 'refunds', amount: 1e12 }],
];

const poison: Act = ({ clients }, state, random) => {
  const [kind, body] = random.pick(POISON);
  clients.send(kind, random.chance(0.5) ? { principal: 'mallory' } : actorOf(state, random.pick(seatsOf(state))), body);
};

/** Somebody acts in a seat, or with authority, that is not his. */
const intrude: Act = (scene, state, random) => {
  const clients: Pick<Clients, 'send'> = {
    send: (kind, actor, body) => scene.clients.send(kind, { ...actor, principal: 'mallory' }, body),
  };
  const act = random.pick([decide, request, trip, rearm, apply, grant, override, edit]);
  act({ ...scene, clients: clients as Clients }, state, random);
};

const ACTS: Readonly<Record<ActionKind, Act>> = {
  'open-case': openCase,
  reply: onCase('case.message', ['waiting_customer', 'closed'], () => ({
    text: 'It is the order AC-1000, please help.',
  })),
  feedback: onCase('case.feedback', ['closed', 'verified'], (_state, random) => ({ satisfied: random.chance(0.5) })),
  decide,
  'decide-wrongly': decideWrongly,
  'decide-own': decideOwn,
  settle,
  request,
  trip,
  rearm,
  pause: seatCommand('seat.pause'),
  suspend: seatCommand('seat.suspend'),
  resume,
  occupy,
  apply,
  grant,
  edit,
  escalate: onCase('case.escalate', OPEN, () => ({ reason: 'the customer called' })),
  cancel: onCase('case.cancel', OPEN, () => ({ reason: 'no longer wanted' })),
  reopen: onCase('case.reopen', ['closed', 'cancelled', 'resolved'], () => ({ reason: 'not solved' })),
  override,
  'verify-own': verifyOwn,
  say,
  deputy,
  poison,
  intrude,
  forget,
  'after-incident': afterIncident,
};

/** Carry out one action on what can be seen now; nothing when nobody answers. */
export async function perform(scene: Scene, action: Action, random: Random): Promise<void> {
  await scene.node()?.look((state) => {
    ACTS[action.kind](scene, state, random.fork(action.id));
    return null;
  });
}

/** One round of diligent people when all is well again: everything that waits for a person is dealt with. */
export async function attend(scene: Scene): Promise<void> {
  await scene.node()?.look((state) => {
    const { clients } = scene;
    for (const key of state.governance.switches.keys()) rearmOne(clients, key);
    for (const seat of stoppedSeats(state)) clients.send('seat.resume', OWNER, { seat, reason: 'all is well' });
    for (const { id, packet } of pending(state))
      clients.send('approval.decide', OWNER, {
        approval: id,
        verdict: 'reject',
        note: 'too late',
        digest: packet.argsDigest,
      });
    for (const op of escalated(state)) settleOne(scene, op);
    return null;
  });
}
