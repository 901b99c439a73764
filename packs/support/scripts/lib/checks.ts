import { dollars, type Effect, type OrderRow } from './work.ts';

export interface Check {
  readonly passed: boolean;
  /** What was read, for the record. */
  readonly text: string;
}

/** Does the database show what the report says? */
export function checkEffect(order: OrderRow, effect: Effect): Check {
  const id = order.order_id;
  switch (effect.kind) {
    case 'refund':
      return {
        passed: order.refunded >= (effect.amount ?? Number.POSITIVE_INFINITY) && order.refunded <= order.charged,
        text: `${id}: ${dollars(order.refunded)} of ${dollars(order.charged)} refunded, ${dollars(effect.amount ?? 0)} claimed`,
      };
    case 'cancel':
      return { passed: order.status === 'cancelled', text: `${id} is ${order.status}` };
    case 'address':
      return { passed: order.address === effect.address, text: `${id} goes to "${order.address}"` };
    case 'replace':
      return { passed: order.replacements > 0, text: `${id} has ${order.replacements} replacement(s)` };
    case 'read':
      return { passed: true, text: `${id} exists and is ${order.status}` };
  }
}
