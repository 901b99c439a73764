/** What may be done without asking, what went wrong, and where people decide too much or too late. */
import type { GrantView, Reviews, ViolationView } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { ReasonDialog } from '../app/controls.tsx';
import { reviewsQuery } from '../app/queries.ts';
import { moneyText, spanText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Ago, Badge, Button, Empty, Loading, PageTitle, Problem, Section, Untrusted } from '../ui/parts.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { useCapabilityName, useCurrency } from '../ui/values.tsx';
import { Incidents } from './incidents.tsx';

export function Authority() {
  const { tab = 'grants' } = useSearch({ from: '/authority' });
  const navigate = useNavigate({ from: '/authority' });
  const tabs = [
    { id: 'grants', label: t.authority.grants, content: <Grants /> },
    { id: 'incidents', label: t.authority.incidents, content: <Incidents /> },
    { id: 'violations', label: t.authority.violations, content: <Violations /> },
    { id: 'reviews', label: t.authority.reviews, content: <Signals /> },
  ];
  return (
    <>
      <PageTitle title={t.authority.title} sub={t.authority.sub} />
      <Tabs tabs={tabs} value={tab} onChange={(next) => void navigate({ search: { tab: next } })} />
    </>
  );
}

function Grants() {
  const { data, error } = useQuery({
    queryKey: ['controls', 'grants'],
    queryFn: ({ signal }) => client.grants({ status: 'all', limit: 200 }, { signal }),
  });
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  if (data.grants.length === 0)
    return (
      <Empty icon="approvals" title={t.authority.noGrants}>
        {t.authority.noGrantsWhy}
      </Empty>
    );
  return (
    <ul className="space-y-3">
      {data.grants.map((grant) => (
        <Grant key={grant.id} of={grant} />
      ))}
    </ul>
  );
}

function Grant({ of: grant }: { of: GrantView }) {
  const { id, seat, capability, live, uses, used, until, each, total, spent, customer, by, at, reason, revoked } =
    grant;
  const [asking, setAsking] = useState(false);
  const currency = useCurrency();
  const name = useCapabilityName();
  const revoke = useAct(
    (why: string) => client.revokeGrant({ id, reason: why }, once()),
    () => ({ text: t.authority.revoked(id) }),
  );
  const limits = [
    each !== null && t.why.limit(moneyText(each, currency)),
    total !== null && t.authority.inAll(moneyText(spent, currency), moneyText(total, currency)),
    customer !== null && t.authority.onlyFor(customer),
  ].filter((one) => one !== false);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border bg-surface px-4 py-3 shadow-card">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={live ? 'good' : 'plain'}>{live ? t.authority.live : t.authority.over}</Badge>
          <Link to="/organisation/$id" params={{ id: seat }} className="font-semibold hover:underline">
            {wordsOf(seat)}
          </Link>
          <span>{name(capability)}</span>
        </p>
        <p className="text-soft">
          {t.authority.used(used, uses)} · {t.authority.until} <Ago at={until} />
          {limits.map((limit) => (
            <span key={limit}>
              {' '}
              · <Untrusted text={limit} />
            </span>
          ))}
        </p>
        <p className="text-xs text-faint">
          {id} · {wordsOf(by)} <Ago at={at} /> “<Untrusted text={revoked?.reason ?? reason} />”
        </p>
      </div>
      {live && (
        <Button look="danger" busy={revoke.isPending} onClick={() => setAsking(true)}>
          {t.authority.revoke}
        </Button>
      )}
      {asking && (
        <ReasonDialog
          title={t.authority.revokeTitle(id)}
          action={t.authority.revoke}
          danger
          onClose={() => setAsking(false)}
          onDo={(why) => revoke.mutate(why)}
        >
          {t.authority.revokeEffect}
        </ReasonDialog>
      )}
    </li>
  );
}

const LEVELS = ['plain', 'info', 'warn', 'warn', 'bad'] as const;

function Violations() {
  const { data, error } = useQuery({
    queryKey: ['controls', 'violations'],
    queryFn: ({ signal }) => client.violations({ limit: 200 }, { signal }),
  });
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  if (data.violations.length === 0)
    return (
      <Empty icon="check" title={t.authority.noViolations}>
        {t.authority.noViolationsWhy}
      </Empty>
    );
  return (
    <Section flush title={t.authority.violations}>
      <ul className="divide-y">
        {data.violations.map((each: ViolationView) => (
          <li key={each.seat} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
            <Badge tone={LEVELS[each.level] ?? 'bad'}>{t.authority.level(each.level)}</Badge>
            <Link to="/organisation/$id" params={{ id: each.seat }} className="font-semibold hover:underline">
              {wordsOf(each.seat)}
            </Link>
            <span className="text-soft">
              {each.correction ? t.authority.corrections[each.correction] : t.authority.watched} ·{' '}
              {t.authority.refusals(each.total)}
            </span>
            <Link to="/why/$id" params={{ id: each.latest.operation }} className="ml-auto text-accent underline">
              {each.latest.operation}
            </Link>
            <code className="font-mono text-2xs text-faint">{each.latest.rule}</code>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Signals() {
  const currency = useCurrency();
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(reviewsQuery());
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  const { pages } = data;
  const all: readonly (readonly [string, Reviews['byCapability']])[] = [
    [t.authority.byCapability, pages.flatMap((page) => page.byCapability)],
    [t.authority.byRequester, pages.flatMap((page) => page.byRequester)],
    [t.authority.byReviewer, pages.flatMap((page) => page.byReviewer)],
  ];
  const groups = all.filter(([, lines]) => lines.length > 0);
  if (groups.length === 0)
    return (
      <Empty icon="approvals" title={t.authority.noReviews}>
        {t.authority.noReviewsWhy}
      </Empty>
    );
  return (
    <div className="space-y-4">
      {groups.map(([title, lines]) => (
        <Section key={title} flush title={title}>
          <ul className="divide-y">
            {lines.map(({ id, approved, rejected, revised, silent, averageWait, cost, signal, advice }) => (
              <li key={id} className="px-4 py-2.5">
                <p className="flex flex-wrap items-center gap-x-4">
                  <strong className="font-medium">{wordsOf(id)}</strong>
                  {signal && <Badge tone="warn">{t.authority.signals[signal]}</Badge>}
                  <span className="ml-auto text-xs text-faint">
                    {t.authority.decided(approved, rejected, revised, silent)} ·{' '}
                    {t.authority.wait(spanText(averageWait))}
                    {cost > 0 && ` · ${moneyText(cost, currency)}`}
                  </span>
                </p>
                <p className="text-soft">
                  <Untrusted text={advice} />
                </p>
              </li>
            ))}
          </ul>
        </Section>
      ))}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{t.nav.more}</Button>}
    </div>
  );
}
