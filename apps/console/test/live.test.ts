import type { EventKind } from '@reeve/kernel';
import { describe, expect, it } from 'vitest';
import { layCircle, pairsOf } from '../src/model/circle.ts';
import { isTouched, nextRound, touchedBy } from '../src/model/live.ts';
import { runningSum, sparkPath } from '../src/model/series.ts';
import { layTree, reportsOf } from '../src/model/tree.ts';

const none = new Set<string>();

type FamilyOf<K> = K extends `${infer Family}.${string}` ? Family : never;
/** The first part of every kind there is: the compiler refuses this table when one is missing. */
const FAMILIES: Record<FamilyOf<EventKind>, true> = {
  approval: true,
  belief: true,
  budget: true,
  case: true,
  complaint: true,
  customer: true,
  deputy: true,
  desk: true,
  economy: true,
  exception: true,
  gap: true,
  grant: true,
  incident: true,
  intake: true,
  lane: true,
  load: true,
  memory: true,
  message: true,
  mode: true,
  notice: true,
  operation: true,
  organisation: true,
  oversight: true,
  proposal: true,
  purpose: true,
  report: true,
  run: true,
  seat: true,
  sender: true,
  service: true,
  skill: true,
  summary: true,
  surge: true,
  switch: true,
  task: true,
  team: true,
  violation: true,
  wakeup: true,
};

describe('what a record touches', () => {
  it('[WEB11] every kind of the kernel is known: none of them asks for everything by mistake', () => {
    const whole = Object.keys(FAMILIES).filter((family) => touchedBy([`${family}.x`]).has('*'));
    expect(whole).toEqual(['customer', 'organisation']);
  });

  it('[WEB10] a kind nobody knows touches everything but who is signed in', () => {
    const touched = touchedBy(['comet.seen']);
    expect(isTouched(['cases', {}], touched, none)).toBe(true);
    expect(isTouched(['session'], touched, none)).toBe(false);
  });

  it('[WEB110] a notice is no record: it touches what it names and nothing else', () => {
    expect([...touchedBy(['unrecorded.backup'])]).toEqual(['backups']);
    expect(touchedBy(['unrecorded.backup', 'case.opened']).has('ledger')).toBe(true);
  });

  it('[WEB10] a page about one case is asked for again only when a record is about that case', () => {
    const touched = touchedBy(['operation.decided']);
    expect(isTouched(['case', 'C-7', 'timeline'], touched, new Set(['C-7']))).toBe(true);
    expect(isTouched(['case', 'C-8'], touched, new Set(['C-7']))).toBe(false);
    expect(isTouched(['why', 'OP-1'], touched, none)).toBe(true);
    expect(isTouched(['money'], touched, none)).toBe(false);
    expect(isTouched(['catalogue'], touched, none)).toBe(false);
  });

  it('[WEB10] rounds leave the server four times as long as they took, within bounds', () => {
    expect([1, 500, 60_000].map(nextRound)).toEqual([400, 2000, 10_000]);
  });
});

describe('the chart', () => {
  const size = { width: 10, height: 10, gapX: 2, gapY: 2 };

  it('[WEB33] no two of 10,000 seats overlap, and reports stand below their supervisor', () => {
    const seats = Array.from({ length: 10_000 }, (_, n) => ({
      id: `s${n}`,
      supervisor: n === 0 ? null : `s${Math.floor((n - 1) / 9)}`,
    }));
    const spots = layTree(seats, size);
    expect(spots.size).toBe(10_000);
    expect(new Set([...spots.values()].map(({ x, y }) => `${x}/${y}`)).size).toBe(10_000);
    for (const { id, supervisor } of seats)
      if (supervisor) expect(spots.get(id)!.y).toBeGreaterThan(spots.get(supervisor)!.y);
  });

  it('[WEB33] who names nobody known, or himself, is at the top', () => {
    const seats = [
      { id: 'a', supervisor: null },
      { id: 'b', supervisor: 'a' },
      { id: 'c', supervisor: 'b' },
      { id: 'd', supervisor: 'gone' },
      { id: 'e', supervisor: 'e' },
    ];
    expect([...layTree(seats, size).keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(reportsOf(seats).get('')).toEqual(['a', 'd', 'e']);
  });
});

describe('who worked with whom', () => {
  it('[WEB53] the edges of all topics between two are one, the busiest first', () => {
    const edge = { a: 'x', b: 'y', topic: 'refund', count: 2, successes: 1 };
    const other = { ...edge, b: 'z', count: 4, successes: 4 };
    expect(pairsOf([edge, other, { ...edge, topic: 'return', count: 3, successes: 3 }])).toEqual([
      { a: 'x', b: 'y', count: 5, successes: 4, topics: ['refund', 'return'] },
      { a: 'x', b: 'z', count: 4, successes: 4, topics: ['refund'] },
    ]);
  });

  it('[WEB53] no two of 400 stand at one place', () => {
    const spots = layCircle(
      Array.from({ length: 400 }, (_, n) => `s${n}`),
      190,
    );
    expect(new Set([...spots.values()].map(({ x, y }) => `${x}/${y}`)).size).toBe(400);
  });
});

it('[WEB35] a running sum is in the order of time', () => {
  expect(
    runningSum(
      [
        { at: 2000, amount: 3 },
        { at: 1000, amount: 1 },
      ],
      1,
    ),
  ).toEqual([
    [1, 2],
    [1, 4],
  ]);
});

it('[WEB54] a trend is a line from the oldest check to the newest, highest at the top', () => {
  expect(sparkPath([1, 3, 2], 10, 4)).toBe('M0 4L5 0L10 2');
  expect(sparkPath([7, 7], 10, 4)).toBe('M0 4L10 4');
  expect(sparkPath([7], 10, 4)).toBe('');
});
