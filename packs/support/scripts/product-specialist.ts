import { type Desk, defineScript } from '@reeve/workers';
import { howto } from './lib/howto.ts';
import {
  contextOf,
  customerOf,
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

const RETURN_DAYS = 30;

/** Explains products, takes them back, replaces what broke. */
export default defineScript(async (desk) => {
  if (desk.briefing.message.type !== 'task')
    return { outcome: `Nothing to do for a message of type ${desk.briefing.message.type}.` };
  const context = contextOf(desk);
  if (context.topic === 'howto') return finish(desk, explained(context));
  const found = await findOrder(desk, context, (status) => status === 'delivered');
  if (found.kind === 'ask') return finish(desk, found.report);
  if (found.kind === 'foreign') return finish(desk, notYours(found.order_id, [found.operation]));
  const report =
    context.topic === 'return'
      ? await takeBack(desk, found.order, found.operation)
      : await replace(desk, context, found.order, found.operation);
  return finish(desk, report);
});

function explained(context: TaskContext): SpecialistReport {
  const text = howto(context.text);
  if (text) return { outcome: 'done', message: text, effects: [], evidence: [] };
  return {
    outcome: 'needs-customer',
    message: '',
    question: 'Which of our products is your question about?',
    effects: [],
    evidence: [],
  };
}

async function takeBack(desk: Desk, order: OrderRow, read: string): Promise<SpecialistReport> {
  const effects = [{ kind: 'read', order_id: order.order_id }] as const;
  if (order.status !== 'delivered') {
    return {
      outcome: 'done',
      message: `Order ${order.order_id} is ${order.status}. A return can begin once it has been delivered; reply then and we send a label.`,
      effects,
      evidence: [read],
    };
  }
  if (order.delivered_days > RETURN_DAYS) {
    return {
      outcome: 'refused',
      message: `Order ${order.order_id} was delivered ${order.delivered_days} days ago; returns are possible for ${RETURN_DAYS} days. Defects are covered by the warranty for 24 months.`,
      effects,
      evidence: [read],
    };
  }
  const path = `returns/${order.order_id}.md`;
  const content = `# Return of ${order.order_id}\n\n${order.items}\n\nCustomer: ${customerOf(desk)}\n\nFree label; refund or exchange after inspection.\n`;
  const written = await desk.request({
    capability: 'documents.write',
    args: { path, content },
    why: 'The warehouse needs the return on file',
  });
  if (written.status !== 'done') return notDone(written, 'We could not register your return.', [read]);
  const message = `Your return of order ${order.order_id} is registered (${path}). Print the free label from your account page, drop the parcel at any post office, and tell us whether you want your money or another size.`;
  return { outcome: 'done', message, effects, evidence: [read, written.operation] };
}

async function replace(desk: Desk, context: TaskContext, order: OrderRow, read: string): Promise<SpecialistReport> {
  const { item, question, operation } = await brokenItem(desk, context.text, order.order_id);
  const evidence = [read, operation];
  if (!item) return { outcome: 'needs-customer', message: '', question, effects: [], evidence };
  const args = {
    order_id: order.order_id,
    sku: item.sku,
    value: item.replacement_cost,
    reason: 'Defect under warranty',
  };
  const outcome = await desk.request({
    capability: 'orders.replace',
    args,
    why: `${item.title} broke within the warranty`,
  });
  if (outcome.status === 'done') {
    const message = `We are sending you a new ${item.title} to ${order.address} (${String(outcome.result.replacement_id ?? 'replacement')}). You may keep or recycle the old one.`;
    return {
      outcome: 'done',
      message,
      effects: [{ kind: 'replace', order_id: order.order_id }],
      evidence: [...evidence, outcome.operation],
    };
  }
  if (overrulable(outcome))
    return {
      outcome: 'needs-operator',
      message: '',
      question: `Replacing ${item.title} on ${order.order_id} is beyond my limits.`,
      effects: [],
      evidence: [...evidence, outcome.operation],
    };
  return notDone(
    outcome,
    `Order ${order.order_id} is outside what the warranty covers (delivered, within 24 months), so we cannot replace the ${item.title}. Our repair service will gladly make you an offer.`,
    evidence,
  );
}

/** The line of the order the customer writes about; a question when several are possible. */
async function brokenItem(
  desk: Desk,
  text: string,
  order_id: string,
): Promise<{ item?: ItemRow; question: string; operation: string }> {
  const read = await desk.request({ capability: 'orders.items', args: { order_id, customer: customerOf(desk) } });
  const rows = read.status === 'done' ? ((read.result.rows ?? []) as ItemRow[]) : [];
  const named = rows.filter((row) => names(row.title, text.toLowerCase()));
  const item = rows.length === 1 ? rows[0] : named.length === 1 ? named[0] : undefined;
  const question = `Which part of order ${order_id} is defective: ${rows.map((row) => row.title).join(', ')}?`;
  return { ...(item ? { item } : {}), question, operation: read.operation };
}

const names = (title: string, body: string): boolean =>
  title
    .toLowerCase()
    .split(/\s+/)
    .some((word) => word.length > 3 && body.includes(word));
