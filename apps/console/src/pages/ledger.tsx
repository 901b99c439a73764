/** The ledger: every record there is, found by kind, text or what it is about. */
import type { LedgerRecord } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../app/client.ts';
import { headQuery, ledgerQuery } from '../app/queries.ts';
import type { LedgerSearch } from '../app/router.tsx';
import { toast } from '../app/toast.tsx';
import { countText, momentText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Input, Select } from '../ui/forms.tsx';
import { Button, Empty, Loading, PageTitle, Problem, Untrusted } from '../ui/parts.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { saveStream } from './download.ts';

export function Ledger() {
  const search = useSearch({ from: '/ledger' });
  const head = useQuery(headQuery()).data;
  return (
    <>
      <PageTitle title={t.ledger.title} sub={head && t.ledger.sub(countText(head.seq), head.hash.slice(0, 12))}>
        <ExportButton />
        <Link
          to="/ledger/verify"
          className="inline-flex min-h-7 items-center rounded-md bg-accent px-2.5 font-medium text-on-accent hover:brightness-110"
        >
          {t.ledger.verify}
        </Link>
      </PageTitle>
      <Filters search={search} />
      <Records search={search} />
    </>
  );
}

function ExportButton() {
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      await saveStream(await client.ledgerExport(), 'ledger.jsonl');
    } catch (error) {
      toast({ text: (error as Error).message, bad: true });
    }
    setBusy(false);
  };
  return (
    <Button icon="down" busy={busy} onClick={() => void run()}>
      {t.ledger.export}
    </Button>
  );
}

const KINDS = [
  'case.',
  'task.',
  'message.',
  'operation.',
  'approval.',
  'grant.',
  'violation.',
  'incident.',
  'switch.',
  'seat.',
  'run.',
  'budget.',
  'economy.',
  'organisation.',
  'customer.',
];

function Filters({ search }: { search: LedgerSearch }) {
  const navigate = useNavigate({ from: '/ledger' });
  const [text, setText] = useState(search.text ?? '');
  const [about, setAbout] = useState(search.correlation ?? '');
  const set = (next: Record<keyof LedgerSearch, string>) =>
    void navigate({
      search: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')),
      replace: true,
    });
  const now = { kind: search.kind ?? '', text, correlation: about.trim().toUpperCase() };
  return (
    <search>
      <form
        className="mb-3 grid grid-cols-2 gap-2 md:grid-cols-[12rem_10rem_minmax(12rem,1fr)_auto]"
        onSubmit={(event) => {
          event.preventDefault();
          set(now);
        }}
      >
        <Select
          aria-label={t.ledger.kind}
          value={now.kind}
          choices={[
            { value: '', label: t.ledger.anyKind },
            ...KINDS.map((value) => ({ value, label: wordsOf(value) })),
          ]}
          onChange={(kind) => set({ ...now, kind })}
        />
        <Input
          aria-label={t.ledger.about}
          placeholder={t.ledger.about}
          value={about}
          onChange={(event) => setAbout(event.target.value)}
        />
        <Input
          type="search"
          className="col-span-2 md:col-span-1"
          aria-label={t.ledger.text}
          placeholder={t.ledger.text}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit">{t.common.search}</Button>
      </form>
    </search>
  );
}

const COLUMNS: readonly Column<LedgerRecord>[] = [
  {
    id: 'seq',
    title: t.ledger.seq,
    width: '4.5rem',
    cell: ({ seq }) => <span className="font-mono text-xs">{countText(seq)}</span>,
  },
  {
    id: 'text',
    title: t.ledger.what,
    width: 'minmax(12rem,3fr)',
    cell: ({ text, kind }) => <Untrusted text={text ?? kind} />,
  },
  {
    id: 'kind',
    title: t.ledger.kind,
    width: '11rem',
    wide: true,
    cell: ({ kind }) => <code className="font-mono text-xs text-soft">{kind}</code>,
  },
  {
    id: 'who',
    title: t.ledger.who,
    width: 'minmax(6rem,1fr)',
    wide: true,
    cell: ({ actor }) => <span className="text-soft">{wordsOf(actor.seat ?? actor.principal)}</span>,
  },
  {
    id: 'at',
    title: t.ledger.at,
    width: '9.5rem',
    right: true,
    wide: true,
    cell: ({ at }) => <span className="text-xs text-faint">{momentText(at)}</span>,
  },
];

function Records({ search }: { search: LedgerSearch }) {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(
    ledgerQuery(search),
  );
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading rows={12} />;
  return (
    <div className="overflow-hidden rounded-lg border bg-surface shadow-card">
      <Table
        label={t.ledger.title}
        columns={COLUMNS}
        rows={data.pages.flatMap(({ records }) => records)}
        keyOf={({ seq }) => String(seq)}
        linkOf={({ seq }) => ({ to: '/ledger/$seq', params: { seq: String(seq) } })}
        more={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        empty={
          <Empty icon="search" title={t.ledger.none}>
            {t.ledger.noneWhy}
          </Empty>
        }
      />
    </div>
  );
}
