/** Cases as a board of where they are, or as a table of all of them. */
import type { CaseSummary } from '@reeve/protocol';
import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useState } from 'react';
import { client } from '../app/client.ts';
import { casesQuery, seatsQuery, statusQuery } from '../app/queries.ts';
import type { CasesSearch } from '../app/router.tsx';
import { countText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Choose, Input, Select } from '../ui/forms.tsx';
import { Ago, Badge, Button, cx, Empty, Loading, PageTitle, Problem, Untrusted } from '../ui/parts.tsx';
import { CaseState, Priority } from '../ui/states.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { NewCase } from './new-case.tsx';
import { SavedFilters } from './saved-filters.tsx';

type Status = CaseSummary['status'];

export function Cases() {
  const search = useSearch({ from: '/cases' });
  const status = useQuery(statusQuery()).data;
  const [creating, setCreating] = useState(false);
  const navigate = useNavigate({ from: '/cases' });
  const set = (next: CasesSearch) => void navigate({ search: { ...search, ...next }, replace: true });
  const filtered =
    search.status !== undefined ||
    search.q !== undefined ||
    search.owner !== undefined ||
    search.customer !== undefined;
  const view = search.view === 'table' || filtered ? 'table' : 'board';
  const all = Object.values(status?.cases.byStatus ?? {}).reduce((sum, one) => sum + one, 0);
  return (
    <>
      <PageTitle title={t.cases.title} sub={status && t.cases.sub(status.cases.open, all)}>
        <SavedFilters search={search} onUse={(next) => void navigate({ search: next })} />
        <Choose
          label={t.cases.title}
          value={view}
          options={[
            ['board', t.cases.board],
            ['table', t.cases.table],
          ]}
          onChange={(next) => void navigate({ search: next === 'board' ? {} : { ...search, view: 'table' } })}
        />
        <Button look="primary" onClick={() => setCreating(true)}>
          {t.cases.new}
        </Button>
      </PageTitle>
      <Filters search={search} onChange={set} />
      {view === 'board' ? (
        <Board counts={status?.cases.byStatus ?? {}} all={all} />
      ) : (
        <List search={search} all={all} />
      )}
      {creating && <NewCase onClose={() => setCreating(false)} />}
    </>
  );
}

function Filters({ search, onChange }: { search: CasesSearch; onChange: (next: CasesSearch) => void }) {
  const [text, setText] = useState(search.q ?? '');
  const settled = useDeferredValue(text);
  const seats = useInfiniteQuery(seatsQuery({})).data?.pages.flatMap((page) => page.seats) ?? [];
  const statuses = Object.entries(t.cases.statuses).map(([value, label]) => ({ value, label }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed asks anew
  useEffect(() => {
    const timer = setTimeout(
      () => settled !== (search.q ?? '') && onChange({ q: settled || undefined } as CasesSearch),
      200,
    );
    return () => clearTimeout(timer);
  }, [settled]);
  return (
    <search className="mb-3 grid grid-cols-2 gap-2 md:grid-cols-[minmax(14rem,1fr)_12rem_12rem]">
      <Input
        className="col-span-2 md:col-span-1"
        type="search"
        aria-label={t.cases.find}
        placeholder={t.cases.find}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Select
        aria-label={t.cases.filter}
        value={search.status ?? ''}
        choices={[{ value: '', label: t.cases.any }, { value: 'open', label: t.cases.open }, ...statuses]}
        onChange={(status) => onChange({ status: status || undefined } as CasesSearch)}
      />
      <Select
        aria-label={t.cases.owner}
        value={search.owner ?? ''}
        choices={[
          { value: '', label: t.cases.anyOwner },
          ...seats.map(({ id, title }) => ({ value: id, label: title })),
        ]}
        onChange={(owner) => onChange({ owner: owner || undefined } as CasesSearch)}
      />
    </search>
  );
}

const COLUMNS: readonly Column<CaseSummary>[] = [
  { id: 'id', title: t.cases.id, width: '4.5rem', cell: ({ id }) => <span className="font-mono text-xs">{id}</span> },
  {
    id: 'subject',
    title: t.cases.subject,
    width: 'minmax(10rem,3fr)',
    cell: ({ subject }) => <Untrusted text={subject} />,
  },
  {
    id: 'customer',
    title: t.cases.customer,
    width: 'minmax(6rem,1.3fr)',
    wide: true,
    cell: ({ name, customer }) => <Untrusted text={name ?? customer} />,
  },
  { id: 'status', title: t.cases.status, width: '10.5rem', cell: ({ status }) => <CaseState status={status} /> },
  {
    id: 'owner',
    title: t.cases.owner,
    width: 'minmax(6rem,1fr)',
    wide: true,
    cell: ({ owner }) => <span className="text-soft">{wordsOf(owner)}</span>,
  },
  {
    id: 'topic',
    title: t.cases.topic,
    width: '7rem',
    wide: true,
    cell: ({ topic }) => <span className="text-soft">{topic ? wordsOf(topic) : '–'}</span>,
  },
  {
    id: 'priority',
    title: t.cases.priority,
    width: '4.5rem',
    wide: true,
    cell: ({ priority }) => <Priority priority={priority} />,
  },
  {
    id: 'since',
    title: t.cases.at,
    width: '6.5rem',
    right: true,
    wide: true,
    cell: ({ since, overdue }) =>
      overdue ? (
        <Badge tone="bad">{t.cases.overdue}</Badge>
      ) : (
        <span className="text-faint">
          <Ago at={since} />
        </span>
      ),
  },
];

function List({ search, all }: { search: CasesSearch; all: number }) {
  const { status, owner, customer, q } = search;
  const filter = {
    ...(status ? { status: status as Status | 'open' } : {}),
    ...(owner ? { owner } : {}),
    ...(customer ? { customer } : {}),
    ...(q ? { q } : {}),
  };
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(casesQuery(filter));
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading rows={10} />;
  const rows = data.pages.flatMap(({ cases }) => cases);
  const empty =
    all === 0 ? (
      <Empty title={t.cases.noneYet}>{t.cases.noneYetWhy}</Empty>
    ) : (
      <Empty icon="search" title={t.cases.none}>
        {t.cases.noneWhy}
      </Empty>
    );
  return (
    <div className="overflow-hidden rounded-lg border bg-surface shadow-card">
      <Table
        label={t.cases.title}
        columns={COLUMNS}
        rows={rows}
        keyOf={({ id }) => id}
        linkOf={({ id }) => ({ to: '/cases/$id', params: { id } })}
        more={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        empty={empty}
      />
    </div>
  );
}

const LANES: readonly (readonly [keyof typeof t.cases.lanes, readonly Status[]])[] = [
  ['open', ['new', 'assigned']],
  ['working', ['in_progress']],
  ['waiting', ['waiting_internal', 'waiting_customer', 'blocked']],
  ['person', ['escalated']],
  ['done', ['resolved', 'verified', 'closed']],
];
/** Cards of one status; the rest is in the table. */
const CARDS = 12;

const boardQuery = (status: Status) => ({
  queryKey: ['cases', 'board', status],
  queryFn: ({ signal }: { signal: AbortSignal }) => client.cases({ status, limit: CARDS }, { signal }),
});

function Board({ counts, all }: { counts: Readonly<Record<string, number>>; all: number }) {
  const statuses = LANES.flatMap(([, each]) => each);
  const answers = useQueries({ queries: statuses.map(boardQuery) });
  if (all === 0 && answers.every(({ data }) => data?.cases.length === 0))
    return <Empty title={t.cases.noneYet}>{t.cases.noneYetWhy}</Empty>;
  const casesOf = (lane: readonly Status[]) =>
    lane
      .flatMap((status) => answers[statuses.indexOf(status)]?.data?.cases ?? [])
      .sort((a, b) => Number(b.overdue) - Number(a.overdue) || b.since - a.since);
  return (
    <div className="-mx-4 flex snap-x gap-3 overflow-x-auto px-4 pb-2 scroll-thin md:mx-0 md:px-0">
      {LANES.map(([lane, of]) => (
        <Lane
          key={lane}
          title={t.cases.lanes[lane]}
          statuses={of}
          cases={casesOf(of).slice(0, CARDS)}
          count={of.reduce((sum, each) => sum + (counts[each] ?? 0), 0)}
        />
      ))}
    </div>
  );
}

function Lane({
  title,
  cases,
  count,
  statuses,
}: {
  title: string;
  cases: CaseSummary[];
  count: number;
  statuses: readonly Status[];
}) {
  return (
    <section
      aria-label={title}
      className={cx(
        'w-64 shrink-0 snap-start rounded-lg bg-sunken p-2 md:block md:w-auto md:min-w-44 md:flex-1',
        count === 0 && 'hidden',
      )}
    >
      <h2 className="flex justify-between px-1.5 pb-2 text-xs font-semibold text-soft">
        {title} <span className="text-faint">{countText(count)}</span>
      </h2>
      <ul className="space-y-2">
        {cases.map((each) => (
          <Card key={each.id} of={each} />
        ))}
        {cases.length === 0 && (
          <li className="rounded-md border border-dashed p-3 text-center text-xs text-faint">{t.cases.emptyLane}</li>
        )}
      </ul>
      {count > cases.length && (
        <Link
          to="/cases"
          search={{ view: 'table', status: statuses.at(-1)! }}
          className="mt-2 block px-1.5 text-xs text-accent hover:underline"
        >
          {t.cases.moreInTable(count - cases.length)}
        </Link>
      )}
    </section>
  );
}

const Card = ({
  of: { id, subject, name, customer, owner, status, overdue, since, priority },
}: {
  of: CaseSummary;
}) => (
  <li>
    <Link
      to="/cases/$id"
      params={{ id }}
      className="block rounded-md border bg-surface p-2.5 shadow-card hover:border-strong"
    >
      <span className="flex items-center justify-between gap-2 text-2xs text-faint">
        <span className="font-mono">{id}</span>
        {overdue ? <Badge tone="bad">{t.cases.overdue}</Badge> : <Ago at={since} />}
      </span>
      <span className="mt-0.5 line-clamp-2 font-medium">
        <Untrusted text={subject} />
      </span>
      <span className="mt-1 flex items-center justify-between gap-2 text-xs text-soft">
        <span className="truncate">
          <Untrusted text={name ?? customer} />
        </span>
        {priority === 'high' && <Priority priority={priority} />}
      </span>
      <span className="mt-1 flex items-center justify-between gap-2 text-2xs">
        <CaseState status={status} />
        <span className="truncate text-faint">{wordsOf(owner)}</span>
      </span>
    </Link>
  </li>
);
