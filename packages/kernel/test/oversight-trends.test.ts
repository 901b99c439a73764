import { describe, expect, it } from 'vitest';
import { seatTrends } from '../src/index.ts';
import { lineOf } from '../src/oversight/trends.ts';
import { at, DAY, finishRun, HOUR, openCase, opened, resolveCase, startRun, type World } from './support/org-shop.ts';

const MINUTE = HOUR / 60;
const week = (...values: (number | null)[]) => values.map((value, i) => ({ day: `2026-11-0${i + 1}`, value }));

/** One case that the desk closes after so many hours. */
function close(w: World, hours: number): void {
  const id = openCase(w);
  w.wait(hours * HOUR);
  resolveCase(w, id);
  w.ok('case.verify', { case: id, passed: true, checks: ['looked'] }, at('quality'));
  w.ok('case.close', { case: id }, at('desk'));
}

describe('[OVS63] R-C21: the trend of a seat', () => {
  it('is the change from the first to the last day in percent of the first, with current, average and a chart', () => {
    expect(lineOf('cases', week(10, 11, 12))).toMatchObject({ current: 12, average: 11, trend: 20, chart: '▇▇█' });
    expect(lineOf('cases', week(8, 3))).toMatchObject({ current: 3, average: 5.5, trend: -63, chart: '█▄' });
    expect(lineOf('success', week(null, 50, null, 100))).toMatchObject({ average: 75, trend: 100, chart: ' ▅ █' });
    expect(lineOf('cases', week(0, 0))).toMatchObject({ average: 0, trend: null, chart: '▁▁' });
    expect(lineOf('duration', week(null, null))).toMatchObject({ current: null, average: null, trend: null });
  });

  it('comes from what the seat did on each of nine days, today last', () => {
    const w = opened();
    close(w, 2);
    w.wait(DAY);
    for (const hours of [1, 3]) close(w, hours);
    const lines = seatTrends(w.state, 'desk', w.now)!;
    const shown = lines.map(({ measure, days, current, trend }) => [
      measure,
      days.length,
      days.at(-2)!.value,
      current,
      trend,
    ]);
    expect(shown[0]).toEqual(['cases', 9, 1, 2, null]);
    expect(shown[3]).toEqual(['duration', 9, 2 * HOUR, 2 * HOUR, 0]);
    expect(seatTrends(w.state, 'ghost', w.now)).toBeNull();
  });

  it('knows how busy a seat was, and how often its runs succeeded', () => {
    const w = opened();
    openCase(w);
    const run = startRun(w, 'desk')!;
    w.now += 6 * MINUTE;
    finishRun(w, run);
    const [, utilisation, success] = seatTrends(w.state, 'desk', w.now)!;
    // Six minutes of the six that have passed, in one of four runs.
    expect([utilisation!.current, success!.current]).toEqual([25, 100]);
    w.now += 6 * MINUTE;
    expect(seatTrends(w.state, 'desk', w.now)![1]!.current).toBe(12.5);
  });
});
