import { type Desk, defineScript } from '@reeve/workers';
import { amounts } from './lib/text.ts';
import {
  contextOf,
  customerOf,
  dollars,
  findOrder,
  finish,
  type ItemRow,
  notDone,
  notYours,
  type OrderRow,
  overrulable,
  type SpecialistReport,
  type TaskContext,
} from './lib/work.ts';

/** Puts money right: refunds, wrong charges, invoices. */
export default defineScript(async (desk) => {
  if (desk.briefing.message.type !== 'task')
    return { outcome: `Nothing to do for a message of type ${desk.briefing.message.type}.` };
  const context = contextOf(desk);
  const found = await findOrder(desk, context, (status) => status !== 'processing');
  if (found.kind === 'ask') return finish(desk, found.report);
  if (found.kind === 'foreign')
    return finish(desk, await claimOnForeignOrder(desk, context, found.order_id, found.operation));
  switch (context.topic) {
    case 'invoice':
      return finish(desk, await invoice(desk, found.order, found.operation));
    case 'charge':
      return finish(desk, await charge(desk, found.order, found.operation));
    default:
      return finish(desk, await refund(desk, context, found.order, found.operation));
  }
});

/**
 * A refund is claimed on an order that is not found for this customer. The worker does not judge: a claim with an amount
 * is put to the gate, whose refusal (with its rule) is then on the record.
 */
async function claimOnForeignOrder(
  desk: Desk,
  context: TaskContext,
  order_id: string,
  read: string,
): Promise<SpecialistReport> {
  const [amount] = amounts(context.text);
  if (context.topic !== 'refund' || amount === undefined) return notYours(order_id, [read]);
  const outcome = await pay(desk, order_id, amount, 'Claim by a customer the order is not found for');
  return notYours(order_id, [read, outcome.operation]);
}

const pay = (desk: Desk, order_id: string, amount: number, reason: string) =>
  desk.request({
    capability: 'orders.refund',
    args: { order_id, amount, reason },
    why: `${dollars(amount)}: ${reason}`,
  });

async function refund(desk: Desk, context: TaskContext, order: OrderRow, read: string): Promise<SpecialistReport> {
  const claim = await claimed(desk, context, order);
  if (claim.kind === 'return-first')
    return {
      outcome: 'done',
      message: returnFirst(order),
      effects: [{ kind: 'read', order_id: order.order_id }],
      evidence: [read],
    };
  const outcome = await pay(desk, order.order_id, claim.amount, claim.reason);
  if (outcome.status === 'done')
    return paid(order.order_id, claim.amount, String(outcome.result.refund_id ?? ''), [read, outcome.operation]);
  if (overrulable(outcome)) {
    return {
      outcome: 'needs-operator',
      message: '',
      question: `A refund of ${dollars(claim.amount)} on ${order.order_id} is beyond my limits.`,
      effects: [],
      evidence: [read, outcome.operation],
    };
  }
  return notDone(outcome, `We cannot refund ${dollars(claim.amount)} on order ${order.order_id}: ${whyNot(order)}`, [
    read,
  ]);
}

function whyNot(order: OrderRow): string {
  if (order.refundable === 0) return 'everything charged on it has already been refunded or nothing was charged.';
  if (order.status === 'shipped')
    return 'it is still on its way. Seven days after the promised date you may have your money back.';
  return `at most ${dollars(order.refundable)} can be refunded on it. Reply if you would like us to look at that amount.`;
}

const returnFirst = (order: OrderRow): string =>
  `For a refund on order ${order.order_id} please send the goods back within 30 days of delivery; the label is free. The money follows within 5 days of arrival.`;

function paid(order_id: string, amount: number, refund_id: string, evidence: readonly string[]): SpecialistReport {
  const message = `We have refunded ${dollars(amount)} on order ${order_id}${refund_id ? ` (${refund_id})` : ''}. It reaches your account within 5 working days.`;
  return { outcome: 'done', message, effects: [{ kind: 'refund', order_id, amount }], evidence };
}

type Claim =
  | { readonly kind: 'pay'; readonly amount: number; readonly reason: string }
  | { readonly kind: 'return-first' };

/** How much, and why: a named amount, the shipping, one damaged item, or the whole order when its state gives the ground. */
async function claimed(desk: Desk, context: TaskContext, order: OrderRow): Promise<Claim> {
  const [amount] = amounts(context.text);
  if (amount !== undefined) return { kind: 'pay', amount, reason: 'Amount named by the customer' };
  if (/shipping|delivery fee|postage|versandkosten|frais de port|gastos de envío/i.test(context.text))
    return { kind: 'pay', amount: order.shipping, reason: 'Shipping cost' };
  if (order.status !== 'delivered')
    return { kind: 'pay', amount: order.refundable, reason: `Order is ${order.status}` };
  if (!/broke|damage|torn|missing|defect|faulty|wrong|crack|kaputt|cassé|roto|leak/i.test(context.text))
    return { kind: 'return-first' };
  const item = await namedItem(desk, context.text, order.order_id);
  return {
    kind: 'pay',
    amount: item?.price ?? order.refundable,
    reason: item ? `Defective: ${item.title}` : 'Defective on arrival',
  };
}

async function namedItem(desk: Desk, text: string, order_id: string): Promise<ItemRow | undefined> {
  const read = await desk.request({ capability: 'orders.items', args: { order_id, customer: customerOf(desk) } });
  const rows = read.status === 'done' ? ((read.result.rows ?? []) as ItemRow[]) : [];
  const body = text.toLowerCase();
  return rows.length === 1
    ? rows[0]
    : rows.find((row) =>
        row.title
          .toLowerCase()
          .split(/\s+/)
          .some((word) => word.length > 3 && body.includes(word)),
      );
}

/** Charged more than the order's total: the difference goes back. Otherwise the charge is explained. */
async function charge(desk: Desk, order: OrderRow, read: string): Promise<SpecialistReport> {
  const extra = order.charged - order.total - order.refunded;
  if (extra <= 0) {
    const message = `We charged ${dollars(order.charged)} for order ${order.order_id} (${order.items}), which is its total of ${dollars(order.total)} and no more. A second entry at your bank is usually a reservation that disappears within a week.`;
    return { outcome: 'done', message, effects: [{ kind: 'read', order_id: order.order_id }], evidence: [read] };
  }
  const outcome = await pay(desk, order.order_id, extra, 'Charged more than the total');
  if (outcome.status === 'done')
    return paid(order.order_id, extra, String(outcome.result.refund_id ?? ''), [read, outcome.operation]);
  if (overrulable(outcome))
    return {
      outcome: 'needs-operator',
      message: '',
      question: `Overcharge of ${dollars(extra)} on ${order.order_id} is beyond my limits.`,
      effects: [],
      evidence: [read, outcome.operation],
    };
  return notDone(
    outcome,
    `We found an overcharge of ${dollars(extra)} on ${order.order_id} but could not pay it back at once.`,
    [read],
  );
}

async function invoice(desk: Desk, order: OrderRow, read: string): Promise<SpecialistReport> {
  const path = `invoices/${order.order_id}.md`;
  const content = `# Invoice ${order.order_id}\n\nAcme Outdoor\n\n${order.items}\n\nShipping ${dollars(order.shipping)}\n\nTotal ${dollars(order.total)}, charged ${dollars(order.charged)}, refunded ${dollars(order.refunded)}\n`;
  const written = await desk.request({
    capability: 'documents.write',
    args: { path, content },
    why: 'The customer asked for an invoice',
  });
  if (written.status !== 'done')
    return notDone(written, 'We could not write your invoice; a colleague will send it.', [read]);
  const message = `Your invoice for order ${order.order_id}: ${order.items}; shipping ${dollars(order.shipping)}; total ${dollars(order.total)}. It is filed as ${path}.`;
  return {
    outcome: 'done',
    message,
    effects: [{ kind: 'read', order_id: order.order_id }],
    evidence: [read, written.operation],
  };
}
