import { describe, expect, it } from 'vitest';
import { findingsOf } from './support.ts';

describe('[SIM5] the support pack under faults', () => {
  it.each([
    [1, 40],
    [41, 80],
  ])(
    '[SIM2][SIM6] breaks no invariant in seeds %i to %i (R-E38, R-A34, R-A37, R-A40)',
    async (from, to) => {
      expect(await findingsOf('support', from, to)).toEqual([]);
    },
    300_000,
  );
});
