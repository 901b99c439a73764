/** One seat: what it is for, what it may do, the most it can damage, what it is doing, and how to stop it. */
import type { SeatDetail } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { operationsQuery, runsQuery, seatQuery } from '../app/queries.ts';
import { countText, moneyText, spanText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Shares } from '../ui/gauge.tsx';
import { Ago, Badge, Empty, Facts, Loading, PageTitle, Problem, Section, State, Untrusted } from '../ui/parts.tsx';
import { SEAT_TONES } from '../ui/states.tsx';
import { useCurrency } from '../ui/values.tsx';
import { Operations } from './operations.tsx';
import { RUN_TONES } from './run-states.ts';
import { SeatControls } from './seat-controls.tsx';

export function SeatPage() {
  const { id } = useParams({ from: '/organisation/$id' });
  const { data, error, refetch } = useQuery(seatQuery(id));
  if (error) return <Problem error={error} again={() => void refetch()} />;
  return data ? <Shown seat={data} /> : <Loading rows={10} />;
}

function Shown({ seat }: { seat: SeatDetail }) {
  return (
    <>
      <p className="mb-2 text-xs text-faint">
        <Link
          to="/organisation"
          className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
        >
          {t.nav.organisation}
        </Link>{' '}
        / {wordsOf(seat.unit)}
      </p>
      <PageTitle
        title={seat.title}
        sub={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <State tone={SEAT_TONES[seat.status]} busy={seat.runs > 0}>
              {t.seat.statuses[seat.status]}
            </State>
            <span>
              {seat.occupant ? (
                <>
                  <Badge>{seat.occupant.kind}</Badge> <Untrusted text={seat.occupant.name ?? seat.occupant.principal} />
                </>
              ) : (
                t.common.nobody
              )}
            </span>
            <span className="font-mono text-xs text-faint">{seat.id}</span>
          </span>
        }
      >
        <SeatControls seat={seat} />
      </PageTitle>
      {seat.damage?.stopped && (
        <p role="status" className="mb-4 rounded-lg border border-bad/40 bg-bad-tint px-4 py-2.5 font-medium text-bad">
          {t.seat.stopped(seat.damage.stopped)}
        </p>
      )}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="space-y-4">
          <Charter seat={seat} />
          <Rights seat={seat} />
        </div>
        <div className="space-y-4">
          <Harm seat={seat} />
          <Work seat={seat} />
          <Line seat={seat} />
          <Recent id={seat.id} />
        </div>
      </div>
    </>
  );
}

const Charter = ({ seat: { charter, abilities, limits } }: { seat: SeatDetail }) => (
  <Section title={t.seat.charter} aside={<Badge tone="accent">{t.seat.tiers[charter.tier]}</Badge>}>
    <p className="mb-3 text-base text-soft">{charter.purpose}</p>
    <Facts
      rows={[
        charter.metrics.length > 0 && [t.seat.judged, charter.metrics.map(wordsOf).join(', ')],
        charter.evidence !== '' && [t.seat.proves, charter.evidence],
        charter.escalation !== null && [
          t.seat.escalates,
          <Link key="e" to="/organisation/$id" params={{ id: charter.escalation }} className="text-accent underline">
            {wordsOf(charter.escalation)}
          </Link>,
        ],
        [t.seat.stops, t.seat.stopRule(charter.stop.steps, spanText(charter.stop.time), charter.stop.repeats)],
        [t.seat.atOnce, t.seat.limits(limits.cases, limits.runs)],
        abilities.topics.length > 0 && [t.seat.topics, abilities.topics.map(wordsOf).join(', ')],
        abilities.skills.length > 0 && [t.seat.skills, abilities.skills.map(wordsOf).join(', ')],
      ]}
    />
  </Section>
);

function Rights({ seat: { charter, id } }: { seat: SeatDetail }) {
  const currency = useCurrency();
  return (
    <Section
      title={t.seat.rights}
      aside={
        <Link
          to="/policies"
          search={{ tab: 'what-if', seat: id }}
          className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
        >
          {t.seat.tryIt}
        </Link>
      }
    >
      {charter.rights.length === 0 ? (
        <p className="text-faint">{t.seat.noRights}</p>
      ) : (
        <ul className="space-y-1.5">
          {charter.rights.map(({ capability, when, limit }) => (
            <li key={`${capability}${when ?? ''}`}>
              <code className="font-mono text-xs font-semibold">{capability}</code>
              {limit !== undefined && <span className="text-soft"> · {t.why.limit(moneyText(limit, currency))}</span>}
              {when && <code className="block font-mono text-2xs text-faint">when {when}</code>}
            </li>
          ))}
        </ul>
      )}
      {charter.entrusts.length > 0 && (
        <p className="mt-3 border-t pt-3 text-soft">
          {t.seat.entrusts} {charter.entrusts.map(({ capability }) => capability).join(', ')}
        </p>
      )}
    </Section>
  );
}

function Harm({ seat: { damage, damageText } }: { seat: SeatDetail }) {
  const currency = useCurrency();
  if (!damage) return null;
  const amount = (value: number | null) => (value === null ? t.seat.unlimited : moneyText(value, currency));
  return (
    <Section title={t.seat.damage}>
      <div className="mb-3 grid grid-cols-2 gap-3">
        <Big label={t.seat.allMoney} value={amount(damage.money)} />
        <Big label={t.seat.aloneAtOnce} value={amount(damage.aloneAtOnce)} />
      </div>
      {damage.reach.length === 0 && <p className="text-soft">{t.seat.onlyReads}</p>}
      <ul className="divide-y">
        {damage.reach.map(({ capability, effect, movesMoney, most, alone, asks, rate, granted }) => (
          <li key={capability} className="flex flex-wrap items-baseline justify-between gap-x-3 py-1.5">
            <span>
              <strong className="font-medium">{wordsOf(capability)}</strong>{' '}
              <span className="text-xs text-faint">{t.ops.effects[effect]}</span>
            </span>
            <span className="text-xs text-soft">
              {asks ? t.seat.alwaysAsks : movesMoney ? t.seat.alone(amount(alone), amount(most)) : t.seat.freely}
              {rate && ` · ${t.seat.rate(rate.limit, spanText(rate.window))}`}
              {granted > 0 && ` · ${t.seat.granted(granted)}`}
            </span>
          </li>
        ))}
      </ul>
      <details className="mt-2 text-xs text-faint">
        <summary>{t.seat.inWords}</summary>
        <p className="mt-1">{damageText}</p>
      </details>
      {damage.budgets.map(({ id, allocation, left, period }) => (
        <div key={id} className="mt-3">
          <p className="mb-1 flex justify-between text-xs">
            <span className="text-soft">
              {wordsOf(id)} · {period}
            </span>
            <span>
              {moneyText(left, currency)} {t.today.left}
            </span>
          </p>
          <Shares parts={[{ id: 'used', share: 1 - left / Math.max(1, allocation), className: 'bg-accent' }]} />
        </div>
      ))}
    </Section>
  );
}

const Big = ({ label, value }: { label: string; value: string }) => (
  <div className="rounded-md bg-sunken px-3 py-2">
    <p className="text-2xs text-faint">{label}</p>
    <p className="title text-xl">{value}</p>
  </div>
);

function Work({ seat }: { seat: SeatDetail }) {
  const runs = useInfiniteQuery(runsQuery({ seat: seat.id })).data?.pages.flatMap((page) => page.runs) ?? [];
  return (
    <Section
      title={t.seat.work}
      aside={
        <Link
          to="/cases"
          search={{ owner: seat.id, status: 'open' }}
          className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
        >
          {t.seat.openCases(countText(seat.openCases))}
        </Link>
      }
    >
      <p className="text-soft">
        {t.seat.inbox(seat.inbox)}
        {seat.inbox > 0 &&
          `: ${Object.entries(seat.lanes)
            .filter(([, n]) => n > 0)
            .map(([lane, n]) => `${n} ${lane}`)
            .join(', ')}`}
      </p>
      <ul className="mt-2 divide-y">
        {runs.slice(0, 8).map(({ id, status, steps, case: of, startedAt, spent }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-3 py-1.5">
            <Link to="/workers/$id" params={{ id }} className="font-mono text-xs text-accent underline">
              {id}
            </Link>
            <State tone={RUN_TONES[status]} busy={status === 'active'}>
              {t.workers.states[status]}
            </State>
            {of && (
              <Link to="/cases/$id" params={{ id: of }} className="text-accent underline">
                {of}
              </Link>
            )}
            <span className="ml-auto text-xs text-faint">
              {t.workers.steps(steps)}
              {spent > 0 && ` · ${spent}`} · <Ago at={startedAt} />
            </span>
          </li>
        ))}
      </ul>
      {runs.length === 0 && <p className="text-faint">{t.seat.idle}</p>}
    </Section>
  );
}

const Line = ({ seat: { line, reports } }: { seat: SeatDetail }) => (
  <Section title={t.seat.line}>
    <p>
      {line.length === 0 ? (
        t.seat.top
      ) : (
        <>
          {t.why.answersTo}{' '}
          {line.map(({ id, title }, at) => (
            <span key={id}>
              {at > 0 && ' → '}
              <Link to="/organisation/$id" params={{ id }} className="text-accent underline">
                {title}
              </Link>
            </span>
          ))}
        </>
      )}
    </p>
    {reports.length > 0 && (
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 border-t pt-2">
        {reports.slice(0, 60).map(({ id, title, status }) => (
          <li key={id}>
            <Link to="/organisation/$id" params={{ id }} className="hover:underline">
              <State tone={SEAT_TONES[status]}>{title}</State>
            </Link>
          </li>
        ))}
      </ul>
    )}
  </Section>
);

function Recent({ id }: { id: string }) {
  const { data } = useInfiniteQuery(operationsQuery({ seat: id }));
  const operations = data?.pages[0]?.operations.slice(0, 10) ?? [];
  if (operations.length === 0)
    return (
      <Section title={t.seat.recent}>
        <Empty title={t.case.noOperations}>{t.case.noOperationsWhy}</Empty>
      </Section>
    );
  return (
    <Section title={t.seat.recent}>
      <Operations operations={operations} />
    </Section>
  );
}
