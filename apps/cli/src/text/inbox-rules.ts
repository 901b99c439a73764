/** Rules of inboxes, what they hold, and who is not heard. */
import type { ResponseOf } from '@reeve/protocol';
import type { View } from './lists.ts';
import { countText, momentText, plural } from './quantities.ts';
import { safe, table } from './table.ts';

type Rules = ResponseOf<'inboxRules'>;

const countsText = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

function heldText({ held }: Rules, view: View): string {
  const columns = [
    { title: 'held' },
    { title: 'from', shrink: true },
    { title: 'to', shrink: true },
    { title: 'text', shrink: true },
    { title: 'rule', shrink: true },
    { title: 'decides', shrink: true },
    { title: 'until' },
  ] as const;
  const rows = held.map((one) => [
    ...[one.message, one.from, one.to, safe(one.text), one.rule, one.decider, momentText(one.until)],
  ]);
  return rows.length === 0 ? '' : table(columns, rows, view.width);
}

function sendersText({ senders }: Rules, view: View): string {
  const columns = [
    { title: 'inbox', shrink: true },
    { title: 'sender', shrink: true },
    { title: 'reputation', align: 'right' },
    { title: 'refused', align: 'right' },
  ] as const;
  const rows = senders.map((one) => [one.seat, one.sender, one.reputation.toFixed(2), countText(one.refusals)]);
  return rows.length === 0 ? '' : table(columns, rows, view.width);
}

/** The rules in a few lines: what refuses, what holds, what supervisors hear. */
function summaryLines({ rules, today }: Rules): string[] {
  if (rules === null) return ['no rules of inboxes: everything is delivered (settings.inbox)'];
  const { filters, between } = rules as {
    filters: { id: string; effect: string; because: string }[];
    between?: unknown;
  };
  return [
    ...filters.map(({ id, effect, because }) => `filter ${id}: ${effect}, ${safe(because)}`),
    between === undefined ? 'between units: anybody may write' : 'between units: by policy',
    ...today.map(
      ({ seat, routine, inform, held, refused }) =>
        `today for ${seat}: ${plural(routine.total, 'routine message')} (${countsText(routine.byType) || 'none'}), ${inform} told at once, ${held} held, ${refused} refused`,
    ),
  ];
}

/** `reeve inbox rules` */
export const rulesText = (found: Rules, view: View): string =>
  `${summaryLines(found).join('\n')}\n${heldText(found, view)}${sendersText(found, view)}`;

const untilText = (until: number | null): string => (until === null ? 'until lifted' : `until ${momentText(until)}`);

/** `reeve block` */
export function blocksText({ senders, customers }: ResponseOf<'blocks'>): string {
  const lines = [
    ...senders.map(({ seat, sender, until }) => `${seat} does not hear ${sender} ${untilText(until)}`),
    ...customers.map(
      ({ customer, case: on, until }) => `nobody hears the customer ${safe(customer)} of ${on} ${untilText(until)}`,
    ),
  ];
  return lines.length === 0 ? 'everybody is heard\n' : `${lines.join('\n')}\n`;
}
