/**
 * Intervals of proportions. Two kinds, because looking at a number every day and stopping when it is good is not the same as
 * looking once: `always` holds however often one looks, `wilson` and `newcombe` hold for one look at a sample fixed beforehand.
 */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Natural logarithm of n!, exactly summed up to 256 and by Stirling's series beyond. */
const LOG_FACTORIAL: readonly number[] = (() => {
  const table = [0];
  for (let n = 1; n <= 256; n++) table.push(table[n - 1]! + Math.log(n));
  return table;
})();
const logFactorial = (n: number): number =>
  LOG_FACTORIAL[n] ?? n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3);

/**
 * [ROL12] Logarithm of the evidence against a rate p after s of n: how much better a uniform mixture of all rates foretold what
 * was seen. Under p it is a martingale beginning at 1, so it exceeds 1/alpha with a probability of alpha at most, ever.
 */
function evidenceAgainst(p: number, s: number, n: number, logChoose: number): number {
  const seen = (s === 0 ? 0 : s * Math.log(p)) + (s === n ? 0 : (n - s) * Math.log1p(-p));
  return -Math.log(n + 1) - logChoose - seen;
}

/** The rate between `from` (believable) and `to` (not) at which it stops being believable. */
function edge(from: number, to: number, s: number, n: number, alpha: number): number {
  const logChoose = logFactorial(n) - logFactorial(s) - logFactorial(n - s);
  let [inside, outside] = [from, to];
  for (let i = 0; i < 40; i++) {
    const middle = (inside + outside) / 2;
    if (evidenceAgainst(middle, s, n, logChoose) < -Math.log(alpha)) inside = middle;
    else outside = middle;
  }
  return inside;
}

/** [ROL12] Rates that s of n do not speak against, with an error of `alpha` however often one looks. Between 0 and 1. */
export function always(s: number, n: number, alpha = 0.05): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const rate = s / n;
  return { low: s === 0 ? 0 : edge(rate, 0, s, n, alpha), high: s === n ? 1 : edge(rate, 1, s, n, alpha) };
}

/** Quantile of the normal distribution for a two-sided confidence in percent, by bisection of its integral. */
export function quantile(confidence: number): number {
  const wanted = confidence / 200;
  let [low, high] = [0, 8];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (halfNormal(middle) < wanted) low = middle;
    else high = middle;
  }
  return low;
}

/** Probability between 0 and z, by Simpson's rule. */
function halfNormal(z: number): number {
  const steps = 200;
  const h = z / steps;
  const f = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let sum = f(0) + f(z);
  for (let i = 1; i < steps; i++) sum += f(i * h) * (i % 2 === 1 ? 4 : 2);
  return (sum * h) / 3;
}

/** Wilson's interval for s of n, between 0 and 1, for one look. */
export function wilson(s: number, n: number, z: number): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const p = s / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Newcombe's interval for the difference of two rates (a − b), from their Wilson intervals, for one look. */
export function newcombe(a: { s: number; n: number }, b: { s: number; n: number }, z: number): Interval {
  const [p, q] = [a.s / a.n, b.s / b.n];
  const [one, two] = [wilson(a.s, a.n, z), wilson(b.s, b.n, z)];
  return {
    low: p - q - Math.sqrt((p - one.low) ** 2 + (two.high - q) ** 2),
    high: p - q + Math.sqrt((one.high - p) ** 2 + (q - two.low) ** 2),
  };
}
