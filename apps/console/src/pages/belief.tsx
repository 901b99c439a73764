/** One belief: what it says, on what it rests, what says otherwise, and deciding about it. */
import type { BeliefDetail, BeliefView } from '@reeve/protocol';
import { ApiProblem } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { beliefQuery } from '../app/queries.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Icon } from '../ui/icons.tsx';
import { Ago, Badge, Empty, Facts, Loading, PageTitle, Problem, Section, State, Untrusted } from '../ui/parts.tsx';
import { BeliefActions } from './belief-act.tsx';
import { STANDING_TONES, Until } from './beliefs.tsx';

export function BeliefPage() {
  const { id } = useParams({ from: '/knowledge/$id' });
  const [ending, setEnding] = useState(false);
  const { data, error } = useQuery({ ...beliefQuery(id), enabled: !ending });
  const gone = error instanceof ApiProblem && error.status === 404;
  return (
    <>
      <Link to="/knowledge" className="mb-2 inline-flex items-center gap-1.5 text-soft hover:text-ink">
        <Icon name="back" /> {t.knowledge.all}
      </Link>
      {gone ? (
        <Empty icon="knowledge" title={t.acting.gone}>
          {t.acting.goneWhy}{' '}
          <Link to="/knowledge" search={{ tab: 'find', q: data?.statement ?? '' }} className="text-accent underline">
            {t.knowledge.find}
          </Link>
        </Empty>
      ) : error ? (
        <Problem error={error} />
      ) : data ? (
        <Belief of={data} onEnding={setEnding} />
      ) : (
        <Loading rows={8} />
      )}
    </>
  );
}

const Belief = ({ of, onEnding }: { of: BeliefDetail; onEnding: (ending: boolean) => void }) => (
  <>
    <PageTitle title={<Untrusted text={of.statement} />} sub={t.knowledge.means[of.standing]}>
      <BeliefActions belief={of} onEnding={onEnding} />
    </PageTitle>
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Section title={of.id} aside={<Standing of={of} />}>
        <About of={of} />
      </Section>
      <Section flush title={t.knowledge.against} aside={of.against.length > 0 && of.against.length}>
        {of.against.length === 0 && <p className="px-4 py-2.5 text-soft">{t.knowledge.noAgainst}</p>}
        <ul className="divide-y">
          {of.against.map((other) => (
            <li key={other.id} className="px-4 py-2.5">
              <Link to="/knowledge/$id" params={{ id: other.id }} className="font-medium hover:underline">
                <Untrusted text={other.statement} />
              </Link>
              <p className="flex flex-wrap gap-x-3 text-xs text-faint">
                <Standing of={other} /> <Untrusted text={other.origin} /> <Ago at={other.seenAt} />
              </p>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  </>
);

const Standing = ({ of: { standing } }: { of: BeliefView }) => (
  <State tone={STANDING_TONES[standing]}>{t.knowledge.standings[standing]}</State>
);

const Confidence = ({ value }: { value: number }) => (
  <span className="flex items-center gap-3">
    <span className="tabular-nums">{Math.round(value * 100)} %</span>
    <span aria-hidden className="h-2 w-32 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset">
      <span className="block h-full bg-accent" style={{ width: `${value * 100}%` }} />
    </span>
  </span>
);

const IDS = /^(?:C|OP)-\d+$/;
/** What it rests on; cases and operations lead to their explanation. */
const Evidence = ({ of }: { of: readonly string[] }) => (
  <span className="flex flex-wrap gap-x-2">
    {of.map((each) =>
      IDS.test(each) ? (
        <Link key={each} to="/why/$id" params={{ id: each }} className="text-accent underline">
          {each}
        </Link>
      ) : (
        <Untrusted key={each} text={each} />
      ),
    )}
  </span>
);

const About = ({ of }: { of: BeliefDetail }) => (
  <Facts
    rows={[
      [t.knowledge.confidence, <Confidence key="c" value={of.confidence} />],
      [t.knowledge.source, <Untrusted key="o" text={of.origin} />],
      of.key !== null && [
        t.knowledge.key,
        <span key="k">
          <code className="font-mono text-xs">{of.key}</code>
          {of.value !== null && (
            <>
              {' = '}
              <Untrusted text={String(of.value)} />
            </>
          )}
        </span>,
      ],
      [
        t.knowledge.seat,
        <Link key="s" to="/organisation/$id" params={{ id: of.seat }} className="hover:underline">
          {wordsOf(of.seat)}
        </Link>,
      ],
      [t.knowledge.layer, t.knowledge.layers[of.layer]],
      [t.knowledge.impact, t.knowledge.impacts[of.impact]],
      [t.knowledge.until, <Until key="u" at={of.until} />],
      [t.knowledge.at, <Ago key="a" at={of.at} />],
      of.seenAt !== of.at && [t.knowledge.lastSaid, <Ago key="l" at={of.seenAt} />],
      of.evidence.length > 0 && [t.knowledge.evidence, <Evidence key="e" of={of.evidence} />],
      of.taint.length > 0 && [t.knowledge.taint, <Untrusted key="t" text={of.taint.join(', ')} />],
      of.case !== null && [t.knowledge.case, <Evidence key="ca" of={[of.case]} />],
      of.customer !== null && [
        t.knowledge.customer,
        <span key="cu">
          <Untrusted text={of.customer} /> <span className="text-faint">({t.knowledge.customerWhy})</span>
        </span>,
      ],
      of.private && [t.knowledge.private, t.knowledge.privateWhy],
      of.confirmed !== null && [
        t.knowledge.confirmedBy,
        <span key="cf">
          {wordsOf(of.confirmed.by)} <Badge tone="good">{t.knowledge.hows[of.confirmed.how]}</Badge>
        </span>,
      ],
      of.repeatedBy.length > 0 && [t.knowledge.repeated, <Untrusted key="r" text={of.repeatedBy.join(', ')} />],
      of.disputed !== null && [
        t.knowledge.disputed,
        <span key="d">
          {wordsOf(of.disputed.by)} “<Untrusted text={of.disputed.reason} />”
        </span>,
      ],
      of.shared !== null && [
        t.knowledge.shared,
        `${wordsOf(of.shared.from)}, ${t.knowledge.under(of.shared.contract)}`,
      ],
    ]}
  />
);
