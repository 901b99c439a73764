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
