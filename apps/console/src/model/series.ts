/** Sums over time for charts. Pure. */

export interface Booking {
  readonly at: number;
  readonly amount: number;
}

/** Running sum of bookings, oldest first: times in seconds and amounts in whole units, as uPlot takes them. */
export function runningSum(bookings: readonly Booking[], unit: number): [number[], number[]] {
  const sorted = [...bookings].sort((a, b) => a.at - b.at);
  let sum = 0;
  const amounts = sorted.map(({ amount }) => {
    sum += amount;
    return sum / unit;
  });
  return [sorted.map(({ at }) => at / 1000), amounts];
}

/** A line through these values, the first on the left, in a box of this size; '' for fewer than two. */
export function sparkPath(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const x = (at: number): number => Math.round((100 * at * width) / (values.length - 1)) / 100;
  const y = (value: number): number => Math.round(100 * (height - ((value - low) / span) * height)) / 100;
  return values.map((value, at) => `${at === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join('');
}
