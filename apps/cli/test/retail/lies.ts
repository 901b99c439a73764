import type { Effect } from '../../src/tau/shop.ts';

/** Lies a shop could tell about what it did: a change left out, another value, or an order in another status. */
export function liesOf(effect: Effect): Effect[] {
  const left = effect.changes.map((_, i) => effect.changes.toSpliced(i, 1));
  const other = effect.changes.flatMap((change, i) =>
    typeof change.new === 'string' ? [effect.changes.with(i, { ...change, new: 'something else' })] : [],
  );
  const orders = effect.args.order_id;
  const status = orders === undefined ? [] : [{ path: ['orders', String(orders), 'status'], new: 'processed' }];
  return [...left, ...other, [...effect.changes, ...status], []].map((changes) => ({ ...effect, changes }));
}
