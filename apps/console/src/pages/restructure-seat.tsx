/** The seat that was chosen, and everything that can be done to it: the way without dragging. */
import type { RestructuringStep } from '@reeve/protocol';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { ChartSeat } from '../model/draft.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Badge, Button, Untrusted } from '../ui/parts.tsx';
import { AddLayer, Merge, Move, NewUnit, Split } from './restructure-acts.tsx';
import { Occupy } from './restructure-occupant.tsx';

export type Add = (step: RestructuringStep) => void;

/** What every dialog about a seat gets. */
export interface ActProps {
  readonly seat: ChartSeat;
  readonly seats: readonly ChartSeat[];
  readonly add: Add;
  readonly onClose: () => void;
}

const ACTS = { move: Move, occupy: Occupy, merge: Merge, split: Split, layer: AddLayer } as const;
type Act = keyof typeof ACTS;

export function SeatMenu({
  seats,
  selected,
  add,
}: {
  readonly seats: readonly ChartSeat[];
  readonly selected: string | null;
  readonly add: Add;
}) {
  const [asking, setAsking] = useState<Act | 'unit' | null>(null);
  const seat = seats.find(({ id }) => id === selected);
  const close = () => setAsking(null);
  const Asked = asking === null || asking === 'unit' ? null : ACTS[asking];
  return (
    <>
      {seat ? (
        <Chosen seat={seat} seats={seats} ask={setAsking} add={add} />
      ) : (
        <div>
          <p className="font-medium">{t.structure.choose}</p>
          <p className="text-faint">{t.structure.chooseWhy}</p>
        </div>
      )}
      <Button look="quiet" onClick={() => setAsking('unit')}>
        {t.structure.acts.unit}
      </Button>
      {Asked && seat && <Asked {...{ seat, seats, add }} onClose={close} />}
      {asking === 'unit' && <NewUnit add={add} onClose={close} />}
    </>
  );
}

function Chosen({
  seat,
  seats,
  ask,
  add,
}: {
  seat: ChartSeat;
  seats: readonly ChartSeat[];
  ask: (act: Act) => void;
  add: Add;
}) {
  const { id, title, unit, supervisor, occupant } = seat;
  const above = seats.find((each) => each.id === supervisor);
  const reports = useMemo(() => seats.filter((each) => each.supervisor === id).length, [seats, id]);
  return (
    <div className="space-y-2" aria-live="polite">
      <div>
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="text-base font-semibold">{title}</span>
          <Link to="/organisation/$id" params={{ id }} className="text-xs text-accent underline">
            {t.structure.page}
          </Link>
        </p>
        <p className="text-soft">
          {above ? t.structure.under(above.title) : t.structure.top} · {wordsOf(unit)} · {t.structure.reports(reports)}
        </p>
        <p className="text-soft">
          {occupant ? (
            <>
              <Badge>{occupant.kind}</Badge> <Untrusted text={occupant.name ?? occupant.principal} />
            </>
          ) : (
            t.common.nobody
          )}
        </p>
      </div>
      <div className="grid grid-cols-2 gap-2">
        {(Object.keys(ACTS) as Act[]).map((act) => (
          <Button key={act} onClick={() => ask(act)}>
            {t.structure.acts[act]}
          </Button>
        ))}
        <Button look="danger" onClick={() => add({ do: 'remove-layer', seat: id })}>
          {t.structure.acts.dissolve}
        </Button>
      </div>
    </div>
  );
}
