/** Why did this happen? From any effect, as a graph and as text. */
import type { Explanation } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { whyQuery } from '../app/queries.ts';
import { moneyText } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Choose } from '../ui/forms.tsx';
import { Ago, cx, Empty, Loading, PageTitle, Problem, Untrusted } from '../ui/parts.tsx';
import { OpState } from '../ui/states.tsx';
import { useCapabilityName, useCurrency } from '../ui/values.tsx';
import { WhyRestructuring } from './past-changes.tsx';
import { WhyHands } from './why-hands.tsx';
import { WhyText } from './why-text.tsx';

const WhyGraphView = lazy(() => import('./why-graph.tsx'));

/** Operations, cases, and the shape of the organisation each have their own. */
export function Why() {
  const { id } = useParams({ from: '/why/$id' });
  return id.startsWith('RS-') ? <WhyRestructuring id={id} /> : <WhyWork id={id} />;
}

function WhyWork({ id }: { id: string }) {
  const { view } = useSearch({ from: '/why/$id' });
  const navigate = useNavigate({ from: '/why/$id' });
  const { data, error, refetch } = useQuery(whyQuery(id));
  const wide = matchMedia('(min-width: 900px)').matches;
  const shown = view === 'text' || view === 'graph' ? view : wide ? 'both' : 'text';
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading rows={10} />;
  return (
    <>
      <PageTitle title={t.why.title(id)} sub={t.why.sub}>
        <Choose
          label={t.why.view}
          value={shown}
          options={[
            ['both', t.why.both],
            ['graph', t.why.graph],
            ['text', t.why.text],
          ]}
          onChange={(next) => void navigate({ search: next === 'both' ? {} : { view: next }, replace: true })}
        />
      </PageTitle>
      {data.hands && data.hands.length > 0 && <WhyHands hands={data.hands} operations={data.operations} />}
      {data.operations.length === 0 && (
        <Empty icon="question" title={t.why.nothing}>
          {t.why.nothingWhy}
        </Empty>
      )}
      <div className="space-y-6">
        {data.operations.map((each) => (
          <One key={each.operation.id} of={each} shown={shown} alone={data.operations.length === 1} />
        ))}
      </div>
    </>
  );
}

function One({ of, shown, alone }: { of: Explanation; shown: string; alone: boolean }) {
  const currency = useCurrency();
  const name = useCapabilityName();
  const { operation, who } = of;
  const body = (
    <>
      {shown !== 'text' && (
        <Suspense fallback={<Loading rows={6} />}>
          <WhyGraphView of={of} />
        </Suspense>
      )}
      {shown !== 'graph' && <WhyText of={of} />}
    </>
  );
  const head = (
    <span className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
      <span className="font-mono text-xs text-faint">{operation.id}</span>
      <strong className="text-base">{name(operation.capability)}</strong>
      {of.cost.money > 0 && <strong className="text-base">{moneyText(of.cost.money, currency)}</strong>}
      <OpState status={operation.status} />
      <span className="text-xs text-faint">
        {who.title} · <Ago at={operation.requestedAt} />
      </span>
    </span>
  );
  return (
    <details open={alone} className="group rounded-lg border bg-surface shadow-card">
      <summary className={cx('list-none px-5 py-3 hover:bg-hover group-open:border-b')}>{head}</summary>
      <div className="space-y-5 p-5">
        {of.case && (
          <p className="text-soft">
            <Link to="/cases/$id" params={{ id: of.case.id }} className="text-accent underline">
              {of.case.id}
            </Link>{' '}
            <Untrusted text={of.case.subject} />
          </p>
        )}
        {body}
      </div>
    </details>
  );
}
