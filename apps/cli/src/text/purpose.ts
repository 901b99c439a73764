/** What should be true, what is, and what was proposed about the difference. */
import type { GapView, MetricView, ProposalView, PurposeDetail, UnitPurposeView } from '@reeve/protocol';
import { optional, statusText, type View } from './lists.ts';
import { agoText, countText, metricText, momentText, moneyText, plural, spanText } from './quantities.ts';
import { linesOf, safe, table } from './table.ts';

const COLOURS = { met: 'good', on_track: 'good', behind: 'warn', missed: 'bad', unknown: null } as const;
const stands = ({ status }: GapView, { paint }: View): string => {
  const colour = COLOURS[status];
  return colour === null ? statusText(status) : paint(colour, statusText(status));
};

const wantedText = ({ direction, target_value, unit, deadline }: GapView, { currency }: View): string =>
  `${direction === 'at-least' ? '≥' : '≤'} ${metricText(target_value, unit, currency)}${deadline === null ? '' : ` by ${deadline}`}`;

/** Who works on it: the case and the seat that has it, or who would. */
const workText = ({ gap, responsible }: GapView): string =>
  gap === null ? (responsible ?? 'nobody') : `${gap.holder} (${gap.case})`;

function gapRow(each: GapView, view: View): string[] {
  const show = (value: number | null) => (value === null ? '-' : metricText(value, each.unit, view.currency));
  return [
    stands(each, view),
    each.target,
    `${safe(each.title)}${each.of === null ? '' : ` (${safe(each.of)})`}`,
    wantedText(each, view),
    show(each.expected),
    metricText(each.current, each.unit, view.currency),
    each.trend ?? '-',
    workText(each),
  ];
}

export function gapsText(gaps: readonly GapView[], view: View): string {
  const columns = [
    { title: '' },
    { title: 'target', shrink: true },
    { title: 'number', shrink: true },
    { title: 'wanted' },
    { title: 'by now', align: 'right' },
    { title: 'is', align: 'right' },
    { title: 'trend' },
    { title: 'closed by', shrink: true },
  ] as const;
  if (gaps.length === 0) return 'no such targets\n';
  return table(
    columns,
    gaps.map((each) => gapRow(each, view)),
    view.width,
  );
}

const metricRow = (
  title: string,
  each: Pick<MetricView, 'value' | 'samples'>,
  { unit, window, error, source }: MetricView,
  view: View,
): string[] => [
  title,
  `${error > 0 && each.value !== null ? '~' : ''}${metricText(each.value, unit, view.currency)}`,
  countText(each.samples),
  window === null ? 'always' : spanText(window),
  source === null ? '-' : source.operation,
];

export function metricsText(metrics: readonly MetricView[], groups: boolean, view: View): string {
  const columns = [
    { title: 'metric', shrink: true },
    { title: 'value', align: 'right' },
    { title: 'events', align: 'right' },
    { title: 'within' },
    { title: 'reported by' },
  ] as const;
  const rows = metrics.flatMap((metric) => [
    metricRow(`${metric.id}: ${safe(metric.title)}`, metric, metric, view),
    ...(groups ? metric.groups.map((each) => metricRow(`  ${safe(each.group)}`, each, metric, view)) : []),
  ]);
  return rows.length === 0 ? 'no metrics\n' : table(columns, rows, view.width);
}

function unitText(each: UnitPurposeView, view: View): string {
  const head = `${view.paint('bold', safe(each.title))} (${each.unit}, version ${each.version})`;
  const decider = each.decider === null ? 'nobody decides about it' : `${each.decider} decides about it`;
  const open = each.targets.filter(({ status }) => status === 'behind' || status === 'missed').length;
  const targets = `${plural(each.targets.length, 'target')}, ${countText(open)} behind`;
  const aimless = each.aimless.length === 0 ? [] : [`aiming at no target: ${each.aimless.join(', ')}`];
  const lines = [...(each.purpose === '' ? [] : [safe(each.purpose)]), `${decider}; ${targets}`, ...aimless];
  return `${head}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

export const purposeText = (units: readonly UnitPurposeView[], view: View): string =>
  units.length === 0 ? 'no units\n' : units.map((each) => unitText(each, view)).join('');

type Version = PurposeDetail['versions'][number];
type Change = Version['changes'][number];

/** "changed solve-nine-in-ten (value 90 → 92)". */
function changeText({ what, id, before, after }: Change): string {
  if (what === 'purpose') return `purpose: ${safe(String(after))}`;
  if (before === null) return `added ${what} ${id}`;
  if (after === null) return `removed ${what} ${id}`;
  const [old, now] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const parts = fields
    .filter((field) => JSON.stringify(old[field]) !== JSON.stringify(now[field]))
    .map((field) => `${field} ${safe(JSON.stringify(old[field]) ?? '-')} → ${safe(JSON.stringify(now[field]) ?? '-')}`);
  return `changed ${id} (${parts.join(', ')})`;
}

const AUTHORITY = { definition: 'with the pack', human: '', delegated: 'as delegated' } as const;

function versionLines({ version, at, by, authority, reason, changes, proposal, reverts }: Version): string[] {
  const how = [AUTHORITY[authority], proposal ?? '', reverts === undefined ? '' : `takes back v${reverts}`];
  const extra = how.filter((each) => each !== '');
  const head = `v${version}  ${momentText(at)}  ${by}${extra.length > 0 ? ` (${extra.join(', ')})` : ''}: ${safe(reason)}`;
  return [head, ...changes.map((each) => `  ${changeText(each)}`)];
}

export function purposeDetailText(found: PurposeDetail, view: View): string {
  const targets =
    found.targets.length === 0 ? [] : linesOf(gapsText(found.targets, { ...view, width: view.width - 2 }));
  const maturity = found.maturity.map((each) => `${each.seat}: ${each.maturity}`);
  return (
    unitText(found, view) +
    optional('Targets', targets) +
    optional('Maturity of its agents', maturity) +
    optional('Versions', found.versions.flatMap(versionLines))
  );
}

export function proposalsText(proposals: readonly ProposalView[], view: View): string {
  const columns = [
    { title: 'proposal' },
    { title: 'status' },
    { title: 'unit' },
    { title: 'by' },
    { title: 'made', align: 'right' },
    { title: 'title', shrink: true },
  ] as const;
  const rows = proposals.map((each) => [
    each.id,
    each.status === 'revise' ? 'sent back' : each.status,
    each.unit,
    each.by,
    agoText(each.at, view.now),
    safe(each.title),
  ]);
  return rows.length === 0 ? 'no proposals\n' : table(columns, rows, view.width);
}

type Option = ProposalView['options'][number];
type Show = (metric: string, value: number | null) => string;

/** "seat.reports (boss)": of which group or seat, when that is said. */
const measuredName = ({ metric, of }: { metric: string; of?: string | undefined }): string =>
  of === undefined ? metric : `${metric} (${safe(of)})`;

function optionLines(
  { id, title, text = '', cost = 0, effects, changes = [], risk = '', sentences = [] }: Option,
  recommended: boolean,
  show: Show,
  view: View,
): string[] {
  const expected = effects.map((each) => `${measuredName(each)} ${show(each.metric, each.value)} by ${each.by}`);
  return [
    `${id}${recommended ? ' (recommended)' : ''}: ${safe(title)}; costs ${moneyText(cost, view.currency)}`,
    ...(text === '' ? [] : [`  ${safe(text)}`]),
    `  expected: ${expected.join('; ')}`,
    ...(changes.length === 0 ? [] : [`  changes: ${safe(JSON.stringify(changes))}`]),
    ...sentences.map((each) => `  would be done: ${safe(each)}`),
    ...(risk === '' ? [] : [`  risk: ${safe(risk)}`]),
  ];
}

const outcomeLine = (each: NonNullable<ProposalView['outcomes']>[number], show: Show): string =>
  `${measuredName(each)}: was ${show(each.metric, each.baseline)}, expected ${show(each.metric, each.expected)}, is ${show(each.metric, each.actual)}${each.share === null ? '' : ` (${Math.round(100 * each.share)} % of the expected change)`}`;

export function proposalText(found: ProposalView, metrics: readonly MetricView[], view: View): string {
  const units = new Map(metrics.map(({ id, unit }) => [id, unit]));
  const show: Show = (metric, value) => metricText(value, units.get(metric) ?? 'number', view.currency);
  const head = `${view.paint('bold', `${found.id}: ${safe(found.title)}`)}\n${found.status === 'revise' ? 'sent back' : found.status}; for ${found.unit}, by ${found.by}, ${agoText(found.at, view.now)}\n`;
  const { decision } = found;
  const decided =
    decision === null
      ? []
      : [
          `${decision.by}${decision.option === null ? '' : ` (${decision.option})`}: ${safe(decision.reason)}${decision.restructuring === undefined ? '' : `; done as ${decision.restructuring}`}`,
        ];
  return (
    head +
    optional('Analysis', [safe(found.analysis)]) +
    optional(
      'Then',
      found.measured.map((each) => `${measuredName(each)} was ${show(each.metric, each.value)}`),
    ) +
    optional(
      'Options',
      found.options.flatMap((each) => optionLines(each, each.id === found.recommend, show, view)),
    ) +
    optional('Evidence', [found.evidence.map(safe).join(', ')]) +
    optional('Decision', decided) +
    optional(
      'What came of it',
      (found.outcomes ?? []).map((each) => outcomeLine(each, show)),
    )
  );
}
