/** What each unit should achieve, and amending it: a version with a reason, which can be taken back. */
import type { PurposeDetail, UnitPurposeView } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { ReasonDialog } from '../app/controls.tsx';
import { unitPurposeQuery, unitsQuery } from '../app/queries.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Dialog } from '../ui/forms.tsx';
import { Ago, Badge, Button, Loading, Problem, State, Untrusted } from '../ui/parts.tsx';
import { GAP_TONES } from '../ui/states.tsx';
import { AmendDialog } from './purpose-amend.tsx';

export function Purpose() {
  const { data, error } = useQuery(unitsQuery());
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <ul className="grid items-start gap-4 lg:grid-cols-2">
      {data.units.map((unit) => (
        <Unit key={unit.unit} of={unit} />
      ))}
    </ul>
  );
}

function Unit({ of }: { of: UnitPurposeView }) {
  const { unit, title, purpose, version, decider, targets, aimless } = of;
  const [open, setOpen] = useState<'amend' | 'versions' | null>(null);
  const close = () => setOpen(null);
  return (
    <li className="space-y-1 rounded-lg border bg-surface px-4 py-3 shadow-card">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <strong className="font-semibold">{title}</strong>
        <span className="ml-auto text-xs text-faint">
          {t.goals.version(version)}
          {decider && ` · ${t.goals.decider}: ${wordsOf(decider)}`}
        </span>
      </p>
      <p className="text-soft">
        <Untrusted text={purpose} />
      </p>
      <ul>
        {targets.map(({ target, title: each, status }) => (
          <li key={target} className="flex justify-between gap-4">
            <span>{each}</span>
            <State tone={GAP_TONES[status]}>{t.goals.statuses[status]}</State>
          </li>
        ))}
      </ul>
      {aimless.length > 0 && <p className="text-xs text-faint">{t.goals.aimless(aimless.map(wordsOf).join(', '))}</p>}
      <p className="flex gap-2 pt-1">
        <Button onClick={() => setOpen('amend')}>{t.acting.amend}</Button>
        <Button look="quiet" onClick={() => setOpen('versions')}>
          {t.acting.versions}
        </Button>
      </p>
      {open === 'amend' && <AmendDialog of={of} onClose={close} />}
      {open === 'versions' && <Versions unit={unit} title={title} onClose={close} />}
    </li>
  );
}

function Versions({ unit, title, onClose }: { unit: string; title: string; onClose: () => void }) {
  const { data, error } = useQuery(unitPurposeQuery(unit));
  return (
    <Dialog wide title={`${title}: ${t.acting.versions}`} onClose={onClose}>
      {error && <Problem error={error} />}
      {!error && !data && <Loading />}
      {data?.versions.length === 0 && <p className="text-soft">{t.acting.noVersions}</p>}
      <ul className="max-h-[60vh] divide-y overflow-auto scroll-thin">
        {data?.versions.map((each) => (
          <Version key={each.version} unit={unit} of={each} />
        ))}
      </ul>
    </Dialog>
  );
}

function Version({ unit, of }: { unit: string; of: PurposeDetail['versions'][number] }) {
  const [asking, setAsking] = useState(false);
  const revert = useAct(
    (reason: string) => client.revertPurpose({ id: unit, version: of.version, reason }, once()),
    ({ version }) => ({ text: t.acting.reverted(version) }),
  );
  return (
    <li className="space-y-0.5 py-2.5">
      <p className="flex flex-wrap items-center gap-x-3">
        <strong className="font-medium">{t.acting.version(of.version)}</strong>
        <Badge>{t.acting.authorities[of.authority]}</Badge>
        <span className="text-xs text-faint">
          {wordsOf(of.by)} · <Ago at={of.at} />
        </span>
        {of.authority !== 'definition' && (
          <Button className="ml-auto" busy={revert.isPending} onClick={() => setAsking(true)}>
            {t.acting.revert}
          </Button>
        )}
      </p>
      <p className="text-soft">
        “<Untrusted text={of.reason} />”
      </p>
      <p className="text-xs text-faint">
        {of.changes.map(({ what, id }) => t.acting.changed(t.acting.whats[what], id)).join(', ')}
      </p>
      {asking && (
        <ReasonDialog
          title={t.acting.revertTitle(of.version)}
          action={t.acting.revert}
          onClose={() => setAsking(false)}
          onDo={(reason) => revert.mutate(reason)}
        >
          {t.acting.revertEffect}
        </ReasonDialog>
      )}
    </li>
  );
}
