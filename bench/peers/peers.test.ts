import { describe, expect, it } from 'vitest';
import { temporary } from '../lib/world.ts';
import { KINDS } from './kinds.ts';
import { speedOf, waitsOf } from './measured.ts';
import { report } from './report.ts';

const reeve = KINDS.find(({ name }) => name === 'reeve')!;

describe('the comparison with peers, for Reeve alone', () => {
  it('runs operations, lets some wait, approves one after a restart and reports all of it', { timeout: 180_000 }, () =>
    temporary(async (base) => {
      const speeds = await speedOf(reeve, base, [1, 4], 0.2);
      expect(speeds.settings).toMatchObject({ journal_mode: 'wal' });
      expect(speeds.at[1]!.perSecond).toBeGreaterThan(0);
      expect(speeds.at[4]!.p99).toBeGreaterThanOrEqual(speeds.at[4]!.p50);

      const waits = await waitsOf(reeve, base, 30, 60);
      expect(waits).toMatchObject({ asked: 30, count: 30, why: '' });
      expect(waits.restart).toBeGreaterThan(0);

      const text = report([reeve], [1, 4], new Map([['reeve', [speeds]]]), new Map([['reeve', waits]]));
      expect(text).toContain('| Reeve, SQLite | 4 |');
      expect(text).toContain('| Reeve, SQLite | 30 |');
    }),
  );

  it('marks as an extrapolation what was not reached in time', () => {
    const waits = { asked: 100, count: 25, seconds: 2, memory: 5, disk: 1, empty: 1, restart: null, why: 'no answer' };
    const text = report([reeve], [], new Map([['reeve', []]]), new Map([['reeve', waits]]));
    expect(text).toContain('| Reeve, SQLite | 25 (time was up) | 2 s (≈ 8) | 5 MB |');
    expect(text).toContain('| no answer |');
  });
});
