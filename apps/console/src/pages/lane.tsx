/** One lane: how far it is trusted and why, who gets its work, what stops it, and what it has to show. */
import type { LaneDetail } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { RearmButton, StopButton } from '../app/controls.tsx';
import { laneQuery } from '../app/queries.ts';
import { moneyText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Icon } from '../ui/icons.tsx';
import { Ago, Badge, Facts, Loading, PageTitle, Problem, Section, Untrusted } from '../ui/parts.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { useCurrency } from '../ui/values.tsx';
import { LaneActions } from './lane-act.tsx';
import { Comparison } from './lane-comparison.tsx';
import { Ladder, Measures, SeatName, Traffic, Verdict } from './lane-parts.tsx';
import { LaneCheck, LaneMoney, Moves } from './lane-record.tsx';

export function LanePage() {
  const { id } = useParams({ from: '/lanes/$id' });
  const { tab = 'overview' } = useSearch({ from: '/lanes/$id' });
  const navigate = useNavigate({ from: '/lanes/$id' });
  const { data: lane, error, refetch } = useQuery(laneQuery(id));
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!lane) return <Loading rows={8} />;
  const tabs = [
    { id: 'overview', label: t.lanes.overview, content: <Overview lane={lane} /> },
    {
      id: 'comparison',
      label: t.lanes.comparison,
      count: lane.differences.length,
      content: <Comparison lane={lane} />,
    },
    { id: 'moves', label: t.lanes.moves, content: <Moves id={id} /> },
    { id: 'money', label: t.lanes.money, content: <LaneMoney id={id} /> },
    { id: 'check', label: t.lanes.check, content: <LaneCheck id={id} /> },
  ];
  return (
    <>
      <Link to="/lanes" className="mb-2 inline-flex items-center gap-1.5 text-soft hover:text-ink">
        <Icon name="back" /> {t.lanes.all}
      </Link>
      <PageTitle title={lane.title} sub={lane.outcome}>
        <LaneActions lane={lane} />
        <StopButton target={{ scope: 'lane', id }} />
      </PageTitle>
      <div className="mb-4">
        <Ladder stage={lane.stage} />
      </div>
      <Tabs tabs={tabs} value={tab} onChange={(next) => void navigate({ search: { tab: next } })} />
    </>
  );
}

const Overview = ({ lane }: { lane: LaneDetail }) => (
  <div className="grid items-start gap-4 lg:grid-cols-2">
    <div className="space-y-4">
      <Traffic lane={lane} />
      <Measures of={lane.measures} />
    </div>
    <div className="space-y-4">
      <NextStage lane={lane} />
      <Guards lane={lane} />
      {lane.limits && <Limits of={lane.limits} />}
      <About lane={lane} />
    </div>
  </div>
);

const NextStage = ({ lane: { ready, stay } }: { lane: LaneDetail }) => (
  <Section flush title={ready ? t.lanes.nextStage(t.lanes.stages[ready.to]) : t.lanes.highest}>
    {ready ? (
      <ul className="divide-y">
        {ready.criteria.map(({ name, met, because }) => (
          <Verdict key={name} met={met} name={name}>
            <Untrusted text={because} />
          </Verdict>
        ))}
      </ul>
    ) : (
      <p className="px-4 py-2.5 text-soft">{t.lanes.highestWhy}</p>
    )}
    <p className="border-t px-4 py-2 text-xs text-faint">
      {t.lanes.stay}:{' '}
      {stay && stay.criteria.length > 0
        ? `${stay.criteria.join(', ')} · ${t.lanes.staySample(stay.sample)}`
        : t.lanes.stayNone}
    </p>
  </Section>
);

const Guards = ({ lane: { id, guards } }: { lane: LaneDetail }) => (
  <Section flush title={t.lanes.switches}>
    {guards.length === 0 && <p className="px-4 py-2.5 text-soft">{t.lanes.noGuards}</p>}
    <ul className="divide-y">
      {guards.map((guard) => (
        <li key={guard.id} className="space-y-1 px-4 py-2.5">
          <p className="flex flex-wrap items-center gap-2">
            <Badge tone={guard.tripped ? 'bad' : 'good'}>{guard.tripped ? t.lanes.tripped : t.lanes.ready}</Badge>
            <strong className="font-medium">{guard.title}</strong>
            {guard.tripped && (
              <span className="ml-auto">
                <RearmButton target={{ scope: 'lane', id }} />
              </span>
            )}
          </p>
          <p className="text-soft">{guard.because}</p>
          <code className="block font-mono text-xs break-words text-faint">{guard.when}</code>
        </li>
      ))}
    </ul>
  </Section>
);

function Limits({ of: { each, day, count, usedMoney, usedCount } }: { of: NonNullable<LaneDetail['limits']> }) {
  const currency = useCurrency();
  const money = (micro: number) => moneyText(micro, currency);
  return (
    <Section title={t.lanes.limits}>
      <Facts
        rows={[
          [t.lanes.limitEach, money(each)],
          day !== null && [t.lanes.limitDay, t.lanes.used(money(usedMoney), money(day))],
          count !== null && [t.lanes.limitCount, t.lanes.used(String(usedCount), String(count))],
        ]}
      />
    </Section>
  );
}

const About = ({ lane }: { lane: LaneDetail }) => (
  <Section title={t.lanes.about}>
    <Facts
      rows={[
        [t.lanes.reason, <Untrusted key="r" text={lane.reason} />],
        [t.lanes.by, wordsOf(lane.by)],
        [t.lanes.since, <Ago key="s" at={lane.since} />],
        [t.lanes.baseline, <SeatName key="b" id={lane.baseline} />],
        lane.metric !== null && [t.lanes.metric, wordsOf(lane.metric)],
        [t.lanes.steps, lane.steps.length > 0 ? lane.steps.map(wordsOf).join(', ') : t.common.all],
        lane.topics.length > 0 && [t.lanes.topics, lane.topics.map(wordsOf).join(', ')],
      ]}
    />
  </Section>
);
