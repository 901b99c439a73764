/** Who is at work, on what, and how far; stopping one or all. */
import type { RunView, SeatView } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { StopButton } from '../app/controls.tsx';
import { ledgerQuery, runsQuery, seatsQuery, statusQuery } from '../app/queries.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Ago, Badge, Empty, Loading, PageTitle, Problem, Section, State } from '../ui/parts.tsx';
import { SEAT_TONES } from '../ui/states.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { RecordLines } from './record-lines.tsx';
import { RUN_TONES } from './run-states.ts';

export function Workers() {
  const { data } = useQuery(statusQuery());
  const runtime = data?.runtime;
  return (
    <>
      <PageTitle
        title={t.workers.title}
        sub={runtime && t.workers.sub(runtime.activeRuns, runtime.executing, runtime.waitingJobs)}
      >
        <StopButton target={{ scope: 'organisation', id: 'all' }} label={t.stop.stopAll} />
      </PageTitle>
      <div className="space-y-4">
        <Runs />
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <Seats />
          <Finished />
        </div>
      </div>
    </>
  );
}

const COLUMNS: readonly Column<RunView>[] = [
  {
    id: 'id',
    title: t.workers.run,
    width: '5rem',
    cell: ({ id }) => (
      <Link to="/workers/$id" params={{ id }} className="font-mono text-xs text-accent underline">
        {id}
      </Link>
    ),
  },
  {
    id: 'seat',
    title: t.ops.seat,
    width: 'minmax(8rem,1.3fr)',
    cell: ({ seat }) => (
      <Link to="/organisation/$id" params={{ id: seat }} className="hover:underline">
        {wordsOf(seat)}
      </Link>
    ),
  },
  {
    id: 'status',
    title: t.ops.status,
    width: '9.5rem',
    cell: ({ status }) => (
      <State tone={RUN_TONES[status]} busy={status === 'active'}>
        {t.workers.states[status]}
      </State>
    ),
  },
  {
    id: 'case',
    title: t.cases.id,
    width: '5rem',
    cell: ({ case: of }) =>
      of ? (
        <Link to="/cases/$id" params={{ id: of }} className="text-accent underline">
          {of}
        </Link>
      ) : (
        '–'
      ),
  },
  {
    id: 'on',
    title: t.workers.waits,
    width: '6rem',
    wide: true,
    cell: ({ waiting }) =>
      waiting ? (
        <Link to="/why/$id" params={{ id: waiting }} className="text-accent underline">
          {waiting}
        </Link>
      ) : (
        '–'
      ),
  },
  {
    id: 'steps',
    title: t.workers.stepsTitle,
    width: '4rem',
    right: true,
    wide: true,
    cell: ({ steps, refused }) => `${steps}${refused > 0 ? ` (${refused})` : ''}`,
  },
  {
    id: 'at',
    title: t.workers.began,
    width: '6.5rem',
    right: true,
    wide: true,
    cell: ({ startedAt }) => (
      <span className="text-faint">
        <Ago at={startedAt} />
      </span>
    ),
  },
];

function Runs() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(runsQuery({}));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <Section flush title={t.workers.unfinished}>
      <Table
        label={t.workers.unfinished}
        height="max-h-[26rem]"
        columns={COLUMNS}
        rows={data.pages.flatMap(({ runs }) => runs)}
        keyOf={({ id }) => id}
        more={hasNextPage ? () => void fetchNextPage() : undefined}
        empty={
          <Empty icon="check" title={t.workers.none}>
            {t.workers.noneWhy}
          </Empty>
        }
      />
    </Section>
  );
}

const SEATS: readonly Column<SeatView>[] = [
  { id: 'title', title: t.organisation.seat, width: 'minmax(8rem,1.5fr)', cell: ({ title }) => title },
  {
    id: 'kind',
    title: t.organisation.occupant,
    width: '5rem',
    cell: ({ occupant }) => <Badge>{occupant?.kind ?? '–'}</Badge>,
  },
  {
    id: 'status',
    title: t.ops.status,
    width: '7rem',
    cell: ({ status, runs }) => (
      <State tone={SEAT_TONES[status]} busy={runs > 0}>
        {t.seat.statuses[status]}
      </State>
    ),
  },
  { id: 'runs', title: t.organisation.runs, width: '3.5rem', right: true, cell: ({ runs }) => runs },
  { id: 'inbox', title: t.organisation.inbox, width: '3.5rem', right: true, cell: ({ inbox }) => inbox },
];

function Seats() {
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery(seatsQuery({}));
  return (
    <Section flush title={t.workers.seats}>
      <Table
        label={t.workers.seats}
        height="max-h-[26rem]"
        columns={SEATS}
        rows={data?.pages.flatMap((page) => page.seats) ?? []}
        keyOf={({ id }) => id}
        linkOf={({ id }) => ({ to: '/organisation/$id', params: { id } })}
        more={hasNextPage ? () => void fetchNextPage() : undefined}
        empty={<Empty title={t.organisation.none}>{t.organisation.noneWhy}</Empty>}
      />
    </Section>
  );
}

const LATEST = 12;

function Finished() {
  const { data } = useInfiniteQuery(ledgerQuery({ kind: 'run.' }));
  const records = data?.pages[0]?.records.slice(0, LATEST) ?? [];
  return (
    <Section flush title={t.workers.latest}>
      <RecordLines records={records} runs />
      {records.length === 0 && <Empty title={t.workers.none}>{t.workers.noneWhy}</Empty>}
    </Section>
  );
}
