/** Is the organisation closing its gaps? What needs me? What burns? */
import type { Status } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { StopButton, targetText } from '../app/controls.tsx';
import { casesQuery, inboxQuery, ledgerQuery, statusQuery } from '../app/queries.ts';
import { countText, metricText, moneyText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Shares, TargetBar } from '../ui/gauge.tsx';
import { Icon } from '../ui/icons.tsx';
import { Ago, Badge, cx, Empty, Loading, PageTitle, Problem, Section, Untrusted } from '../ui/parts.tsx';
import { useInfiniteQuery } from '@tanstack/react-query';

export function Today() {
  const { data, error, refetch } = useQuery(statusQuery());
  if (error && !data) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading rows={8} />;
  if (data.digest === '') return <Fresh />;
  const met = data.targets.filter((each) => each.met === true).length;
  const measured = data.targets.filter((each) => each.met !== null).length;
  return (
    <>
      <PageTitle title={measured === 0 ? t.today.noTargets : t.today.met(met, measured)} sub={t.today.sub(data.name, data.seq)}>
        <StopButton target={{ scope: 'organisation', id: 'all' }} label={t.stop.stopAll} />
      </PageTitle>
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)]">
        <div className="space-y-4">
          <Needs currency={data.currency} />
          <Gaps status={data} />
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
    <pre className="my-3 rounded-md bg-sunken p-3 text-left font-mono text-xs">{'npm start\n# or your own:\nnpm run reeve -- init my-org\nnpm run reeve -- apply my-org'}</pre>
    <p>{t.today.freshNext}</p>
  </Empty>
);

const NEEDS = 7;

function Needs({ currency }: { currency: string }) {
  const { data, error } = useQuery(inboxQuery());
  const cases = useInfiniteQuery(casesQuery({ status: 'escalated' })).data?.pages[0]?.cases ?? [];
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  const { approvals, messages } = data;
  const mine = messages.filter(({ type }) => type !== 'approval_request' && type !== 'escalation');
  const count = approvals.length + cases.length + mine.length;
  return (
    <Section flush title={t.today.needs} aside={count > 0 && <Badge tone="accent">{countText(count)}</Badge>}>
      {count === 0 && <Empty icon="check" title={t.today.nothingNeeds}>{t.today.nothingNeedsWhy}</Empty>}
      <ul className="divide-y">
        {approvals.slice(0, NEEDS).map(({ id, cost, recommendation, case: of, capability, silence }) => (
          <Line key={id} to={`/approvals/${id}`} lead={cost > 0 ? moneyText(cost, currency) : '–'} side={<Ago at={silence.at} />}>
            <span className="block truncate font-medium">{wordsOf(capability)}</span>
            <span className="block truncate text-xs text-faint">
              {of} · <Untrusted text={recommendation} />
            </span>
          </Line>
        ))}
        {cases.slice(0, NEEDS).map(({ id, subject, name, customer, since }) => (
          <Line key={id} to={`/cases/${id}`} lead={<Icon name="person" />} side={<Ago at={since} />}>
            <span className="block truncate font-medium"><Untrusted text={subject} /></span>
            <span className="block truncate text-xs text-faint">{id} · <Untrusted text={name ?? customer} /></span>
          </Line>
        ))}
        {mine.slice(0, NEEDS).map(({ id, text, from, at, case: of }) => (
          <Line key={id} to={of ? `/cases/${of}` : '/'} lead={<Icon name="approvals" />} side={<Ago at={at} />}>
            <span className="block truncate"><Untrusted text={text} /></span>
            <span className="block truncate text-xs text-faint">{wordsOf(from)}</span>
          </Line>
        ))}
      </ul>
      {approvals.length > NEEDS && (
        <Link to="/approvals" className="block border-t px-4 py-2 font-medium text-accent hover:bg-hover">
          {t.today.allDecisions(approvals.length)}
        </Link>
      )}
    </Section>
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
  if (targets.length === 0) return <Section title={t.today.gaps}><Empty title={t.today.noGaps}>{t.today.noGapsWhy}</Empty></Section>;
  return (
    <Section title={t.today.gaps}>
      <ul className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        {targets.map((target) => {
          const { title, unit, current, target_value: wanted, direction, met } = target;
          return (
            <li key={target.target}>
              <p className="mb-1 flex items-baseline justify-between gap-2">
                <span className="text-soft">{title}</span>
                <strong className={cx('text-base', met === false && 'text-warn')}>{metricText(current, unit, currency)}</strong>
              </p>
              <TargetBar target={target} />
              <p className="mt-1 text-xs text-faint">
                {t.today.target[direction]} {metricText(wanted, unit, currency)}
                {met !== null && <> · {t.today.gap(metricText(Math.abs(current! - wanted), unit, currency), met)}</>}
              </p>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

interface Fire {
  readonly id: string;
  readonly text: string;
  readonly to: string;
  readonly search?: Record<string, string>;
}

/** What burns, the worst first. Pure. */
export function firesOf({ cases, operations, switches, budgets, runtime }: Status): Fire[] {
  const ops = (...names: string[]) => names.reduce((sum, name) => sum + (operations.byStatus[name] ?? 0), 0);
  const failed = ops('failed', 'escalated', 'verification_failed');
  const unknown = ops('unknown', 'reconciling');
  return [
    ...(runtime.reason ? [{ id: 'runtime', text: `${t.today.signing}: ${runtime.reason}`, to: '/settings' }] : []),
    ...switches.map((each) => ({
      ...{ id: `${each.scope}:${each.id}`, text: t.today.stopped(targetText(each)) },
      ...{ to: '/organisation', search: { view: 'stops' } },
    })),
    ...(unknown > 0 ? [{ id: 'unknown', text: t.today.unknown(unknown), to: '/settings', search: { tab: 'tools' } }] : []),
    ...(cases.overdue > 0 ? [{ id: 'overdue', text: t.today.overdue(cases.overdue), to: '/cases', search: { status: 'open' } }] : []),
    ...(failed > 0 ? [{ id: 'failed', text: t.today.failed(failed), to: '/settings', search: { tab: 'tools' } }] : []),
    ...budgets
      .filter(({ used, accounts }) => used >= 80 && accounts === null)
      .map(({ id, title, used }) => ({ id: `budget-${id}`, text: t.today.budget(title || wordsOf(id), used), to: '/money' })),
  ];
}

function Burns({ status }: { status: Status }) {
  const fires = firesOf(status);
  return (
    <Section flush title={t.today.burns} aside={fires.length > 0 && <Badge tone="bad">{fires.length}</Badge>}>
      {fires.length === 0 ? (
        <p className="flex items-center gap-2 px-4 py-3 text-soft">
          <Icon name="check" />
          <span><span className="font-medium text-ink">{t.today.nothingBurns}.</span> {t.today.nothingBurnsWhy}</span>
        </p>
      ) : (
        <ul className="divide-y">
          {fires.map(({ id, text, to, search }) => (
            <li key={id}>
              <Link to={to as '/cases'} search={search ?? {}} className="flex items-center gap-2.5 px-4 py-2 text-bad hover:bg-hover">
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
      <Shares parts={shown.map(([id, className]) => ({ id, className, share: (cases.byStatus[id] ?? 0) / Math.max(1, all) }))} />
      <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5">
        {shown.map(([name, className]) => (
          <li key={name}>
            <Link to="/cases" search={{ view: 'table', status: name }} className="inline-flex items-center gap-1.5 hover:underline">
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
    <Section title={t.today.money} aside={<Link to="/money" className="text-accent hover:underline">{t.common.show}</Link>}>
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
    <Section flush title={t.today.latest} aside={<Link to="/ledger" className="text-accent hover:underline">{t.nav.ledger}</Link>}>
      <ol className="divide-y">
        {records.map(({ seq, text, kind, at, correlation }) => (
          <li key={seq} className="arrive flex items-baseline gap-3 px-4 py-1.5">
            <Link to="/ledger/$seq" params={{ seq: String(seq) }} className="w-11 shrink-0 font-mono text-2xs text-faint hover:underline">{seq}</Link>
            <span className="min-w-0 flex-1 truncate"><Untrusted text={text ?? kind} /></span>
            {/^C-\d+$/.test(correlation) && (
              <Link to="/cases/$id" params={{ id: correlation }} className="text-xs text-accent hover:underline">{correlation}</Link>
            )}
            <span className="text-2xs text-faint"><Ago at={at} /></span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
