/** Is the organisation closing its gaps? What needs me? What burns? */
import type { Status } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { StopButton, targetText } from '../app/controls.tsx';
import { casesQuery, inboxQuery, ledgerQuery, openIncidentsQuery, statusQuery } from '../app/queries.ts';
import { countText, gistOf, metricText, moneyText, plainText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Shares, TargetBar } from '../ui/gauge.tsx';
import { Icon } from '../ui/icons.tsx';
import { Ago, Badge, cx, Empty, Loading, PageTitle, Problem, Section, Untrusted } from '../ui/parts.tsx';
import { useCapabilityName } from '../ui/values.tsx';
import { RecordLines } from './record-lines.tsx';

export function Today() {
  const { data, error, refetch } = useQuery(statusQuery());
  if (error && !data) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading rows={8} />;
  if (data.digest === '') return <Fresh />;
  const met = data.targets.filter((each) => each.met === true).length;
  const measured = data.targets.filter((each) => each.met !== null).length;
  return (
    <>
      <PageTitle
        title={measured === 0 ? t.today.noTargets : t.today.met(met, measured)}
        sub={t.today.sub(data.name, data.seq)}
      >
        <StopButton target={{ scope: 'organisation', id: 'all' }} label={t.stop.stopAll} />
      </PageTitle>
      <Gaps status={data} />
      <div className="mt-4 grid items-start gap-4 lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)]">
        <div className="space-y-4">
          <Needs currency={data.currency} />
        </div>
        <div className="space-y-4">
          <Burns status={data} />
          <Work status={data} />
          <Budgets status={data} />
          <Latest />
        </div>
      </div>
    </>
  );
}

const Fresh = () => (
  <Empty title={t.today.fresh}>
    <p>{t.today.freshWhy}</p>
    <pre className="my-3 rounded-md bg-sunken p-3 text-left font-mono text-xs">
      {'npm start\n# or your own:\nnpm run reeve -- init my-org\nnpm run reeve -- apply my-org'}
    </pre>
    <p>{t.today.freshNext}</p>
  </Empty>
);

/** Of each kind; the rest is a page away. */
const NEEDS = 6;

function Needs({ currency }: { currency: string }) {
  const { data, error } = useQuery(inboxQuery());
  const cases = useInfiniteQuery(casesQuery({ status: 'escalated' })).data?.pages[0]?.cases ?? [];
  const name = useCapabilityName();
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  const approvals = [...data.approvals].sort((a, b) => b.cost - a.cost);
  const mine = data.messages.filter(({ type }) => type !== 'approval_request' && type !== 'escalation');
  const count = approvals.length + cases.length + mine.length;
  return (
    <Section flush title={t.today.needs} aside={count > 0 && <Badge tone="accent">{countText(count)}</Badge>}>
      {count === 0 && (
        <Empty icon="check" title={t.today.nothingNeeds}>
          {t.today.nothingNeedsWhy}
        </Empty>
      )}
      <Group title={t.today.decide} count={approvals.length} to="/approvals">
        {approvals.slice(0, NEEDS).map(({ id, cost, recommendation, case: of, capability, silence }) => (
          <Line
            key={id}
            to={`/approvals/${id}`}
            lead={cost > 0 ? moneyText(cost, currency) : '–'}
            side={<Ago at={silence.at} />}
          >
            <span className="block truncate font-medium">{name(capability)}</span>
            <span className="block truncate text-xs text-faint">
              {of} · <Untrusted text={gistOf(recommendation)} />
            </span>
          </Line>
        ))}
      </Group>
      <Group title={t.today.person} count={cases.length} to="/cases">
        {cases.slice(0, NEEDS).map(({ id, subject, name: who, customer, since }) => (
          <Line
            key={id}
            to={`/cases/${id}`}
            lead={<span className="text-xs font-normal text-faint">{id}</span>}
            side={<Ago at={since} />}
          >
            <span className="block truncate">
              <span className="font-medium">
                <Untrusted text={subject} />
              </span>{' '}
              <span className="text-xs text-faint">
                <Untrusted text={who ?? customer} />
              </span>
            </span>
          </Line>
        ))}
      </Group>
      <Group title={t.today.messages} count={mine.length} to="/cases">
        {mine.slice(0, NEEDS).map(({ id, text, from, at, case: of }) => (
          <Line
            key={id}
            to={of ? `/cases/${of}` : '/'}
            lead={<span className="text-xs font-normal text-faint">{of ?? id}</span>}
            side={<Ago at={at} />}
          >
            <span className="block truncate">
              <Untrusted text={text} /> <span className="text-xs text-faint">{wordsOf(from)}</span>
            </span>
          </Line>
        ))}
      </Group>
    </Section>
  );
}

function Group({
  title,
  count,
  to,
  children,
}: {
  title: string;
  count: number;
  to: '/approvals' | '/cases';
  children: ReactNode;
}) {
  if (count === 0) return null;
  return (
    <div className="border-b last:border-b-0">
      <h3 className="flex justify-between bg-sunken px-4 py-1 text-2xs font-semibold tracking-wide text-faint uppercase">
        {title}{' '}
        <Link
          to={to}
          search={to === '/cases' ? { status: 'escalated' } : {}}
          className="text-accent normal-case hover:underline"
        >
          {t.today.allOf(count)}
        </Link>
      </h3>
      <ul className="divide-y">{children}</ul>
    </div>
  );
}

const Line = ({ to, lead, side, children }: { to: string; lead: ReactNode; side: ReactNode; children: ReactNode }) => (
  <li>
    <Link to={to as '/'} className="flex items-center gap-3 px-4 py-2 hover:bg-hover">
      <span className="w-17 shrink-0 text-right font-semibold [&_svg]:ml-auto">{lead}</span>
      <span className="min-w-0 flex-1">{children}</span>
      <span className="text-xs text-faint">{side}</span>
    </Link>
  </li>
);

function Gaps({ status: { targets, currency } }: { status: Status }) {
  if (targets.length === 0)
    return (
      <Section title={t.today.gaps}>
        <Empty title={t.today.noGaps}>{t.today.noGapsWhy}</Empty>
      </Section>
    );
  return (
    <section aria-label={t.today.gaps} className="rounded-lg border bg-surface shadow-card">
      <ul className="flex flex-wrap gap-px overflow-hidden rounded-lg bg-line">
        {targets.map((target) => (
          <Gap key={target.target} target={target} currency={currency} />
        ))}
      </ul>
      <p className="px-4 py-1.5 text-right text-xs">
        <Link to="/goals" className="text-accent hover:underline">
          {t.today.allTargets}
        </Link>
      </p>
    </section>
  );
}

function Gap({ target, currency }: { target: Status['targets'][number]; currency: string }) {
  const { title, unit, current, target_value: wanted, direction, met } = target;
  return (
    <li className="flex grow basis-40 flex-col justify-between gap-2 bg-surface px-4 py-3">
      <p className="text-xs leading-tight text-soft">{title}</p>
      <div>
        <p className={cx('title mb-1.5 text-xl leading-none', met === false && 'text-warn')}>
          {metricText(current, unit, currency)}
        </p>
        <TargetBar target={target} />
        <p className="mt-1.5 text-2xs text-faint">
          {t.today.target[direction]} {metricText(wanted, unit, currency)}
          {met === false && (
            <span className="font-medium text-warn">
              {' '}
              · {t.today.gap(metricText(Math.abs(current! - wanted), unit, currency), met)}
            </span>
          )}
        </p>
      </div>
    </li>
  );
}

interface Fire {
  readonly id: string;
  readonly text: string;
  readonly to: string;
  readonly search?: Record<string, string>;
}

/** What burns, the worst first. Pure. */
function firesOf({ cases, operations, switches, budgets, runtime }: Status): Fire[] {
  const ops = (...names: string[]) => names.reduce((sum, name) => sum + (operations.byStatus[name] ?? 0), 0);
  const failed = ops('failed', 'escalated', 'verification_failed');
  const unknown = ops('unknown', 'reconciling');
  return [
    ...(runtime.reason ? [{ id: 'runtime', text: `${t.today.signing}: ${runtime.reason}`, to: '/settings' }] : []),
    ...switches.map((each) => ({
      ...{ id: `${each.scope}:${each.id}`, text: t.today.stopped(targetText(each)) },
      ...{ to: '/organisation', search: { view: 'stops' } },
    })),
    ...(unknown > 0
      ? [{ id: 'unknown', text: t.today.unknown(unknown), to: '/settings', search: { tab: 'tools' } }]
      : []),
    ...(cases.overdue > 0
      ? [{ id: 'overdue', text: t.today.overdue(cases.overdue), to: '/cases', search: { status: 'open' } }]
      : []),
    ...(failed > 0 ? [{ id: 'failed', text: t.today.failed(failed), to: '/settings', search: { tab: 'tools' } }] : []),
    ...budgets
      .filter(({ used, accounts }) => used >= 80 && accounts === null)
      .map(({ id, title, used }) => ({
        id: `budget-${id}`,
        text: t.today.budget(title || wordsOf(id), used),
        to: '/money',
      })),
  ];
}

const incidentFire = ({ id, summary }: { id: string; summary: string }): Fire => ({
  ...{ id, text: `${id}: ${plainText(summary)}`, to: '/authority', search: { tab: 'incidents' } },
});

function Burns({ status }: { status: Status }) {
  const incidents = useQuery(openIncidentsQuery()).data?.incidents ?? [];
  const fires = [...incidents.map(incidentFire), ...firesOf(status)];
  return (
    <Section flush title={t.today.burns} aside={fires.length > 0 && <Badge tone="bad">{fires.length}</Badge>}>
      {fires.length === 0 ? (
        <p className="flex items-center gap-2 px-4 py-3 text-soft">
          <Icon name="check" />
          <span>
            <span className="font-medium text-ink">{t.today.nothingBurns}.</span> {t.today.nothingBurnsWhy}
          </span>
        </p>
      ) : (
        <ul className="divide-y">
          {fires.map(({ id, text, to, search }) => (
            <li key={id}>
              <Link
                to={to as '/cases'}
                search={search ?? {}}
                className="flex items-center gap-2.5 px-4 py-2 text-bad hover:bg-hover"
              >
                <Icon name="incidents" />
                <span className="text-ink">{text}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const WORK = [
  ['new', 'bg-info'],
  ['assigned', 'bg-info'],
  ['in_progress', 'bg-accent'],
  ['waiting_internal', 'bg-warn/70'],
  ['waiting_customer', 'bg-warn'],
  ['blocked', 'bg-bad/70'],
  ['escalated', 'bg-bad'],
  ['resolved', 'bg-good'],
  ['closed', 'bg-good/60'],
  ['cancelled', 'bg-faint/50'],
] as const;

function Work({ status: { cases, runtime } }: { status: Status }) {
  const all = Object.values(cases.byStatus).reduce((sum, one) => sum + one, 0);
  const shown = WORK.filter(([name]) => (cases.byStatus[name] ?? 0) > 0);
  const { activeRuns, queued, executing, waitingJobs } = runtime;
  const busy = activeRuns + queued + executing + waitingJobs > 0;
  return (
    <Section title={t.today.work} aside={busy ? t.today.busy(activeRuns) : t.today.idle}>
      <Shares
        parts={shown.map(([id, className]) => ({ id, className, share: (cases.byStatus[id] ?? 0) / Math.max(1, all) }))}
      />
      <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5">
        {shown.map(([name, className]) => (
          <li key={name}>
            <Link
              to="/cases"
              search={{ view: 'table', status: name }}
              className="inline-flex items-center gap-1.5 hover:underline"
            >
              <span aria-hidden className={cx('size-2 rounded-sm', className)} />
              <strong>{countText(cases.byStatus[name] ?? 0)}</strong>
              <span className="text-soft">{t.cases.statuses[name]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Budgets({ status: { budgets, currency } }: { status: Status }) {
  const shown = budgets.filter((each) => each.currency === 'money' && each.accounts === null).slice(0, 3);
  if (shown.length === 0) return null;
  return (
    <Section
      title={t.today.money}
      aside={
        <Link
          to="/money"
          className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
        >
          {t.common.show}
        </Link>
      }
    >
      <ul className="space-y-3">
        {shown.map(({ id, title, allocation, spent, reserved, used }) => (
          <li key={id}>
            <p className="mb-1 flex justify-between gap-2">
              <span className="text-soft">{title || wordsOf(id)}</span>
              <span>{t.today.spentOf(moneyText(spent, currency), moneyText(allocation, currency))}</span>
            </p>
            <Shares
              parts={[
                { id: 'spent', share: spent / Math.max(1, allocation), className: used >= 80 ? 'bg-bad' : 'bg-accent' },
                { id: 'reserved', share: reserved / Math.max(1, allocation), className: 'bg-warn' },
              ]}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}

const LATEST = 9;

function Latest() {
  const { data } = useInfiniteQuery(ledgerQuery({}));
  const records = data?.pages[0]?.records.slice(0, LATEST) ?? [];
  return (
    <Section
      flush
      title={t.today.latest}
      aside={
        <Link
          to="/ledger"
          className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
        >
          {t.nav.ledger}
        </Link>
      }
    >
      <RecordLines numbered records={records} />
    </Section>
  );
}
