/** Who answers to whom, what everybody is doing now, and what is stopped. */
import type { SeatView } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { RearmButton, StopButton, targetText } from '../app/controls.tsx';
import { seatsQuery, statusQuery } from '../app/queries.ts';
import { countText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Choose, Input } from '../ui/forms.tsx';
import { Ago, Badge, Empty, Loading, PageTitle, Problem, State, Untrusted } from '../ui/parts.tsx';
import { SEAT_TONES } from '../ui/states.tsx';
import { type Column, Table } from '../ui/table.tsx';

const Chart = lazy(() => import('./chart.tsx'));

/** More seats than this are shown as a list unless asked otherwise; the chart takes what was fetched. */
const CHART = 400;

export function OrganisationPage() {
  const { view, q = '' } = useSearch({ from: '/organisation' });
  const navigate = useNavigate({ from: '/organisation' });
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(
    seatsQuery(q ? { q } : {}),
  );
  const seats = data?.pages.flatMap((page) => page.seats) ?? [];
  const total = data?.pages[0]?.total ?? 0;
  const wide = matchMedia('(min-width: 768px)').matches;
  const shown =
    view === 'list' || view === 'chart' || view === 'stops' ? view : wide && total <= CHART && !q ? 'chart' : 'list';
  useEffect(() => {
    if (shown === 'chart' && hasNextPage && !isFetchingNextPage && seats.length < CHART) void fetchNextPage();
  }, [shown, hasNextPage, isFetchingNextPage, fetchNextPage, seats.length]);
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading rows={10} />;
  const more = hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined;
  return (
    <>
      <PageTitle title={t.organisation.title} sub={t.organisation.sub(total)}>
        <Input
          type="search"
          className="!w-52"
          aria-label={t.organisation.find}
          placeholder={t.organisation.find}
          defaultValue={q}
          onChange={(event) =>
            void navigate({ search: event.target.value ? { q: event.target.value, view: 'list' } : {}, replace: true })
          }
        />
        <Choose
          label={t.organisation.title}
          value={shown}
          options={[
            ['chart', t.organisation.chart],
            ['list', t.organisation.list],
            ['stops', t.organisation.stops],
          ]}
          onChange={(next) => void navigate({ search: { view: next } })}
        />
        <StopButton target={{ scope: 'organisation', id: 'all' }} label={t.stop.stopAll} />
      </PageTitle>
      {shown === 'chart' &&
        (seats.length === 0 ? (
          <None />
        ) : (
          <Suspense fallback={<Loading rows={8} />}>
            <Chart seats={seats} total={total} />
          </Suspense>
        ))}
      {shown === 'list' && <List seats={seats} total={total} more={more} />}
      {shown === 'stops' && <Stops />}
    </>
  );
}

const None = () => (
  <Empty icon="organisation" title={t.organisation.none}>
    {t.organisation.noneWhy}
  </Empty>
);

const COLUMNS: readonly Column<SeatView>[] = [
  { id: 'title', title: t.organisation.seat, width: 'minmax(9rem,1.5fr)', cell: ({ title }) => title },
  {
    id: 'status',
    title: t.organisation.status,
    width: '7rem',
    cell: ({ status, runs }) => (
      <State tone={SEAT_TONES[status]} busy={runs > 0}>
        {t.seat.statuses[status]}
      </State>
    ),
  },
  {
    id: 'unit',
    title: t.organisation.unit,
    width: 'minmax(6rem,1fr)',
    wide: true,
    cell: ({ unit }) => <span className="text-soft">{wordsOf(unit)}</span>,
  },
  {
    id: 'occupant',
    title: t.organisation.occupant,
    width: 'minmax(8rem,1.2fr)',
    wide: true,
    cell: ({ occupant }) =>
      occupant ? (
        <>
          <Badge>{occupant.kind}</Badge> <Untrusted text={occupant.name ?? occupant.principal} />
        </>
      ) : (
        <span className="text-faint">{t.common.nobody}</span>
      ),
  },
  {
    id: 'above',
    title: t.organisation.above,
    width: 'minmax(6rem,1fr)',
    wide: true,
    cell: ({ supervisor }) => <span className="text-soft">{supervisor ? wordsOf(supervisor) : '–'}</span>,
  },
  { id: 'runs', title: t.organisation.runs, width: '4rem', right: true, wide: true, cell: ({ runs }) => runs },
  { id: 'inbox', title: t.organisation.inbox, width: '3.5rem', right: true, cell: ({ inbox }) => countText(inbox) },
];

const List = ({ seats, total, more }: { seats: SeatView[]; total: number; more: (() => void) | undefined }) => (
  <div className="overflow-hidden rounded-lg border bg-surface shadow-card">
    <Table
      label={t.organisation.title}
      columns={COLUMNS}
      rows={seats}
      total={total}
      keyOf={({ id }) => id}
      linkOf={({ id }) => ({ to: '/organisation/$id', params: { id } })}
      more={more}
      empty={<None />}
    />
  </div>
);

function Stops() {
  const { data } = useQuery(statusQuery());
  if (!data) return <Loading />;
  if (data.switches.length === 0)
    return (
      <Empty icon="check" title={t.organisation.noStops}>
        {t.organisation.noStopsWhy}
      </Empty>
    );
  return (
    <ul className="space-y-3">
      {data.switches.map(({ scope, id, reason, by, at, condition }) => (
        <li
          key={`${scope}:${id}`}
          className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-bad/40 bg-surface px-4 py-3 shadow-card"
        >
          <div className="min-w-0 flex-1">
            <p className="font-semibold">{targetText({ scope, id })}</p>
            <p className="text-soft">
              “<Untrusted text={reason} />”
            </p>
            <p className="text-xs text-faint">
              {wordsOf(by)} · <Ago at={at} />
              {condition && ` · ${t.organisation.byItself(condition)}`}
            </p>
          </div>
          <RearmButton target={{ scope, id }} />
        </li>
      ))}
    </ul>
  );
}
