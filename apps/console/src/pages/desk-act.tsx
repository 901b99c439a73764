/** What is done with the snapshots and branches of a desk. */
import type { PersonCommand } from '@reeve/protocol';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { ReasonDialog } from '../app/controls.tsx';
import { t } from '../text/en.ts';
import { Dialog, Foot, Words } from '../ui/forms.tsx';

interface Ask {
  readonly title: string;
  readonly effect: string;
  readonly action: string;
  readonly busy: boolean;
  readonly onDo: () => void;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}

/** A question with fields, and doing it. */
function Asked({ title, effect, action, busy, onDo, onClose, children }: Ask) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDo();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} className="space-y-3">
        <p className="text-soft">{effect}</p>
        {children}
        <Foot action={action} busy={busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

interface OfSnapshot {
  readonly seat: string;
  readonly snapshot: string;
  readonly onClose: () => void;
}

export function BranchOff({ seat, snapshot, onClose }: OfSnapshot) {
  const [branch, setBranch] = useState('');
  const [purpose, setPurpose] = useState('');
  const body = { seat, branch: branch.trim(), from: snapshot, purpose: purpose.trim() };
  const act = useAct(
    () => client.command({ kind: 'desk.branch' satisfies PersonCommand, body }, once()),
    () => {
      onClose();
      return { text: t.acting.branched(body.branch) };
    },
  );
  return (
    <Asked
      title={t.acting.branchTitle(snapshot)}
      effect={t.acting.branchEffect}
      action={t.acting.branchOff}
      busy={act.isPending}
      onDo={() => act.mutate(undefined)}
      onClose={onClose}
    >
      <Words label={t.acting.branchName} hint={t.acting.branchHint} required value={branch} onChange={setBranch} />
      <Words label={t.acting.takenFor} required value={purpose} onChange={setPurpose} />
    </Asked>
  );
}

export function WriteOut({ seat, snapshot, onClose }: OfSnapshot) {
  const [directory, setDirectory] = useState('');
  const act = useAct(
    () => client.restoreDesk({ id: seat, snapshot, directory: directory.trim() }, once()),
    ({ files, erased }) => {
      onClose();
      return { text: t.acting.wroteOut(files, erased.length) };
    },
  );
  return (
    <Asked
      title={t.acting.restoreTitle(snapshot)}
      effect={t.acting.restoreEffect}
      action={t.acting.restoreFiles}
      busy={act.isPending}
      onDo={() => act.mutate(undefined)}
      onClose={onClose}
    >
      <Words
        label={t.acting.restoreFolder}
        hint={t.acting.restoreHint}
        required
        value={directory}
        onChange={setDirectory}
      />
    </Asked>
  );
}

interface Merge {
  readonly seat: string;
  readonly from: string;
  readonly into: string;
  readonly onClose: () => void;
}

export function MergeBranch({ seat, from, into, onClose }: Merge) {
  const act = useAct(
    (purpose: string) => client.mergeDesk({ id: seat, from, into, purpose }, once()),
    ({ changed, conflicts }) => ({ text: t.acting.merged(changed, conflicts.length) }),
  );
  return (
    <ReasonDialog
      title={t.acting.mergeTitle(from, into)}
      action={`${t.acting.merge} ${into}`}
      onClose={onClose}
      onDo={(purpose) => act.mutate(purpose)}
    >
      {t.acting.mergeEffect}
    </ReasonDialog>
  );
}

export function CloseBranch({ seat, branch, onClose }: { seat: string; branch: string; onClose: () => void }) {
  const act = useAct(
    (reason: string) =>
      client.command({ kind: 'desk.close_branch' satisfies PersonCommand, body: { seat, branch, reason } }, once()),
    () => ({ text: t.acting.closed(branch) }),
  );
  return (
    <ReasonDialog
      title={t.acting.closeTitle(branch)}
      action={t.acting.closeBranch}
      onClose={onClose}
      onDo={(reason) => act.mutate(reason)}
    >
      {t.acting.closeEffect}
    </ReasonDialog>
  );
}
