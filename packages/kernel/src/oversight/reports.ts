/** Daily, weekly and monthly reports (R-E4): made when their time is over, out of the counters of its days [OVS45]. */
import { spanOf } from '../budget/periods.ts';
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { DAY, formatDuration } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { isHuman } from '../organisation/views.ts';
import { between, quantile, startOf } from './numbers.ts';
import { topHuman } from './recurrence.ts';
import type { ReportPeriod } from './schema.ts';
import { oversightOf } from './settings.ts';
import type { Numbers, Report } from './state.ts';

/** Reports that are remembered; all of them are on the ledger. */
const KEPT = 60;

const SETTING = { day: 'daily', week: 'weekly', month: 'monthly' } as const satisfies Record<ReportPeriod, string>;
const settingOf = (state: State, period: ReportPeriod) => oversightOf(state).reports[SETTING[period]];

/** The latest report of a period. */
export const latestReport = (state: State, period: ReportPeriod): Report | undefined =>
  state.oversight.reports.findLast((report) => report.period === period);

export interface Figures {
  readonly period: ReportPeriod;
  readonly name: string;
  readonly from: Time;
  readonly until: Time;
  readonly numbers: Numbers;
  readonly before: Numbers | null;
}

/** The numbers of the period a time falls into, up to now, beside those of the one before. */
export function figures(state: State, period: ReportPeriod, at: Time): Figures {
  const { name, from, until } = spanOf(period, at);
  const earlier = spanOf(period, from - DAY);
  const before = between(state, earlier.from, earlier.until - 1);
  const numbers = between(state, from, until - 1);
  return { period, name, from, until, numbers, before: Object.keys(before).length > 0 ? before : null };
}

function reportOf(state: State, period: ReportPeriod, at: Time): Draft[] {
  const setting = settingOf(state, period);
  const { until } = spanOf(period, at);
  // Times are reported in their order, so what ends no later than the latest report has been [KER12].
  if (setting === 'off' || until <= (latestReport(state, period)?.until ?? 0)) return [];
  const found = figures(state, period, at);
  const top = setting === 'message' ? topHuman(state) : null;
  const to = top !== null && isHuman(state.organisation.seats.get(top)) ? top : null;
  return [event('report.made', `report/${period}-${found.name}`, { ...found, to })];
}

/** [OVS45] A time is over in which something happened, known by a day in it. What is reported already is not again. */
function dayOver(state: State, body: { id: string }, ctx: Context): Draft[] {
  const start = startOf(body.id);
  if (!state.oversight.days.has(body.id)) return [];
  return (['day', 'week', 'month'] as const).flatMap((period) => {
    const { until } = spanOf(period, start);
    return until <= ctx.now ? reportOf(state, period, start) : [];
  });
}

export const reportsFollowUps = { 'oversight.period': dayOver };

export const reportsEvolve = {
  'report.made': (state: State, r: RecordOf<'report.made'>) => {
    const { period, name, from, until, numbers, before } = r.body;
    state.oversight.reports.push({ period, name, from, until, numbers, before, at: r.at });
    if (state.oversight.reports.length > KEPT) state.oversight.reports.shift();
  },
};

const n = (numbers: Numbers, name: string): number => numbers[name] ?? 0;

/** A report in a few sentences, for an inbox. */
export function reportText({ period, name, numbers }: Pick<Report, 'period' | 'name' | 'numbers'>): string {
  const median = quantile(numbers, 'case', 0.5);
  const parts = [
    `${n(numbers, 'cases.opened')} cases opened, ${n(numbers, 'cases.closed')} closed (${n(numbers, 'cases.alone')} without a person)`,
    median === null ? '' : `half of them within ${formatDuration(Math.ceil(median / 60_000) * 60_000)}`,
    `${n(numbers, 'operations.succeeded')} effects, ${n(numbers, 'operations.refused')} refused`,
    `${n(numbers, 'incidents.opened')} incidents`,
  ];
  return `The ${period} ${name}: ${parts.filter((part) => part !== '').join('; ')}. See it with \`reeve report ${SETTING[period]}\`.`;
}

export const reportsReact = {
  'report.made': (_state: State, r: RecordOf<'report.made'>): FollowUp[] => {
    const { to, period, name } = r.body;
    if (to === null) return [];
    return [
      followUp('inbox.deliver', {
        to,
        type: 'inform',
        text: reportText(r.body),
        data: { report: `${period}-${name}` },
      }),
    ];
  },
};
