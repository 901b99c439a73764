/** Generated organisations and requests: units, seats, rights, tiers, policies, switches, cases. */
import type { Condition, Field } from './condition.ts';
import type { Random } from './random.ts';

const EFFECTS = ['read', 'reversible', 'compensable', 'irreversible'] as const;
const TIERS = ['read-only', 'coordinator', 'bounded', 'executor'] as const;
const POLICY_EFFECTS = ['deny', 'ask', 'defer', 'record-only', 'allow'] as const;

interface Unit {
  readonly id: string;
  readonly parent: string | undefined;
}
export interface Right {
  readonly pattern: string;
  readonly when: Condition | undefined;
  readonly limit: number | undefined;
}
export interface Seat {
  readonly id: string;
  readonly unit: string;
  readonly supervisor: string | undefined;
  readonly tier: (typeof TIERS)[number];
  readonly status: 'active' | 'paused' | 'suspended';
  readonly occupant: string;
  readonly rights: readonly Right[];
}
export interface Capability {
  readonly id: string;
  readonly tool: string;
  readonly effect: (typeof EFFECTS)[number];
}
export interface Policy {
  readonly id: string;
  readonly on: readonly string[];
  readonly effect: (typeof POLICY_EFFECTS)[number];
  readonly when: Condition;
  readonly unit: string | undefined;
}
export interface Case {
  readonly id: string;
  readonly customer: string;
  readonly priority: 'high' | 'normal' | 'low';
  readonly topic: string;
  readonly status: 'in_progress' | 'waiting_customer' | 'closed' | 'cancelled';
  readonly reopened: number;
  readonly owner: string;
  readonly parties: readonly string[];
}
export interface Switch {
  readonly scope: 'organisation' | 'unit' | 'seat' | 'capability' | 'tool';
  readonly id: string;
}
export interface World {
  readonly units: readonly Unit[];
  readonly seats: readonly Seat[];
  readonly capabilities: readonly Capability[];
  readonly policies: readonly Policy[];
  readonly cases: readonly Case[];
  readonly switches: readonly Switch[];
}

export interface Request {
  readonly seat: string;
  readonly principal: string;
  readonly capability: string;
  readonly case: string | null;
  readonly args: Readonly<Record<string, string | number | boolean>>;
  readonly cost: number;
  readonly now: number;
}

const ADDRESSES = ['ann@example.com', 'bob@example.com', 'eve@evil.example'];
const PATHS = ['notes/1', 'notes/2', 'private/1', 'n'];
const TOPICS = ['refund', 'delivery', 'suspicious', ''];
/** Names that are easily taken for each other: a prefix without its dot, and groups inside groups. */
const NAMES = ['orders', 'orders.get', 'orders.refund', 'orders.line.add', 'orders.line.drop', 'orders2.get'].concat([
  'mail.send',
  'mail.read',
  'files.write',
  'files.private.read',
]);
const PATTERNS = [
  ...NAMES,
  '*',
  '*',
  '*',
  'orders.*',
  'orders.line.*',
  'orders2.*',
  'mail.*',
  'files.*',
  'files.private.*',
  'nothing.*',
];

const arg = (name: string, optional = false): Field => ({
  cel: `args.${name}`,
  cedar: `context.args.${name}`,
  ...(optional ? { present: `context.args has ${name}` } : {}),
});
const NUMBERS: readonly Field[] = [
  arg('amount'),
  arg('quantity', true),
  { cel: 'case.reopened', cedar: 'resource.reopened' },
  { cel: 'now', cedar: 'context.now' },
];
const TEXTS: readonly Field[] = [
  arg('to'),
  arg('path'),
  arg('note', true),
  { cel: 'case.customer', cedar: 'resource.customer' },
  { cel: 'case.topic', cedar: 'resource.topic' },
  { cel: 'case.priority', cedar: 'resource.priority' },
  { cel: 'actor.unit', cedar: 'principal.unit' },
  { cel: 'actor.tier', cedar: 'principal.tier' },
  { cel: 'actor.seat', cedar: 'principal.id' },
];
const WORDS = [...ADDRESSES, ...PATHS, ...TOPICS, 'high', 'normal', 'u0', 'u1', 's0', 's1', 'bounded', 'executor'];

function condition(random: Random, depth: number): Condition {
  if (depth > 0 && random.chance(0.55)) {
    if (random.chance(0.2)) return { kind: 'not', of: condition(random, depth - 1) };
    const kind = random.pick(['and', 'or'] as const);
    return { kind, left: condition(random, depth - 1), right: condition(random, depth - 1) };
  }
  return random.pick([number, number, text, text, inList, startsWith, flag, has])(random);
}

function number(random: Random): Condition {
  const right = random.chance(0.2) ? random.pick(NUMBERS) : random.whole(6);
  const operator = random.pick(['==', '!=', '<', '<=', '>', '>=']);
  return { kind: 'compare', operator, left: random.pick(NUMBERS), right };
}

function text(random: Random): Condition {
  const right = random.chance(0.4) ? random.pick(TEXTS) : random.pick(WORDS);
  return { kind: 'compare', operator: random.pick(['==', '!=']), left: random.pick(TEXTS), right };
}

const inList = (random: Random): Condition => ({ kind: 'in', left: random.pick(TEXTS), list: random.some(WORDS, 0.3) });
const startsWith = (random: Random): Condition => {
  const prefix = random.pick(['notes/', 'n', 'ann', 'private/', '', 's']);
  return { kind: 'startsWith', left: random.pick(TEXTS), prefix };
};
const flag = (): Condition => ({ kind: 'flag', left: arg('urgent', true) });
const has = (random: Random): Condition => ({
  kind: 'has',
  left: random.pick([arg('quantity', true), arg('note', true), arg('urgent', true)]),
});

const list = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

export function worldOf(random: Random): World {
  const units = list(2 + random.whole(5), (i) => ({
    id: `u${i}`,
    parent: i > 0 && random.chance(0.8) ? `u${random.whole(i)}` : undefined,
  }));
  const seats = list(3 + random.whole(6), (i) => seat(random, i, units));
  const capabilities = random.some(NAMES, 0.8).map((id) => ({
    id,
    tool: random.pick(['t0', 't1', 't2']),
    effect: random.pick(EFFECTS),
  }));
  const switches = random.chance(0.15) ? [tripped(random, units, seats)] : [];
  const policies = list(random.whole(5), (i) => policy(random, i, units));
  const cases = list(4, (i) => oneCase(random, i, seats));
  return { units, seats, capabilities, policies, cases, switches };
}

function seat(random: Random, i: number, units: readonly Unit[]): Seat {
  return {
    id: `s${i}`,
    unit: random.pick(units).id,
    supervisor: i > 0 ? `s${random.whole(i)}` : undefined,
    tier: random.chance(0.4) ? 'executor' : random.pick(TIERS),
    status: random.chance(0.94) ? 'active' : random.pick(['paused', 'suspended'] as const),
    occupant: `p${random.whole(i + 1)}`,
    rights: list(2 + random.whole(5), () => ({
      pattern: random.pick(PATTERNS),
      when: random.chance(0.4) ? condition(random, 3) : undefined,
      limit: random.chance(0.3) ? random.whole(5) : undefined,
    })),
  };
}

const policy = (random: Random, i: number, units: readonly Unit[]): Policy => ({
  id: `policy-${i}`,
  on: list(1 + random.whole(2), () => random.pick(PATTERNS)),
  effect: random.pick(random.chance(0.5) ? (['ask', 'defer', 'record-only'] as const) : POLICY_EFFECTS),
  when: condition(random, 3),
  unit: random.chance(0.4) ? random.pick(units).id : undefined,
});

function oneCase(random: Random, i: number, seats: readonly Seat[]): Case {
  const owner = random.pick(seats).id;
  const others = random.some(seats, 0.4).map(({ id }) => id);
  return {
    id: `C-${i + 1}`,
    customer: random.pick(ADDRESSES),
    priority: random.pick(['high', 'normal', 'low'] as const),
    topic: random.pick(TOPICS),
    status: random.chance(0.9)
      ? random.pick(['in_progress', 'waiting_customer'] as const)
      : random.pick(['closed', 'cancelled'] as const),
    reopened: random.whole(4),
    owner,
    parties: [...new Set([owner, ...others])],
  };
}

function tripped(random: Random, units: readonly Unit[], seats: readonly Seat[]): Switch {
  const scope = random.pick(['organisation', 'unit', 'seat', 'capability', 'tool'] as const);
  const ids = {
    organisation: ['all'],
    unit: units.map(({ id }) => id),
    seat: seats.map(({ id }) => id),
    capability: [...NAMES, 'orders.*', 'files.private.*'],
    tool: ['t0', 't1', 't2'],
  };
  return { scope, id: random.pick(ids[scope]) };
}

/** A request, mostly for something the seat has some right to, sometimes by nobody, for nothing, or by somebody else. */
export function requestOf(random: Random, world: World): Request {
  const by = random.pick(world.seats);
  const wanted = random.chance(0.7) ? allowedNames(world, by) : [];
  const capability = wanted.length > 0 ? random.pick(wanted) : random.pick(NAMES);
  const own = world.cases.filter(({ parties }) => parties.includes(by.id));
  const on = random.chance(0.85) && own.length > 0 ? random.pick(own) : random.pick(world.cases);
  return {
    seat: random.chance(0.01) ? 'nobody' : by.id,
    principal: random.chance(0.96) ? by.occupant : 'somebody-else',
    capability,
    case: random.chance(0.05) ? null : on.id,
    args: argsOf(random),
    cost: random.whole(6),
    now: 1 + random.whole(5),
  };
}

function allowedNames({ capabilities }: World, { rights }: Seat): string[] {
  const starts = rights.map(({ pattern }) => pattern.replace(/\*$/, ''));
  return capabilities.map(({ id }) => id).filter((id) => starts.some((start) => id.startsWith(start)));
}

const argsOf = (random: Random): Request['args'] => ({
  amount: random.whole(6),
  to: random.pick(ADDRESSES),
  path: random.pick(PATHS),
  ...(random.chance(0.85) ? { quantity: random.whole(6) } : {}),
  ...(random.chance(0.85) ? { note: random.pick(WORDS) } : {}),
  ...(random.chance(0.85) ? { urgent: random.chance(0.5) } : {}),
});
