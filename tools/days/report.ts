/** A run of days as a report: what happened and why, how the targets stood, and whether every case is accounted for. */
import type { DaysOutcome } from '@reeve/simulator';
import { type Told, tell } from './explain.ts';

export interface Report {
  readonly pack: string;
  readonly seed: number;
  readonly days: number;
  readonly records: number;
  /** SHA-256 of the ledger's last link. */
  readonly hash: string;
  readonly seconds: number;
  readonly told: readonly Told[];
  readonly gaps: readonly {
    readonly day: number;
    readonly targets: readonly {
      readonly target: string;
      readonly status: string;
      readonly value: number | null;
      readonly wanted: number;
      /** The case that is open about it. */
      readonly case: string | null;
    }[];
  }[];
  readonly cases: DaysOutcome['count'] & { readonly told: number; readonly unknown: readonly string[] };
  /** What is wrong with chain, numbers and times: nothing, if all is well. */
  readonly findings: readonly { readonly rule: string; readonly detail: string }[];
}

/** The five that must be there. */
export const THINGS = ['gap', 'weak-seat', 'misrouted-topic', 'kill-switch', 'restructuring'] as const;

export async function reportOf(outcome: DaysOutcome, seed: number, seconds: number): Promise<Report> {
  const { trade, plan, records, hash, count, unknown, findings } = outcome;
  return {
    ...{ pack: trade.pack, seed, days: plan.days, records, hash, seconds, findings },
    told: await tell(outcome, outcome.epoch),
    gaps: outcome.gaps.map(({ day, lines }) => ({
      day,
      targets: lines.map(({ target, status, current, target_value, gap }) => {
        return { target, status, value: current, wanted: target_value, case: gap?.case ?? null };
      }),
    })),
    cases: { ...count, told: plan.requests.length, unknown },
  };
}

/** What a report lacks; nothing: it shows what it must. */
export function problemsOf({ told, cases, findings }: Report): string[] {
  const missing = THINGS.filter((thing) => !told.some(({ what, explained }) => what === thing && explained.length > 0));
  const { opened, closed, cancelled, open, ownerless, unknown } = cases;
  return [
    ...missing.map((thing) => `${thing} did not happen, or nothing explains it`),
    ...(opened === closed + cancelled + open
      ? []
      : [`${opened} cases were opened, ${closed + cancelled + open} are known`]),
    ...ownerless.map((id) => `${id} is open and nobody's`),
    ...unknown.map((id) => `${id} was acknowledged and is not on the ledger`),
    ...findings.map(({ rule, detail }) => `${rule}: ${detail}`),
  ];
}

/** Lines of one explanation that are printed; `--json` has all. */
const LINES = 45;

function indented(text: string): string {
  const lines = text.trimEnd().split('\n');
  const rest = lines.length - LINES;
  const shown = rest > 0 ? [...lines.slice(0, LINES), `… and ${rest} lines more`] : lines;
  return shown.map((line) => `      ${line}`.trimEnd()).join('\n');
}

const moment = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

function toldText({ what, summary, records, explained }: Told): string {
  return [
    `  ${what}: ${summary}`,
    ...records.map(({ seq, at, kind, text }) => `    ${moment(at)}  record ${seq}, ${kind}: ${text}`),
    ...explained.map(({ command, text }) => `    $ ${command}\n${indented(text)}`),
  ].join('\n');
}

const number = (value: number | null): string => (value === null ? '–' : String(Math.round(value * 100) / 100));

const gapText = ({ day, targets }: Report['gaps'][number]): string => {
  const open = targets.filter(({ status }) => status !== 'met' && status !== 'unknown');
  const lines = open.map(({ target, value, wanted, case: about }) => {
    return `${target} ${number(value)} (wanted ${number(wanted)}${about === null ? '' : `, ${about}`})`;
  });
  const met = targets.filter(({ status }) => status === 'met').length;
  return `    day ${day}: ${met} of ${targets.length} met; ${lines.join('; ') || 'no gap'}`;
};

export function reportText(report: Report): string {
  const { pack, seed, days, records, hash, seconds, told, gaps, cases } = report;
  const problems = problemsOf(report);
  return [
    `${pack}, seed ${seed}: ${days} days, ${records} records in ${seconds.toFixed(0)} s, ledger ${hash}`,
    ...told.map(toldText),
    '  targets:',
    ...gaps.map(gapText),
    `  cases: ${cases.opened} opened = ${cases.closed} closed + ${cases.cancelled} cancelled + ${cases.open} open; ` +
      `${cases.told} asked for by customers, the others by gaps`,
    problems.length === 0 ? '  chain verified; no case lost' : `  WRONG: ${problems.join('; ')}`,
    '',
  ].join('\n');
}
