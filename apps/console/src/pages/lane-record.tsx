/** What a lane has to show: its moves, what it cost and brought in, and the questions it answers from data. */
import type { CheckView, LaneMoneyView, LaneMove } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../app/client.ts';
import { laneMovesQuery } from '../app/queries.ts';
import { moneyText, spanText } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Ago, Badge, Empty, Loading, Problem, Section, type Tone, Untrusted } from '../ui/parts.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { SeatName } from './lane-parts.tsx';

const MOVES: readonly Column<LaneMove>[] = [
  {
    id: 'seq',
    title: t.lanes.record,
    width: '4.5rem',
    cell: ({ seq }) => seq,
  },
  { id: 'text', title: t.lanes.moved, width: 'minmax(12rem,1fr)', cell: ({ text }) => <Untrusted text={text} /> },
  {
    id: 'at',
    title: t.lanes.at,
    width: '6.5rem',
    right: true,
    cell: ({ at }) => (
      <span className="text-faint">
        <Ago at={at} />
      </span>
    ),
  },
];

export function Moves({ id }: { id: string }) {
  const [all, setAll] = useState(false);
  const query = useInfiniteQuery(laneMovesQuery({ id, ...(all ? { all: 'true' } : {}) }));
  const { data, error, hasNextPage, fetchNextPage } = query;
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <Section
      flush
      title={t.lanes.moves}
      aside={
        <label className="flex items-center gap-1.5">
          <input type="checkbox" checked={all} onChange={() => setAll(!all)} /> {t.lanes.comparisons}
        </label>
      }
    >
      <Table
        label={t.lanes.moves}
        height="max-h-[32rem]"
        columns={MOVES}
        rows={data.pages.flatMap(({ moves }) => moves)}
        keyOf={({ seq }) => String(seq)}
        linkOf={({ seq }) => ({ to: '/ledger/$seq', params: { seq: String(seq) } })}
        more={hasNextPage ? () => void fetchNextPage() : undefined}
        empty={<Empty title={t.lanes.noMoves}>{t.lanes.noMovesWhy}</Empty>}
      />
    </Section>
  );
}

const moneyColumns = (currency: string): readonly Column<LaneMoneyView>[] => {
  const amount = (micro: number | null) => (micro === null ? '–' : moneyText(micro, currency));
  const right = { right: true, wide: true, width: '6.5rem' };
  return [
    { id: 'seat', title: t.ops.seat, width: 'minmax(8rem,1.4fr)', cell: ({ seat }) => <SeatName id={seat} /> },
    { ...right, id: 'landed', title: t.lanes.landed, cell: ({ landed, proposals }) => `${landed} / ${proposals}` },
    { ...right, id: 'closed', title: t.lanes.closed, width: '4.5rem', cell: ({ closed }) => closed },
    { ...right, id: 'corrections', title: t.lanes.corrections, width: '5.5rem', cell: (of) => of.corrections },
    { ...right, id: 'cost', title: t.lanes.cost, cell: ({ cost }) => amount(cost) },
    { ...right, id: 'value', title: t.lanes.value, cell: ({ value }) => amount(value) },
    { ...right, wide: false, id: 'profit', title: t.lanes.profit, cell: ({ profit }) => amount(profit) },
    {
      ...right,
      wide: false,
      id: 'each',
      title: t.lanes.perOutcome,
      width: '8rem',
      cell: (of) => amount(of.perOutcome),
    },
    { ...right, id: 'cycle', title: t.lanes.cycle, cell: ({ cycle }) => (cycle === null ? '–' : spanText(cycle)) },
  ];
};

export function LaneMoney({ id }: { id: string }) {
  const { data, error } = useQuery({
    queryKey: ['lanes', id, 'money'],
    queryFn: ({ signal }) => client.laneMoney({ id }, { signal }),
  });
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <Section flush title={t.lanes.money}>
      <Table
        label={t.lanes.money}
        height="max-h-[32rem]"
        columns={moneyColumns(data.currency)}
        rows={data.seats}
        keyOf={({ seat }) => seat}
        empty={
          <Empty icon="money" title={t.lanes.noMoney}>
            {t.lanes.noMoneyWhy}
          </Empty>
        }
      />
    </Section>
  );
}

export function LaneCheck({ id }: { id: string }) {
  const { data, error } = useQuery({
    queryKey: ['lanes', id, 'check'],
    queryFn: ({ signal }) => client.laneCheck({ id }, { signal }),
  });
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <Section flush title={t.lanes.check} aside={t.lanes.checks}>
      <Checks of={data.checks} />
    </Section>
  );
}

const ANSWERS: Record<CheckView['answer'], Tone> = { yes: 'good', no: 'bad', 'no data': 'warn' };
const ID = /\b(?:C|OP)-\d+\b/;

export const Checks = ({ of }: { of: readonly CheckView[] }) => (
  <ol className="divide-y">
    {of.map(({ id, question, answer, found }) => (
      <li key={id} className="grid gap-x-4 gap-y-1 px-4 py-2.5 md:grid-cols-[minmax(14rem,20rem)_5rem_minmax(0,1fr)]">
        <span className="font-medium">{question}</span>
        <span>
          <Badge tone={ANSWERS[answer]}>{t.lanes.answers[answer]}</Badge>
        </span>
        <ul className="min-w-0 text-soft">
          {found.map((line) => (
            <li key={line}>
              <Found line={line} />
            </li>
          ))}
        </ul>
      </li>
    ))}
  </ol>
);

/** What an answer rests on; the case or operation it begins with leads to its explanation. */
function Found({ line }: { line: string }) {
  const id = ID.exec(line)?.[0];
  return (
    <>
      <Untrusted text={line} />{' '}
      {id && (
        <Link to="/why/$id" params={{ id }} className="text-accent underline">
          {t.nav.why}
          <span className="sr-only"> {id}</span>
        </Link>
      )}
    </>
  );
}
