/** How far agents are trusted with each kind of work, and what the organisation has to show for it. */
import type { LaneSummary } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { client } from '../app/client.ts';
import { lanesQuery } from '../app/queries.ts';
import { t } from '../text/en.ts';
import { Ago, Badge, Empty, Loading, PageTitle, Problem, Section, State } from '../ui/parts.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { MeasureText, STAGE_TONES } from './lane-parts.tsx';
import { Checks } from './lane-record.tsx';

export function Lanes() {
  const { tab = 'lanes' } = useSearch({ from: '/lanes' });
  const navigate = useNavigate({ from: '/lanes' });
  const tabs = [
    { id: 'lanes', label: t.lanes.title, content: <List /> },
    { id: 'ninety', label: t.lanes.ninety, content: <Ninety /> },
  ];
  return (
    <>
      <PageTitle title={t.lanes.title} sub={t.lanes.sub} />
      <Tabs tabs={tabs} value={tab} onChange={(next) => void navigate({ search: { tab: next } })} />
    </>
  );
}

const successOf = ({ measures }: LaneSummary) => measures.find(({ measure }) => measure === 'success');

const Guards = ({ of: { guards } }: { of: LaneSummary }) => {
  const tripped = guards.filter((guard) => guard.tripped).length;
  if (tripped > 0) return <Badge tone="bad">{t.lanes.tripped}</Badge>;
  return <span className="text-faint">{guards.length > 0 ? t.lanes.standBy(guards.length) : t.common.none}</span>;
};

const COLUMNS: readonly Column<LaneSummary>[] = [
  { id: 'title', title: t.lanes.lane, width: 'minmax(10rem,2fr)', cell: ({ title }) => title },
  {
    id: 'stage',
    title: t.lanes.stage,
    width: '7rem',
    cell: ({ stage }) => <State tone={STAGE_TONES[stage]}>{t.lanes.stages[stage]}</State>,
  },
  { id: 'traffic', title: t.lanes.traffic, width: '8.5rem', right: true, wide: true, cell: (of) => `${of.traffic} %` },
  {
    id: 'success',
    title: t.lanes.success,
    width: '5.5rem',
    right: true,
    cell: (of) => <MeasureText of={successOf(of)} />,
  },
  { id: 'seats', title: t.lanes.seats, width: '4rem', right: true, wide: true, cell: ({ seats }) => seats.length },
  { id: 'waiting', title: t.lanes.waiting, width: '8.5rem', right: true, wide: true, cell: ({ waiting }) => waiting },
  { id: 'guards', title: t.lanes.switches, width: '8rem', wide: true, cell: (of) => <Guards of={of} /> },
  {
    id: 'since',
    title: t.lanes.since,
    width: '6.5rem',
    right: true,
    wide: true,
    cell: ({ since }) => (
      <span className="text-faint">
        <Ago at={since} />
      </span>
    ),
  },
];

function List() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(lanesQuery());
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <div className="overflow-hidden rounded-lg border bg-surface shadow-card">
      <Table
        label={t.lanes.title}
        columns={COLUMNS}
        rows={data.pages.flatMap(({ lanes }) => lanes)}
        keyOf={({ id }) => id}
        linkOf={({ id }) => ({ to: '/lanes/$id', params: { id } })}
        more={hasNextPage ? () => void fetchNextPage() : undefined}
        empty={
          <Empty icon="lanes" title={t.lanes.none}>
            {t.lanes.noneWhy}
          </Empty>
        }
      />
    </div>
  );
}

function Ninety() {
  const { data, error } = useQuery({
    queryKey: ['lanes', 'ninety'],
    queryFn: ({ signal }) => client.ninetyDays({}, { signal }),
  });
  if (error) return <Problem error={error} />;
  if (!data) return <Loading rows={8} />;
  return (
    <Section flush title={t.lanes.ninety} aside={data.days !== null && t.lanes.days(data.days)}>
      <Checks of={data.checks} />
    </Section>
  );
}
