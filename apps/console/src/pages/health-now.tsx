/** How everybody is now: seats by state, what needs attention, what stands in for what, and whether rules are kept. */
import type { ComplianceView, OversightPage, SeatHealthView } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { healthQuery, seatsHealthQuery } from '../app/queries.ts';
import { countText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Input, Select } from '../ui/forms.tsx';
import { Shares } from '../ui/gauge.tsx';
import { Ago, Badge, cx, Empty, Loading, Problem, Section, State, type Tone, Untrusted } from '../ui/parts.tsx';
import { type Column, Table } from '../ui/table.tsx';

type Condition = SeatHealthView['state'];

const TONES: Record<Condition, Tone> = {
  unresponsive: 'bad',
  looping: 'bad',
  spinning: 'bad',
  stuck: 'bad',
  // Work that waits for others, or for a person, is no trouble; what is one has a tone of its own.
  idle_with_work: 'info',
  working: 'accent',
  idle: 'good',
  off: 'plain',
};
const STATES = Object.keys(TONES) as Condition[];
const isState = (text: string | undefined): text is Condition => STATES.includes(text as Condition);
const filterOf = (text: string | undefined): { state?: Condition | 'trouble' } =>
  text === 'trouble' || isState(text) ? { state: text } : {};

export function Now() {
  const { data, error, refetch } = useQuery(healthQuery());
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading rows={8} />;
  return (
    <div className="space-y-4">
      <Counts of={data.counts} />
      <Seats />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Attention of={data} />
        <div className="space-y-4">
          <Compliance of={data.compliance} title={t.health.compliance} />
          <Modes of={data.modes} />
        </div>
      </div>
    </div>
  );
}

/** How many are in each state; choosing one shows them. */
function Counts({ of }: { of: OversightPage['counts'] }) {
  const { state: chosen } = useSearch({ from: '/health' });
  const shown = STATES.filter((state) => (of[state] ?? 0) > 0);
  return (
    <ul className="flex flex-wrap gap-2">
      {shown.map((state) => (
        <li key={state}>
          <Link
            to="/health"
            search={state === chosen ? {} : { state }}
            aria-current={state === chosen}
            title={t.health.means[state]}
            className={cx(
              'flex min-w-28 flex-col rounded-lg border bg-surface px-4 py-2 shadow-card hover:bg-hover',
              state === chosen && 'border-accent',
            )}
          >
            <span className="title text-xl">{countText(of[state] ?? 0)}</span>
            <State tone={TONES[state]}>{t.health.states[state]}</State>
          </Link>
        </li>
      ))}
    </ul>
  );
}

const COLUMNS: readonly Column<SeatHealthView>[] = [
  { id: 'seat', title: t.health.seat, width: 'minmax(8rem,1.2fr)', cell: ({ seat }) => wordsOf(seat) },
  {
    id: 'state',
    title: t.health.state,
    width: '8.5rem',
    cell: ({ state, problem }) => (
      <State tone={problem ? 'bad' : TONES[state]} busy={state === 'working'}>
        {t.health.states[state]}
      </State>
    ),
  },
  {
    id: 'why',
    title: t.health.why,
    width: 'minmax(10rem,2fr)',
    wide: true,
    cell: ({ why }) => (
      <span title={why}>
        <Untrusted text={why} />
      </span>
    ),
  },
  {
    id: 'ladder',
    title: t.health.ladder,
    width: '7rem',
    wide: true,
    cell: ({ trouble }) => (trouble ? t.health.rung(trouble.rung) : '–'),
  },
  {
    id: 'since',
    title: t.health.since,
    width: '6.5rem',
    right: true,
    wide: true,
    cell: ({ since }) => (since === null ? '–' : <Ago at={since} />),
  },
];

function Seats() {
  const { state, q } = useSearch({ from: '/health' });
  const navigate = useNavigate({ from: '/health' });
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(
    seatsHealthQuery({ ...filterOf(state), ...(q ? { q } : {}) }),
  );
  const choose = (next: string) => void navigate({ search: (before) => ({ ...before, state: next }) });
  return (
    <Section
      flush
      title={t.health.seats}
      aside={
        <>
          <Input
            aria-label={t.health.find}
            placeholder={t.health.find}
            value={q ?? ''}
            onChange={(event) => void navigate({ search: (before) => ({ ...before, q: event.target.value }) })}
          />
          <Select
            aria-label={t.health.state}
            value={state ?? ''}
            onChange={choose}
            choices={[
              { value: '', label: t.health.any },
              { value: 'trouble', label: t.health.trouble },
              ...STATES.map((each) => ({ value: each, label: t.health.states[each] })),
            ]}
          />
        </>
      }
    >
      {error && <Problem error={error} />}
      {data ? (
        <Table
          label={t.health.seats}
          height="max-h-[30rem]"
          columns={COLUMNS}
          rows={data.pages.flatMap((page) => page.seats)}
          keyOf={({ seat }) => seat}
          linkOf={({ seat }) => ({ to: '/organisation/$id', params: { id: seat } })}
          more={hasNextPage ? () => void fetchNextPage() : undefined}
          empty={<NoSeats filtered={q !== undefined || isState(state)} />}
        />
      ) : (
        <Loading />
      )}
    </Section>
  );
}

const NoSeats = ({ filtered }: { filtered: boolean }) => (
  <Empty icon="check" title={filtered ? t.health.noFit : t.health.well}>
    {filtered ? t.health.noFitWhy : t.health.wellWhy}
  </Empty>
);

const SEVERITIES = { critical: 'bad', warning: 'warn', info: 'info' } as const;
/** Alerts drawn at once: the most severe come first. */
const SHOWN = 12;

function Attention({ of: { alerts } }: { of: OversightPage }) {
  const rest = alerts.length - SHOWN;
  return (
    <Section flush title={t.health.attention}>
      {alerts.length === 0 && (
        <Empty icon="check" title={t.health.none}>
          {t.health.noneWhy}
        </Empty>
      )}
      <ul className="divide-y">
        {alerts.slice(0, SHOWN).map(({ severity, seat, kind, message }) => (
          <li key={`${seat}/${kind}`} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2">
            <Badge tone={SEVERITIES[severity]}>{t.health.severities[severity]}</Badge>
            <Link to="/organisation/$id" params={{ id: seat }} className="font-medium hover:underline">
              {wordsOf(seat)}
            </Link>
            <span className="min-w-0 text-soft">
              <Untrusted text={message} />
            </span>
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="border-t px-4 py-2 text-xs text-faint">{t.health.more(rest)}</p>}
    </Section>
  );
}

const Modes = ({ of }: { of: OversightPage['modes'] }) => (
  <Section flush title={t.health.modes}>
    {of.length === 0 && <p className="px-4 py-3 text-soft">{t.health.noModes}</p>}
    <ul className="divide-y">
      {of.map(({ mode, about, since, why, effect, instead }) => (
        <li key={`${mode}/${about}`} className="space-y-0.5 px-4 py-2.5">
          <p className="flex flex-wrap items-center gap-2">
            <Badge tone="warn">{t.health.modeNames[mode]}</Badge>
            <strong className="font-medium">{wordsOf(about)}</strong>
            <span className="text-xs text-faint">
              <Ago at={since} />
            </span>
          </p>
          <p className="text-soft">
            <Untrusted text={`${why}; ${effect}`} />
            {instead !== null && ` (${t.health.instead(wordsOf(instead))})`}
          </p>
        </li>
      ))}
    </ul>
  </Section>
);

const percent = (value: number): string => t.health.score(String(Math.round(value * 10) / 10));
const named = (words: Readonly<Record<string, string>>, category: string): string =>
  words[category] ?? wordsOf(category);

/** The score with what it is made of; each part says what it counts. */
export const Compliance = ({ of: { score, lines }, title }: { of: ComplianceView; title: string }) => (
  <Section flush title={title}>
    <div className="flex items-baseline gap-3 px-4 pt-3">
      <span className="title text-3xl">{score === null ? t.health.noScore : percent(score)}</span>
    </div>
    <p className="px-4 pb-2 text-xs text-faint">{t.health.scoreMeans}</p>
    <ul className="divide-y border-t">
      {lines.map(({ category, value, judged, failed, weight }) => (
        <li key={category} className="px-4 py-2" title={named(t.health.categoryMeans, category)}>
          <p className="mb-1 flex flex-wrap items-baseline justify-between gap-x-3">
            <span>
              {named(t.health.categories, category)}{' '}
              <span className="text-xs text-faint">{t.health.weight(weight)}</span>
            </span>
            <span className="text-xs text-soft">
              {value === null ? t.health.notMeasured : `${percent(value)} · ${t.health.kept(failed, judged)}`}
            </span>
          </p>
          {value !== null && (
            <Shares parts={[{ id: category, share: value / 100, className: failed > 0 ? 'bg-warn' : 'bg-good' }]} />
          )}
        </li>
      ))}
    </ul>
  </Section>
);
