/** What may be spent, what was, how long it lasts. */
import type { Status } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { ledgerQuery, statusQuery } from '../app/queries.ts';
import { countText, moneyText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Shares } from '../ui/gauge.tsx';
import { Badge, cx, Empty, Loading, PageTitle, Problem, Section } from '../ui/parts.tsx';
import { Costs, Profit } from './profit.tsx';
import { RecordLines } from './record-lines.tsx';

const Spending = lazy(() => import('./spending.tsx'));

type Budget = Status['budgets'][number];

export function MoneyPage() {
  const { data, error, refetch } = useQuery(statusQuery());
  if (error && !data) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading rows={8} />;
  const { budgets, currency } = data;
  return (
    <>
      <PageTitle title={t.money.title} sub={t.money.sub} />
      {budgets.length === 0 ? (
        <Empty icon="money" title={t.money.none}>
          {t.money.noneWhy}
        </Empty>
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)]">
          <div className="space-y-4">
            <Section title={t.money.spending}>
              <Suspense fallback={<Loading rows={5} />}>
                <Spending currency={currency} />
              </Suspense>
            </Section>
            <Budgets budgets={budgets} currency={currency} />
            <Profit />
            <Costs />
          </div>
          <Bookings />
        </div>
      )}
    </>
  );
}

const amountOf = (budget: Budget, currency: string) => (value: number) =>
  budget.currency === 'money' ? moneyText(value, currency) : `${countText(value)} ${budget.currency}`;

function Budgets({ budgets, currency }: { budgets: readonly Budget[]; currency: string }) {
  return (
    <Section title={t.money.budgets} flush>
      <ul className="divide-y">
        {budgets.map((each) => (
          <Line key={each.id} budget={each} text={amountOf(each, currency)} />
        ))}
      </ul>
    </Section>
  );
}

function Line({ budget, text }: { budget: Budget; text: (value: number) => string }) {
  const {
    id,
    title,
    scope,
    allocation,
    spent,
    reserved,
    available,
    period,
    used,
    thresholds,
    runway,
    lasts,
    perDay,
    accounts,
  } = budget;
  const tone = used >= 100 ? 'bg-bad' : used >= 80 ? 'bg-warn' : 'bg-accent';
  return (
    <li className="px-4 py-3">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span>
          <strong>{title || wordsOf(id)}</strong>{' '}
          <span className="text-xs text-faint">
            {scope.kind === 'organisation' ? t.money.whole : `${t.money.scopes[scope.kind]} ${wordsOf(scope.id)}`} ·{' '}
            {period}
          </span>
        </span>
        <span>
          {t.today.spentOf(text(spent), text(allocation))}
          {accounts !== null && ` · ${t.money.perCase(accounts)}`}
        </span>
      </p>
      <div className="relative my-1.5">
        <Shares
          parts={[
            { id: 's', share: accounts === null ? spent / Math.max(1, allocation) : used / 100, className: tone },
            { id: 'r', share: accounts === null ? reserved / Math.max(1, allocation) : 0, className: 'bg-info' },
          ]}
        />
        {thresholds.map(({ percent, passed }) => (
          <span
            key={percent}
            aria-hidden
            title={`${percent} %`}
            className={cx('absolute -inset-y-0.5 w-px', passed ? 'bg-bad' : 'bg-strong')}
            style={{ left: `${percent}%` }}
          />
        ))}
      </div>
      <p className="flex flex-wrap gap-x-4 text-xs text-faint">
        <span>
          {text(available)} {t.today.left}
        </span>
        {reserved > 0 && <span>{t.money.reserved(text(reserved))}</span>}
        {perDay !== null && perDay > 0 && <span>{t.money.perDay(text(Math.round(perDay)))}</span>}
        {runway !== null && <span>{t.money.runway(Math.floor(runway))}</span>}
        {lasts !== null && <Badge tone={lasts ? 'good' : 'bad'}>{lasts ? t.money.lasts : t.money.doesNotLast}</Badge>}
      </p>
    </li>
  );
}

const LATEST = 14;

function Bookings() {
  const { data } = useInfiniteQuery(ledgerQuery({ kind: 'budget.settled' }));
  const records = data?.pages[0]?.records.slice(0, LATEST) ?? [];
  return (
    <Section
      flush
      title={t.money.bookings}
      aside={
        <Link
          to="/ledger"
          search={{ kind: 'budget.' }}
          className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
        >
          {t.common.all}
        </Link>
      }
    >
      <RecordLines records={records} />
      {records.length === 0 && (
        <Empty icon="money" title={t.money.nothing}>
          {t.money.nothingWhy}
        </Empty>
      )}
    </Section>
  );
}
