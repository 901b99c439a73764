/** Small tools for repeatable measurements: medians of repeated runs, percentiles, tables. */

export const median = (values: readonly number[]): number => percentile(values, 50);

export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((p / 100) * sorted.length))] ?? Number.NaN;
}

export const seconds = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e9;

/** How often per second `run` does its `count` things. */
export async function rate(count: number, run: () => void | Promise<void>): Promise<number> {
  const start = process.hrtime.bigint();
  await run();
  return count / seconds(start);
}

/**
 * Microseconds of processor time, of all threads, that each of `count` things takes. On a machine that is shared this says
 * more than the clock; without other load it is a little more than the clock says, for the collector's threads.
 */
export function processorTime(count: number, run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** The median of `runs` repetitions. */
export async function repeated(runs: number, once: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < runs; i++) values.push(await once());
  return median(values);
}

/** Run `total` tasks, `width` at a time; gives the latency of each in milliseconds. */
export async function parallel(total: number, width: number, task: (i: number) => Promise<void>): Promise<number[]> {
  const latencies: number[] = [];
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < total; i = next++) {
      const start = process.hrtime.bigint();
      await task(i);
      latencies.push(seconds(start) * 1000);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return latencies;
}

/**
 * Runs tasks for so many seconds, `width` at a time, or until `most` were begun; what has begun is finished.
 * @returns the latency of each in milliseconds
 */
export async function during(
  long: number,
  width: number,
  task: (i: number) => Promise<void>,
  most = Number.POSITIVE_INFINITY,
): Promise<number[]> {
  const latencies: number[] = [];
  const begin = process.hrtime.bigint();
  let next = 0;
  const lane = async () => {
    while (next < most && seconds(begin) < long) {
      const start = process.hrtime.bigint();
      await task(next++);
      latencies.push(seconds(start) * 1000);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return latencies;
}

export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What the design demands, as text, e.g. "≥ 5,000". */
  readonly target?: string;
  readonly met?: boolean;
  readonly note?: string;
  /** Where it stands in a chart of `npm run plots`: the chart's name, the line it is on, and how far to the right. */
  readonly plot?: { readonly chart: string; readonly line: string; readonly x: number };
}

const show = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value >= 100 ? 0 : value >= 1 ? 1 : 3 });

export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ what, value, unit, target, met, note }) => [
    what,
    `${show(value)} ${unit}`,
    target ?? '',
    met === undefined ? '' : met ? 'met' : 'missed',
    note ?? '',
  ]);
  const all = [['what', 'measured', 'target', '', 'note'], ...cells];
  const widths = all[0]!.map((_, i) => Math.max(...all.map((row) => [...row[i]!].length)));
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
