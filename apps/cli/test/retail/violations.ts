/** Requests that break exactly one rule each (as far as the state allows), made from writes that are right. */
import type { Action, Benchmark, Change, Database, Task, Violation } from '../../src/tau/data.ts';
import { documentsOf, patched } from '../../src/tau/patch.ts';
import { initialState } from '../../src/tau/run.ts';

export interface Broken {
  /** The rule of the write's contract that must speak against it. */
  readonly rule: string;
  readonly violation: Violation;
}

interface Line {
  readonly item_id: string;
  readonly product_id: string;
  readonly price: number;
}
interface Payment {
  readonly transaction_type: string;
  readonly amount: number;
  readonly payment_method_id: string;
}
interface Order {
  readonly items: readonly Line[];
  readonly payment_history: readonly Payment[];
}
interface Product {
  readonly variants: Record<string, { readonly available: boolean; readonly price: number }>;
}

/** A right write in the state it is made in. */
interface Site {
  readonly db: Database;
  readonly user: string;
  readonly args: Record<string, unknown>;
}

/** What is changed about it. */
interface Twist {
  readonly rule: string;
  readonly args?: Record<string, unknown>;
  readonly user?: string;
  readonly changes?: readonly Change[];
}

const CARD = 'gift_card_0000000';
const orderOf = ({ db, args }: Site) => db.orders?.[String(args.order_id)] as unknown as Order;
const itemsOf = ({ args }: Site) => args.item_ids as string[];
const newItemsOf = ({ args }: Site) => args.new_item_ids as string[];
const onOrder = ({ args }: Site, field: string, value: unknown): Change => ({
  path: ['orders', String(args.order_id), field],
  new: value,
});
const method = ({ user }: Site, id: string, more: Record<string, unknown>): Change => ({
  path: ['users', user, 'payment_methods', id],
  new: { id, ...more },
});
const giftCard = (site: Site, balance: number) => method(site, CARD, { source: 'gift_card', balance: cents(balance) });
const cents = (amount: number) => Math.round(amount * 100) / 100;

const otherUser = ({ db, user }: Site): string => Object.keys(db.users ?? {}).find((id) => id !== user) ?? 'nobody';
function* foreign(site: Site): Generator<Twist> {
  yield { rule: 'own-order', user: otherUser(site) };
  yield { rule: 'own-order', args: { order_id: '#W9999999' } };
  yield { rule: 'own-order', user: 'ghost_user_0000' };
}

function* wrongStatus(site: Site, rule: string, right: string): Generator<Twist> {
  const all = ['pending', 'processed', 'delivered', 'cancelled', 'pending (item modified)', 'pending (items modifed)'];
  for (const status of [...all, 'return requested', 'exchange requested'])
    if (status !== right) yield { rule, changes: [onOrder(site, 'status', status)] };
}

function* blankAddress(): Generator<Twist> {
  for (const field of ['address1', 'city', 'country', 'zip']) yield { rule: 'requires', args: { [field]: '' } };
}

function* foreignMethod(site: Site): Generator<Twist> {
  const strange = Object.values(site.db.users ?? {})
    .flatMap((user) => Object.keys(user.payment_methods as object))
    .find((id) => !Object.hasOwn(site.db.users?.[site.user]?.payment_methods as object, id));
  yield { rule: 'own-payment-method', args: { payment_method_id: strange } };
  yield { rule: 'own-payment-method', args: { payment_method_id: 'credit_card_0000000' } };
}

/** The same twists, paid by a gift card that covers anything, so that money is no second reason to refuse. */
function* rich(site: Site, twists: Iterable<Twist>): Generator<Twist> {
  for (const { rule, args, changes = [] } of twists) {
    const paid = { ...args, payment_method_id: CARD };
    yield { rule, args: paid, changes: [...changes, giftCard(site, 1_000_000)] };
  }
}

function* wrongItems(site: Site): Generator<Twist> {
  const [first = ''] = itemsOf(site);
  const { items } = orderOf(site);
  const times = items.filter((line) => line.item_id === first).length + 1;
  const again = <T>(value: T): T[] => Array.from({ length: times }, () => value);
  const pairs = 'new_item_ids' in site.args ? { new_item_ids: again(newItemsOf(site)[0]) } : {};
  yield { rule: 'items-on-order', args: { item_ids: again(first), ...pairs } };
  yield { rule: 'items-on-order', args: { item_ids: ['0000000000', ...itemsOf(site).slice(1)] } };
}

function* wrongNewItems(site: Site): Generator<Twist> {
  const [first = '', ...rest] = newItemsOf(site);
  const [item = ''] = itemsOf(site);
  const line = orderOf(site).items.find((each) => each.item_id === item);
  const place = ['products', String(line?.product_id), 'variants'];
  const other = Object.values(site.db.products ?? {}).find((product) => product.product_id !== line?.product_id);
  const strange = Object.entries((other as unknown as Product).variants).find(([, variant]) => variant.available);
  yield { rule: 'one-for-one', args: { new_item_ids: [first, ...rest, first] } };
  if (rest.length > 0) yield { rule: 'one-for-one', args: { new_item_ids: [first, ...rest.slice(1)] } };
  if (rest.length > 0) yield { rule: 'one-for-one', args: { item_ids: [item] } };
  yield { rule: 'new-items-exist', args: { new_item_ids: ['0000000000', ...rest] } };
  yield { rule: 'new-items-exist', args: { new_item_ids: [line?.product_id, ...rest] } };
  yield { rule: 'new-items-available', changes: [{ path: [...place, first, 'available'], new: false }] };
  yield { rule: 'same-product', args: { new_item_ids: [strange?.[0], ...rest] } };
  yield {
    rule: 'another-option',
    args: { new_item_ids: [item, ...rest] },
    changes: [{ path: [...place, item, 'available'], new: true }],
  };
}

/** The new items made so dear that the difference is above zero, and what it is then. */
function dearer(site: Site): { changes: Change[]; difference: number } {
  const changes: Change[] = [];
  let difference = 0;
  for (const [i, item] of itemsOf(site).entries()) {
    const line = orderOf(site).items.find((each) => each.item_id === item);
    const price = cents((line?.price ?? 0) + 10.1);
    changes.push({
      path: ['products', String(line?.product_id), 'variants', String(newItemsOf(site)[i]), 'price'],
      new: price,
    });
    difference += price - (line?.price ?? 0);
  }
  return { changes, difference: cents(difference) };
}

function* emptyCard(site: Site): Generator<Twist> {
  const { changes, difference } = dearer(site);
  const card = giftCard(site, difference - 0.01);
  const args = { payment_method_id: CARD };
  yield { rule: 'gift-card-covers-difference', args, changes: [...changes, card] };
  yield { rule: 'gift-card-covers-difference', args, changes: [...changes, giftCard(site, 0)] };
}

function* done(site: Site): Generator<Twist> {
  for (const field of ['return_items', 'exchange_items'])
    yield { rule: 'returned-once', changes: [onOrder(site, field, ['0000000000'])] };
}

function* wrongPayment(site: Site): Generator<Twist> {
  const [original] = orderOf(site).payment_history as [Payment];
  const card = giftCard(site, original.amount - 0.01);
  const changed = [original, { ...original, payment_method_id: CARD }, { ...original, transaction_type: 'refund' }];
  yield { rule: 'another-method', args: { payment_method_id: original.payment_method_id } };
  yield { rule: 'changed-once', changes: [onOrder(site, 'payment_history', changed)] };
  yield { rule: 'gift-card-covers-total', args: { payment_method_id: CARD }, changes: [card] };
}

/** How the right write of each kind is broken. */
const TWISTS: Readonly<Record<string, (site: Site) => Generator<Twist>>> = {
  cancel_pending_order: function* (site) {
    yield* foreign(site);
    yield* wrongStatus(site, 'pending', 'pending');
    for (const reason of ['changed my mind', 'No longer needed', 'no longer needed ', ''])
      yield { rule: 'accepted-reason', args: { reason } };
  },
  modify_pending_order_address: function* (site) {
    yield* foreign(site);
    yield* wrongStatus(site, 'pending', 'pending');
    yield* blankAddress();
  },
  modify_pending_order_payment: function* (site) {
    yield* foreign(site);
    yield* wrongStatus(site, 'pending', 'pending');
    yield* foreignMethod(site);
    yield* wrongPayment(site);
  },
  modify_pending_order_items: function* (site) {
    yield* foreign(site);
    yield* wrongStatus(site, 'pending', 'pending');
    yield* foreignMethod(site);
    yield* rich(site, wrongItems(site));
    yield* rich(site, wrongNewItems(site));
    yield* emptyCard(site);
  },
  modify_user_address: function* (site) {
    yield { rule: 'own-profile', args: { user_id: otherUser(site) } };
    yield { rule: 'known-user', args: { user_id: 'ghost_user_0000' }, user: 'ghost_user_0000' };
    yield* blankAddress();
  },
  return_delivered_order_items: function* (site) {
    yield* foreign(site);
    yield* wrongStatus(site, 'delivered', 'delivered');
    yield* done(site);
    yield* foreignMethod(site);
    yield* rich(site, wrongItems(site));
    yield {
      rule: 'original-method-or-gift-card',
      args: { payment_method_id: 'paypal_0000000' },
      changes: [method(site, 'paypal_0000000', { source: 'paypal' })],
    };
  },
  exchange_delivered_order_items: function* (site) {
    yield* foreign(site);
    yield* wrongStatus(site, 'delivered', 'delivered');
    yield* done(site);
    yield* foreignMethod(site);
    yield* rich(site, wrongItems(site));
    yield* rich(site, wrongNewItems(site));
    yield* emptyCard(site);
  },
};

/** One right write after another, with the changes made before it. */
export function* rightWrites({ tasks }: Benchmark): Generator<{ task: Task; write: Action; before: Change[] }> {
  for (const task of tasks) {
    const before: Change[] = [];
    for (const write of task.actions) {
      if (write.type === 'WRITE' && write.error === null && task.session.user)
        yield { task, write, before: [...before] };
      before.push(...write.patch);
    }
  }
}

/** Every violation that can be made from the benchmark's right writes. */
export function* violationsOf(benchmark: Benchmark): Generator<Broken> {
  for (const { task, write, before } of rightWrites(benchmark)) {
    const db = patched(initialState(benchmark.database, task), before, task.id);
    const site = { db, user: String(task.session.user), args: write.arguments };
    for (const twist of TWISTS[write.name]?.(site) ?? []) yield brokenBy(task, write, documentsOf(db, before), twist);
  }
}

function brokenBy(task: Task, { name, arguments: args }: Action, before: Change[], twist: Twist): Broken {
  return {
    rule: twist.rule,
    violation: {
      ...{ task: task.id, name, arguments: { ...args, ...twist.args } },
      session: { user: twist.user ?? task.session.user },
      state_patch: [...before, ...(twist.changes ?? [])],
    },
  };
}

/** The same write once more, after it was made: a second cancellation, modification, return or exchange of one order. */
export function* repeatsOf(benchmark: Benchmark): Generator<Violation> {
  for (const { task, write, before } of rightWrites(benchmark)) {
    if (write.name.endsWith('_address')) continue;
    const after = [...before, ...write.patch];
    const state = documentsOf(patched(initialState(benchmark.database, task), after, task.id), after);
    yield brokenBy(task, write, state, { rule: '' }).violation;
  }
}

/** Writes at the very edge of what the policy allows: a gift card that covers exactly what is needed. */
export function* edgesOf(benchmark: Benchmark): Generator<Violation> {
  for (const { task, write, before } of rightWrites(benchmark)) {
    const db = patched(initialState(benchmark.database, task), before, task.id);
    const site = { db, user: String(task.session.user), args: write.arguments };
    const args = { payment_method_id: CARD };
    const state = documentsOf(db, before);
    if (write.name === 'modify_pending_order_payment') {
      const amount = orderOf(site).payment_history[0]?.amount ?? 0;
      yield brokenBy(task, write, state, { rule: '', args, changes: [giftCard(site, amount)] }).violation;
    } else if ('new_item_ids' in write.arguments) {
      const { changes, difference } = dearer(site);
      const exact = [...changes, giftCard(site, difference)];
      yield brokenBy(task, write, state, { rule: '', args, changes: exact }).violation;
    }
  }
}
