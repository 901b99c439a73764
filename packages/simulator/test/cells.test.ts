import { MINUTE } from '@reeve/kernel';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CellsOutcome, playCells } from '../src/cells/play.ts';
import { loadPlay } from '../src/index.ts';

const SMALL = { seed: 1, cells: 2, organisations: 2, perHour: 8, hours: 2, asks: 0.7, outage: 20 * MINUTE };

describe('[SIM30] two cells, one of which fails', () => {
  let outcome: CellsOutcome;
  beforeAll(async () => {
    outcome = await playCells({ ...SMALL, play: await loadPlay('support') });
  }, 300_000);

  it('lose nothing that one organisation asked of another, and do nothing twice', () => {
    expect(outcome.asked).toBeGreaterThan(10);
    expect(outcome).toMatchObject({ opened: outcome.asked, twice: 0, answered: outcome.asked });
  });

  it('let the other cell go on as before, and answer what was held after the cell is back', () => {
    const { usual, held, drained } = outcome;
    expect(held.count).toBeGreaterThan(0);
    expect(held.slowest).toBeGreaterThan(usual.slowest);
    expect(drained).toBeGreaterThan(0);
  });

  it('leave the auditor nothing to find in any organisation', () => {
    expect(outcome.findings).toEqual([]);
  });
});
