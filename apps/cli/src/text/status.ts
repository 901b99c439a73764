/** The overview a founder wants: are the numbers right, where is the money, what waits for me. */
import type { Status } from '@reeve/protocol';
import { optional, statusText, type View } from './lists.ts';
import { agoText, countText, metricText, moneyText, plural } from './quantities.ts';
import { linesOf, safe, table } from './table.ts';

/** Where the answer came from. */
export interface Source {
  /** Address of the server that answered; null when the organisation was opened for this command only. */
  readonly url: string | null;
}

export function statusPage(status: Status, source: Source, view: View): string {
  return [
    headText(status, source, view),
    optional('Targets', targetLines(status, view)),
    optional('Money', budgetLines(status, view)),
    optional('Cases', caseLines(status)),
    optional('Waits for you', waitingLines(status)),
    optional('Seats', seatLines(status, view)),
    optional('Switches', switchLines(status, view)),
    optional('Health', healthLines(status, source)),
  ].join('');
}

function headText({ name, organisation, digest, seq }: Status, { url }: Source, { paint }: View): string {
  const where = url ? `running at ${url}` : 'stopped; start it with `reeve up`';
  return `${paint('bold', name || organisation)}: ${where}, record ${countText(seq)}${digest ? `, definition ${digest.slice(0, 12)}` : ''}\n`;
}

/** One line per target: met or not, what was wanted, what is. */
export function targetLines({ targets, currency }: Pick<Status, 'targets' | 'currency'>, view: View): string[] {
  const columns = [
    { title: '' },
    { title: 'target' },
    { title: 'wanted' },
    { title: 'now', align: 'right' },
    { title: 'owner', shrink: true },
  ] as const;
  const rows = targets.map((each) => [
    each.met === null ? '?' : each.met ? view.paint('good', 'met') : view.paint('bad', 'missed'),
    each.title,
    `${each.direction === 'at-least' ? 'at least' : 'at most'} ${metricText(each.target_value, each.unit, currency)}`,
    metricText(each.current, each.unit, currency),
    each.owner ?? '-',
  ]);
  return rows.length === 0 ? [] : linesOf(table(columns, rows, view.width - 2));
}

export function budgetLines({ budgets, currency }: Pick<Status, 'budgets' | 'currency'>, view: View): string[] {
  const columns = [
    { title: 'budget', shrink: true },
    { title: 'spent', align: 'right' },
    { title: 'held', align: 'right' },
    { title: 'left', align: 'right' },
    { title: 'of', align: 'right' },
    { title: 'period' },
  ] as const;
  const rows = budgets.map((each) => {
    const text = (amount: number) => (each.currency === 'money' ? moneyText(amount, currency) : countText(amount));
    return [
      each.title || each.id,
      text(each.spent),
      text(each.reserved),
      text(each.available),
      text(each.allocation),
      each.period || '-',
    ];
  });
  return rows.length === 0 ? [] : linesOf(table(columns, rows, view.width - 2));
}

/** Statuses in which nobody owes work any more. */
const DONE: ReadonlySet<string> = new Set(['resolved', 'verified', 'closed', 'cancelled']);

function caseLines({ cases }: Status): string[] {
  const counts = (done: boolean) =>
    Object.entries(cases.byStatus)
      .filter(([status, count]) => count > 0 && DONE.has(status) === done)
      .map(([status, count]) => `${countText(count)} ${statusText(status)}`);
  const overdue = cases.overdue > 0 ? `, ${countText(cases.overdue)} overdue` : '';
  const [open, done] = [counts(false), counts(true)];
  if (open.length + done.length === 0) return ['none yet'];
  const atWork = `${countText(cases.open)} open${overdue}${open.length > 0 ? `: ${open.join(', ')}` : ''}`;
  return done.length > 0 ? [atWork, done.join(', ')] : [atWork];
}

/** The seat that answers for all others, when a person sits there. */
const topSeat = ({ seats }: Status) =>
  seats.find((seat) => seat.supervisor === null && seat.occupant?.kind === 'human');

function waitingLines(status: Status): string[] {
  // Every decision that waits is also a message in the inbox.
  const messages = Math.max(0, (topSeat(status)?.inbox ?? 0) - status.approvalsPending);
  if (status.approvalsPending + messages === 0) return ['nothing'];
  return [
    `${plural(status.approvalsPending, 'decision')}, ${plural(messages, 'other message')}: see them with \`reeve inbox\``,
  ];
}

function seatLines({ seats }: Status, view: View): string[] {
  const columns = [
    { title: 'seat' },
    { title: 'played by', shrink: true },
    { title: 'status' },
    { title: 'inbox', align: 'right' },
    { title: 'at work', align: 'right' },
  ] as const;
  const rows = seats.map((each) => [
    each.id,
    each.occupant ? `${safe(each.occupant.name ?? each.occupant.principal)} (${each.occupant.kind})` : 'nobody',
    each.status === 'active' ? 'active' : view.paint('warn', each.status),
    countText(each.inbox),
    countText(each.runs),
  ]);
  return rows.length === 0 ? [] : linesOf(table(columns, rows, view.width - 2));
}

function switchLines({ switches }: Status, view: View): string[] {
  if (switches.length === 0) return ['none tripped'];
  return switches.map(
    ({ scope, id, reason, by, at }) =>
      `${view.paint('bad', `${scope} ${id}`)}: ${safe(reason)} (${by}, ${agoText(at, view.now)}); re-arm: reeve kill --rearm ${scope} ${id} --reason "…"`,
  );
}

function healthLines({ runtime }: Status, { url }: Source): string[] {
  if (url === null) return ['opened for this command only: nobody works until `reeve up`'];
  const { queued, executing, waitingJobs, activeRuns, tools } = runtime;
  const work = `${plural(activeRuns, 'run')}, ${plural(executing + waitingJobs, 'operation')} and ${plural(queued, 'command')} in the works`;
  const closed = tools === null ? [] : [`the tools of the definition in force could not be opened: ${safe(tools)}`];
  return [`${runtime.status}${runtime.reason ? `: ${safe(runtime.reason)}` : ''}; ${work}`, ...closed];
}
