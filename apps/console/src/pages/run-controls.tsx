/** Beside what a run writes: ending it now, and pausing its seat, each with a reason. */
import type { RunDetail } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { ReasonDialog, useSeatCommand } from '../app/controls.tsx';
import { seatQuery } from '../app/queries.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Button } from '../ui/parts.tsx';

const MOVES = { active: 'pause', paused: 'resume' } as const;
const COMMANDS = { pause: 'seat.pause', resume: 'seat.resume' } as const;

export const RunControls = ({ run }: { run: RunDetail }) => (
  <>
    <PauseButton seat={run.seat} />
    {run.status === 'active' && <KillButton run={run.id} />}
  </>
);

function PauseButton({ seat }: { seat: string }) {
  const { data } = useQuery(seatQuery(seat));
  const [asking, setAsking] = useState(false);
  const command = useSeatCommand(seat);
  const move = data?.status === 'active' || data?.status === 'paused' ? MOVES[data.status] : null;
  if (move === null) return null;
  return (
    <>
      <Button icon={move === 'pause' ? 'pause' : 'play'} onClick={() => setAsking(true)}>
        {t.seat[move]}
      </Button>
      {asking && (
        <ReasonDialog
          title={t.seat.asks[move](wordsOf(seat))}
          action={t.seat[move]}
          onClose={() => setAsking(false)}
          onDo={(reason) => command.mutate({ kind: COMMANDS[move], reason })}
        >
          {t.seat.effects[move]}
        </ReasonDialog>
      )}
    </>
  );
}

function KillButton({ run }: { run: string }) {
  const [asking, setAsking] = useState(false);
  const kill = useAct(
    (reason: string) => client.command({ kind: 'run.stop', body: { run, reason } }, once()),
    () => ({ text: t.run.killed(run) }),
  );
  return (
    <>
      <Button look="danger" icon="stop" busy={kill.isPending} onClick={() => setAsking(true)}>
        {t.run.kill}
      </Button>
      {asking && (
        <ReasonDialog
          title={t.run.killTitle(run)}
          action={t.run.killNow}
          danger
          onClose={() => setAsking(false)}
          onDo={(reason) => kill.mutate(reason)}
        >
          {t.run.killEffect}
        </ReasonDialog>
      )}
    </>
  );
}
