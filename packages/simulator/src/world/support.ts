/** The outside of the support pack: its order database, mail and documents, with customers made from the seed. */
import { type Call, type CallResult, ToolError } from '@reeve/connectors';
import { DAY, digest } from '@reeve/kernel';
import type { Random } from '../random.ts';
import type { Conduct, Customer, System, World } from './system.ts';

interface Order {
  readonly id: string;
  readonly customer: string;
  readonly name: string;
  readonly items: readonly { sku: string; title: string; quantity: number; price: number; replacement_cost: number }[];
  status: 'processing' | 'shipped' | 'delivered' | 'cancelled' | 'returned';
  readonly shipping: number;
  readonly total: number;
  readonly charged: number;
  readonly orderedAt: number;
  readonly promisedAt: number;
  readonly deliveredAt: number | null;
  address: string;
}

interface Refund {
  readonly id: string;
  readonly order: string;
  readonly amount: number;
  readonly operation: string;
  reversed: boolean;
}

interface Replacement {
  readonly id: string;
  readonly order: string;
  readonly sku: string;
  readonly value: number;
  readonly operation: string;
  recalled: boolean;
}

const CENT = 10_000;
const TITLES = [
  'Pocket knife',
  'Rain jacket',
  'Hiking boots',
  'Camping stove',
  'Head lamp',
  'Tent',
  'Thermos',
  'Gloves',
];
/** Names that have broken systems before: quotes, other scripts, one letter, a word of SQL, look-alikes. */
const NAMES = [
  'Aisha Rossi',
  "Miles O'Brien",
  'Łucja Żółć',
  '李小龙',
  'N',
  'Robert DROP TABLE',
  'Аisha Rossi',
  'Zoë Ångström',
];
const STATUSES = { delivered: 6, processing: 3, shipped: 2, returned: 1, cancelled: 1 } as const;

const refused = (message: string): ToolError => new ToolError('deterministic', message);

export class SupportWorld implements World {
  readonly customers: readonly Customer[];
  readonly #orders = new Map<string, Order>();
  readonly #refunds = new Map<string, Refund>();
  readonly #refundsOf = new Map<string, Refund[]>();
  readonly #replacements = new Map<string, Replacement>();
  readonly #replacementsOf = new Map<string, Replacement[]>();
  readonly #ordersOf = new Map<string, Order[]>();
  readonly #documents = new Map<string, string>();
  readonly #systems: ReadonlyMap<string, System>;
  /** Names that were given out, for what was done and for what was only said to be: none is given twice. */
  readonly #given = { RF: 0, RP: 0 };

  constructor(random: Random, now: number, count: number) {
    this.customers = Array.from({ length: count }, (_, i) => this.#customer(random, now, i));
    this.#systems = new Map([
      ['orders', keyed(ORDER_WRITES, (call, how) => this.#order(call, how))],
      ['mail', keyed(new Set(['mail.send']), (call) => this.#mail(call))],
      ['documents', keyed(new Set(['documents.write']), (call) => this.#document(call))],
    ]);
  }

  system(tool: string): System | undefined {
    return this.#systems.get(tool);
  }

  paid(): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    const add = (operation: string, amount: number) => sums.set(operation, (sums.get(operation) ?? 0) + amount);
    for (const one of this.#refunds.values()) if (!one.reversed) add(one.operation, one.amount);
    for (const one of this.#replacements.values()) if (!one.recalled) add(one.operation, one.value);
    return sums;
  }

  /** Orders that got back more than was charged for them, in a sentence each. */
  breaches(excused: ReadonlySet<string>): string[] {
    return [...this.#orders.values()].flatMap((order) => {
      const back = this.#refunded(order.id, excused);
      return back > order.charged ? [`${order.id} was charged ${order.charged} and got back ${back}`] : [];
    });
  }

  customerOf(order: string): string | undefined {
    return this.#orders.get(order)?.customer;
  }

  #customer(random: Random, now: number, i: number): Customer {
    const name = NAMES[i % NAMES.length]!;
    const id = `customer${i}@post.example`;
    const orders = Array.from({ length: random.int(1, 3) }, (_, n) => {
      const order = makeOrder(random, now, { id: `AC-${1000 + i * 10 + n}`, customer: id, name });
      this.#orders.set(order.id, order);
      listIn(this.#ordersOf, id, order);
      return order.id;
    });
    return { id, name, orders };
  }

  #refunded(order: string, excused: ReadonlySet<string> = NONE): number {
    return (this.#refundsOf.get(order) ?? [])
      .filter(({ reversed, operation }) => !reversed && !excused.has(operation))
      .reduce((sum, { amount }) => sum + amount, 0);
  }

  #facts(order: Order, now: number): Record<string, unknown> {
    const days = (at: number | null) => (at === null ? -1 : Math.floor((now - at) / DAY));
    const refunded = this.#refunded(order.id);
    const own = this.#ordersOf.get(order.customer) ?? [];
    const late = Math.floor(((order.deliveredAt ?? now) - order.promisedAt) / DAY);
    return {
      ...{ found: true, order_id: order.id, customer: order.customer, customer_name: order.name, tier: 'standard' },
      ...{ status: order.status, total: order.total, shipping: order.shipping, charged: order.charged, refunded },
      items: order.items.map(({ quantity, title }) => `${quantity} x ${title}`).join(', '),
      refundable: order.charged - refunded,
      customer_refunds: own.flatMap(({ id }) => this.#refundsOf.get(id) ?? []).filter(({ reversed }) => !reversed)
        .length,
      replacements: (this.#replacementsOf.get(order.id) ?? []).filter(({ recalled }) => !recalled).length,
      age_days: days(order.orderedAt),
      delivered_days: days(order.deliveredAt),
      late_days: ['cancelled', 'processing'].includes(order.status) ? 0 : Math.max(0, late),
      eta_days: Math.max(1, Math.floor((order.promisedAt - now) / DAY)),
      ...{ address: order.address, carrier: 'Post', tracking: `T${order.id}` },
    };
  }

  #order(call: Call, how: Conduct): CallResult {
    const { args } = call;
    const order = this.#orders.get(String(args.order_id));
    const own = order !== undefined && order.customer === args.customer ? order : undefined;
    switch (call.capability.id) {
      case 'orders.get':
      case 'orders.audit': {
        const value = own ? this.#facts(own, call.now) : { found: false };
        return { value, version: digest(value).slice(0, 16) };
      }
      case 'orders.items':
        return listed(own?.items.map((item) => ({ ...item })) ?? []);
      case 'orders.item':
        return { value: this.#item(order, String(args.sku)) };
      case 'orders.find_by_customer':
        return listed(this.#found(String(args.customer), call.now));
      default:
        return this.#change(call, order, how);
    }
  }

  #item(order: Order | undefined, sku: string): Record<string, unknown> {
    const item = order?.items.find((one) => one.sku === sku);
    if (!order || !item) return { found: false };
    const same = (one: Replacement) => one.sku === sku && !one.recalled;
    const known = this.#replacementsOf.get(order.id) ?? [];
    const { title, price, replacement_cost } = item;
    return { found: true, sku, title, price, replacement_cost, replaced: known.filter(same).length };
  }

  #found(customer: string, now: number): Record<string, unknown>[] {
    return (this.#ordersOf.get(customer) ?? []).map((order) => {
      const { order_id, status, items, age_days, delivered_days, total } = this.#facts(order, now);
      return { order_id, status, items, age_days, delivered_days, total };
    });
  }

  #change(call: Call, order: Order | undefined, how: Conduct): CallResult {
    const { id } = call.capability;
    if (id === 'orders.reverse_refund') return this.#reverse(call, how);
    if (id === 'orders.recall_replacement') return this.#recall(call, how);
    if (!order) throw refused(`there is no order ${call.args.order_id}`);
    if (id === 'orders.refund') return this.#refund(call, order, how);
    if (id === 'orders.replace') return this.#replace(call, order, how);
    const honest = how !== 'lie';
    if (id === 'orders.change_address') {
      if (honest) order.address = String(call.args.address);
      return done(call, `address-${order.id}`, { order_id: order.id, address: String(call.args.address) });
    }
    const status = id === 'orders.cancel' ? 'cancelled' : 'processing';
    if (honest) order.status = status;
    return done(call, `${status}-${order.id}`, { order_id: order.id, status });
  }

  #refund(call: Call, order: Order, how: Conduct): CallResult {
    const id = `RF-${++this.#given.RF}`;
    const asked = Number(call.args.amount);
    const amount = how === 'skew' ? asked + CENT : asked;
    const one = { id, order: order.id, amount, operation: call.operation, reversed: false };
    if (how !== 'lie') {
      this.#refunds.set(id, one);
      listIn(this.#refundsOf, order.id, one);
    }
    return done(call, id, { refund_id: id, order_id: order.id, amount: asked });
  }

  #reverse(call: Call, how: Conduct): CallResult {
    const found = this.#refunds.get(String(call.args.refund_id));
    if (!found || found.reversed) throw refused(`there is no refund ${call.args.refund_id} to take back`);
    if (how !== 'lie') found.reversed = true;
    return done(call, `reversed-${found.id}`, { refund_id: found.id, reversed: 1 });
  }

  #replace(call: Call, order: Order, how: Conduct): CallResult {
    const { sku, value } = call.args as { sku: string; value: number };
    const id = `RP-${++this.#given.RP}`;
    const one = { id, order: order.id, sku, value, operation: call.operation, recalled: false };
    if (how !== 'lie') {
      this.#replacements.set(id, one);
      listIn(this.#replacementsOf, order.id, one);
    }
    return done(call, id, { replacement_id: id, order_id: order.id, sku });
  }

  #recall(call: Call, how: Conduct): CallResult {
    const found = this.#replacements.get(String(call.args.replacement_id));
    if (!found || found.recalled) throw refused(`there is no replacement ${call.args.replacement_id} to recall`);
    if (how !== 'lie') found.recalled = true;
    return done(call, `recalled-${found.id}`, { replacement_id: found.id, recalled: 1 });
  }

  #mail(call: Call): CallResult {
    return done(call, `mail-${call.key}`, {
      message_id: `<${call.key}>`,
      to: [call.args.to],
      subject: call.args.subject,
    });
  }

  #document(call: Call): CallResult {
    const path = String(call.args.path);
    if (call.capability.id === 'documents.list')
      return listed([...this.#documents.keys()].map((one) => ({ path: one })));
    if (call.capability.id === 'documents.read') {
      const content = this.#documents.get(path);
      return { value: content === undefined ? { found: false } : { found: true, path, content } };
    }
    this.#documents.set(path, String(call.args.content));
    return done(call, `document-${path}`, { path });
  }
}

const ORDER_WRITES = new Set(
  ['refund', 'reverse_refund', 'cancel', 'reinstate', 'change_address', 'replace', 'recall_replacement'].map(
    (name) => `orders.${name}`,
  ),
);

const NONE: ReadonlySet<string> = new Set();

function listIn<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key);
  if (list) list.push(one);
  else lists.set(key, [one]);
}

const listed = (rows: readonly Record<string, unknown>[]): CallResult => ({
  value: { rows: [...rows], count: rows.length },
});

const done = (call: Call, id: string, value: Record<string, unknown>): CallResult => ({
  value,
  evidence: [{ kind: 'effect', ref: `${id}#${call.key}`, digest: digest(call.args) }],
});

/** A system that remembers what it did by key: the same key gives the same answer, other arguments under it are refused. */
function keyed(writes: ReadonlySet<string>, act: (call: Call, how: Conduct) => CallResult): System {
  const known = new Map<string, { request: string; result: CallResult }>();
  return {
    writes: (capability) => writes.has(capability),
    lookup: async (key) => known.get(key)?.result ?? null,
    run: async (call, how) => {
      if (!writes.has(call.capability.id)) return act(call, how);
      const request = digest([call.capability.id, call.args]);
      const before = known.get(call.key);
      if (before && before.request !== request) throw refused(`the key ${call.key} was used for something else`);
      const result = before?.result ?? act(call, how);
      known.set(call.key, { request, result });
      return result;
    },
  };
}

function makeOrder(random: Random, now: number, who: Pick<Order, 'id' | 'customer' | 'name'>): Order {
  const items = Array.from({ length: random.int(1, 2) }, (_, i) => {
    const price = random.int(500, 20_000) * CENT;
    const title = random.pick(TITLES);
    return {
      sku: `SKU-${who.id}-${i}`,
      title,
      quantity: 1,
      price,
      replacement_cost: Math.round(price / 2 / CENT) * CENT,
    };
  });
  const shipping = random.int(0, 900) * CENT;
  const total = items.reduce((sum, item) => sum + item.price, shipping);
  const status = random.weighted(STATUSES);
  const orderedAt = now - random.int(3, 120) * DAY;
  const delivered = status === 'delivered' || status === 'returned';
  const deliveredAt = delivered ? Math.min(now - DAY, orderedAt + random.int(2, 20) * DAY) : null;
  const charged = random.chance(0.2) ? total + random.int(100, 4000) * CENT : total;
  const promisedAt = orderedAt + random.int(3, 15) * DAY;
  return {
    ...who,
    items,
    status,
    shipping,
    total,
    charged,
    orderedAt,
    promisedAt,
    deliveredAt,
    address: '1 Old Road, 1000 Town',
  };
}
