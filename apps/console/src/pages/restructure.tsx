/** Changing who reports to whom: on the chart or by the menu of a seat, into a plan, and only then done. */
import type { RestructuringStep, Structure } from '@reeve/protocol';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { usePlanning } from '../app/draft.ts';
import { toast } from '../app/toast.tsx';
import { isUnitKey, unitOfKey } from '../model/chart.ts';
import { type ChartSeat, type Mark, markOf, seatAfter, seatsAfter } from '../model/draft.ts';
import { t } from '../text/en.ts';
import { Button, PageTitle } from '../ui/parts.tsx';
import { SeatPicker } from '../ui/seat-picker.tsx';
import Chart, { type Find } from './chart.tsx';
import { useWork } from './chart-view.tsx';
import { useTakeBack } from './past-changes.tsx';
import { Plan } from './restructure-plan.tsx';
import { SeatMenu } from './restructure-seat.tsx';

/** Where a seat that was dropped on a node of the chart goes; null where it stays. */
function destination(seats: readonly ChartSeat[], seat: string, onto: string) {
  const to = isUnitKey(onto) ? unitOfKey(onto) : { supervisor: onto };
  const moved = seats.find(({ id }) => id === seat);
  const there = seats.some(({ id }) => id === to.supervisor);
  const stays = moved?.supervisor === to.supervisor && (!('unit' in to) || to.unit === moved?.unit);
  return there && !stays ? to : null;
}

export default function Restructure({ structure }: { structure: Structure }) {
  const navigate = useNavigate({ from: '/organisation' });
  const work = useWork();
  const planning = usePlanning(structure.seats, structure.digest);
  const back = useTakeBack();
  const [selected, setSelected] = useState<string | null>(null);
  const [find, setFind] = useState<Find | null>(null);
  const { plan, steps } = planning;
  const seats = useMemo(() => seatsAfter(structure.seats, plan, steps), [structure, plan, steps]);
  const marks = useMemo(() => marksOf(plan), [plan]);
  const choose = (seat: string, gently = false) => {
    setSelected(seat);
    setFind({ seat, gently });
  };
  const add = (step: RestructuringStep) =>
    planning.add(step, (found) => {
      const seat = seatAfter(step, found);
      if (seat !== undefined) choose(seat, true);
    });
  const drop = (seat: string, onto: string) => {
    const to = destination(seats, seat, onto);
    setSelected(seat);
    if (to) add({ do: 'reassign', seat, ...to });
  };
  const apply = (reason: string) =>
    planning.apply(reason, (id) => toast({ text: t.structure.plan.done(id), undo: () => back.mutate(id) }));
  return (
    <>
      <PageTitle title={t.structure.mode} sub={t.structure.modeSub}>
        <Button onClick={() => void navigate({ search: {} })}>{t.structure.leave}</Button>
      </PageTitle>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_23rem]">
        <Chart
          seats={seats}
          work={work}
          find={find}
          editing={{ selected, marks, select: setSelected, drop }}
          className="h-[50dvh] lg:h-[calc(100dvh-9.5rem)]"
        />
        <div className="space-y-4 lg:max-h-[calc(100dvh-9.5rem)] lg:overflow-auto lg:scroll-thin">
          <section
            aria-label={t.structure.chosen}
            className="relative z-10 space-y-3 rounded-lg border bg-surface p-4 shadow-card"
          >
            <SeatPicker seats={seats} label={t.organisation.find} onChoose={choose} />
            <SeatMenu seats={seats} selected={selected} add={add} />
          </section>
          <Plan planning={planning} onApply={apply} />
        </div>
      </div>
    </>
  );
}

function marksOf(plan: ReturnType<typeof usePlanning>['plan']): ReadonlyMap<string, Mark> {
  const marks = (plan?.effects ?? []).map((effect) => [effect.seat, markOf(effect)] as const);
  return new Map(marks.filter((each): each is [string, Mark] => each[1] !== null));
}
