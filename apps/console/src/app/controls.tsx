/** Stopping and starting again: kill switches and seats. */
import type { PersonCommand, RequestOf, SwitchView } from '@reeve/protocol';
import { useState } from 'react';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Area, Dialog, Field, Foot } from '../ui/forms.tsx';
import { Button } from '../ui/parts.tsx';
import { useAct } from './act.ts';
import { client, once } from './client.ts';

type Trip = RequestOf<'trip'>;
export type Target = Pick<SwitchView, 'scope' | 'id'>;

export const targetText = ({ scope, id }: Target): string =>
  scope === 'organisation' ? t.stop.everything : `${t.stop.scopes[scope]} ${wordsOf(id)}`;

function useRearm() {
  return useAct(
    ({ scope, id, reason }: Target & { reason: string }) => client.rearm({ scope, id, reason }, once()),
    (_, target) => ({ text: t.stop.rearmed(targetText(target)) }),
  );
}

function useTrip() {
  const rearm = useRearm();
  return useAct(
    (trip: Trip & Target) => client.trip(trip, once()),
    (_, target) => ({
      text: t.stop.stopped(targetText(target)),
      undo: () => rearm.mutate({ ...target, reason: t.stop.undone }),
    }),
  );
}

const SEAT_UNDO: Partial<Record<PersonCommand, PersonCommand>> = {
  'seat.pause': 'seat.resume',
  'seat.resume': 'seat.pause',
};

export function useSeatCommand(seat: string) {
  const run = (kind: PersonCommand, reason: string) => client.command({ kind, body: { seat, reason } }, once());
  return useAct(
    ({ kind, reason }: { kind: PersonCommand; reason: string }) => run(kind, reason),
    (_, { kind }) => {
      const back = SEAT_UNDO[kind];
      const text = t.seat.did[kind as keyof typeof t.seat.did](wordsOf(seat));
      return back ? { text, undo: () => void run(back, t.stop.undone) } : { text };
    },
  );
}

/** Asks why, which the ledger keeps, and then does it. */
export function ReasonDialog({
  title,
  children,
  action,
  danger,
  initial = '',
  onDo,
  onClose,
}: {
  title: string;
  children?: React.ReactNode;
  action: string;
  danger?: boolean;
  initial?: string;
  onDo: (reason: string) => void;
  onClose: () => void;
}) {
  const [reason, setReason] = useState(initial);
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          onDo(reason.trim());
          onClose();
        }}
      >
        {children && <div className="text-soft">{children}</div>}
        <Field label={t.common.reason} hint={t.common.reasonHint}>
          {(id) => (
            <Area
              id={id}
              autoFocus
              required
              value={reason}
              maxLength={1000}
              onChange={(e) => setReason(e.target.value)}
            />
          )}
        </Field>
        <Foot action={action} danger={danger} disabled={reason.trim() === ''} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** A button that stops what it names, at once, after asking why. */
export function StopButton({ target, label, large }: { target: Target; label?: string; large?: boolean }) {
  const [asking, setAsking] = useState(false);
  const trip = useTrip();
  return (
    <>
      <Button look="danger" icon="stop" large={large ?? false} busy={trip.isPending} onClick={() => setAsking(true)}>
        {label ?? t.stop.stop}
      </Button>
      {asking && (
        <ReasonDialog
          title={t.stop.title(targetText(target))}
          action={t.stop.now}
          danger
          onClose={() => setAsking(false)}
          onDo={(reason) => trip.mutate({ ...target, reason })}
        >
          {t.stop.effect}
        </ReasonDialog>
      )}
    </>
  );
}

export function RearmButton({ target }: { target: Target }) {
  const [asking, setAsking] = useState(false);
  const rearm = useRearm();
  return (
    <>
      <Button icon="play" busy={rearm.isPending} onClick={() => setAsking(true)}>
        {t.stop.rearm}
      </Button>
      {asking && (
        <ReasonDialog
          title={t.stop.rearmTitle(targetText(target))}
          action={t.stop.rearm}
          onClose={() => setAsking(false)}
          onDo={(reason) => rearm.mutate({ ...target, reason })}
        >
          {t.stop.rearmEffect}
        </ReasonDialog>
      )}
    </>
  );
}
