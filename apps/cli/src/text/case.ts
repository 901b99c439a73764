/** One case, on one page. */
import type { CaseView, Entry } from '@reeve/protocol';
import { notesText, optional, statusText, type View } from './lists.ts';
import { agoText, momentText, moneyText, spanText } from './quantities.ts';
import { linesOf, safe, safeLines, table, wrap } from './table.ts';

const WIDEST = 110;

/** The case with what was done about it; `entries` are its history as sentences. */
export function caseText(view: View, found: CaseView, entries: readonly Entry[]): string {
  return [
    `${view.paint('bold', found.id)}  ${safe(found.subject)}\n`,
    headText(found, view),
    optional('The customer wrote', customerLines(found, view.width)),
    optional('Answer', answerLines(found)),
    optional('Tasks', taskLines(found, view.width)),
    optional('Operations', operationLines(found, view)),
    optional('Waits for a decision', pendingLines(found, view)),
    optional('Notes', notesText(found.notes)),
    optional(
      'Evidence',
      found.evidence.map(({ kind, ref }) => `${kind}  ${safe(ref)}`),
    ),
    optional(
      'History',
      entries.map(({ at, text }) => `${momentText(at)}  ${safe(text)}`),
    ),
  ].join('');
}

function headText(found: CaseView, view: View): string {
  const due = found.overdue
    ? view.paint('bad', `overdue since ${agoText(found.due, view.now)}`)
    : agoText(found.due, view.now);
  const done = ['closed', 'cancelled', 'verified'].includes(found.status);
  const rows = [
    ['status', `${statusText(found.status)}, since ${momentText(found.since)}${done ? '' : `, due ${due}`}`],
    ['customer', `${found.name ? `${safe(found.name)}, ` : ''}${safe(found.customer)}, by ${found.channel}`],
    ['topic', `${found.topic ?? 'not classified'}${found.areas.length > 0 ? ` (${found.areas.join(', ')})` : ''}`],
    ['owner', `${found.owner}, priority ${found.priority}`],
    ['opened', `${momentText(found.openedAt)}${firstResponse(found)}`],
    ...(found.duplicateOf ? [['duplicate of', found.duplicateOf]] : []),
    ...(found.reopened > 0 ? [['reopened', `${found.reopened} times`]] : []),
  ];
  return table([{ title: '' }, { title: '', shrink: true, least: 30 }], rows, view.width);
}

const firstResponse = ({ openedAt, firstResponseAt }: CaseView): string =>
  firstResponseAt === null ? ', not answered yet' : `, first answer after ${spanText(firstResponseAt - openedAt)}`;

const customerLines = (found: CaseView, width: number): string[] =>
  safeLines(found.text).flatMap((each) => wrap(each, Math.min(width, WIDEST) - 2));

function answerLines({ resolution, verifier, satisfied }: CaseView): string[] {
  if (resolution === null) return [];
  const verified = verifier === null ? [] : [`verified by ${verifier}`];
  const content = satisfied === null ? [] : [`the customer is ${satisfied ? 'satisfied' : 'not satisfied'}`];
  return [
    ...safeLines(resolution.summary),
    `by ${resolution.by}, ${momentText(resolution.at)}`,
    ...verified,
    ...content,
  ];
}

function taskLines({ tasks }: CaseView, width: number): string[] {
  const columns = [
    { title: 'task' },
    { title: 'status' },
    { title: 'from' },
    { title: 'to' },
    { title: 'what', shrink: true },
  ] as const;
  const rows = tasks.map(({ id, status, from, to, packet }) => [id, status, from, to, safe(packet.subproblem)]);
  return rows.length === 0 ? [] : linesOf(table(columns, rows, width - 2));
}

function operationLines({ operations }: CaseView, view: View): string[] {
  const columns = [
    { title: 'operation' },
    { title: 'capability' },
    { title: 'status' },
    { title: 'cost', align: 'right' },
    { title: 'seat' },
    { title: '', shrink: true },
  ] as const;
  const rows = operations.map((each) => [
    each.id,
    each.capability,
    statusText(each.status),
    each.cost > 0 ? moneyText(each.cost, view.currency) : '-',
    each.seat,
    each.failure ? safe(each.failure.message) : '',
  ]);
  return rows.length === 0
    ? []
    : [...linesOf(table(columns, rows, view.width - 2)), 'explain one with: reeve why OP-…'];
}

function pendingLines({ approvals }: CaseView, view: View): string[] {
  return approvals
    .filter(({ status }) => status === 'pending')
    .map(
      ({ id, capability, cost, recommendation }) =>
        `${id}  ${capability}${cost > 0 ? ` ${moneyText(cost, view.currency)}` : ''}: ${safe(recommendation)}`,
    );
}
