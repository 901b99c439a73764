import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { always, newcombe, quantile, wilson } from '../src/rollout/intervals.ts';

/** Reproducible numbers between 0 and 1 (a linear congruence): what is counted must not depend on luck. */
function* uniform(seed: number): Generator<number, never> {
  for (let x = seed >>> 0; ; ) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x / 2 ** 32;
  }
}

describe('[ROL12] intervals', () => {
  it('that hold however often one looks contain the rate, begin with everything, and narrow', () => {
    expect(always(0, 0)).toEqual({ low: 0, high: 1 });
    expect(always(3, 3).low).toBeCloseTo((1 / 80) ** (1 / 3), 6);
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (s, f) => {
        const n = s + f + 1;
        const { low, high } = always(s, n);
        expect(low).toBeLessThanOrEqual(s / n);
        expect(high).toBeGreaterThanOrEqual(s / n);
        const more = always(s * 10, n * 10);
        expect(more.high - more.low).toBeLessThan(high - low);
      }),
      { seed: 8 },
    );
  });

  it('miss the truth in at most one of twenty stories though one looks after each event; those for one look do not', () => {
    const draw = uniform(20261121);
    const stories = 400;
    let [missed, peeked] = [0, 0];
    for (let story = 0; story < stories; story++) {
      let [s, out, early] = [0, false, false];
      for (let n = 1; n <= 300; n++) {
        s += draw.next().value < 0.8 ? 1 : 0;
        const one = wilson(s, n, 1.96);
        early ||= one.low > 0.8 || one.high < 0.8;
        const wide = n % 10 === 0 ? always(s, n) : null;
        out ||= wide !== null && (wide.low > 0.8 || wide.high < 0.8);
      }
      missed += out ? 1 : 0;
      peeked += early ? 1 : 0;
    }
    expect(missed / stories).toBeLessThanOrEqual(0.05);
    expect(peeked / stories).toBeGreaterThan(0.15);
  });

  it('for one look are those of the textbooks', () => {
    expect(quantile(95)).toBeCloseTo(1.959964, 5);
    expect(quantile(99)).toBeCloseTo(2.575829, 5);
    const one = wilson(81, 263, quantile(95));
    expect([one.low, one.high].map((v) => v.toFixed(4))).toEqual(['0.2553', '0.3662']);
    const apart = newcombe({ s: 56, n: 70 }, { s: 48, n: 80 }, quantile(95));
    expect([apart.low, apart.high].map((v) => v.toFixed(4))).toEqual(['0.0524', '0.3339']);
  });
});
