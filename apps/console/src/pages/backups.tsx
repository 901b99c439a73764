/** Copies of the organisation: take one, check one, fetch one, and how to make an organisation of one again. */
import type { BackupListView, BackupView } from '@reeve/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { backupsQuery } from '../app/queries.ts';
import { bytesText, momentText } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Shares } from '../ui/gauge.tsx';
import { More } from '../ui/paged.tsx';
import { Ago, Badge, Button, Empty, Facts, Loading, Problem, Section, State, type Tone } from '../ui/parts.tsx';
import { saveStream } from './download.ts';
import { RestoreDialog } from './restore-dialog.tsx';

export function Backups() {
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(backupsQuery());
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  const first = data.pages[0]!;
  if (first.reason !== null)
    return (
      <Empty icon="settings" title={t.backups.impossible}>
        {first.reason}
      </Empty>
    );
  const backups = data.pages.flatMap((page) => page.backups);
  const busy = first.running !== null;
  return (
    <div className="space-y-4">
      <Where of={first} />
      {first.failed && <Failed of={first.failed} />}
      {backups.length === 0 && !busy && (
        <Empty icon="settings" title={t.backups.none}>
          {t.backups.noneWhy}
        </Empty>
      )}
      {backups.length > 0 && (
        <Section flush title={t.backups.title}>
          <ul className="divide-y">
            {backups.map((each) => (
              <Backup key={each.name} of={each} busy={busy} />
            ))}
          </ul>
          {hasNextPage && <More onMore={() => void fetchNextPage()} />}
        </Section>
      )}
    </div>
  );
}

function Where({ of: { folder, keys, free, running } }: { of: BackupListView }) {
  const take = useAct(
    () => client.takeBackup({}, once()),
    ({ name }) => ({ text: t.backups.begun(name) }),
  );
  return (
    <Section
      title={t.backups.take}
      aside={
        <Button look="primary" busy={running !== null || take.isPending} onClick={() => take.mutate(undefined)}>
          {t.backups.take}
        </Button>
      }
    >
      <Facts
        rows={[
          [
            t.backups.folder,
            <code key="f" className="font-mono text-xs break-all">
              {folder}
            </code>,
          ],
          free !== null && [t.backups.free, bytesText(free)],
          [
            t.backups.keys,
            keys === null ? (
              t.backups.noKeys
            ) : (
              <code key="k" className="font-mono text-xs break-all">
                {keys}
              </code>
            ),
          ],
        ]}
      />
      {running && <Running of={running} />}
    </Section>
  );
}

function Running({ of: { what, name, step, done, of } }: { of: NonNullable<BackupListView['running']> }) {
  const share = of === null || of === 0 ? 0 : done / of;
  return (
    <div role="status" className="mt-4 space-y-1.5">
      <p>
        <State tone="accent" busy>
          {t.backups.running[what](name)}: {t.backups.steps[step]}
          {of !== null && ` · ${t.backups.far(done, of)}`}
        </State>
      </p>
      <Shares parts={[{ id: 'done', share, className: 'bg-accent' }]} />
    </div>
  );
}

const Failed = ({ of: { what, name, why, next, at } }: { of: NonNullable<BackupListView['failed']> }) => (
  <div role="alert" className="rounded-md border border-bad/30 bg-bad-tint px-4 py-3 text-bad">
    <p className="font-medium">
      {t.backups.failed[what](name)} (<Ago at={at} />)
    </p>
    <p className="text-ink">{why}</p>
    <p className="text-ink">{next}</p>
  </div>
);

const TONES: Record<BackupView['state'], Tone> = { whole: 'good', unfinished: 'plain', damaged: 'bad' };

function Backup({ of, busy }: { of: BackupView; busy: boolean }) {
  return (
    <li className="space-y-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <strong className="font-medium break-all">{of.name}</strong>
        <State tone={TONES[of.state]}>{t.backups.states[of.state]}</State>
        {of.state === 'whole' && (
          <Badge tone={of.keys ? 'info' : 'plain'}>{of.keys ? t.backups.withKeys : t.backups.withoutKeys}</Badge>
        )}
        {of.head !== null && <Acts of={of} busy={busy} />}
      </div>
      {of.head === null ? (
        <p className="text-soft">{of.state === 'unfinished' ? t.backups.unfinishedWhy : t.backups.damagedWhy}</p>
      ) : (
        <Held of={of} />
      )}
    </li>
  );
}

const Held = ({ of: { taken, head, bytes, holds, checked, state } }: { of: BackupView }) => (
  <Facts
    rows={[
      taken !== null && [
        t.backups.taken,
        <span key="t">
          {momentText(taken)} (<Ago at={taken} />)
        </span>,
      ],
      head !== null && [
        t.backups.head,
        <span key="h">
          {t.backups.records(head.seq)} <code className="font-mono text-xs text-faint">{head.hash.slice(0, 12)}…</code>
        </span>,
      ],
      [t.backups.size, bytesText(bytes)],
      [
        t.backups.holds,
        holds
          .map(({ part, files, bytes: size }) => t.backups.part(t.backups.parts[part] ?? part, files, bytesText(size)))
          .join(' · '),
      ],
      [
        t.backups.verified,
        checked === null ? (
          t.backups.whenTaken
        ) : (
          <span key="c">
            <State tone={checked.sound ? 'good' : 'bad'}>{checked.sound ? t.backups.sound : t.backups.unsound}</State>{' '}
            <Ago at={checked.at} /> {checked.why}
          </span>
        ),
      ],
      state === 'damaged' && [
        '',
        <span key="d" className="text-bad">
          {t.backups.damagedWhy}
        </span>,
      ],
    ]}
  />
);

function Acts({ of, busy }: { of: BackupView; busy: boolean }) {
  const [restoring, setRestoring] = useState(false);
  const check = useAct(
    () => client.checkBackup({ id: of.name }, once()),
    () => ({ text: t.backups.checkBegun(of.name) }),
  );
  const fetched = useAct(async () => saveStream(await client.backupFile({ id: of.name }), `${of.name}.tar`));
  return (
    <span className="ml-auto flex flex-wrap gap-2">
      <Button disabled={busy} busy={check.isPending} onClick={() => check.mutate(undefined)}>
        {t.backups.check}
      </Button>
      {of.state === 'whole' && (
        <>
          <Button busy={fetched.isPending} onClick={() => fetched.mutate(undefined)}>
            {t.backups.download}
          </Button>
          <Button onClick={() => setRestoring(true)}>{t.backups.restore}</Button>
        </>
      )}
      {restoring && of.restore !== null && (
        <RestoreDialog name={of.name} command={of.restore} onClose={() => setRestoring(false)} />
      )}
    </span>
  );
}
