/** How those who work are, and what it came to, for a terminal. */
import type {
  ComplianceView,
  InterventionView,
  OversightPage,
  PostMortem,
  ReportView,
  ScorecardView,
  StandupView,
  WakeUpView,
} from '@reeve/protocol';
import { optional, type View } from './lists.ts';
import { agoText, countText, metricText, momentText, plural, spanText } from './quantities.ts';
import { linesOf, safe, table } from './table.ts';

const words = (name: string): string => name.replaceAll('_', ' ');
const percentText = (value: number | null): string =>
  value === null ? 'not measured' : `${Math.round(value * 10) / 10} %`;

export function healthText(found: OversightPage, view: View, all: boolean): string {
  const { paint } = view;
  const counts = Object.entries(found.counts).map(([state, count]) => `${countText(count)} ${words(state)}`);
  const shown = all ? found.seats : found.seats.filter(({ problem }) => problem);
  const columns = [{ title: 'seat' }, { title: 'state' }, { title: 'why', shrink: true }, { title: 'ladder' }] as const;
  const rows = shown.map((each) => [
    each.seat,
    each.problem ? paint('bad', words(each.state)) : words(each.state),
    safe(each.why),
    each.trouble === null ? '-' : `rung ${each.trouble.rung}`,
  ]);
  return [
    `${paint('bold', 'Seats')}: ${counts.join(', ') || 'none'}\n`,
    optional(
      paint('bold', all ? 'All seats' : 'In trouble'),
      rows.length === 0 ? [] : linesOf(table(columns, rows, view.width - 2)),
    ),
    optional(
      paint('bold', 'Alerts'),
      found.alerts.map(
        ({ severity, seat, message }) =>
          `${paint(severity === 'critical' ? 'bad' : 'warn', severity)} ${seat}: ${safe(message)}`,
      ),
    ),
    optional(
      paint('bold', 'Degraded'),
      found.modes.map(
        ({ mode, about, since, why, effect }) =>
          `${mode} ${about} (${agoText(since, view.now)}): ${safe(why)}; ${safe(effect)}`,
      ),
    ),
    optional(paint('bold', 'Compliance, seven days'), complianceLines(found.compliance)),
    optional(
      paint('bold', 'Woken and not seen'),
      found.wakeups.filter(({ acknowledged }) => acknowledged === null).map((each) => wakeLine(each, view)),
    ),
  ].join('');
}

function complianceLines({ score, lines }: ComplianceView): string[] {
  const parts = lines.map(({ category, value, judged, failed }) =>
    value === null
      ? `${category}: not measured`
      : `${category}: ${percentText(value)} (${countText(failed)} of ${countText(judged)} not kept)`,
  );
  return [`score: ${percentText(score)}`, ...parts];
}

const wakeLine = ({ id, why, text, at, to }: WakeUpView, view: View): string =>
  `${id} ${why}, ${agoText(at, view.now)}, to ${to ?? 'nobody'}: ${safe(text)}`;

export const wakeupsText = (wakeups: readonly WakeUpView[], view: View): string =>
  wakeups.length === 0
    ? 'nobody was woken\n'
    : wakeups
        .map((each) => `${wakeLine(each, view)}${each.acknowledged ? `; seen by ${each.acknowledged.by}` : ''}\n`)
        .join('');

export function interventionsText(found: readonly InterventionView[], view: View): string {
  if (found.length === 0) return 'nothing had to be done\n';
  const columns = [
    { title: 'when', align: 'right' },
    { title: 'seat' },
    { title: 'trouble' },
    { title: 'rung', align: 'right' },
    { title: 'what was done', shrink: true, least: 20 },
    { title: 'why', shrink: true, least: 20 },
    { title: 'record', align: 'right' },
  ] as const;
  const rows = found.map((each) => [
    agoText(each.at, view.now),
    each.seat,
    words(each.trouble),
    String(each.rung),
    `${each.action}: ${safe(each.done)}`,
    safe(each.reason),
    String(each.seq),
  ]);
  return table(columns, rows, view.width);
}

const COUNTED = [
  ['cases.opened', 'cases opened'],
  ['cases.closed', 'closed'],
  ['cases.alone', 'closed without a person'],
  ['cases.met', 'closed in time'],
  ['cases.reopened', 'reopened'],
  ['cases.escalated', 'escalated'],
  ['runs.started', 'runs'],
  ['runs.failed', 'runs that failed'],
  ['operations.succeeded', 'effects'],
  ['operations.refused', 'operations refused'],
  ['operations.asked', 'decisions asked for'],
  ['approvals.silent', 'decided by silence'],
  ['incidents.opened', 'incidents'],
  ['incidents.recurred', 'incidents whose cause had been fixed'],
  ['wakeups', 'wake-ups'],
] as const;

export function reportPage(found: ReportView, view: View): string {
  const { numbers, before, cases, decisions } = found;
  const rows = COUNTED.filter(([name]) => (numbers[name] ?? 0) > 0 || (before?.[name] ?? 0) > 0).map(
    ([name, title]) => [title, countText(numbers[name] ?? 0), before === null ? '-' : countText(before[name] ?? 0)],
  );
  const columns = [{ title: '' }, { title: found.name, align: 'right' }, { title: 'before', align: 'right' }] as const;
  const time = (title: string, { p50, p95 }: ReportView['cases']) =>
    p50 === null ? [] : [`${title}: half within ${spanText(p50)}, 95 % within ${p95 === null ? '-' : spanText(p95)}`];
  const state = found.over ? `${momentText(found.from)} to ${momentText(found.until)}` : 'so far';
  return [
    `${view.paint('bold', `The ${found.period} ${found.name}`)}, ${state}\n`,
    rows.length === 0 ? 'nothing happened\n' : table(columns, rows, view.width),
    optional('How long', [...time('cases', cases), ...time('decisions', decisions)]),
    optional('Compliance', complianceLines(found.compliance)),
  ].join('');
}

function scoreValue({ value, unit }: ScorecardView['scores'][number]): string {
  if (value === null) return 'not measured';
  if (unit === 'duration') return spanText(value);
  if (unit === 'per-week') return `${spanText(value)} a week`;
  return unit === 'percent' ? percentText(value) : countText(value);
}

export function scorecardText(found: ScorecardView, view: View, formulas: boolean): string {
  const { paint } = view;
  const columns = [
    { title: '' },
    { title: 'number', shrink: true, least: 16 },
    { title: 'value', align: 'right' },
    { title: 'wanted', align: 'right' },
    { title: formulas ? 'how it is made' : '', shrink: true },
  ] as const;
  const rows = found.scores.map((score) => {
    const { met, title, wanted, formula, note, unit } = score;
    const goal =
      wanted === null
        ? '-'
        : `${wanted.direction === 'at-least' ? '≥' : '≤'} ${scoreValue({ ...score, value: wanted.value, unit })}`;
    const mark = met === null ? '·' : met ? paint('good', 'met') : paint('bad', 'missed');
    return [mark, title, scoreValue(score), goal, formulas ? formula : (note ?? '')];
  });
  return `From ${momentText(found.from)} to ${momentText(found.until)}\n${table(columns, rows, view.width)}`;
}

export function standupsText(standups: readonly StandupView[], view: View): string {
  if (standups.length === 0) return 'there are no seats\n';
  return standups
    .map(({ seat, kpis, done, blockers, next, budget }) => {
      const numbers = kpis.map((gap) => `${safe(gap.title)}: ${metricText(gap.current, gap.unit, view.currency)}`);
      return [
        `${view.paint('bold', seat)}\n`,
        optional('Numbers', numbers),
        optional('Done, seven days', done.map(safe)),
        optional('Blocked by', blockers.map(safe)),
        optional('Next', next.map(safe)),
        optional('Budget', budget.map(safe)),
      ].join('');
    })
    .join('\n');
}

/** What the ledger says about an incident. */
export function postMortemText(found: PostMortem): string {
  const told = (entries: PostMortem['chain']) =>
    entries.map(({ at, seq, text }) => `${momentText(at)}  ${safe(text)} (record ${seq})`);
  const { operations, runs, approvals, cases } = found.impact;
  const again =
    found.earlier === null ? [] : [`level ${found.level}: the same cause was declared fixed after ${found.earlier}`];
  const touched = [
    cases.length === 0 ? 'no case' : `${plural(cases.length, 'case')}: ${cases.slice(0, 20).join(', ')}`,
    `${countText(operations.refused)} operations refused, ${countText(operations.failed)} failed, ${countText(operations.deferred)} put off`,
    `${plural(runs, 'run')} stopped or failed, ${plural(approvals, 'decision')} asked for`,
  ];
  return [
    optional('Again', again),
    optional('How it came about', told(found.chain)),
    optional('What happened meanwhile', told(found.timeline)),
    optional('What it touched', touched),
  ].join('');
}
