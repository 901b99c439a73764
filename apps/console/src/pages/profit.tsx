/** What the work was worth, what it cost, and what one good outcome costs. */
import type { OutcomeCostsView, ProfitLineView } from '@reeve/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { costsQuery, profitQuery } from '../app/queries.ts';
import { countText, moneyText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { More } from '../ui/paged.tsx';
import { Badge, Empty, Loading, Problem, Section } from '../ui/parts.tsx';

const percent = (value: number | null): string => (value === null ? '–' : `${countText(Number(value.toFixed(1)))} %`);

export function Profit() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(profitQuery());
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  const { organisation, currency, period } = data.pages[0]!;
  const lines = [organisation, ...data.pages.flatMap(({ units, seats }) => [...units, ...seats])];
  return (
    <Section flush title={t.profit.title(period)}>
      {organisation.value === 0 && organisation.costs.total === 0 ? (
        <Empty icon="money" title={t.profit.none}>
          {t.profit.noneWhy}
        </Empty>
      ) : (
        <Rows head={[t.profit.who, t.profit.value, t.profit.cost, t.profit.profit, t.profit.roi]}>
          {lines.map((line, at) => (
            <Line key={`${at} ${line.id}`} line={line} currency={currency} />
          ))}
        </Rows>
      )}
      {hasNextPage && <More onMore={() => void fetchNextPage()} />}
    </Section>
  );
}

const Rows = ({ head, children }: { head: readonly string[]; children: React.ReactNode }) => (
  // What scrolls must be reachable by keyboard.
  <section tabIndex={0} aria-label={head[0]} className="overflow-x-auto scroll-thin">
    <table className="w-full min-w-[30rem] text-left tabular-nums">
      <thead className="border-b text-2xs text-faint uppercase">
        <tr>
          {head.map((name, at) => (
            <th key={name} scope="col" className={`px-4 py-1.5 font-semibold ${at > 0 ? 'text-right' : ''}`}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y">{children}</tbody>
    </table>
  </section>
);

const Line = ({
  line: { title, value, costs, profit, roi, band },
  currency,
}: {
  line: ProfitLineView;
  currency: string;
}) => (
  <tr>
    <th scope="row" className="px-4 py-1.5 font-medium">
      {title} {band && <Badge tone={roi !== null && roi < 0 ? 'bad' : 'good'}>{band}</Badge>}
    </th>
    <td className="px-4 py-1.5 text-right">{moneyText(value, currency)}</td>
    <td className="px-4 py-1.5 text-right">{moneyText(costs.total, currency)}</td>
    <td className={`px-4 py-1.5 text-right font-semibold ${profit < 0 ? 'text-bad' : 'text-good'}`}>
      {moneyText(profit, currency)}
    </td>
    <td className="px-4 py-1.5 text-right">{percent(roi)}</td>
  </tr>
);

export function Costs() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(costsQuery());
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <>
      <Seats
        seats={data.pages.flatMap(({ seats }) => seats)}
        currency={data.pages[0]!.currency}
        more={hasNextPage ? () => void fetchNextPage() : null}
      />
      <Topics topics={data.pages.flatMap(({ topics }) => topics)} currency={data.pages[0]!.currency} />
    </>
  );
}

const amount = (value: number | null, currency: string): string => (value === null ? '–' : moneyText(value, currency));

const Seats = ({
  seats,
  currency,
  more,
}: Pick<OutcomeCostsView, 'seats' | 'currency'> & { more: (() => void) | null }) => (
  <Section flush title={t.profit.perOutcome}>
    {seats.length === 0 ? (
      <Empty icon="money" title={t.profit.none}>
        {t.profit.noneWhy}
      </Empty>
    ) : (
      <Rows
        head={[t.organisation.seat, t.profit.runs, t.profit.success, t.profit.outcomes, t.profit.each, t.profit.rework]}
      >
        {seats.map(({ seat, runs, success, outcomes, perOutcome, rework }) => (
          <tr key={seat}>
            <th scope="row" className="px-4 py-1.5 font-medium">
              {wordsOf(seat)}
            </th>
            <td className="px-4 py-1.5 text-right">{countText(runs)}</td>
            <td className="px-4 py-1.5 text-right">{percent(success)}</td>
            <td className="px-4 py-1.5 text-right">{countText(outcomes)}</td>
            <td className="px-4 py-1.5 text-right font-semibold">{amount(perOutcome, currency)}</td>
            <td className="px-4 py-1.5 text-right">{amount(rework, currency)}</td>
          </tr>
        ))}
      </Rows>
    )}
    {more && <More onMore={more} />}
  </Section>
);

const Topics = ({ topics, currency }: Pick<OutcomeCostsView, 'topics' | 'currency'>) =>
  topics.length === 0 ? null : (
    <Section flush title={t.profit.topics}>
      <Rows head={[t.cases.topic, t.profit.closed, t.profit.value, t.profit.cost, t.profit.each]}>
        {topics.map(({ topic, closed, value, cost, perOutcome }) => (
          <tr key={topic}>
            <th scope="row" className="px-4 py-1.5 font-medium">
              {wordsOf(topic)}
            </th>
            <td className="px-4 py-1.5 text-right">{countText(closed)}</td>
            <td className="px-4 py-1.5 text-right">{moneyText(value, currency)}</td>
            <td className="px-4 py-1.5 text-right">{moneyText(cost, currency)}</td>
            <td className="px-4 py-1.5 text-right font-semibold">{amount(perOutcome, currency)}</td>
          </tr>
        ))}
      </Rows>
    </Section>
  );
