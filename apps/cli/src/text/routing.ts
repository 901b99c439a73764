/** Load, lines, and why a case is where it is. */
import type { LoadView, RoutingDecisionView, RoutingView } from '@reeve/protocol';
import type { View } from './lists.ts';
import { countText, momentText, plural } from './quantities.ts';
import { safe, table } from './table.ts';

type Needs = RoutingDecisionView['needs'];

/** "topic refund, skills orders, unit back". */
function needsText({ topic, domain, skills, complexity, unit }: Needs): string {
  const parts = [
    ...(topic === undefined ? [] : [`topic ${topic}`]),
    ...(domain === undefined ? [] : [`domain ${domain}`]),
    ...(skills.length === 0 ? [] : [`skills ${skills.join(', ')}`]),
    ...(complexity === undefined ? [] : [`complexity ${complexity}`]),
    ...(unit === undefined ? [] : [`unit ${unit}`]),
  ];
  return parts.join('; ') || 'nothing in particular';
}

const PAINT = { low: 'dim', normal: 'good', high: 'warn', overloaded: 'bad' } as const;

function seatsText(found: LoadView, view: View): string {
  const columns = [
    { title: 'seat', shrink: true },
    { title: 'unit', shrink: true },
    { title: 'load', align: 'right' },
    { title: 'working', align: 'right' },
    { title: 'given', align: 'right' },
    { title: 'parked', align: 'right' },
    { title: 'tasks', align: 'right' },
    { title: 'of', align: 'right' },
    { title: 'came/h', align: 'right' },
    { title: 'ended/h', align: 'right' },
    { title: 'holds others up', shrink: true },
  ] as const;
  const rows = found.seats.map((line) => {
    const { active, high, normal, low, parked } = line.cases;
    const unit = line.lentTo === null ? line.unit : `${line.unit} → ${line.lentTo}`;
    const counts = [active, high + normal + low, parked, line.tasks, line.capacity, line.came, line.ended].map(
      countText,
    );
    const name = line.status === 'active' ? line.seat : `${line.seat} (${line.status})`;
    const load = view.paint(PAINT[line.band], `${countText(Math.round(line.percent))} %`);
    return [name, unit, load, ...counts, line.bottleneck.join('; ') || '-'];
  });
  return rows.length === 0 ? 'no seats\n' : table(columns, rows, view.width);
}

const two = (value: number): string => value.toFixed(2);

/** `reeve load` */
export function loadText(found: LoadView, view: View): string {
  const { incoming, ended, waiting, surge, throttled } = found;
  const lines = [
    `mean load ${Math.round(found.mean)} %, from ${Math.round(found.least)} to ${Math.round(found.most)} %; imbalance ${two(found.imbalance)}`,
    `within an hour ${countText(incoming)} came, ${countText(ended)} ended; ${plural(waiting, 'case')} waiting for a seat`,
    ...found.lines.map(
      (line) => `  waiting: ${plural(line.cases, 'case')} for ${needsText(line.needs)}, first ${line.first}`,
    ),
    ...(surge ? [view.paint('bad', `a surge since ${momentText(surge.since)}`)] : []),
    ...(throttled
      ? [`intake is throttled by ${throttled.by} since ${momentText(throttled.since)}: ${safe(throttled.reason)}`]
      : []),
    ...found.loans.map((loan) => `${loan.seat} of ${loan.from} works for ${loan.unit} until ${momentText(loan.until)}`),
    ...found.gaps.map(
      (gap) =>
        `nobody can do ${gap.missing.join(', ') || needsText(gap.needs)}: asked for ${plural(gap.count, 'time')}, last ${gap.cases.at(-1)}`,
    ),
    ...found.advice.map((advice) => `→ ${advice}`),
  ];
  return `${seatsText(found, view)}${lines.join('\n')}\n`;
}

const leftOut = ({ out }: RoutingDecisionView): string => {
  const parts = [
    ...(out.full > 0 ? [`${out.full} full`] : []),
    ...(out.away > 0 ? [`${out.away} away`] : []),
    ...(out.gave > 0 ? [`${out.gave} gave it away`] : []),
    ...(out.unsure > 0 ? [`${out.unsure} often wrong at it`] : []),
  ];
  return parts.length === 0 ? '' : `; left out: ${parts.join(', ')}`;
};

/** One decision: what was needed, who was compared, why this one. */
export function decisionText(found: RoutingDecisionView, view: View): string {
  const columns = [
    { title: 'candidate', shrink: true },
    { title: 'score', align: 'right' },
    { title: 'free', align: 'right' },
    { title: 'experience', align: 'right' },
    { title: 'context', align: 'right' },
    { title: 'success', align: 'right' },
    { title: 'right', align: 'right' },
  ] as const;
  const rows = found.candidates.map((one) => [
    one.seat === found.to ? `${one.seat} ←` : one.seat,
    ...[one.score, one.load, one.experience, one.context, one.success].map((part) => two(part)),
    one.confidence === null ? 'new' : `${Math.round(one.confidence * 100)} %`,
  ]);
  const head = `needs ${needsText(found.needs)}\n${safe(found.because)}\n`;
  const tail = `${plural(found.considered, 'seat')} compared${leftOut(found)}\n`;
  return `${head}${rows.length === 0 ? '' : table(columns, rows, view.width)}${tail}`;
}

const WHY = {
  open: 'when it came',
  request: 'when it was routed',
  transfer: 'when it was handed on',
  queue: 'when somebody had room',
  rebalance: 'to even out load',
  classify: 'when its topic was known',
} as const;

/** One decision with when and why it was taken. */
export function routedText(one: RoutingView['decisions'][number], view: View): string {
  const to = one.to === null ? '' : ` ${one.to}`;
  const title = `\n${momentText(one.at)} ${WHY[one.cause]}: ${one.outcome}${to} (record ${one.seq})\n`;
  const beside =
    one.lane?.shadow === undefined ? '' : `${one.lane.shadow} works on it beside, and carries nothing out\n`;
  const answer = one.answer === null ? '' : `the customer is told: ${safe(one.answer)}\n`;
  return title + decisionText(one, view) + beside + answer;
}

/** `reeve route explain` */
export function routingText(found: RoutingView, view: View): string {
  const { waits, gave, owner, tasks, transfers, decisions } = found;
  const lines = [
    owner === null ? `${found.case} has left memory` : `${found.case} is with ${owner}`,
    ...(waits === null ? [] : [`it waits: place ${waits.place} of ${waits.of}`]),
    ...(gave.length === 0 ? [] : [`given away by ${gave.join(', ')}: it does not come back to them`]),
    ...transfers.map(
      ({ from, reason, note }) =>
        `${from} handed it on: ${reason.replaceAll('_', ' ')}${note === '' ? '' : ` (${safe(note)})`}`,
    ),
    ...(tasks.length < 2 ? [] : [`${plural(tasks.length, 'task')}, ${found.mode}`]),
    ...tasks.map(({ task, to, status, stage }) => `  stage ${stage + 1}: ${task} ${to} ${status}`),
  ];
  const steps = decisions.map((one) => routedText(one, view));
  const none = decisions.length === 0 ? 'no routing decision: it went to intake, or to who was named\n' : '';
  return `${lines.join('\n')}\n${none}${steps.join('')}`;
}
