/** One desk: what it is at, what it holds, its branches, and its files as they were. */
import type { DeskDetail } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { deskQuery } from '../app/queries.ts';
import { t } from '../text/en.ts';
import { Icon } from '../ui/icons.tsx';
import { Ago, Button, Empty, Facts, Loading, PageTitle, Problem, Section, State, Untrusted } from '../ui/parts.tsx';
import { CloseBranch, MergeBranch } from './desk-act.tsx';
import { Snapshots } from './desk-snapshots.tsx';

export function DeskPage() {
  const { id } = useParams({ from: '/desks/$id' });
  const { data, error } = useQuery(deskQuery(id));
  return (
    <>
      <Link
        to="/knowledge"
        search={{ tab: 'desks' }}
        className="mb-2 inline-flex items-center gap-1.5 text-soft hover:text-ink"
      >
        <Icon name="back" /> {t.acting.allDesks}
      </Link>
      {error ? <Problem error={error} /> : data ? <Desk of={data} /> : <Loading rows={8} />}
    </>
  );
}

const Desk = ({ of }: { of: DeskDetail }) => (
  <>
    <PageTitle title={t.acting.deskOf(of.title)} />
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <Section flush title={t.knowledge.snapshots}>
        {of.latest.length === 0 ? (
          <Empty title={t.knowledge.noSnapshots}>{t.knowledge.noSnapshotsWhy}</Empty>
        ) : (
          <Snapshots of={of} />
        )}
      </Section>
      <div className="space-y-4">
        <About of={of} />
        <Branches of={of} />
      </div>
    </div>
  </>
);

const About = ({ of: { seat, purpose, since, beliefs, contested, skills, limits, past } }: { of: DeskDetail }) => (
  <Section title={t.acting.atWork}>
    <p className="mb-2">
      {purpose === null ? (
        <span className="text-faint">{t.knowledge.noPurpose}</span>
      ) : (
        <>
          <Untrusted text={purpose} /> {since !== null && <Ago at={since} />}
        </>
      )}
    </p>
    <Facts
      rows={[
        [
          t.knowledge.beliefs,
          <Link key="b" to="/knowledge" search={{ tab: 'beliefs', seat }} className="text-accent underline">
            {t.knowledge.counts(beliefs.stable, beliefs.state, beliefs.working)}
          </Link>,
        ],
        contested > 0 && [t.knowledge.contested, contested],
        [t.knowledge.skills, `${skills}, ${t.acting.limitOf(limits.skills)}`],
      ]}
    />
    {past.length > 0 && (
      <>
        <h3 className="mt-3 text-xs font-semibold text-soft">{t.knowledge.past}</h3>
        <ul className="text-soft">
          {past.map(({ purpose: was, until }) => (
            <li key={`${until} ${was}`} className="flex justify-between gap-3">
              <Untrusted text={was} /> <Ago at={until} />
            </li>
          ))}
        </ul>
      </>
    )}
  </Section>
);

const MAIN = 'main';

function Branches({ of: { seat, branches } }: { of: DeskDetail }) {
  const others = branches.filter(({ name }) => name !== MAIN);
  return (
    <Section flush title={t.knowledge.branches}>
      {others.length === 0 && <p className="px-4 py-3 text-soft">{t.acting.noBranches}</p>}
      <ul className="divide-y">
        {others.map((branch) => (
          <Branch key={branch.name} seat={seat} of={branch} />
        ))}
      </ul>
    </Section>
  );
}

function Branch({
  seat,
  of: { name, purpose, status, from, head },
}: {
  seat: string;
  of: DeskDetail['branches'][number];
}) {
  const [asking, setAsking] = useState<'merge' | 'close' | null>(null);
  const done = () => setAsking(null);
  return (
    <li className="space-y-1 px-4 py-2.5">
      <p className="flex flex-wrap items-center gap-x-3">
        <strong className="font-medium">{name}</strong>
        <State tone={status === 'active' ? 'good' : 'plain'}>{t.acting.status[status]}</State>
        <span className="ml-auto text-xs text-faint">{from !== null && `${t.acting.from} ${from}`}</span>
      </p>
      <p className="text-soft">
        <Untrusted text={purpose} />
      </p>
      {status === 'active' && (
        <p className="flex gap-2">
          {head !== null && <Button onClick={() => setAsking('merge')}>{`${t.acting.merge} ${MAIN}`}</Button>}
          <Button onClick={() => setAsking('close')}>{t.acting.closeBranch}</Button>
        </p>
      )}
      {asking === 'merge' && <MergeBranch seat={seat} from={name} into={MAIN} onClose={done} />}
      {asking === 'close' && <CloseBranch seat={seat} branch={name} onClose={done} />}
    </li>
  );
}
