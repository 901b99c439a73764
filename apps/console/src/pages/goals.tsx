/** What should be true, what is, and what is proposed about the difference. */
import type { GapView, MetricView } from '@reeve/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { gapsQuery, metricsQuery } from '../app/queries.ts';
import { metricText, spanText, wordsOf } from '../model/format.ts';
import { sparkPath } from '../model/series.ts';
import { t } from '../text/en.ts';
import { Button, Empty, Loading, PageTitle, Problem, Section, State } from '../ui/parts.tsx';
import { GAP_TONES } from '../ui/states.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { NewProposal } from './proposal-new.tsx';
import { Proposals } from './proposals.tsx';
import { Purpose } from './purpose.tsx';

export function Goals() {
  const { tab = 'gaps' } = useSearch({ from: '/goals' });
  const navigate = useNavigate({ from: '/goals' });
  const [proposing, setProposing] = useState(false);
  const tabs = [
    { id: 'gaps', label: t.goals.gaps, content: <Gaps /> },
    { id: 'proposals', label: t.goals.proposals, content: <Proposals /> },
    { id: 'metrics', label: t.goals.metrics, content: <Metrics /> },
    { id: 'purpose', label: t.goals.purpose, content: <Purpose /> },
  ];
  return (
    <>
      <PageTitle title={t.goals.title} sub={t.goals.sub}>
        <Button onClick={() => setProposing(true)}>{t.acting.propose}</Button>
      </PageTitle>
      <Tabs tabs={tabs} value={tab} onChange={(next) => void navigate({ search: { tab: next } })} />
      {proposing && <NewProposal onClose={() => setProposing(false)} />}
    </>
  );
}

const SPARK = { width: 96, height: 18 };

/** The latest checks as a line; what they say stands beside it as a word. */
const Trend = ({ of: { points, trend } }: { of: GapView }) => (
  <span className="flex items-center gap-2">
    {points.length > 1 && (
      <svg
        role="img"
        aria-label={t.goals.points(points.length)}
        width={SPARK.width}
        height={SPARK.height + 4}
        viewBox={`-1 -2 ${SPARK.width + 2} ${SPARK.height + 4}`}
        className="shrink-0 stroke-accent"
      >
        <path
          fill="none"
          strokeWidth="1.5"
          d={sparkPath(
            points.map(({ value }) => value),
            SPARK.width,
            SPARK.height,
          )}
        />
      </svg>
    )}
    <span className="truncate text-xs text-faint">{trend ? t.goals.trends[trend] : t.goals.noTrend}</span>
  </span>
);

const columnsIn = (currency: string): readonly Column<GapView>[] => [
  { id: 'title', title: t.goals.target, width: 'minmax(10rem,2fr)', cell: ({ title }) => title },
  {
    id: 'now',
    title: t.goals.now,
    width: '7rem',
    right: true,
    cell: ({ current, unit }) => <strong className="font-semibold">{metricText(current, unit, currency)}</strong>,
  },
  {
    id: 'wanted',
    title: t.goals.wanted,
    width: '9rem',
    right: true,
    wide: true,
    cell: ({ direction, target_value: wanted, unit }) =>
      `${t.today.target[direction]} ${metricText(wanted, unit, currency)}`,
  },
  {
    id: 'status',
    title: t.goals.status,
    width: '6.5rem',
    cell: ({ status }) => <State tone={GAP_TONES[status]}>{t.goals.statuses[status]}</State>,
  },
  { id: 'trend', title: t.goals.trend, width: 'minmax(8rem,1fr)', wide: true, cell: (of) => <Trend of={of} /> },
  {
    id: 'owner',
    title: t.goals.owner,
    width: 'minmax(6rem,0.8fr)',
    wide: true,
    cell: ({ owner, responsible }) => <span className="text-soft">{wordsOf(owner ?? responsible ?? '–')}</span>,
  },
  {
    id: 'work',
    title: t.cases.id,
    width: '5rem',
    wide: true,
    cell: ({ gap }) =>
      gap ? (
        <Link to="/cases/$id" params={{ id: gap.case }} className="text-accent underline">
          {gap.case}
        </Link>
      ) : (
        '–'
      ),
  },
];

function Gaps() {
  const open = useSearch({ from: '/goals' }).status === 'open';
  const navigate = useNavigate({ from: '/goals' });
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(gapsQuery({ status: open ? 'open' : 'all' }));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <Section
      flush
      title={t.goals.gaps}
      aside={
        <label className="flex items-center gap-1.5">
          <input
            type="checkbox"
            checked={open}
            onChange={() => void navigate({ search: { tab: 'gaps', ...(open ? {} : { status: 'open' }) } })}
          />{' '}
          {t.goals.onlyOpen}
        </label>
      }
    >
      <Table
        label={t.goals.gaps}
        columns={columnsIn(data.pages[0]!.currency)}
        rows={data.pages.flatMap(({ gaps }) => gaps)}
        keyOf={({ target, of }) => `${target} ${of}`}
        more={hasNextPage ? () => void fetchNextPage() : undefined}
        empty={
          <Empty icon={open ? 'check' : 'goals'} title={open ? t.goals.nothingOpen : t.goals.none}>
            {open ? t.goals.nothingOpenWhy : t.goals.noneWhy}
          </Empty>
        }
      />
    </Section>
  );
}

const metricColumns = (currency: string): readonly Column<MetricView>[] => [
  { id: 'title', title: t.goals.metric, width: 'minmax(10rem,2fr)', cell: ({ title }) => title },
  {
    id: 'value',
    title: t.goals.value,
    width: '7.5rem',
    right: true,
    cell: ({ value, unit }) => metricText(value, unit, currency),
  },
  { id: 'samples', title: t.goals.samples, width: '5rem', right: true, wide: true, cell: ({ samples }) => samples },
  {
    id: 'window',
    title: t.goals.window,
    width: '6rem',
    wide: true,
    cell: ({ window }) => (window === null ? t.goals.everything : spanText(window)),
  },
  {
    id: 'groups',
    title: t.goals.groups,
    width: 'minmax(8rem,2fr)',
    wide: true,
    cell: ({ groups, unit }) => (
      <span className="text-soft">
        {groups.map(({ group, value }) => `${wordsOf(group)} ${metricText(value, unit, currency)}`).join(' · ')}
      </span>
    ),
  },
];

function Metrics() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(metricsQuery({}));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <Section flush title={t.goals.metrics}>
      <Table
        label={t.goals.metrics}
        columns={metricColumns(data.pages[0]!.currency)}
        rows={data.pages.flatMap(({ metrics }) => metrics)}
        keyOf={({ id }) => id}
        more={hasNextPage ? () => void fetchNextPage() : undefined}
        empty={
          <Empty icon="goals" title={t.goals.noMetrics}>
            {t.goals.noMetricsWhy}
          </Empty>
        }
      />
    </Section>
  );
}
