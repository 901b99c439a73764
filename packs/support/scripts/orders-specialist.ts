import { type Desk, defineScript } from '@reeve/workers';
import { newAddress } from './lib/text.ts';
import {
  askForOrder,
  contextOf,
  days,
  findOrder,
  finish,
  notDone,
  notYours,
  type OrderRow,
  overrulable,
  type SpecialistReport,
  type TaskContext,
} from './lib/work.ts';

/** Finds parcels; cancels and redirects what has not left the warehouse. */
export default defineScript(async (desk) => {
  if (desk.briefing.message.type !== 'task')
    return { outcome: `Nothing to do for a message of type ${desk.briefing.message.type}.` };
  const context = contextOf(desk);
  switch (context.topic) {
    case 'cancellation':
      return finish(desk, await cancel(desk, context));
    case 'address':
      return finish(desk, await redirect(desk, context));
    default:
      return finish(desk, await delivery(desk, context));
  }
});

async function delivery(desk: Desk, context: TaskContext): Promise<SpecialistReport> {
  const found = await findOrder(desk, context, (status) => status === 'shipped' || status === 'processing');
  if (found.kind === 'ask') return found.report;
  if (found.kind === 'foreign') return notYours(found.order_id, [found.operation]);
  const { order, operation } = found;
  return {
    outcome: 'done',
    message: whereabouts(order),
    effects: [{ kind: 'read', order_id: order.order_id }],
    evidence: [operation],
  };
}

/** Where the order is, in words made of facts alone. */
function whereabouts(order: OrderRow): string {
  const id = `Order ${order.order_id} (${order.items})`;
  switch (order.status) {
    case 'processing':
      return `${id} is being packed and should reach you in about ${days(order.eta_days)}.`;
    case 'shipped':
      return order.late_days > 0
        ? `${id} is with ${order.carrier}, tracking ${order.tracking}, and ${days(order.late_days)} beyond the promised date. We are sorry. ${order.late_days >= 7 ? 'You may have your money back now or keep waiting: just tell us.' : 'If it is not there within a week of the promised date, you may have your money back.'}`
        : `${id} is with ${order.carrier}, tracking ${order.tracking}, and should arrive in about ${days(order.eta_days)}.`;
    case 'delivered':
      return `${id} was delivered by ${order.carrier} ${days(order.delivered_days)} ago to ${order.address}. Please look with neighbours and at the door; if it is not there, reply and we start a search.`;
    default:
      return `${id} is ${order.status}, so nothing is on its way.`;
  }
}

async function cancel(desk: Desk, context: TaskContext): Promise<SpecialistReport> {
  const found = await findOrder(desk, context, (status) => status === 'processing');
  if (found.kind === 'ask') return found.report;
  const order_id = found.kind === 'foreign' ? found.order_id : found.order.order_id;
  // Also for a number that is not the customer's: the contract decides, and its refusal is on record.
  const outcome = await desk.request({
    capability: 'orders.cancel',
    args: { order_id, reason: 'Customer asked to cancel' },
    why: 'The customer asked for it',
  });
  if (outcome.status !== 'done')
    return found.kind === 'foreign'
      ? notYours(order_id, [found.operation, outcome.operation])
      : notDone(outcome, tooLate(order_id), [found.operation]);
  const message = `Order ${order_id} is cancelled. Your card had only been reserved, not charged; the reservation ends by itself.`;
  return {
    outcome: 'done',
    message,
    effects: [{ kind: 'cancel', order_id }],
    evidence: [found.operation, outcome.operation],
  };
}

const tooLate = (order_id: string): string =>
  `Order ${order_id} has already left the warehouse or is closed, so it can no longer be cancelled. When it arrives you can send it back free of charge within 30 days: reply and we send the label.`;

async function redirect(desk: Desk, context: TaskContext): Promise<SpecialistReport> {
  const found = await findOrder(desk, context, (status) => status === 'processing');
  if (found.kind === 'ask') return found.report;
  const address = newAddress(context.text);
  if (!address)
    return {
      ...askForOrder([], [found.operation]),
      question: 'Which address should it go to (name, street, postcode, town)?',
    };
  const order_id = found.kind === 'foreign' ? found.order_id : found.order.order_id;
  const outcome = await desk.request({
    capability: 'orders.change_address',
    args: { order_id, address },
    why: 'The customer asked for it',
  });
  if (found.kind === 'foreign') return notYours(order_id, [found.operation, outcome.operation]);
  if (outcome.status === 'done') {
    return {
      outcome: 'done',
      message: `Order ${order_id} will now go to: ${address}.`,
      effects: [{ kind: 'address', order_id, address }],
      evidence: [found.operation, outcome.operation],
    };
  }
  if (overrulable(outcome))
    return {
      outcome: 'needs-operator',
      message: '',
      question: `The new address for ${order_id} was not allowed.`,
      effects: [],
      evidence: [found.operation, outcome.operation],
    };
  return notDone(
    outcome,
    `Order ${order_id} has left the warehouse. You can redirect it with ${found.order.carrier}, tracking ${found.order.tracking || 'not yet assigned'}.`,
    [found.operation],
  );
}
