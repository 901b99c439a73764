/** Trusting a lane, or a seat in it, more or less; always with a reason, and what does not hold is named one by one. */
import type { LaneDetail } from '@reeve/protocol';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { t } from '../text/en.ts';
import { Area, Dialog, Field, Foot, Select } from '../ui/forms.tsx';
import { Button } from '../ui/parts.tsx';
import { STAGES, type Stage } from './lane-parts.tsx';

const said = ({ stage }: { stage: Stage }) => ({ text: t.lanes.raised(t.lanes.stages[stage]) });

export function LaneActions({ lane }: { lane: LaneDetail }) {
  const [asking, setAsking] = useState<'raise' | 'lower' | null>(null);
  const close = () => setAsking(null);
  const lowest = lane.stage === 'observe' && lane.seats.every(({ stage }) => stage === 'observe');
  return (
    <>
      {lane.ready && (
        <Button look="primary" onClick={() => setAsking('raise')}>
          {t.lanes.raiseTo(t.lanes.stages[lane.ready.to])}
        </Button>
      )}
      {!lowest && <Button onClick={() => setAsking('lower')}>{t.lanes.lower}</Button>}
      {asking === 'raise' && lane.ready && <Raise lane={lane} ready={lane.ready} onClose={close} />}
      {asking === 'lower' && <Lower lane={lane} onClose={close} />}
    </>
  );
}

function Raise({
  lane,
  ready,
  onClose,
}: {
  lane: LaneDetail;
  ready: NonNullable<LaneDetail['ready']>;
  onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const [despite, setDespite] = useState<readonly string[]>([]);
  const open = ready.criteria.filter(({ met }) => !met).map(({ name }) => name);
  const raise = useAct(
    () => client.raiseLane({ id: lane.id, to: ready.to, reason, despite: [...despite] }, once()),
    said,
  );
  const toggle = (name: string) =>
    setDespite(despite.includes(name) ? despite.filter((each) => each !== name) : [...despite, name]);
  return (
    <Ask
      title={t.lanes.raiseTitle(lane.title, t.lanes.stages[ready.to])}
      action={t.lanes.raise}
      ready={open.every((name) => despite.includes(name))}
      {...{ reason, setReason, onClose }}
      onDo={() => raise.mutate()}
    >
      <p className="text-soft">{t.lanes.means[ready.to]}</p>
      {open.length > 0 && (
        <fieldset className="space-y-1">
          <legend className="mb-1 text-xs font-medium text-soft">{t.lanes.waive}</legend>
          {open.map((name) => (
            <label key={name} className="flex min-h-6 items-center gap-2">
              <input type="checkbox" checked={despite.includes(name)} onChange={() => toggle(name)} />
              <code className="font-mono text-xs">{name}</code>
            </label>
          ))}
        </fieldset>
      )}
      {ready.switches.length === 0 && (ready.to === 'bounded' || ready.to === 'end-to-end') && (
        <p className="text-bad">{t.lanes.mayNot}</p>
      )}
    </Ask>
  );
}

function Lower({ lane, onClose }: { lane: LaneDetail; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [seat, setSeat] = useState('');
  const current = lane.seats.find((each) => each.seat === seat)?.stage ?? lane.stage;
  const below = STAGES.slice(0, STAGES.indexOf(current));
  const [chosen, setChosen] = useState<Stage | null>(null);
  const to = chosen && below.includes(chosen) ? chosen : below.at(-1);
  const lower = useAct(
    () => client.lowerLane({ id: lane.id, to: to!, reason, ...(seat ? { seat } : {}) }, once()),
    said,
  );
  return (
    <Ask
      title={t.lanes.lowerTitle(lane.title)}
      action={t.lanes.lower}
      danger
      ready={to !== undefined}
      {...{ reason, setReason, onClose }}
      onDo={() => lower.mutate()}
    >
      <p className="text-soft">{t.lanes.lowerEffect}</p>
      <Field label={t.lanes.of}>
        {(id) => (
          <Select
            id={id}
            value={seat}
            onChange={setSeat}
            choices={[
              { value: '', label: t.lanes.whole },
              ...lane.seats.map((each) => ({ value: each.seat, label: each.title })),
            ]}
          />
        )}
      </Field>
      <Field label={t.lanes.to}>
        {(id) => (
          <Select
            id={id}
            value={to ?? ''}
            onChange={(next) => setChosen(next as Stage)}
            choices={below.map((each) => ({ value: each, label: t.lanes.stages[each] }))}
          />
        )}
      </Field>
    </Ask>
  );
}

function Ask({
  title,
  action,
  danger,
  ready,
  reason,
  setReason,
  onDo,
  onClose,
  children,
}: {
  title: string;
  action: string;
  danger?: boolean;
  ready: boolean;
  reason: string;
  setReason: (reason: string) => void;
  onDo: () => void;
  onClose: () => void;
  children: React.ReactNode;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDo();
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        {children}
        <Field label={t.common.reason} hint={t.common.reasonHint}>
          {(id) => (
            <Area
              id={id}
              required
              maxLength={1000}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        <Foot action={action} danger={danger} disabled={!ready || reason.trim() === ''} onClose={onClose} />
      </form>
    </Dialog>
  );
}
