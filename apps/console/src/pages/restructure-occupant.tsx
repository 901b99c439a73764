/** Somebody else in a seat: as a step of the plan, or at once and for a while, and back. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { organisationQuery, seatQuery } from '../app/queries.ts';
import { t } from '../text/en.ts';
import { Area, Field } from '../ui/forms.tsx';
import { Button } from '../ui/parts.tsx';
import { isWho, NOBODY, occupantOf, StepDialog, type Who, WhoFields } from './restructure-form.tsx';
import type { ActProps } from './restructure-seat.tsx';

type Occupant = ReturnType<typeof occupantOf>;

function useSeating(seat: string, title: string) {
  return useAct(
    ({ occupant, reason, takesOver }: { occupant: Occupant; reason: string; takesOver: boolean }) =>
      client.occupySeat({ id: seat, occupant: occupant && { ...occupant }, reason, takesOver }, once()),
    (_, { occupant }) => ({
      text: occupant
        ? t.structure.occupy.done(occupant.name ?? occupant.principal, title)
        : t.structure.occupy.nobodyNow(title),
    }),
  );
}

export function Occupy({ seat, add, onClose }: ActProps) {
  const { data } = useQuery(organisationQuery());
  const seating = useSeating(seat.id, seat.title);
  const [who, setWho] = useState<Who>({ ...NOBODY, kind: 'person' });
  const [now, setNow] = useState(false);
  const [reason, setReason] = useState('');
  const [takesOver, setTakesOver] = useState(false);
  const defined = data?.definition?.seats.find(({ id }) => id === seat.id)?.occupant ?? null;
  // What the plan says of the seat is not who sits there now.
  const present = useQuery(seatQuery(seat.id)).data;
  const away = Boolean(data && present && defined?.principal !== present.occupant?.principal);
  const given = reason.trim();
  const act = (occupant: Occupant) => seating.mutate({ occupant, reason: given, takesOver });
  const back = () => {
    act(defined);
    onClose();
  };
  const done = () => (now ? act(occupantOf(who)) : add({ do: 'occupy', seat: seat.id, occupant: occupantOf(who) }));
  const nameOf = (one: { name?: string | null | undefined; principal: string } | null) =>
    one ? (one.name ?? one.principal) : t.common.nobody;
  return (
    <StepDialog
      title={t.structure.occupy.title(seat.title)}
      action={now ? t.structure.occupy.take : t.structure.take}
      ready={isWho(who) && (!now || given !== '')}
      onDo={done}
      onClose={onClose}
    >
      <p className="text-soft">
        {t.structure.occupy.now(nameOf(present?.occupant ?? null))}{' '}
        {away && t.structure.occupy.defined(nameOf(defined))}
      </p>
      <WhoFields value={who} onChange={setWho} />
      <label className="flex min-h-6 items-center gap-2">
        <input type="checkbox" checked={now} onChange={() => setNow(!now)} />
        {t.structure.occupy.atOnce}
      </label>
      {(now || away) && (
        <div className="space-y-3">
          <p className="text-xs text-faint">{t.structure.occupy.atOnceWhy}</p>
          <Field label={t.common.reason} hint={t.common.reasonHint}>
            {(id) => (
              <Area
                id={id}
                rows={2}
                maxLength={1000}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
          <label className="flex min-h-6 items-center gap-2">
            <input type="checkbox" checked={takesOver} onChange={() => setTakesOver(!takesOver)} />
            {t.structure.occupy.takesOver}
          </label>
          {away && (
            <Button disabled={given === ''} onClick={back}>
              {t.structure.occupy.backNow(nameOf(defined))}
            </Button>
          )}
        </div>
      )}
    </StepDialog>
  );
}
