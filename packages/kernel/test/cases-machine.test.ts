import { describe, expect, it } from 'vitest';
import { MOVES, movesFrom, next } from '../src/cases/machine.ts';
import { STATUSES } from '../src/cases/schema.ts';

describe('[CAS1] the status machine of a case', () => {
  it('has a cell for every status and every move', () => {
    for (const status of STATUSES) {
      for (const move of MOVES) expect([null, ...STATUSES]).toContain(next(status, move));
    }
  });

  it('closes only what somebody else has verified', () => {
    expect(STATUSES.filter((status) => next(status, 'close') !== null)).toEqual(['verified']);
    expect(STATUSES.filter((status) => next(status, 'verify') !== null)).toEqual(['resolved']);
  });

  it('leaves a way on from every status', () => {
    for (const status of STATUSES) expect(movesFrom(status).length).toBeGreaterThan(0);
  });
});
