/** Letting a seat work, pausing it, and stopping it at once. */
import type { SeatDetail } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { RearmButton, ReasonDialog, StopButton, useSeatCommand } from '../app/controls.tsx';
import { statusQuery } from '../app/queries.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Button } from '../ui/parts.tsx';

const COMMANDS = { pause: 'seat.pause', resume: 'seat.resume', suspend: 'seat.suspend' } as const;
type Command = keyof typeof COMMANDS;

export function SeatControls({ seat: { id, status } }: { seat: SeatDetail }) {
  const [asking, setAsking] = useState<Command | null>(null);
  const command = useSeatCommand(id);
  const switches = useQuery(statusQuery()).data?.switches ?? [];
  const tripped = switches.some((each) => each.scope === 'seat' && each.id === id);
  return (
    <>
      {status === 'active' && (
        <Button icon="pause" onClick={() => setAsking('pause')}>
          {t.seat.pause}
        </Button>
      )}
      {status === 'active' && (
        <Button look="danger" onClick={() => setAsking('suspend')}>
          {t.seat.suspend}
        </Button>
      )}
      {(status === 'paused' || status === 'suspended') && (
        <Button icon="play" look="primary" onClick={() => setAsking('resume')}>
          {t.seat.resume}
        </Button>
      )}
      {tripped ? <RearmButton target={{ scope: 'seat', id }} /> : <StopButton target={{ scope: 'seat', id }} />}
      {asking && (
        <ReasonDialog
          title={t.seat.asks[asking](wordsOf(id))}
          action={t.seat[asking]}
          danger={asking === 'suspend'}
          onClose={() => setAsking(null)}
          onDo={(reason) => command.mutate({ kind: COMMANDS[asking], reason })}
        >
          {t.seat.effects[asking]}
        </ReasonDialog>
      )}
    </>
  );
}
