/** Beliefs of all desks, by standing, layer and words. */
import type { BeliefView, RequestOf } from '@reeve/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { beliefsQuery } from '../app/queries.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Input, Select } from '../ui/forms.tsx';
import { Ago, Empty, Loading, Problem, State, type Tone, Untrusted } from '../ui/parts.tsx';
import { type Column, Table } from '../ui/table.tsx';

export const STANDING_TONES: Record<BeliefView['standing'], Tone> = {
  confirmed: 'good',
  held: 'info',
  unconfirmed: 'warn',
  contested: 'bad',
};

export const Until = ({ at }: { at: number | null }) =>
  at === null ? <span className="text-faint">{t.knowledge.always}</span> : <Ago at={at} />;

const COLUMNS: readonly Column<BeliefView>[] = [
  {
    id: 'statement',
    title: t.knowledge.statement,
    width: 'minmax(10rem,2.6fr)',
    cell: ({ statement }) => <Untrusted text={statement} />,
  },
  {
    id: 'standing',
    title: t.knowledge.standing,
    width: '7.5rem',
    cell: ({ standing }) => <State tone={STANDING_TONES[standing]}>{t.knowledge.standings[standing]}</State>,
  },
  {
    id: 'confidence',
    title: t.knowledge.confidence,
    width: '5.5rem',
    right: true,
    wide: true,
    cell: ({ confidence }) => `${Math.round(confidence * 100)} %`,
  },
  {
    id: 'source',
    title: t.knowledge.source,
    width: 'minmax(7rem,1fr)',
    wide: true,
    cell: ({ origin }) => <Untrusted text={origin} />,
  },
  {
    id: 'seat',
    title: t.knowledge.seat,
    width: 'minmax(7rem,1fr)',
    wide: true,
    cell: ({ seat }) => <span className="text-soft">{wordsOf(seat)}</span>,
  },
  { id: 'until', title: t.knowledge.until, width: '6.5rem', wide: true, cell: ({ until }) => <Until at={until} /> },
];

type Filter = RequestOf<'beliefs'>;
const STANDINGS = ['confirmed', 'held', 'unconfirmed', 'contested'] as const;
const LAYERS = ['stable', 'state', 'working'] as const;

/** Of what the address says, what the server would take. */
function filterOf(search: { q?: string; seat?: string; standing?: string; layer?: string }): Filter {
  const standing = STANDINGS.find((each) => each === search.standing);
  const layer = LAYERS.find((each) => each === search.layer);
  return {
    ...(search.q ? { q: search.q } : {}),
    ...(search.seat ? { seat: search.seat } : {}),
    ...(standing ? { standing } : {}),
    ...(layer ? { layer } : {}),
  };
}

export function Beliefs() {
  const filter = filterOf(useSearch({ from: '/knowledge' }));
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(beliefsQuery(filter));
  const filtered = Object.keys(filter).length > 0;
  if (error) return <Problem error={error} />;
  return (
    <>
      <Filters filter={filter} />
      {!data ? (
        <Loading />
      ) : (
        <div className="overflow-hidden rounded-lg border bg-surface shadow-card">
          <Table
            label={t.knowledge.beliefs}
            height="h-[calc(100dvh-19rem)]"
            columns={COLUMNS}
            rows={data.pages.flatMap(({ beliefs }) => beliefs)}
            keyOf={({ id }) => id}
            linkOf={({ id }) => ({ to: '/knowledge/$id', params: { id } })}
            more={hasNextPage ? () => void fetchNextPage() : undefined}
            empty={
              <Empty icon="knowledge" title={filtered ? t.knowledge.noFit : t.knowledge.noBeliefs}>
                {filtered ? t.knowledge.noFitWhy : t.knowledge.noBeliefsWhy}
              </Empty>
            }
          />
        </div>
      )}
    </>
  );
}

function Filters({ filter }: { filter: Filter }) {
  const navigate = useNavigate({ from: '/knowledge' });
  const set = (part: Record<string, string>) =>
    void navigate({ search: (before) => ({ ...before, tab: 'beliefs', ...part }), replace: true });
  return (
    <div className="mb-3 flex flex-wrap gap-2">
      <Input
        type="search"
        className="!w-56"
        aria-label={t.knowledge.text}
        placeholder={t.knowledge.text}
        defaultValue={filter.q ?? ''}
        onChange={(event) => set({ q: event.target.value })}
      />
      <div className="w-40">
        <Select
          aria-label={t.knowledge.standing}
          value={filter.standing ?? ''}
          onChange={(standing) => set({ standing })}
          choices={[
            { value: '', label: t.knowledge.any },
            ...STANDINGS.map((value) => ({ value, label: t.knowledge.standings[value] })),
          ]}
        />
      </div>
      <div className="w-36">
        <Select
          aria-label={t.knowledge.layer}
          value={filter.layer ?? ''}
          onChange={(layer) => set({ layer })}
          choices={[
            { value: '', label: t.knowledge.anyLayer },
            ...LAYERS.map((value) => ({ value, label: t.knowledge.layers[value] })),
          ]}
        />
      </div>
    </div>
  );
}
