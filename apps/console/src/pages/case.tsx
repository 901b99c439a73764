/** One case: what was asked, what happened, who does what, what was done, and what proves it. */
import type { CaseView, Entry } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { caseQuery, timelineQuery } from '../app/queries.ts';
import { clockText, momentText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Ago, Badge, Button, Empty, Facts, Loading, PageTitle, Problem, Section, Untrusted } from '../ui/parts.tsx';
import { ApprovalState, CaseState, Priority } from '../ui/states.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { CaseActions } from './case-actions.tsx';
import { Conversation } from './conversation.tsx';
import { Operations } from './operations.tsx';
import { Tasks } from './tasks.tsx';

export function CasePage() {
  const { id } = useParams({ from: '/cases/$id' });
  const { data, error, refetch } = useQuery(caseQuery(id));
  if (error) return <Problem error={error} again={() => void refetch()} />;
  return data ? <Shown of={data} /> : <Loading rows={10} />;
}

function Shown({ of }: { of: CaseView }) {
  const pending = of.approvals.filter(({ status }) => status === 'pending');
  return (
    <>
      <p className="mb-2 text-xs text-faint">
        <Link
          to="/cases"
          className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
        >
          {t.case.all}
        </Link>{' '}
        / {of.id}
      </p>
      <PageTitle
        title={<Untrusted text={of.subject} />}
        sub={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <CaseState status={of.status} />
            <Link to="/cases" search={{ customer: of.customer }} className="hover:underline">
              <Untrusted text={of.name ?? of.customer} />
            </Link>
            <Link to="/organisation/$id" params={{ id: of.owner }} className="hover:underline">
              {wordsOf(of.owner)}
            </Link>
            {of.priority === 'high' && <Priority priority={of.priority} />}
            {of.overdue && <Badge tone="bad">{t.cases.overdue}</Badge>}
          </span>
        }
      >
        <CaseActions of={of} />
      </PageTitle>
      {pending.map(({ id, recommendation }) => (
        <Link
          key={id}
          to="/approvals/$id"
          params={{ id }}
          className="mb-3 flex items-center gap-3 rounded-lg border border-warn/40 bg-warn-tint px-4 py-2.5 text-warn hover:brightness-97"
        >
          <strong>{t.case.waitsForYou}</strong>
          <span className="min-w-0 flex-1 truncate text-ink">
            <Untrusted text={recommendation} />
          </span>
          <span className="font-mono text-xs">{id}</span>
        </Link>
      ))}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <Work of={of} />
        <div className="space-y-4">
          <About of={of} />
          {of.resolution && (
            <Section title={t.case.resolution} aside={<Ago at={of.resolution.at} />}>
              <Untrusted text={of.resolution.summary} block />
              <p className="mt-1 text-xs text-faint">{wordsOf(of.resolution.by)}</p>
            </Section>
          )}
        </div>
      </div>
    </>
  );
}

function Work({ of }: { of: CaseView }) {
  const { tab = 'timeline' } = useSearch({ from: '/cases/$id' });
  const navigate = useNavigate({ from: '/cases/$id' });
  const tabs = [
    { id: 'timeline', label: t.case.timeline, content: <Timeline id={of.id} /> },
    { id: 'conversation', label: t.case.conversation, count: of.notes.length + 1, content: <Conversation of={of} /> },
    { id: 'tasks', label: t.case.tasks, count: of.tasks.length, content: <Tasks tasks={of.tasks} /> },
    {
      id: 'operations',
      label: t.case.operations,
      count: of.operations.length,
      content: <Operations operations={of.operations} />,
    },
    { id: 'evidence', label: t.case.evidence, count: of.evidence.length, content: <Proof of={of} /> },
  ];
  return (
    <div className="min-w-0 rounded-lg border bg-surface px-4 pt-1 pb-4 shadow-card">
      <Tabs tabs={tabs} value={tab} onChange={(next) => void navigate({ search: { tab: next }, replace: true })} />
    </div>
  );
}

/** How a record is marked in the timeline, by the beginning of its kind. */
const MARKS: readonly (readonly [RegExp, string])[] = [
  [/^(case\.(closed|verified|resolved)|operation\.(verified|succeeded))/, 'bg-good'],
  [/^(approval\.|operation\.deferred|case\.waiting)/, 'bg-warn'],
  [/(failed|escalated|rejected|blocked|alerted|lapsed)$/, 'bg-bad'],
  [/^operation\./, 'bg-accent'],
];

/** Bookkeeping of the organisation itself: there, but not what a reader looks for first. */
const QUIET = /^(run\.|budget\.|message\.|economy\.)|^operation\.(leased|read|retried)$/;

function Timeline({ id }: { id: string }) {
  const [all, setAll] = useState(false);
  const { data, error } = useQuery(timelineQuery(id));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  const shown = data.entries.filter(({ kind }) => all || !QUIET.test(kind));
  return (
    <>
      <ol className="relative ml-1.5 border-l pl-5">
        {shown.map((entry, at) => (
          <Happened key={entry.seq} of={entry} day={dayText(entry.at) !== dayText(shown[at - 1]?.at ?? 0)} />
        ))}
      </ol>
      <Button look="quiet" className="mt-2" onClick={() => setAll(!all)}>
        {all ? t.case.less : t.case.everything(data.entries.length - shown.length)}
      </Button>
    </>
  );
}

const dayText = (at: number): string => momentText(at).slice(0, 10);

const Happened = ({ of: { seq, at, kind, text, actor }, day }: { of: Entry; day: boolean }) => (
  <li className="relative py-1">
    {day && <p className="mt-1 mb-1.5 text-xs font-semibold text-soft">{dayText(at)}</p>}
    <span
      aria-hidden
      className={`absolute bottom-7 -left-[1.47rem] size-2 rounded-full ring-4 ring-surface ${MARKS.find(([pattern]) => pattern.test(kind))?.[1] ?? 'bg-strong'}`}
    />
    <p>
      <Untrusted text={text} />
    </p>
    <p className="flex flex-wrap gap-x-2.5 text-2xs text-faint">
      <time dateTime={new Date(at).toISOString()} className="tabular-nums">
        {clockText(at)}
      </time>
      <span>{wordsOf(actor.seat ?? actor.principal)}</span>
      <Link to="/ledger/$seq" params={{ seq: String(seq) }} className="hover:underline">
        {t.case.record(seq)}
      </Link>
    </p>
  </li>
);

function Proof({ of: { evidence } }: { of: CaseView }) {
  if (evidence.length === 0) return <Empty title={t.case.noEvidence}>{t.case.noEvidenceWhy}</Empty>;
  return (
    <ul className="space-y-1.5">
      {evidence.map(({ kind, ref }) => (
        <li key={`${kind}${ref}`} className="flex items-baseline gap-3">
          <Badge>{kind}</Badge>
          <span className="font-mono text-xs">
            <Untrusted text={ref} />
          </span>
        </li>
      ))}
    </ul>
  );
}

const seats = (list: readonly string[]) => list.map(wordsOf).join(', ');

const About = ({ of }: { of: CaseView }) => (
  <Section title={t.case.facts}>
    <Facts
      rows={[
        [t.cases.customer, <Untrusted key="c" text={of.customer} />],
        [t.case.channel, of.channel],
        [t.cases.topic, of.topic ? wordsOf(of.topic) : '–'],
        of.areas.length > 0 && [t.case.areas, seats(of.areas)],
        [t.case.opened, <Ago key="o" at={of.openedAt} />],
        [t.case.since, <Ago key="s" at={of.since} />],
        [t.cases.due, <Ago key="d" at={of.due} />],
        of.firstResponseAt !== null && [t.case.firstResponse, <Ago key="f" at={of.firstResponseAt} />],
        [t.case.parties, seats(of.parties)],
        of.verifier !== null && [t.case.verifier, wordsOf(of.verifier)],
        of.reopened > 0 && [t.case.reopened, String(of.reopened)],
        of.duplicateOf !== null && [
          t.case.duplicateOf,
          <Link key="u" to="/cases/$id" params={{ id: of.duplicateOf }} className="text-accent underline">
            {of.duplicateOf}
          </Link>,
        ],
        of.satisfied !== null && [t.case.satisfied, of.satisfied ? t.common.yes : t.common.no],
      ]}
    />
    {of.approvals.length > 0 && (
      <ul className="mt-3 space-y-1 border-t pt-3">
        {of.approvals.map(({ id, status }) => (
          <li key={id} className="flex justify-between">
            <Link to="/approvals/$id" params={{ id }} className="text-accent underline">
              {id}
            </Link>
            <ApprovalState status={status} />
          </li>
        ))}
      </ul>
    )}
  </Section>
);
