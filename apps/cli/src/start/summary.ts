/** What a founder reads when the tickets are through. */
import type { Status } from '@reeve/protocol';
import { optional, type View } from '../text/lists.ts';
import { countText, moneyText, plural } from '../text/quantities.ts';
import { budgetLines, targetLines } from '../text/status.ts';
import { linesOf, safe, table } from '../text/table.ts';
import type { Facts } from './facts.ts';

/** Tickets so far, on one line. */
export function progressLine({ cases, approvalsPending, paid, currency }: Status, expected: number): string {
  const count = (...names: string[]) => names.reduce((sum, name) => sum + (cases.byStatus[name] ?? 0), 0);
  const total = Object.values(cases.byStatus).reduce((sum, one) => sum + one, 0);
  return [
    `tickets ${countText(total)}${total < expected ? ` of ${countText(expected)}` : ''}`,
    `answered ${countText(count('resolved', 'verified', 'closed'))}`,
    `waiting for the customer ${countText(count('waiting_customer'))}`,
    `waiting for you ${countText(approvalsPending + count('escalated'))}`,
    `paid ${moneyText(paid, currency)}`,
  ].join(' · ');
}

/** How a reader starts a command of Reeve here. */
const REEVE = 'npm run reeve --';

export function summaryText(facts: Facts, view: View): string {
  const { status } = facts;
  return [
    optional(view.paint('bold', 'What became of the tickets'), outcomeLines(facts)),
    optional(view.paint('bold', 'Targets'), targetLines(status, view)),
    optional(view.paint('bold', 'Money'), budgetLines(status, view)),
    optional(view.paint('bold', 'Refused by the rules, and why'), refusedLines(facts, view)),
    optional(view.paint('bold', `Waits for your decision (${facts.waiting.length})`), waitingLines(facts, view)),
    optional(view.paint('bold', 'Try'), tryLines(facts, view)),
  ].join('');
}

function outcomeLines({ status, solved, refused, waiting }: Facts): string[] {
  const count = (name: string) => status.cases.byStatus[name] ?? 0;
  const cases = new Set(waiting.flatMap(({ approval }) => (approval.case ? [approval.case] : []))).size;
  const rest = status.cases.open - count('waiting_customer') - count('escalated') - cases;
  const rows: [number, string][] = [
    [solved, 'solved, confirmed by the verifier and closed'],
    [refused, 'refused, with the reason and what is possible instead'],
    [count('cancelled'), 'cancelled: duplicates and spam'],
    [count('waiting_customer'), 'wait for an answer from the customer'],
    [cases, 'wait for your decision'],
    [count('escalated'), `handed to you, legal or unclear: ${REEVE} cases --status escalated`],
    [Math.max(0, rest), 'still being worked on'],
  ];
  return rows.filter(([each]) => each > 0).map(([each, text]) => `${countText(each).padStart(5)}  ${text}`);
}

const RULES = 8;

function refusedLines({ refusedRules }: Facts, { width }: View): string[] {
  const rows = refusedRules
    .slice(0, RULES)
    .map(({ rule, message, count }) => [`${countText(count)} ×`, rule, safe(message)]);
  return linesOf(
    table([{ title: '', align: 'right' }, { title: '' }, { title: '', shrink: true, least: 30 }], rows, width - 2),
  );
}

function waitingLines({ waiting }: Facts, view: View): string[] {
  if (waiting.length === 0) return ['nothing'];
  const columns = [
    { title: 'amount', align: 'right' },
    { title: 'customer', shrink: true, least: 12 },
    { title: 'case' },
    { title: 'why it waits', shrink: true, least: 24 },
    { title: 'to let it happen' },
  ] as const;
  const rows = waiting.map(({ approval, customer }) => [
    approval.cost > 0 ? moneyText(approval.cost, view.currency) : '-',
    safe(customer),
    approval.case ?? '-',
    safe(reasonOf(approval.packet)),
    `${REEVE} approve ${approval.id}`,
  ]);
  return [
    ...linesOf(table(columns, rows, view.width - 2)),
    `to refuse one: ${REEVE} reject A-… --note "why"; to read it first: ${REEVE} why A-…`,
  ];
}

/** The gate's rule that large amounts wait; that says the amount already. */
const LARGE = 'tier-ask';

/** What is asked for, and what made the gate ask; for a mere amount, what the worker gave as the reason. */
export function reasonOf({
  capability,
  args,
  reasons,
  recommendation,
}: Facts['waiting'][number]['approval']['packet']): string {
  const asked = reasons.find(({ verdict, rule }) => verdict === 'ask' && rule !== LARGE)?.message;
  const given = typeof args.reason === 'string' ? args.reason : recommendation;
  return `${capability.split('.').at(-1)?.replaceAll('_', ' ')}: ${asked ?? given}`;
}

function tryLines({ example, status }: Facts, { currency }: View): string[] {
  const asked = example
    ? [
        [
          `${REEVE} why ${example.id}`,
          `why ${example.capability}${example.cost > 0 ? ` of ${moneyText(example.cost, currency)}` : ''} was done`,
        ],
      ]
    : [];
  const rows = [
    ...asked,
    [`${REEVE} status`, 'the same numbers at any time'],
    [`${REEVE} inbox`, `${plural(status.approvalsPending, 'decision')} and the cases that were handed to you`],
    [`${REEVE} ledger verify`, `prove that none of ${countText(status.seq)} records was changed`],
  ];
  return linesOf(table([{ title: '' }, { title: '' }], rows, Number.POSITIVE_INFINITY));
}
