import { describe, expect, it } from 'vitest';
import { findingsOf } from './support.ts';

describe('[SIM5] packs under faults', () => {
  it('breaks no invariant of the support pack in seeds 81 to 120', async () => {
    expect(await findingsOf('support', 81, 120)).toEqual([]);
  }, 300_000);

  it('breaks no invariant of the retail pack in seeds 1 to 80', async () => {
    expect(await findingsOf('retail', 1, 80)).toEqual([]);
  }, 300_000);
});
