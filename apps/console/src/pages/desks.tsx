/** What each desk holds, in numbers, and words found in everything desks have ever held. */
import type { DeskHit, DeskSummary } from '@reeve/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { deskSearchQuery, desksQuery } from '../app/queries.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Input } from '../ui/forms.tsx';
import { Ago, Badge, Empty, Loading, Problem, State, Untrusted } from '../ui/parts.tsx';
import { type Column, Table } from '../ui/table.tsx';

const right = { right: true, wide: true, width: '6.5rem' };
const DESKS: readonly Column<DeskSummary>[] = [
  {
    id: 'seat',
    title: t.knowledge.seat,
    width: 'minmax(9rem,1.2fr)',
    cell: ({ seat, title }) => (
      <Link to="/desks/$id" params={{ id: seat }} className="font-medium hover:underline">
        {title}
      </Link>
    ),
  },
  {
    id: 'purpose',
    title: t.knowledge.purpose,
    width: 'minmax(8rem,1.5fr)',
    wide: true,
    cell: ({ purpose }) =>
      purpose === null ? <span className="text-faint">{t.knowledge.noPurpose}</span> : <Untrusted text={purpose} />,
  },
  {
    id: 'beliefs',
    title: t.knowledge.beliefs,
    width: 'minmax(8rem,1.2fr)',
    cell: ({ beliefs: { stable, state, working } }) => t.knowledge.counts(stable, state, working),
  },
  { ...right, id: 'contested', title: t.knowledge.contested, cell: ({ contested }) => contested },
  { ...right, id: 'unconfirmed', title: t.knowledge.unconfirmed, cell: ({ unconfirmed }) => unconfirmed },
  { ...right, width: '4rem', id: 'skills', title: t.knowledge.skills, cell: ({ skills }) => skills },
  { ...right, id: 'snapshots', title: t.knowledge.snapshots, cell: ({ snapshots }) => snapshots },
];

export function Desks() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(desksQuery({}));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <div className="overflow-hidden rounded-lg border bg-surface shadow-card">
      <Table
        label={t.knowledge.desks}
        columns={DESKS}
        rows={data.pages.flatMap(({ desks }) => desks)}
        keyOf={({ seat }) => seat}
        more={hasNextPage ? () => void fetchNextPage() : undefined}
        empty={<Empty title={t.organisation.none}>{t.organisation.noneWhy}</Empty>}
      />
    </div>
  );
}

const HITS: readonly Column<DeskHit>[] = [
  { id: 'text', title: t.ledger.what, width: 'minmax(10rem,2fr)', cell: ({ text }) => <Untrusted text={text} /> },
  { id: 'kind', title: t.ledger.kind, width: '5.5rem', cell: ({ what }) => <Badge>{t.knowledge.hits[what]}</Badge> },
  {
    id: 'live',
    title: t.knowledge.standing,
    width: '6.5rem',
    cell: ({ live }) => <State tone={live ? 'good' : 'plain'}>{live ? t.knowledge.live : t.knowledge.ended}</State>,
  },
  { id: 'seat', title: t.knowledge.seat, width: 'minmax(7rem,1fr)', wide: true, cell: ({ seat }) => wordsOf(seat) },
  { id: 'at', title: t.ledger.at, width: '6.5rem', right: true, wide: true, cell: ({ at }) => <Ago at={at} /> },
];

export function Find() {
  const { q = '' } = useSearch({ from: '/knowledge' });
  const navigate = useNavigate({ from: '/knowledge' });
  return (
    <>
      <Input
        type="search"
        className="mb-3 max-w-lg"
        aria-label={t.knowledge.findLabel}
        placeholder={t.knowledge.findHint}
        defaultValue={q}
        onChange={(event) => void navigate({ search: { tab: 'find', q: event.target.value }, replace: true })}
      />
      {q.trim() === '' ? (
        <Empty icon="search" title={t.knowledge.findFirst}>
          {t.knowledge.findFirstWhy}
        </Empty>
      ) : (
        <Hits text={q.trim()} />
      )}
    </>
  );
}

function Hits({ text }: { text: string }) {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(deskSearchQuery({ text }));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <div className="overflow-hidden rounded-lg border bg-surface shadow-card">
      <Table
        label={t.knowledge.find}
        columns={HITS}
        rows={data.pages.flatMap(({ hits }) => hits)}
        keyOf={({ seq, id }) => `${seq} ${id}`}
        linkOf={({ seq }) => ({ to: '/ledger/$seq', params: { seq: String(seq) } })}
        more={hasNextPage ? () => void fetchNextPage() : undefined}
        empty={
          <Empty icon="search" title={t.knowledge.noFit}>
            {t.knowledge.noFitWhy}
          </Empty>
        }
      />
    </div>
  );
}
