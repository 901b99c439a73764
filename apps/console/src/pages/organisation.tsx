/** Who answers to whom, what everybody is doing now, and what is stopped. */
import type { SeatView } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { RearmButton, StopButton, targetText } from '../app/controls.tsx';
import { proposalsQuery, seatsQuery, statusQuery, structureQuery } from '../app/queries.ts';
import { countText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Choose, Input } from '../ui/forms.tsx';
import { Ago, Badge, Button, Empty, Loading, PageTitle, Problem, State, Untrusted } from '../ui/parts.tsx';
import { SEAT_TONES } from '../ui/states.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Past } from './past-changes.tsx';

const ChartView = lazy(() => import('./chart-view.tsx'));
const Restructure = lazy(() => import('./restructure.tsx'));

const VIEWS = ['chart', 'list', 'past', 'stops'] as const;
type View = (typeof VIEWS)[number];
const NAMES: Record<View, string> = {
  chart: t.organisation.chart,
  list: t.organisation.list,
  past: t.structure.past,
  stops: t.organisation.stops,
};

export function OrganisationPage() {
  const { view, q = '', undo } = useSearch({ from: '/organisation' });
  const { data, error, refetch } = useQuery(structureQuery());
  // What is planned stays when the server is away for a while.
  if (!data) return error ? <Problem error={error} again={() => void refetch()} /> : <Loading rows={10} />;
  if (view === 'restructure')
    return (
      <Suspense fallback={<Loading rows={8} />}>
        <Restructure key={undo ?? ''} structure={data} />
      </Suspense>
    );
  const wide = matchMedia('(min-width: 768px)').matches;
  const shown = VIEWS.find((each) => each === view) ?? (wide && !q ? 'chart' : 'list');
  return (
    <>
      <Title total={data.seats.length} shown={shown} q={q} />
      <Proposed />
      {shown === 'chart' && (
        <Suspense fallback={<Loading rows={8} />}>
          {data.seats.length === 0 ? <None /> : <ChartView seats={data.seats} />}
        </Suspense>
      )}
      {shown === 'list' && <List q={q} />}
      {shown === 'past' && <Past />}
      {shown === 'stops' && <Stops />}
    </>
  );
}

function Title({ total, shown, q }: { total: number; shown: View; q: string }) {
  const navigate = useNavigate({ from: '/organisation' });
  return (
    <PageTitle title={t.organisation.title} sub={t.organisation.sub(total)}>
      {shown === 'list' && (
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
      )}
      <Choose
        label={t.organisation.view}
        value={shown}
        options={VIEWS.map((each) => [each, NAMES[each]] as const)}
        onChange={(next) => void navigate({ search: { view: next } })}
      />
      <Button icon="organisation" onClick={() => void navigate({ search: { view: 'restructure' } })}>
        {t.structure.mode}
      </Button>
      <StopButton target={{ scope: 'organisation', id: 'all' }} label={t.stop.stopAll} />
    </PageTitle>
  );
}

const None = () => (
  <Empty icon="organisation" title={t.organisation.none}>
    {t.organisation.noneWhy}
  </Empty>
);

/** Proposals that are shown; all are under Goals. */
const PROPOSED = 3;

/** Where more report to one seat than it can follow, Reeve proposes a layer; people decide about it under Goals. */
function Proposed() {
  const { data } = useInfiniteQuery(proposalsQuery({ status: 'open' }));
  const layers = data?.pages.flatMap(({ proposals }) => proposals).filter(({ about }) => about !== undefined) ?? [];
  if (layers.length === 0) return null;
  return (
    <ul aria-label={t.structure.proposed} className="mb-4 space-y-2">
      {/* The fullest is proposed for first. */}
      {layers
        .toReversed()
        .slice(0, PROPOSED)
        .map(({ id, title }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-3 rounded-lg bg-info-tint px-4 py-2 text-info">
            <span className="min-w-0 flex-1">
              <span className="font-mono text-xs">{id}</span> <Untrusted text={title} />
            </span>
            <Link to="/goals" search={{ tab: 'proposals' }} className="font-medium underline">
              {t.structure.decide}
            </Link>
          </li>
        ))}
      {layers.length > PROPOSED && (
        <li className="text-faint">{t.structure.others(countText(layers.length - PROPOSED))}</li>
      )}
    </ul>
  );
}

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

function List({ q }: { q: string }) {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(
    seatsQuery(q ? { q } : {}),
  );
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading rows={10} />;
  return (
    <div className="overflow-hidden rounded-lg border bg-surface shadow-card">
      <Table
        label={t.organisation.title}
        columns={COLUMNS}
        rows={data.pages.flatMap((page) => page.seats)}
        total={data.pages[0]?.total ?? 0}
        keyOf={({ id }) => id}
        linkOf={({ id }) => ({ to: '/organisation/$id', params: { id } })}
        more={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        empty={<None />}
      />
    </div>
  );
}

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
