/** What it all came to: the scorecard with the making of each number, reports of days, weeks and months, and stand-ups. */
import { ApiProblem, type ReportView, type ScorecardView, type StandupView } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { client } from '../app/client.ts';
import { standupsQuery } from '../app/queries.ts';
import { countText, spanText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Choose } from '../ui/forms.tsx';
import { Icon } from '../ui/icons.tsx';
import { Ago, Badge, Button, cx, Empty, Facts, Loading, Problem, Section, Untrusted } from '../ui/parts.tsx';
import { Compliance } from './health-now.tsx';

type Score = ScorecardView['scores'][number];

const WINDOWS = ['7', '30', '90'] as const;
const PERIODS = ['daily', 'weekly', 'monthly'] as const;
const WHICH = ['current', 'last'] as const;

/** What was asked for, if it is one of these; else the one given. */
const oneOf = <T extends string>(known: readonly T[], asked: string | undefined, otherwise: T): T =>
  known.find((each) => each === asked) ?? otherwise;

export function Scorecard() {
  const search = useSearch({ from: '/health' });
  const navigate = useNavigate({ from: '/health' });
  const days = oneOf(WINDOWS, String(search.days), '30');
  const { data, error } = useQuery({
    queryKey: ['numbers', 'scorecard', days],
    queryFn: ({ signal }) => client.scorecard({ days: Number(days) }, { signal }),
  });
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-3">
        <Choose
          label={t.health.days}
          value={days}
          options={WINDOWS.map((each) => [each, t.health.lastDays(Number(each))] as const)}
          onChange={(next) => void navigate({ search: { tab: 'scorecard', days: Number(next) } })}
        />
        <span className="text-faint">{t.health.scoreHint}</span>
      </div>
      {error && <Problem error={error} />}
      {data ? <Scores of={data.scores} /> : !error && <Loading rows={10} />}
    </div>
  );
}

function valueText(value: number, unit: Score['unit']): string {
  if (unit === 'duration') return spanText(value);
  if (unit === 'per-week') return t.health.perWeek(spanText(value));
  const rounded = countText(Math.round(value * 10) / 10);
  return unit === 'percent' ? t.health.score(rounded) : rounded;
}

function wantedText({ wanted, unit }: Score): string {
  if (wanted === null) return '–';
  const value = valueText(wanted.value, unit);
  return wanted.direction === 'at-least' ? t.health.atLeast(value) : t.health.atMost(value);
}

const LINE = 'grid-cols-[1fr_auto] items-center gap-x-4 px-4 py-2 sm:grid-cols-[1fr_9rem_9rem_8rem]';

const Scores = ({ of }: { of: readonly Score[] }) => (
  <div className="divide-y overflow-hidden rounded-lg border bg-surface shadow-card">
    <div
      aria-hidden
      className={cx(LINE, 'hidden bg-sunken text-2xs font-semibold tracking-wide text-faint uppercase sm:grid')}
    >
      <span>{t.health.number}</span>
      <span className="text-right">{t.health.value}</span>
      <span className="text-right">{t.health.wanted}</span>
      <span />
    </div>
    {of.map((score) => (
      <ScoreLine key={score.id} of={score} />
    ))}
  </div>
);

const ScoreLine = ({ of: score }: { of: Score }) => (
  <details className="group">
    <summary title={score.formula} className={cx(LINE, 'grid hover:bg-hover')}>
      <span className="flex items-center gap-2">
        <span className="text-faint transition-transform group-open:rotate-90">
          <Icon name="unfold" size={12} />
        </span>
        {score.title}
      </span>
      <span className="text-right font-medium tabular-nums">
        {score.value === null ? (
          <span className="font-normal text-faint">{t.health.notMeasured}</span>
        ) : (
          valueText(score.value, score.unit)
        )}
      </span>
      <span className={cx('text-xs text-faint sm:block sm:text-right', score.wanted === null && 'hidden')}>
        {wantedText(score)}
      </span>
      <span className="text-right">
        {score.met !== null && (
          <Badge tone={score.met ? 'good' : 'warn'}>{score.met ? t.health.met : t.health.unmet}</Badge>
        )}
      </span>
    </summary>
    <div className="bg-sunken px-4 py-2">
      <Facts
        rows={[
          [t.health.formula, <Formula key="f" text={score.formula} />],
          score.note !== null && [t.health.notMeasured, score.note],
          [t.health.number, t.health.from(score.from)],
        ]}
      />
    </div>
  </details>
);

const Formula = ({ text }: { text: string }) => <span className="font-mono text-xs">{text}</span>;

export function Reports() {
  const search = useSearch({ from: '/health' });
  const navigate = useNavigate({ from: '/health' });
  const period = oneOf(PERIODS, search.period, 'daily');
  const which = oneOf(WHICH, search.which, 'current');
  const { data, error } = useQuery({
    queryKey: ['numbers', 'report', period, which],
    queryFn: ({ signal }) => client.report({ period, which }, { signal }),
  });
  const choose = (next: { period?: string; which?: string }) =>
    void navigate({ search: { tab: 'reports', period, which, ...next } });
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap gap-3">
        <Choose
          label={t.health.period}
          value={period}
          options={PERIODS.map((each) => [each, t.health.periods[each]] as const)}
          onChange={(next) => choose({ period: next })}
        />
        <Choose
          label={t.health.which}
          value={which}
          options={WHICH.map((each) => [each, t.health[each]] as const)}
          onChange={(next) => choose({ which: next })}
        />
      </div>
      {error ? <NoReport error={error} /> : data ? <Report of={data} /> : <Loading rows={8} />}
    </div>
  );
}

const NoReport = ({ error }: { error: Error }) =>
  error instanceof ApiProblem && error.code === 'not-found' ? (
    <Empty icon="clock" title={t.health.notOver}>
      {t.health.notOverWhy}
    </Empty>
  ) : (
    <Problem error={error} />
  );

function Report({ of }: { of: ReportView }) {
  const { numbers, before } = of;
  const rows = Object.entries(t.health.counted).filter(([id]) => (numbers[id] ?? 0) > 0 || (before?.[id] ?? 0) > 0);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Section
        flush
        title={of.name}
        aside={of.over ? <Ago at={of.until} /> : <Badge tone="info">{t.health.current}</Badge>}
      >
        {rows.length === 0 ? (
          <Empty title={t.health.quiet}>{t.health.quietWhy}</Empty>
        ) : (
          <table className="w-full">
            <thead className="bg-sunken text-2xs tracking-wide text-faint uppercase">
              <tr>
                <th className="px-4 py-2 text-left font-semibold">{t.health.number}</th>
                <th className="px-4 py-2 text-right font-semibold">{t.health.value}</th>
                <th className="px-4 py-2 text-right font-semibold">{t.health.before}</th>
              </tr>
            </thead>
            <tbody className="divide-y">
              {rows.map(([id, title]) => (
                <tr key={id}>
                  <td className="px-4 py-1.5">{title}</td>
                  <td className="px-4 py-1.5 text-right font-medium tabular-nums">{countText(numbers[id] ?? 0)}</td>
                  <td className="px-4 py-1.5 text-right text-faint tabular-nums">
                    {before === null ? '–' : countText(before[id] ?? 0)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
      <div className="space-y-4">
        <Times of={of} />
        <Compliance of={of.compliance} title={t.health.rules} />
      </div>
    </div>
  );
}

const timeText = ({ p50, p95 }: ReportView['cases']): string =>
  p50 === null ? t.health.notMeasured : t.health.half(spanText(p50), p95 === null ? '–' : spanText(p95));

const Times = ({ of: { cases, runs, decisions } }: { of: ReportView }) => (
  <Section title={t.health.howLong}>
    <Facts
      rows={[
        [t.health.caseTimes, timeText(cases)],
        [t.health.runTimes, timeText(runs)],
        [t.health.decisionTimes, timeText(decisions)],
      ]}
    />
  </Section>
);

export function StandUps() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(standupsQuery({}));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading rows={8} />;
  const all = data.pages.flatMap(({ standups }) => standups);
  if (all.length === 0)
    return (
      <Empty icon="person" title={t.health.noStandups}>
        {t.health.noStandupsWhy}
      </Empty>
    );
  return (
    <>
      <ul className="grid items-start gap-3 lg:grid-cols-2">
        {all.map((each) => (
          <StandUp key={each.seat} of={each} />
        ))}
      </ul>
      {hasNextPage && (
        <Button className="mt-3" onClick={() => void fetchNextPage()}>
          {t.health.moreSeats}
        </Button>
      )}
    </>
  );
}

const SAID = ['done', 'blockers', 'next', 'budget'] as const;

const StandUp = ({ of }: { of: StandupView }) => (
  <li className="rounded-lg border bg-surface px-4 py-3 shadow-card">
    <h2 className="mb-1.5 font-semibold">
      <Link to="/organisation/$id" params={{ id: of.seat }} className="hover:underline">
        {wordsOf(of.seat)}
      </Link>
    </h2>
    <Facts
      rows={SAID.map((part) =>
        part === 'budget' && of.budget.length === 0 ? null : [t.health[part], lines(of[part])],
      )}
    />
  </li>
);

const lines = (texts: readonly string[]) =>
  texts.length === 0 ? (
    <span className="text-faint">{t.health.nothing}</span>
  ) : (
    <Untrusted text={texts.join('\n')} block />
  );
