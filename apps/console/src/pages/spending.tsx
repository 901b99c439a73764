/** Money settled over time; uPlot is loaded only when somebody looks at it. */
import 'uplot/dist/uPlot.min.css';
import type { LedgerRecord } from '@reeve/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { ledgerQuery } from '../app/queries.ts';
import { useTheme } from '../app/theme.ts';
import { moneyText } from '../model/format.ts';
import { type Booking, runningSum } from '../model/series.ts';
import { t } from '../text/en.ts';

const MICRO = 1_000_000;
const HEIGHT = 190;
/** Pages of the ledger that are drawn: the newest bookings. */
const PAGES = 10;

/** What a settlement booked in money. */
const bookingOf = ({ at, body }: LedgerRecord): Booking[] =>
  typeof body.money === 'number' && body.money > 0 ? [{ at, amount: body.money }] : [];

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function draw(node: HTMLElement, data: [number[], number[]], currency: string): UPlot {
  const axis = {
    stroke: colour('--c-faint'),
    grid: { stroke: colour('--c-line'), width: 1 },
    ticks: { show: false },
    font: '11px Inter Variable',
  };
  return new UPlot(
    {
      width: node.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false },
      scales: { y: { range: (_, _least, most) => [0, Math.max(1, most * 1.1)] } },
      axes: [
        axis,
        { ...axis, size: 64, values: (_, ticks) => ticks.map((value) => moneyText(value * MICRO, currency)) },
      ],
      series: [
        {},
        { stroke: colour('--c-accent'), width: 2, fill: `${colour('--c-accent')}22`, points: { show: false } },
      ],
    },
    data,
    node,
  );
}

export default function Spending({ currency }: { currency: string }) {
  const node = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery(ledgerQuery({ kind: 'budget.settled' }));
  const pages = data?.pages.length ?? 0;
  useEffect(() => {
    if (hasNextPage && pages < PAGES) void fetchNextPage();
  }, [hasNextPage, pages, fetchNextPage]);
  const bookings = data?.pages.flatMap(({ records }) => records.flatMap(bookingOf)) ?? [];
  const series = runningSum(bookings, MICRO);
  const total = bookings.reduce((sum, { amount }) => sum + amount, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours
  useEffect(() => {
    const target = node.current!;
    const chart = draw(target, series, currency);
    const watch = new ResizeObserver(() => chart.setSize({ width: target.clientWidth, height: HEIGHT }));
    watch.observe(target);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [bookings.length, total, currency, theme]);
  return (
    <figure>
      <figcaption className="mb-2 text-soft">{t.money.settled(moneyText(total, currency), bookings.length)}</figcaption>
      <div ref={node} role="img" aria-label={t.money.settled(moneyText(total, currency), bookings.length)} />
    </figure>
  );
}
