/** What agents would have done beside what people did, and the result of a parallel proof. */
import type { LaneDetail } from '@reeve/protocol';
import { Link } from '@tanstack/react-router';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Ago, Badge, Empty, Section, State, type Tone } from '../ui/parts.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { SeatName } from './lane-parts.tsx';

type Difference = LaneDetail['differences'][number];
const TONES: Record<Difference['outcome'], Tone> = {
  agreed: 'good',
  differed: 'bad',
  'not-done': 'warn',
  missed: 'warn',
};

const otherFields = ({ fields }: Difference): string =>
  Object.entries(fields)
    .filter(([, same]) => !same)
    .map(([name]) => name)
    .join(', ');

const COLUMNS: readonly Column<Difference>[] = [
  { id: 'case', title: t.lanes.case, width: '5rem', cell: ({ case: of }) => of },
  { id: 'what', title: t.lanes.what, width: 'minmax(7rem,1fr)', cell: ({ capability }) => wordsOf(capability) },
  {
    id: 'result',
    title: t.lanes.result,
    width: 'minmax(9rem,1.3fr)',
    cell: (row) => (
      <State tone={TONES[row.outcome]}>
        {t.lanes.outcomes[row.outcome]}
        {row.outcome === 'differed' && ` · ${t.lanes.other} ${otherFields(row)}`}
      </State>
    ),
  },
  { id: 'seat', title: t.ops.seat, width: 'minmax(7rem,1fr)', wide: true, cell: ({ seat }) => <SeatName id={seat} /> },
  {
    id: 'why',
    title: t.nav.why,
    width: '6rem',
    wide: true,
    cell: ({ proposal, action }) => {
      const id = proposal ?? action;
      return id ? (
        <Link to="/why/$id" params={{ id }} className="text-accent underline">
          {id}
        </Link>
      ) : (
        '–'
      );
    },
  },
  {
    id: 'at',
    title: t.lanes.at,
    width: '6.5rem',
    right: true,
    wide: true,
    cell: ({ at }) => (
      <span className="text-faint">
        <Ago at={at} />
      </span>
    ),
  },
];

export const Comparison = ({ lane }: { lane: LaneDetail }) => (
  <div className="space-y-4">
    <Section flush title={t.lanes.comparison}>
      <Table
        label={t.lanes.comparison}
        height="max-h-[32rem]"
        columns={COLUMNS}
        rows={lane.differences}
        keyOf={({ case: of, at, seat, capability }) => `${of} ${at} ${seat} ${capability}`}
        linkOf={({ case: id }) => ({ to: '/cases/$id', params: { id } })}
        empty={
          <Empty icon="lanes" title={t.lanes.noDifferences}>
            {t.lanes.noDifferencesWhy}
          </Empty>
        }
      />
    </Section>
    {lane.proof && <Proof of={lane.proof} />}
  </div>
);

const VERDICTS: Record<string, Tone> = { better: 'good', 'as-good': 'good', worse: 'bad', open: 'warn' };

const Proof = ({ of: { sample, progress, result } }: { of: NonNullable<LaneDetail['proof']> }) => (
  <Section flush title={t.lanes.proof} aside={t.lanes.proofRuns(sample)}>
    <ul className="divide-y">
      {(result?.arms ?? []).map(({ seat, solved, n, difference }) => (
        <li key={seat} className="flex flex-wrap items-center gap-x-4 px-4 py-2">
          <span className="font-medium">
            <SeatName id={seat} />
          </span>
          <span className="text-soft">{t.lanes.solved(solved, n)}</span>
          {difference && <Badge tone={VERDICTS[difference.verdict]!}>{t.lanes.verdicts[difference.verdict]}</Badge>}
        </li>
      ))}
      {!result &&
        progress.map(({ seat, n }) => (
          <li key={seat} className="flex justify-between px-4 py-2">
            <SeatName id={seat} />
            <span className="text-soft tabular-nums">{`${n} / ${sample}`}</span>
          </li>
        ))}
    </ul>
  </Section>
);
