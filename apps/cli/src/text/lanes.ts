/** Lanes, their moves and checks as text. */
import type {
  CheckView,
  LaneDetail,
  LaneMoneyView,
  LaneMove,
  LaneSummary,
  MeasureView,
  NinetyDaysView,
} from '@reeve/protocol';
import { optional, type View } from './lists.ts';
import { agoText, moneyText as amountText, countText, momentText, plural, spanText } from './quantities.ts';
import { linesOf, safe, table } from './table.ts';

const NO_DATA = 'no data';
const money = (amount: number | null, { currency }: View): string =>
  amount === null ? NO_DATA : amountText(amount, currency);
const number = (value: number): string => countText(Math.round(value * 10) / 10);

function valueText({ measure, value }: Pick<MeasureView, 'measure' | 'value'>, view: View): string {
  if (value === null) return NO_DATA;
  if (measure === 'cost') return money(Math.round(value), view);
  if (measure === 'unsafe' || measure === 'silent') return countText(value);
  return measure === 'minutes' ? `${number(value)} min` : `${number(value)} %`;
}

function measureText(line: MeasureView, view: View): string {
  const { low, high, n } = line;
  const range = low === null || high === null ? '' : `, ${number(low)} to ${number(high)} %`;
  return line.value === null ? NO_DATA : `${valueText(line, view)} of ${countText(n)}${range}`;
}

const measureOf = (lane: LaneSummary, name: MeasureView['measure'], view: View): string =>
  valueText(lane.measures.find(({ measure }) => measure === name) ?? { measure: name, value: null }, view);

export function lanesText(lanes: readonly LaneSummary[], view: View): string {
  if (lanes.length === 0) return 'no lanes: a flow with a "rollout" is one (docs/how-to/rollout.md)\n';
  const columns = [
    { title: 'lane', shrink: true },
    { title: 'stage' },
    { title: 'since' },
    { title: 'traffic', align: 'right' },
    { title: 'shared among', shrink: true },
    { title: 'agreement', align: 'right' },
    { title: 'success', align: 'right' },
    { title: 'corrections', align: 'right' },
    { title: 'kill switch', shrink: true },
  ] as const;
  const rows = lanes.map((lane) => [
    lane.id,
    lane.stage,
    agoText(lane.since, view.now),
    lane.seats.length === 0 ? '-' : `${lane.traffic} %`,
    lane.seats.map(({ seat, share }) => `${seat} ${share} %`).join(', ') || '-',
    ...(['agreement', 'success', 'corrections'] as const).map((name) => measureOf(lane, name, view)),
    lane.guards.map(({ id, tripped }) => (tripped ? view.paint('bad', `${id} (tripped)`) : id)).join(', ') || 'none',
  ]);
  return table(columns, rows, view.width);
}

function readyLines({ ready }: LaneDetail, { paint }: View): string[] {
  if (ready === null) return ['this is the highest stage'];
  const guarded = ready.to === 'bounded' || ready.to === 'end-to-end';
  const none = guarded && ready.switches.length === 0 ? [paint('bad', 'no kill switch stands by: it cannot rise')] : [];
  const lines = ready.criteria.map(
    ({ name, met, because }) => `${met ? 'met    ' : paint('bad', 'not met')}  ${name}: ${because}`,
  );
  return [`for ${ready.to}:`, ...lines, ...none];
}

function seatLines({ seats, baseline, traffic }: LaneDetail, view: View): string[] {
  if (seats.length === 0) return [];
  const columns = [
    { title: 'seat', shrink: true },
    { title: 'share', align: 'right' },
    { title: 'trusted' },
    { title: 'fitness', align: 'right' },
    { title: 'work', align: 'right' },
    { title: 'weak', align: 'right' },
  ] as const;
  const rows = seats.map(({ seat, share, stage, fitness, n, weak }) => [
    ...[seat, `${share} %`, stage, fitness === null ? NO_DATA : String(fitness), countText(n), String(weak)],
  ]);
  const rest = `agents get ${traffic} % of the cases, ${baseline ?? 'whoever did it before'} the rest`;
  return [...linesOf(table(columns, rows, view.width - 2)), rest];
}

const OUTCOMES = {
  agreed: 'the same',
  differed: 'differs',
  'not-done': 'nobody did it',
  missed: 'nobody had proposed it',
};
const differenceLines = ({ differences }: LaneDetail): string[] =>
  differences.slice(0, 10).map(({ case: about, capability, proposal, action, outcome, fields }) => {
    const apart = Object.keys(fields).filter((field) => !fields[field]);
    return `${about} ${capability} ${proposal ?? '-'} / ${action ?? '-'}: ${OUTCOMES[outcome]}${apart.length > 0 ? ` in ${apart.join(', ')}` : ''}`;
  });

function proofLines({ proof }: LaneDetail): string[] {
  if (proof === null) return [];
  if (proof.result === null)
    return [
      `${proof.progress.map(({ seat, n }) => `${seat} ${n} of ${proof.sample}`).join(', ')}: no verdict before all are complete`,
    ];
  return proof.result.arms.map(({ seat, rate, low, high, difference }) => {
    const said =
      difference === null
        ? 'the baseline'
        : `${difference.verdict} (${difference.value} points, ${difference.low} to ${difference.high})`;
    return `${seat}: ${rate} % solved (${low} to ${high}), ${said}`;
  });
}

const guardLines = ({ guards }: LaneDetail, { paint }: View): string[] =>
  guards.map(
    ({ id, when, because, tripped }) =>
      `${id}: ${when}; ${safe(because)}${tripped ? ` ${paint('bad', '(tripped)')}` : ''}`,
  );

function limitLines({ limits }: LaneDetail, view: View): string[] {
  if (limits === null) return [];
  const { each, day, count, usedMoney, usedCount } = limits;
  const today = `today ${money(usedMoney, view)} in ${plural(usedCount, 'operation')}`;
  return [
    `one operation ${money(each, view)}, a day ${day === null ? 'any' : money(day, view)} and ${count ?? 'any'} operations; ${today}`,
  ];
}

/** One lane, with everything that is known of it. */
export function laneText(lane: LaneDetail, view: View): string {
  const head = `${view.paint('bold', `${lane.id}: ${safe(lane.title) || lane.steps.join(', ')}`)}\n${safe(lane.outcome) || 'nobody says what it is for'}\n`;
  const since = `${lane.stage} since ${momentText(lane.since)} by ${lane.by}: ${safe(lane.reason)}\n`;
  const measures = lane.measures.map((line) => `${line.measure}: ${measureText(line, view)}`);
  const stay =
    lane.stay === null
      ? []
      : [`falls by itself unless ${lane.stay.criteria.join(', ')} (from ${lane.stay.sample} pieces of work)`];
  return (
    head +
    since +
    optional('In this stage', [...measures, ...stay]) +
    optional('Next stage', readyLines(lane, view)) +
    optional('Traffic', seatLines(lane, view)) +
    optional('Limits', limitLines(lane, view)) +
    optional('Differences to people, for review', differenceLines(lane)) +
    optional('Proof', proofLines(lane)) +
    optional('Kill switches', guardLines(lane, view)) +
    optional('Money', linesOf(moneyText(lane.money, { ...view, width: view.width - 2 })))
  );
}

/** What each seat cost and brought. */
export function moneyText(seats: readonly LaneMoneyView[], view: View): string {
  if (seats.length === 0) return 'no data\n';
  const columns = [
    { title: 'seat', shrink: true },
    { title: 'landed', align: 'right' },
    { title: 'of asked', align: 'right' },
    { title: 'closed', align: 'right' },
    { title: 'per success', align: 'right' },
    { title: 'per outcome', align: 'right' },
    { title: 'per correction', align: 'right' },
    { title: 'human min', align: 'right' },
    { title: 'cycle', align: 'right' },
    { title: 'profit', align: 'right' },
  ] as const;
  const rows = seats.map((s) => [
    ...[
      s.seat,
      countText(s.landed),
      s.landedShare === null ? NO_DATA : `${number(s.landedShare)} %`,
      countText(s.closed),
    ],
    ...[s.perSuccess, s.perOutcome, s.perCorrection].map((amount) => money(amount, view)),
    ...[number(s.minutes), s.cycle === null ? NO_DATA : spanText(s.cycle), money(s.profit, view)],
  ]);
  return table(columns, rows, view.width);
}

/** Each move with what it rested on. */
export function movesText(moves: readonly LaneMove[], view: View): string {
  if (moves.length === 0) return 'nothing has moved yet\n';
  return moves
    .map((move) => {
      const lines = numbersOf(move, view).map((line) => `    ${line}\n`);
      return `${momentText(move.at)}  ${safe(move.text)} (record ${move.seq})\n${lines.join('')}`;
    })
    .join('');
}

interface Line {
  seat: string;
  n: number;
  fitness: number | null;
  before: number;
  after: number;
}

function numbersOf({ kind, body }: LaneMove, view: View): string[] {
  if (kind === 'lane.raised' || kind === 'lane.lowered')
    return (body.measures as MeasureView[])
      .filter(({ value }) => value !== null)
      .map((line) => `${line.measure}: ${measureText(line, view)}`);
  if (kind !== 'lane.selected') return [];
  return (body.lines as Line[]).map(
    ({ seat, n, fitness, before, after }) => `${seat}: fitness ${fitness ?? NO_DATA} of ${n}, ${before} % → ${after} %`,
  );
}

/** Questions with their answers, and what these rest on. */
export function checksText(checks: readonly CheckView[], { paint }: View): string {
  const shown = { yes: paint('good', 'yes    '), no: paint('bad', 'no     '), 'no data': 'no data' };
  return checks
    .map(
      ({ question, answer, found }) =>
        `${shown[answer]}  ${question}\n${found.map((line) => `           ${safe(line)}\n`).join('')}`,
    )
    .join('');
}

export function ninetyText({ days, checks }: NinetyDaysView, view: View): string {
  const age =
    days === null
      ? 'nothing has been applied yet'
      : days < 90
        ? `${plural(days, 'day')} so far: what follows is early`
        : plural(days, 'day');
  return `${age}\n${checksText(checks, view)}`;
}
