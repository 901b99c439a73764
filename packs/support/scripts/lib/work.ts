import type { Desk, OperationOutcome } from '@reeve/workers';
import type { Area, Topic } from './topics.ts';

/** What a specialist hands back. Plain data: it travels as the task's report. */
export interface SpecialistReport {
  readonly outcome: 'done' | 'refused' | 'needs-customer' | 'needs-operator';
  /** One or two sentences for the customer, without greeting. */
  readonly message: string;
  /** For needs-customer: what to ask. For needs-operator: why. */
  readonly question?: string;
  /** What changed, for the verifier to look up. */
  readonly effects: readonly Effect[];
  /** Operation ids. */
  readonly evidence: readonly string[];
}

export interface Effect {
  readonly kind: 'read' | 'refund' | 'cancel' | 'address' | 'replace';
  readonly order_id: string;
  readonly amount?: number;
  readonly address?: string;
}

/** What travels in the packet's context. */
export interface TaskContext {
  readonly topic: Topic;
  readonly areas: readonly Area[];
  /** What the customer wrote, without sentences addressed to the machine. Untrusted. */
  readonly text: string;
  readonly orders: readonly string[];
  readonly language: string;
}

export interface OrderRow {
  readonly found: boolean;
  readonly order_id: string;
  readonly status: string;
  readonly items: string;
  readonly total: number;
  readonly shipping: number;
  readonly charged: number;
  readonly refunded: number;
  readonly refundable: number;
  readonly delivered_days: number;
  readonly late_days: number;
  readonly eta_days: number;
  readonly address: string;
  readonly carrier: string;
  readonly tracking: string;
  readonly replacements: number;
  readonly age_days: number;
}

export interface ItemRow {
  readonly sku: string;
  readonly title: string;
  readonly price: number;
  readonly replacement_cost: number;
}

/** The packet's context, with defaults: a hand-written packet may lack parts. */
export function contextOf(desk: Desk): TaskContext {
  const given = (desk.briefing.task?.packet.context ?? {}) as Partial<TaskContext>;
  return {
    topic: given.topic ?? 'unclear',
    areas: given.areas ?? [],
    text: given.text ?? desk.briefing.case?.text ?? '',
    orders: given.orders ?? [],
    language: given.language ?? 'en',
  };
}

export const customerOf = (desk: Desk): string => desk.briefing.case?.customer ?? '';

/** Read one order of the case's customer; undefined when there is none such. */
async function readOrder(desk: Desk, order_id: string): Promise<{ order?: OrderRow; operation: string }> {
  const read = await desk.request({
    capability: 'orders.get',
    args: { order_id, customer: customerOf(desk) },
    why: 'Look before acting',
  });
  if (read.status !== 'done') return { operation: read.operation };
  const row = read.result as unknown as OrderRow;
  return row.found ? { order: row, operation: read.operation } : { operation: read.operation };
}

type Found =
  | { readonly kind: 'order'; readonly order: OrderRow; readonly operation: string }
  | { readonly kind: 'ask'; readonly report: SpecialistReport }
  | { readonly kind: 'foreign'; readonly order_id: string; readonly operation: string };

/**
 * The order a message is about: the number given, else the customer's only fitting order, else a question.
 * `fits` narrows what an unnamed order can be (one cannot cancel what arrived).
 */
export async function findOrder(desk: Desk, context: TaskContext, fits: (status: string) => boolean): Promise<Found> {
  const [order_id] = context.orders;
  if (order_id) {
    const { order, operation } = await readOrder(desk, order_id);
    return order ? { kind: 'order', order, operation } : { kind: 'foreign', order_id, operation };
  }
  const search = await desk.request({
    capability: 'orders.find_by_customer',
    args: { customer: customerOf(desk) },
    why: 'No order number was given',
  });
  if (search.status !== 'done') return { kind: 'ask', report: askForOrder([], [search.operation]) };
  const rows = ((search.result.rows ?? []) as { order_id: string; status: string; items: string }[]).filter((row) =>
    fits(row.status),
  );
  const only = rows.length === 1 ? rows[0] : undefined;
  if (!only) return { kind: 'ask', report: askForOrder(rows, [search.operation]) };
  const { order, operation } = await readOrder(desk, only.order_id);
  return order ? { kind: 'order', order, operation } : { kind: 'ask', report: askForOrder([], [operation]) };
}

/** Ask which order is meant; offer the candidates when there are some. */
export function askForOrder(
  rows: readonly { order_id: string; items: string }[],
  evidence: readonly string[],
): SpecialistReport {
  const list = rows.map((row) => `${row.order_id} (${row.items})`).join(', ');
  const question = list
    ? `Which of your orders is this about: ${list}?`
    : 'Which order is this about? The number starts with AC- and is in your confirmation mail. If you ordered with another address, please write from that one.';
  return { outcome: 'needs-customer', message: '', question, effects: [], evidence };
}

/** An order number that is not this customer's. The answer is the same whether it exists or not: nothing leaks. */
export function notYours(order_id: string, evidence: readonly string[]): SpecialistReport {
  return {
    outcome: 'refused',
    message: `We find no order ${order_id} for your address, so we cannot do anything with it. If you ordered with another address, please write from that one.`,
    effects: [],
    evidence,
  };
}

/** Turn an operation that did not happen into a report: refusals are told, failures go to the operator. */
export function notDone(
  outcome: Exclude<OperationOutcome, { status: 'done' }>,
  refusal: string,
  evidence: readonly string[],
): SpecialistReport {
  const ids = [...evidence, outcome.operation];
  if (outcome.status === 'failed') {
    return {
      outcome: 'needs-operator',
      message: '',
      question: `${outcome.category} failure: ${outcome.message}`,
      effects: [],
      evidence: ids,
    };
  }
  return { outcome: 'refused', message: refusal, effects: [], evidence: ids };
}

/** Contract rules that say the request itself is wrong; nobody overrules these. */
const WRONG = [
  'own-order',
  'within-refundable',
  'refund-ground',
  'positive-amount',
  'not-sent',
  'in-warranty',
  'item-on-order',
  'price-of-item',
  'plausible-address',
];

const refusedBy = (outcome: OperationOutcome, rule: string): boolean =>
  outcome.status === 'refused' && outcome.reasons.some((reason) => reason.rule.includes(rule));

/** Refused by a limit (budget, second replacement) and not by a person's decision: the operator may still do it. */
export function overrulable(outcome: OperationOutcome): boolean {
  return outcome.status === 'refused' && outcome.note === undefined && !WRONG.some((rule) => refusedBy(outcome, rule));
}

/** 12_500_000 → "$12.50". */
export function dollars(micro: number): string {
  const cents = Math.round(micro / 10_000);
  return `$${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

export const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

/** Finish a specialist's run: the report goes up with the task. */
export async function finish(desk: Desk, report: SpecialistReport): Promise<{ outcome: string }> {
  await desk.completeTask({ report: { ...report }, declined: report.outcome === 'needs-operator' });
  return { outcome: `${report.outcome}: ${report.message || report.question || ''}`.slice(0, 300) };
}
