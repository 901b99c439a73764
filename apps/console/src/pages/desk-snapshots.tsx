/** The files of a desk as they were: branched off, written out, and held against others. */
import type { DeskDetail, SnapshotView } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { changesQuery } from '../app/queries.ts';
import { bytesText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Select } from '../ui/forms.tsx';
import { Ago, Badge, Button, Loading, Problem, type Tone, Untrusted } from '../ui/parts.tsx';
import { BranchOff, WriteOut } from './desk-act.tsx';

export const Snapshots = ({ of: { seat, latest } }: { of: DeskDetail }) => (
  <ul className="divide-y">
    {latest.map((each) => (
      <Snapshot key={each.id} seat={seat} of={each} others={latest.filter(({ id }) => id !== each.id)} />
    ))}
  </ul>
);

interface Props {
  readonly seat: string;
  readonly of: SnapshotView;
  readonly others: readonly SnapshotView[];
}

function Snapshot({ seat, of, others }: Props) {
  const [asking, setAsking] = useState<'branch' | 'write' | null>(null);
  const [against, setAgainst] = useState('');
  const close = () => setAsking(null);
  return (
    <li className="space-y-1.5 px-4 py-3">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <strong className="font-medium">{of.id}</strong>
        <Badge>{of.branch}</Badge>
        <span className="text-xs text-faint">
          {t.knowledge.files(of.files, bytesText(of.bytes))} · {wordsOf(of.by)} · <Ago at={of.at} />
        </span>
      </p>
      {of.purpose && (
        <p className="text-soft">
          <Untrusted text={of.purpose} />
        </p>
      )}
      {of.conflicts.length > 0 && (
        <p className="text-bad">
          <Untrusted text={of.conflicts.join(', ')} />
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={() => setAsking('branch')}>{t.acting.branchOff}</Button>
        <Button onClick={() => setAsking('write')}>{t.acting.restoreFiles}</Button>
        {others.length > 0 && (
          <div className="w-44">
            <Select
              aria-label={`${t.acting.compare} (${of.id})`}
              value={against}
              choices={[{ value: '', label: t.acting.compare }, ...others.map(({ id }) => ({ value: id, label: id }))]}
              onChange={setAgainst}
            />
          </div>
        )}
      </div>
      {against !== '' && <Changes seat={seat} from={against} to={of.id} />}
      {asking === 'branch' && <BranchOff seat={seat} snapshot={of.id} onClose={close} />}
      {asking === 'write' && <WriteOut seat={seat} snapshot={of.id} onClose={close} />}
    </li>
  );
}

const TONES: Record<'added' | 'changed' | 'removed', Tone> = { added: 'good', changed: 'warn', removed: 'bad' };

function Changes({ seat, from, to }: { seat: string; from: string; to: string }) {
  const { data, error } = useQuery(changesQuery({ id: seat, from, to }));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading rows={2} />;
  if (data.changes.length === 0) return <p className="text-soft">{t.acting.same}</p>;
  return (
    <ul aria-label={t.acting.changes} className="max-h-72 overflow-auto rounded-md border px-3 py-1.5 scroll-thin">
      {data.changes.map(({ path, what }) => (
        <li key={path}>
          <Badge tone={TONES[what]}>{t.acting.kinds[what]}</Badge> <Untrusted text={path} />
        </li>
      ))}
    </ul>
  );
}
