/** How rate and latency of governed operations go with how many are under way; the raw limits of the disk beside each point. */
import { join } from 'node:path';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { type Desk, openDesk } from './lib/desk.ts';
import { during, median, percentile, type Row, rate, seconds } from './lib/measure.ts';
import { temporary } from './lib/world.ts';
import { fsyncs, inserts } from './machine.ts';

const WIDTHS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const LONG = 1;
/** Records of one operation, as many rows as raw SQLite is asked to insert for it. */
const RECORDS = 7;
const SYNCS = 100;
const ROWS = 5120;

interface Point {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly syncs: number;
  readonly rows: number;
}

async function point(directory: string, desk: Desk, from: number, width: number): Promise<Point> {
  const start = process.hrtime.bigint();
  const latencies = await during(LONG, width, (i) => desk.operate(from + i));
  const perSecond = latencies.length / seconds(start);
  const syncs = await rate(SYNCS, () => fsyncs(directory, SYNCS));
  const rows = await rate(ROWS, () => inserts(directory, ROWS, 256));
  return { perSecond, p50: percentile(latencies, 50), p99: percentile(latencies, 99), syncs, rows };
}

function rowsOf(width: number, points: readonly Point[]): Row[] {
  const of = (key: keyof Point, by = 1) => median(points.map((one) => one[key] / by));
  const row = (what: string, value: number, unit: string, chart: string, line: string): Row => ({
    ...{ what: `${what}, ${width} at once`, value, unit },
    plot: { chart, line, x: width },
  });
  return [
    row('operations', of('perSecond'), '/s', 'concurrency', 'operations'),
    row('raw: fdatasync loop', of('syncs'), '/s', 'concurrency', 'fdatasync loop'),
    row('raw: SQLite batches ÷ 7 records', of('rows', RECORDS), '/s', 'concurrency', 'SQLite ÷ 7'),
    row('operation p50', of('p50'), 'ms', 'latency', 'p50'),
    row('operation p99', of('p99'), 'ms', 'latency', 'p99'),
  ];
}

/** Every width once, then again, so that what else the machine does meets all of them alike. */
export function curve(runs: number): Promise<Row[]> {
  return temporary(async (directory) => {
    const data = join(directory, 'data');
    const desk = await openDesk(await sqliteStore({ directory: data }), data);
    const points = new Map<number, Point[]>(WIDTHS.map((width) => [width, []]));
    let from = 0;
    await during(LONG, 16, (i) => desk.operate(i));
    for (let run = 0; run < runs; run++)
      for (const width of WIDTHS) {
        from += 10_000_000;
        points.get(width)!.push(await point(directory, desk, from, width));
      }
    await desk.close();
    return WIDTHS.flatMap((width) => rowsOf(width, points.get(width)!));
  });
}
