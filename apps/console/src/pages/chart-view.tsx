/** The chart to look at, with a field that jumps to a seat. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { workQuery } from '../app/queries.ts';
import type { ChartSeat } from '../model/draft.ts';
import { t } from '../text/en.ts';
import { SeatPicker } from '../ui/seat-picker.tsx';
import Chart, { type Work } from './chart.tsx';

const NOBODY: Work = new Map();

/** What is open at each seat now; seats with nothing are not in it. */
export function useWork(): Work {
  const { data } = useQuery(workQuery());
  return useMemo(() => (data ? new Map(data.seats.map((seat) => [seat.id, seat])) : NOBODY), [data]);
}

export default function ChartView({ seats }: { seats: readonly ChartSeat[] }) {
  const { seat } = useSearch({ from: '/organisation' });
  const navigate = useNavigate({ from: '/organisation' });
  const work = useWork();
  const find = useMemo(() => (seat ? { seat, gently: false } : null), [seat]);
  return (
    <div className="relative">
      <div className="absolute top-2 left-2 z-20 w-60">
        <SeatPicker
          seats={seats}
          label={t.organisation.find}
          onChoose={(next) => void navigate({ search: { view: 'chart', seat: next }, replace: true })}
        />
      </div>
      <Chart seats={seats} work={work} find={find} className="h-[calc(100dvh-9.5rem)]" />
    </div>
  );
}
