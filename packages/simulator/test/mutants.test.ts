import { describe, expect, it } from 'vitest';
import { hunt, loadPlay, MUTANTS } from '../src/index.ts';

const play = await loadPlay('support');

describe('[SIM8] planted bugs', () => {
  it('are more than twenty, each with a name of its own', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(MUTANTS.map(({ id }) => id)).size).toBe(MUTANTS.length);
  });

  it.each(MUTANTS.map((mutant) => [mutant.id, mutant] as const))(
    '%s is found',
    async (_id, mutant) => {
      expect((await hunt(play, mutant, 1, 150)).found).not.toBeNull();
    },
    300_000,
  );
});
