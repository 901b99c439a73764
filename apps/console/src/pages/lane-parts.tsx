/** What pages about lanes share: stages, measures, shares. */
import type { LaneDetail, LaneSummary, MeasureView } from '@reeve/protocol';
import { Link } from '@tanstack/react-router';
import { countText, metricText, moneyText, spanText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Icon } from '../ui/icons.tsx';
import { cx, Empty, Section, type Tone, Untrusted } from '../ui/parts.tsx';
import { useCurrency } from '../ui/values.tsx';

export type Stage = LaneSummary['stage'];
export const STAGES: readonly Stage[] = ['observe', 'shadow', 'assist', 'bounded', 'end-to-end'];
export const STAGE_TONES: Record<Stage, Tone> = {
  observe: 'plain',
  shadow: 'plain',
  assist: 'info',
  bounded: 'accent',
  'end-to-end': 'good',
};

/** The value of a measure in its own unit: percent, a count, minutes or money. */
function measureText(measure: MeasureView['measure'], value: number | null, currency: string): string {
  if (value === null) return t.lanes.noData;
  if (measure === 'cost') return moneyText(Math.round(value / 10_000) * 10_000, currency);
  if (measure === 'minutes') return t.lanes.minutes(countText(Number(value.toFixed(1))));
  return metricText(value, measure === 'unsafe' || measure === 'silent' ? 'count' : 'percent', currency);
}

export function MeasureText({ of }: { of: MeasureView | undefined }) {
  const currency = useCurrency();
  const text = of ? measureText(of.measure, of.value, currency) : t.lanes.noData;
  return <span className={cx(of?.value == null && 'text-faint')}>{text}</span>;
}

/** Where the lane stands between watching and acting alone. */
export const Ladder = ({ stage }: { stage: Stage }) => {
  const at = STAGES.indexOf(stage);
  return (
    <ol className="grid gap-px overflow-hidden rounded-lg border bg-line shadow-card md:grid-cols-5">
      {STAGES.map((each, index) => (
        <li
          key={each}
          aria-current={each === stage ? 'step' : undefined}
          className={cx('px-3 py-2', each === stage ? 'bg-accent-tint' : 'bg-surface')}
        >
          <span
            className={cx(
              'flex items-center gap-1.5 text-sm font-semibold',
              each === stage ? 'text-accent' : index < at ? 'text-ink' : 'text-faint',
            )}
          >
            {index < at && <Icon name="check" size={14} />}
            {t.lanes.stages[each]}
          </span>
          <span
            className={cx(
              'block text-2xs leading-snug',
              each === stage ? 'text-ink' : 'text-faint',
              each !== stage && 'max-md:hidden',
            )}
          >
            {t.lanes.means[each]}
          </span>
        </li>
      ))}
    </ol>
  );
};

export const Measures = ({ of }: { of: readonly MeasureView[] }) => {
  const currency = useCurrency();
  return (
    <Section flush title={t.lanes.measures}>
      <ul className="divide-y">
        {of.map((line) => (
          <li key={line.measure} className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-4 px-4 py-2">
            <span>{t.lanes.measure[line.measure]}</span>
            <span className="text-right font-medium tabular-nums">
              <MeasureText of={line} />{' '}
              {line.value !== null && <span className="text-xs font-normal text-faint">{t.lanes.ofN(line.n)}</span>}
            </span>
            {line.low !== null && line.high !== null && (
              <span className="col-span-2 text-xs text-faint">
                <Interval low={line.low} high={line.high} value={line.value} />
                {t.lanes.interval(
                  measureText(line.measure, line.low, currency),
                  measureText(line.measure, line.high, currency),
                )}
              </span>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
};

/** Where the truth may lie, on a scale of 100. */
const Interval = ({ low, high, value }: { low: number; high: number; value: number | null }) => (
  <span aria-hidden className="relative my-1 block h-1.5 rounded-full bg-sunken ring-1 ring-line ring-inset">
    <span
      className="absolute inset-y-0 rounded-full bg-accent/45"
      style={{ left: `${low}%`, width: `${high - low}%` }}
    />
    {value !== null && (
      <span className="absolute -inset-y-0.5 w-0.5 bg-ink" style={{ left: `calc(${value}% - 1px)` }} />
    )}
  </span>
);

const PARTS = ['success', 'corrections', 'cost', 'value'] as const;
type Competitor = LaneSummary['seats'][number];

export const Traffic = ({ lane }: { lane: LaneDetail }) => (
  <Section
    flush
    title={t.lanes.traffic}
    aside={lane.traffic < 100 ? t.lanes.people(Math.round((100 - lane.traffic) * 10) / 10) : `${lane.traffic} %`}
  >
    {lane.seats.length === 0 && <Empty icon="lanes" title={t.lanes.noSeats} />}
    <ul className="divide-y">
      {lane.seats.map((seat) => (
        <SeatLine key={seat.seat} of={seat} lane={lane} />
      ))}
    </ul>
    <p className="border-t px-4 py-2 text-xs text-faint">
      {lane.selection
        ? t.lanes.selection(lane.selection.step, spanText(lane.selection.every), lane.selection.floor)
        : t.lanes.noSelection}
    </p>
  </Section>
);

function SeatLine({ of, lane }: { of: Competitor; lane: LaneDetail }) {
  const { seat, title, share, stage, fitness, parts, n, weak } = of;
  const known = PARTS.filter((part) => parts[part] !== null);
  return (
    <li className="space-y-1.5 px-4 py-2.5">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <Link to="/organisation/$id" params={{ id: seat }} className="font-semibold hover:underline">
          {title}
        </Link>
        {stage !== lane.stage && (
          <span className="text-warn">
            {t.lanes.trust} {t.lanes.stages[stage]}
          </span>
        )}
        <span className="ml-auto tabular-nums">
          {share} % · {t.lanes.fitness}{' '}
          <strong className="font-semibold">{fitness === null ? t.lanes.noData : countText(fitness)}</strong>
        </span>
      </p>
      <div aria-hidden className="h-2 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset">
        <div className="h-full bg-accent" style={{ width: `${share}%` }} />
      </div>
      <p className="text-xs text-faint">
        {known.map((part) => `${t.lanes.parts[part]} ${Math.round(parts[part]! * 100)} % · `)}
        {t.lanes.work(n)}
        {weak > 0 && ` · ${t.lanes.weak(weak)}`}
      </p>
    </li>
  );
}

/** A yes or no with its reason; colour is never all there is. */
export const Verdict = ({ met, name, children }: { met: boolean; name: string; children?: React.ReactNode }) => (
  <li className="flex items-start gap-2.5 px-4 py-2">
    <span className={cx('mt-0.5', met ? 'text-good' : 'text-bad')}>
      <Icon name={met ? 'check' : 'cross'} />
      <span className="sr-only">{met ? t.lanes.met : t.lanes.unmet}</span>
    </span>
    <span className="min-w-0">
      <Untrusted text={name} />
      {children && <span className="block text-xs text-faint">{children}</span>}
    </span>
  </li>
);

export const SeatName = ({ id }: { id: string | null }) =>
  id === null ? (
    <span className="text-faint">{t.common.nobody}</span>
  ) : (
    <Link to="/organisation/$id" params={{ id }} className="hover:underline">
      {wordsOf(id)}
    </Link>
  );
