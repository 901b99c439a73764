/** Lists: cases, inbox, records. */
import type { ApprovalSummary, CaseSummary, Inbox, LedgerRecord } from '@reeve/protocol';
import type { Paint } from './colour.ts';
import { agoText, countText, momentText, moneyText, plural } from './quantities.ts';
import { fit, safe, section, table } from './table.ts';

/** What a text needs to know of its reader. */
export interface View {
  readonly paint: Paint;
  readonly width: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly currency: string;
}

/** "waiting_customer" → "waiting for the customer". */
const STATUS_WORDS: Readonly<Record<string, string>> = {
  in_progress: 'in progress',
  waiting_internal: 'waiting for colleagues',
  waiting_customer: 'waiting for the customer',
};
export const statusText = (status: string): string => STATUS_WORDS[status] ?? status.replaceAll('_', ' ');

export function casesText(cases: readonly CaseSummary[], more: boolean, view: View): string {
  if (cases.length === 0) return 'no cases\n';
  const columns = [
    { title: 'case' },
    { title: 'status', shrink: true, least: 12 },
    { title: 'topic', shrink: true, least: 6 },
    { title: 'owner', shrink: true, least: 8 },
    { title: 'opened', align: 'right' },
    { title: 'customer', shrink: true },
    { title: 'subject', shrink: true, least: 14 },
  ] as const;
  const rows = cases.map((each) => [
    each.id,
    statusText(each.status) + (each.overdue ? ' (overdue)' : ''),
    each.topic ?? '-',
    each.owner,
    agoText(each.openedAt, view.now),
    safe(each.customer),
    safe(each.subject),
  ]);
  return table(columns, rows, view.width) + (more ? `and more; ask for them with --limit\n` : '');
}

/** One line of an approval: id, amount, who asks for what, and until when it can be decided. */
function approvalRow(each: ApprovalSummary, view: View): string[] {
  return [
    each.id,
    each.cost > 0 ? moneyText(each.cost, view.currency) : '-',
    each.capability,
    each.case ?? '-',
    safe(each.requester),
    `${SILENCE[each.silence.rule]} ${agoText(each.silence.at, view.now)}`,
  ];
}

const SILENCE = { stop: 'is rejected', proceed: 'goes ahead', escalate: 'goes further up' } as const;

const APPROVAL_COLUMNS = [
  { title: 'approval' },
  { title: 'amount', align: 'right' },
  { title: 'wants to' },
  { title: 'case' },
  { title: 'for', shrink: true },
  { title: 'without an answer' },
] as const;

export function inboxText(inbox: Inbox, view: View): string {
  const { seat, approvals } = inbox;
  // A decision that waits is listed once, above.
  const messages = inbox.messages.filter(({ type }) => type !== 'approval_request');
  const head = `Inbox of ${seat ?? 'the owner'}: ${plural(approvals.length, 'decision')}, ${plural(messages.length, 'message')}\n`;
  const decisions = approvals.map((each) => approvalRow(each, view));
  const asked =
    decisions.length === 0
      ? ''
      : `\n${table(APPROVAL_COLUMNS, decisions, view.width)}\nDecide with: reeve approve A-…   reeve reject A-… --note "why"   read first: reeve why A-…\n`;
  return head + asked + (messages.length === 0 ? '' : `\n${messagesTable(messages, view)}`);
}

function messagesTable(messages: Inbox['messages'], view: View): string {
  const columns = [
    { title: 'message' },
    { title: 'kind' },
    { title: 'from', shrink: true },
    { title: 'case' },
    { title: 'when', align: 'right' },
    { title: 'text', shrink: true, least: 20 },
  ] as const;
  const rows = messages.map((each) => [
    each.id,
    each.type.replaceAll('_', ' '),
    each.from,
    each.case ?? '-',
    agoText(each.at, view.now),
    safe(each.text),
  ]);
  return table(columns, rows, view.width);
}

/** One record of the ledger on one line; its body as far as the terminal is wide. */
export function recordText(record: LedgerRecord, width: number): string {
  const actor = record.actor.seat ?? record.actor.principal;
  const start = `${countText(record.seq).padStart(8)}  ${momentText(record.at)}  ${actor.padEnd(18)}  ${record.kind.padEnd(22)}  ${record.stream.padEnd(10)}  `;
  return `${fit(start + safe(JSON.stringify(record.body)), Math.min(width, 500))}\n`;
}

export const notesText = (notes: readonly { by: string; text: string; at: number }[]): string[] =>
  notes.map((note) => `${momentText(note.at)}  ${note.by}: ${safe(note.text)}`);

export const optional = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n${section(title, lines)}`;
