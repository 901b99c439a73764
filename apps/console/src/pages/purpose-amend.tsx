/** Changing what a unit should achieve: its purpose, and the values of its targets. */
import type { UnitPurposeView } from '@reeve/protocol';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { amendmentsOf, wantedNow } from '../model/wanted.ts';
import { t } from '../text/en.ts';
import { Area, Dialog, Field, Words } from '../ui/forms.tsx';
import { Button } from '../ui/parts.tsx';

export function AmendDialog({ of, onClose }: { of: UnitPurposeView; onClose: () => void }) {
  const [wanted, setWanted] = useState(() => wantedNow(of));
  const [reason, setReason] = useState('');
  const changes = amendmentsOf(of, wanted);
  const amend = useAct(
    () => client.amendPurpose({ id: of.unit, changes: changes ?? [], reason: reason.trim() }, once()),
    ({ version }) => {
      onClose();
      return { text: t.acting.amended(version) };
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    amend.mutate(undefined);
  };
  return (
    <Dialog wide title={t.acting.amendTitle(of.title)} onClose={onClose}>
      <form onSubmit={submit} className="space-y-3">
        <p className="text-soft">{t.acting.amendEffect}</p>
        <Field label={t.acting.purposeText}>
          {(id) => (
            <Area
              id={id}
              maxLength={2000}
              value={wanted.purpose}
              onChange={(event) => setWanted({ ...wanted, purpose: event.target.value })}
            />
          )}
        </Field>
        {of.targets.map(({ target, title, direction, unit }) => (
          <Words
            key={target}
            label={`${title}, ${t.today.target[direction]}`}
            hint={t.acting.units[unit]}
            inputMode="decimal"
            required
            value={wanted.targets[target] ?? ''}
            onChange={(value) => setWanted({ ...wanted, targets: { ...wanted.targets, [target]: value } })}
          />
        ))}
        <Words label={t.common.reason} hint={t.common.reasonHint} required value={reason} onChange={setReason} />
        <div className="flex items-center justify-end gap-2">
          {changes?.length === 0 && <span className="mr-auto text-faint">{t.acting.nothingChanged}</span>}
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={amend.isPending} disabled={!changes || changes.length === 0}>
            {t.acting.amend}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
