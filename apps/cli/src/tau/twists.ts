/** What can be wrong with a right write, one thing at a time (as far as the state allows). */
import type { Change, Database } from './data.ts';

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
export interface Site {
  readonly db: Database;
  readonly user: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What is changed about it. */
export interface Twist {
  readonly operator: string;
  /** The rule of the contract that must refuse it; empty when another check must. */
  readonly rule: string;
  readonly name?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Arguments that are left out. */
  readonly without?: readonly string[];
  /** Whose session it is; null for one in which nobody was authenticated. */
  readonly user?: string | null;
  readonly changes?: readonly Change[];
}

const CARD = 'gift_card_0000000';
const GHOST = 'ghost_user_0000';
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
  yield { operator: 'order-of-another-user', rule: 'own-order', user: otherUser(site) };
  yield { operator: 'unknown-order', rule: 'own-order', args: { order_id: '#W9999999' } };
  yield { operator: 'unknown-user', rule: 'own-order', user: GHOST };
  yield { operator: 'nobody-authenticated', rule: 'own-order', user: null };
}

function* wrongStatus(site: Site, rule: string, right: string): Generator<Twist> {
  const all = ['pending', 'processed', 'delivered', 'cancelled', 'pending (item modified)', 'pending (items modifed)'];
  for (const status of [...all, 'return requested', 'exchange requested'])
    if (status !== right) yield { operator: 'wrong-status', rule, changes: [onOrder(site, 'status', status)] };
}

function* blankAddress(): Generator<Twist> {
  for (const field of ['address1', 'city', 'country', 'zip'])
    yield { operator: 'blank-address', rule: 'requires', args: { [field]: '' } };
}

function* foreignMethod(site: Site): Generator<Twist> {
  const strange = Object.values(site.db.users ?? {})
    .flatMap((user) => Object.keys(user.payment_methods as object))
    .find((id) => !Object.hasOwn(site.db.users?.[site.user]?.payment_methods as object, id));
  yield {
    operator: 'payment-method-of-another-user',
    rule: 'own-payment-method',
    args: { payment_method_id: strange },
  };
  yield {
    operator: 'unknown-payment-method',
    rule: 'own-payment-method',
    args: { payment_method_id: 'credit_card_0000000' },
  };
}

/** The same twists, paid by a gift card that covers anything, so that money is no second reason to refuse. */
function* rich(site: Site, twists: Iterable<Twist>): Generator<Twist> {
  for (const { args, changes = [], ...twist } of twists) {
    const paid = { ...args, payment_method_id: CARD };
    yield { ...twist, args: paid, changes: [...changes, giftCard(site, 1_000_000)] };
  }
}

function* wrongItems(site: Site): Generator<Twist> {
  const [first = ''] = itemsOf(site);
  const { items } = orderOf(site);
  const times = items.filter((line) => line.item_id === first).length + 1;
  const again = <T>(value: T): T[] => Array.from({ length: times }, () => value);
  const pairs = 'new_item_ids' in site.args ? { new_item_ids: again(newItemsOf(site)[0]) } : {};
  yield { operator: 'more-than-ordered', rule: 'items-on-order', args: { item_ids: again(first), ...pairs } };
  yield {
    operator: 'item-not-on-order',
    rule: 'items-on-order',
    args: { item_ids: ['0000000000', ...itemsOf(site).slice(1)] },
  };
}

function* wrongNewItems(site: Site): Generator<Twist> {
  const [first = '', ...rest] = newItemsOf(site);
  const [item = ''] = itemsOf(site);
  const line = orderOf(site).items.find((each) => each.item_id === item);
  const place = ['products', String(line?.product_id), 'variants'];
  const other = Object.values(site.db.products ?? {}).find((product) => product.product_id !== line?.product_id);
  const strange = Object.entries((other as unknown as Product).variants).find(([, variant]) => variant.available);
  yield { operator: 'added-item', rule: 'one-for-one', args: { new_item_ids: [first, ...rest, first] } };
  if (rest.length > 0)
    yield { operator: 'dropped-new-item', rule: 'one-for-one', args: { new_item_ids: [first, ...rest.slice(1)] } };
  if (rest.length > 0) yield { operator: 'dropped-item', rule: 'one-for-one', args: { item_ids: [item] } };
  yield { operator: 'unknown-new-item', rule: 'new-items-exist', args: { new_item_ids: ['0000000000', ...rest] } };
  yield {
    operator: 'product-instead-of-item',
    rule: 'new-items-exist',
    args: { new_item_ids: [line?.product_id, ...rest] },
  };
  yield {
    operator: 'unavailable-new-item',
    rule: 'new-items-available',
    changes: [{ path: [...place, first, 'available'], new: false }],
  };
  yield { operator: 'other-product', rule: 'same-product', args: { new_item_ids: [strange?.[0], ...rest] } };
  yield {
    operator: 'same-item-again',
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
  yield { operator: 'gift-card-a-cent-short', rule: 'gift-card-covers-difference', args, changes: [...changes, card] };
  yield {
    operator: 'empty-gift-card',
    rule: 'gift-card-covers-difference',
    args,
    changes: [...changes, giftCard(site, 0)],
  };
}

function* done(site: Site): Generator<Twist> {
  for (const field of ['return_items', 'exchange_items'])
    yield { operator: 'returned-before', rule: 'returned-once', changes: [onOrder(site, field, ['0000000000'])] };
}

function* wrongPayment(site: Site): Generator<Twist> {
  const [original] = orderOf(site).payment_history as [Payment];
  const card = giftCard(site, original.amount - 0.01);
  const changed = [original, { ...original, payment_method_id: CARD }, { ...original, transaction_type: 'refund' }];
  yield {
    operator: 'same-payment-method',
    rule: 'another-method',
    args: { payment_method_id: original.payment_method_id },
  };
  yield {
    operator: 'payment-changed-before',
    rule: 'changed-once',
    changes: [onOrder(site, 'payment_history', changed)],
  };
  yield {
    operator: 'gift-card-below-total',
    rule: 'gift-card-covers-total',
    args: { payment_method_id: CARD },
    changes: [card],
  };
}

/** Requests that are not even what the tools take: these must not reach a decision about money or goods. */
export function* malformed({ args }: Site): Generator<Twist> {
  const [first = ''] = Object.keys(args);
  yield { operator: 'missing-argument', rule: '', without: [first] };
  yield { operator: 'unknown-argument', rule: '', args: { override: true } };
  yield { operator: 'argument-of-another-type', rule: '', args: { [first]: { '': first } } };
  yield { operator: 'unknown-tool', rule: '', name: 'modify_refund_policy' };
}

/** How the right write of each kind is broken. */
export const TWISTS: Readonly<Record<string, (site: Site) => Generator<Twist>>> = {
  cancel_pending_order: function* (site) {
    yield* foreign(site);
    yield* wrongStatus(site, 'pending', 'pending');
    for (const reason of ['changed my mind', 'No longer needed', 'no longer needed ', ''])
      yield { operator: 'other-reason', rule: 'accepted-reason', args: { reason } };
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
    yield { operator: 'profile-of-another-user', rule: 'own-profile', args: { user_id: otherUser(site) } };
    yield { operator: 'unknown-user', rule: 'known-user', args: { user_id: GHOST }, user: GHOST };
    yield { operator: 'nobody-authenticated', rule: 'own-profile', user: null };
    yield* blankAddress();
  },
  return_delivered_order_items: function* (site) {
    yield* foreign(site);
    yield* wrongStatus(site, 'delivered', 'delivered');
    yield* done(site);
    yield* foreignMethod(site);
    yield* rich(site, wrongItems(site));
    yield {
      operator: 'refund-to-another-method',
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

/** A write at the very edge of what the policy allows: a gift card that covers exactly what is needed. */
export function edgeOf(site: Site, name: string): Twist | undefined {
  const same = { operator: 'exact-gift-card', rule: '', args: { payment_method_id: CARD } };
  if (name === 'modify_pending_order_payment')
    return { ...same, changes: [giftCard(site, orderOf(site).payment_history[0]?.amount ?? 0)] };
  if (!('new_item_ids' in site.args)) return undefined;
  const { changes, difference } = dearer(site);
  return { ...same, changes: [...changes, giftCard(site, difference)] };
}
